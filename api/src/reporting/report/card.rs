//! The picture for a group chat: a few large numbers on an upright page, as SVG; [`super::png`] paints the same.

use std::fmt::Write as _;

use mobile_contracts::reporting_report::{Report, ReportFigure};

use super::compose::{month_vi, nothing, standing};
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

/// One thing on the card; lengths in pixels, the origin above on the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Area {
        height: usize,
        colour: Colour,
    },
    Words {
        /// Where the line begins: from the left, and its base from above.
        at: (usize, usize),
        size: usize,
        /// No further than so many pixels.
        width: usize,
        colour: Colour,
        words: String,
    },
}

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

pub const WIDTH: usize = 1080;
pub const HEIGHT: usize = 1350;
const MARGIN: usize = 60;
const RATE_AT: usize = 780;
const WHITE: Colour = Colour(0xff, 0xff, 0xff);
const RED: Colour = Colour(0x8c, 0x15, 0x15);
const GREY: Colour = Colour(0x33, 0x33, 0x33);
const BLACK: Colour = Colour(0x1a, 0x1a, 0x1a);

/// What is on the card, from back to front: areas reach from the top over the whole width.
pub fn compose(report: &Report) -> Vec<Mark> {
    let mut marks = vec![
        Mark::Area {
            height: HEIGHT,
            colour: WHITE,
        },
        Mark::Area {
            height: 230,
            colour: RED,
        },
    ];
    let standing = standing(report).map_or_else(String::new, |standing| {
        format!(" · {}", standing.to_uppercase())
    });
    let unit = report.unit_name.to_uppercase();
    let month = month_vi(report.month);
    let days = (day_vi(report.starts_on), day_vi(report.ends_on));
    let lines = [
        (80, 34, format!("ĐỀ ÁN 06 - {unit}")),
        (150, 54, format!("Kết quả tháng {month}")),
        (200, 28, format!("từ {} đến {}{standing}", days.0, days.1)),
    ];
    for (y, size, line) in lines {
        marks.push(words((MARGIN, y), size, WHITE, line));
    }
    let known = CODES.iter().filter_map(|code| told(report, code));
    for (at, figure) in known.take(FIGURES_MAX).enumerate() {
        let y = 310 + at * 205;
        for (row, line) in wrap(&figure.name).into_iter().enumerate() {
            marks.push(words((MARGIN, y + row * 36), 30, GREY, line));
        }
        if let Some(none) = nothing(figure.value, figure.denominator, &figure.counted_in) {
            marks.push(words((MARGIN, y + 105), 40, RED, none));
            continue;
        }
        let least = if figure.at_least { "hơn " } else { "" };
        let whole = figure.denominator.map(count_vi);
        let whole = whole.map_or_else(String::new, |whole| format!("/{whole}"));
        let value = format!("{least}{}{whole}", count_vi(figure.value));
        marks.push(words((MARGIN, y + 110), 60, RED, value));
        let percent = figure.percent.as_ref();
        let rate = percent.map_or_else(
            || figure.counted_in.clone(),
            |percent| format!("{}%", percent.replace('.', ",")),
        );
        marks.push(words((RATE_AT, y + 110), 60, BLACK, rate));
    }
    marks
}

/// A line that ends before the right margin, or before what stands beside it.
fn words(at: (usize, usize), size: usize, colour: Colour, words: String) -> Mark {
    let beside = if size == 60 && at.0 < RATE_AT {
        RATE_AT - MARGIN / 2
    } else {
        WIDTH - MARGIN
    };
    Mark::Words {
        at,
        size,
        width: beside - at.0,
        colour,
        words,
    }
}

/// The card as SVG.
pub fn draw(report: &Report) -> String {
    let mut picture = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-weight="bold">"#
    );
    for mark in compose(report) {
        // Writing into a text never fails.
        let _ = match mark {
            Mark::Area { height, colour } => write!(
                picture,
                r#"<rect width="{WIDTH}" height="{height}" fill="{colour}"/>"#
            ),
            Mark::Words {
                at: (x, y),
                size,
                colour,
                words,
                ..
            } => write!(
                picture,
                r#"<text x="{x}" y="{y}" font-size="{size}" fill="{colour}">{}</text>"#,
                Escaped(&words)
            ),
        };
    }
    picture.push_str("</svg>");
    picture
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Since the beginning, or else in the period.
fn told<'a>(report: &'a Report, code: &str) -> Option<&'a ReportFigure> {
    let of_span = |span: &str| {
        let mut figures = report.figures.iter();
        figures.find(|own| own.code == code && own.span == span)
    };
    of_span("cumulative").or_else(|| of_span("in_period"))
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
