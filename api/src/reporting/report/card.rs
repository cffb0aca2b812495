//! The picture for a group chat: a few large numbers on an upright page, as SVG.

use std::fmt::Write as _;

use mobile_contracts::reporting_report::{Report, ReportFigure};

use super::compose::month_vi;
use crate::http::html::Escaped;
use crate::reporting::rules::{count_vi, day_vi};

/// Figures that have room, the first ones first; those of which nothing is known are passed over.
const CODES: &[&str] = &[
    "dvc25",
    "cccd",
    "eid2",
    "vneid.level2_activated",
    "hen.trong_ngay",
    "cccd_bhyt.tra_cuu",
    "csdldc.tra_cuu",
];
const FIGURES_MAX: usize = 5;
/// Letters of a line of a name.
const LINE_CHARS: usize = 52;

pub fn draw(report: &Report) -> String {
    let mut picture = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1080 1350" width="1080" height="1350" font-family="sans-serif"><rect width="1080" height="1350" fill="#ffffff"/><rect width="1080" height="230" fill="#8c1515"/>"##,
    );
    let correction = match report.correction {
        0 => String::new(),
        number => format!(" (đính chính lần {number})"),
    };
    let lines = [
        (
            80,
            34,
            format!("ĐỀ ÁN 06 - {}", report.unit_name.to_uppercase()),
        ),
        (
            150,
            54,
            format!("Kết quả tháng {}{correction}", month_vi(report.month)),
        ),
        (
            200,
            28,
            format!(
                "từ {} đến {}",
                day_vi(report.starts_on),
                day_vi(report.ends_on)
            ),
        ),
    ];
    for (y, size, words) in lines {
        text(&mut picture, (60, y), size, "#ffffff", &words);
    }
    let known = CODES.iter().filter_map(|code| told(report, code));
    for (at, figure) in known.take(FIGURES_MAX).enumerate() {
        let y = 310 + at * 205;
        for (row, line) in wrap(&figure.name).iter().enumerate() {
            text(&mut picture, (60, y + row * 36), 30, "#333333", line);
        }
        let least = if figure.at_least { "hơn " } else { "" };
        let whole = figure.denominator.map(count_vi);
        let whole = whole.map_or_else(String::new, |whole| format!("/{whole}"));
        let value = format!("{least}{}{whole}", count_vi(figure.value));
        text(&mut picture, (60, y + 110), 60, "#8c1515", &value);
        let percent = figure.percent.as_ref();
        let rate = percent.map_or_else(
            || figure.counted_in.clone(),
            |percent| format!("{}%", percent.replace('.', ",")),
        );
        text(&mut picture, (780, y + 110), 60, "#1a1a1a", &rate);
    }
    picture.push_str("</svg>");
    picture
}

/// Since the beginning, or else in the period.
fn told<'a>(report: &'a Report, code: &str) -> Option<&'a ReportFigure> {
    let of_span = |span: &str| {
        let mut figures = report.figures.iter();
        figures.find(|own| own.code == code && own.span == span)
    };
    of_span("cumulative").or_else(|| of_span("in_period"))
}

fn text(picture: &mut String, at: (usize, usize), size: usize, colour: &str, words: &str) {
    // Writing into a text never fails.
    let _ = write!(
        picture,
        r#"<text x="{}" y="{}" font-size="{size}" font-weight="bold" fill="{colour}">{}</text>"#,
        at.0,
        at.1,
        Escaped(words)
    );
}

/// Two lines at most.
fn wrap(name: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in name.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.is_empty() && line.chars().count() + word.chars().count() >= LINE_CHARS {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    if lines.len() > 2 {
        lines.truncate(2);
        lines[1].push('…');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_takes_two_lines_and_says_that_it_goes_on() {
        assert_eq!(wrap("Đăng ký tạm trú"), ["Đăng ký tạm trú"]);
        let lines = wrap(&"hồ sơ ".repeat(40));
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() <= LINE_CHARS + 1)
        );
    }
}
