//! The short text for a group chat: what people read on a phone. Under 2,000 characters, whatever the figures.

use mobile_contracts::reporting_report::Report;

use super::compose::{month_vi, nothing, standing};
use super::sections::lower_first;
use crate::reporting::rules::{count_vi, day_vi};

/// Most characters of a message.
pub const CHARS_MAX: usize = 1_999;

/// What is told, while there is room.
const CODES: &[&str] = &[
    "dvc25",
    "cccd",
    "eid2",
    "vneid.level2_activated",
    "hen.trong_ngay",
    "cccd_bhyt.tra_cuu",
    "csdldc.tra_cuu",
    "cu_tru.thuong_tru.da_giai_quyet",
    "cu_tru.tam_tru.da_giai_quyet",
    "thiet_bi.may_tinh",
];

pub fn text(report: &Report) -> String {
    let mut lines = vec![
        format!(
            "KẾT QUẢ ĐỀ ÁN 06 THÁNG {} - {}",
            month_vi(report.month),
            report.unit_name.to_uppercase()
        ),
        format!(
            "(từ {} đến {}; lũy kế từ {})",
            day_vi(report.starts_on),
            day_vi(report.ends_on),
            day_vi(report.cumulative_from)
        ),
    ];
    lines.extend(standing(report).map(|standing| standing.to_uppercase()));
    for code in CODES {
        let own = report.figures.iter().filter(|figure| figure.code == *code);
        for figure in own {
            let span = match figure.span.as_str() {
                "cumulative" => "lũy kế",
                _ => "trong kỳ",
            };
            if let Some(words) = nothing(figure.value, figure.denominator, &figure.counted_in) {
                lines.push(format!("• {}, {span}: {words}", figure.name));
                continue;
            }
            let least = if figure.at_least { "hơn " } else { "" };
            let whole = figure.denominator.map(count_vi);
            let whole = whole.map_or_else(String::new, |whole| format!("/{whole}"));
            let comma = |text: &String| text.replace('.', ",");
            let percent = figure.percent.as_ref().map(comma);
            let percent = percent.map_or_else(String::new, |own| format!(" ({own}%)"));
            let change = match figure.change_points.as_ref().map(comma) {
                Some(points) if points.starts_with('-') => {
                    format!(", giảm {} điểm %", points.trim_start_matches('-'))
                }
                Some(points) if points != "0,00" => format!(", tăng {points} điểm %"),
                _ => String::new(),
            };
            lines.push(format!(
                "• {}, {span}: {least}{}{whole} {}{percent}{change}",
                figure.name,
                count_vi(figure.value),
                figure.counted_in
            ));
        }
    }
    lines.push(format!(
        "Tổ công tác Đề án 06 {}",
        lower_first(&report.unit_name)
    ));
    fit(lines)
}

/// Drops lines before the last one until all fits.
fn fit(mut lines: Vec<String>) -> String {
    while lines.len() > 2 && lines.join("\n").chars().count() > CHARS_MAX {
        lines.remove(lines.len() - 2);
    }
    lines.join("\n").chars().take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_loses_its_lines_from_below() {
        let lines = vec![
            "đầu".to_owned(),
            "ă".repeat(1_500),
            "â".repeat(600),
            "cuối".to_owned(),
        ];
        let text = fit(lines);
        assert!(text.chars().count() <= CHARS_MAX);
        assert!(text.starts_with("đầu") && text.ends_with("cuối") && !text.contains('â'));
        assert_eq!(fit(vec!["x".repeat(3_000)]).len(), CHARS_MAX);
    }
}
