//! What the report tells otherwise than its sources, in sentences: for whoever reads the draft, before it is issued.

use mobile_contracts::reporting_report::Report;

use super::compose::month_vi;

/// A sentence for each.
pub fn sentences(report: &Report) -> Vec<String> {
    let comma = |text: &str| text.replace('.', ",");
    let of = |code: &str, span: &str| {
        let mut figures = report.figures.iter();
        let name = figures.find(|own| own.code == code);
        let span = match span {
            "cumulative" => "lũy kế",
            _ => "trong kỳ",
        };
        format!("{} ({span})", name.map_or(code, |own| own.name.as_str()))
    };
    let percents = report.differences.iter().map(|own| {
        let computed = match &own.percent {
            Some(percent) => format!("báo cáo ghi số tính được là {}%", comma(percent)),
            None => "báo cáo không ghi tỷ lệ vì chưa có mẫu số".to_owned(),
        };
        let stated = comma(&own.stated_percent);
        let name = of(&own.code, &own.span);
        format!("{name}: nguồn ghi đạt {stated}%; {computed}.")
    });
    let changes = report.stated_changes.iter().map(|own| {
        let (way, size) = match own.stated_change.strip_prefix('-') {
            Some(size) => ("giảm", size),
            None => ("tăng", own.stated_change.as_str()),
        };
        let unit = match own.change_in.as_str() {
            "points" => " điểm %",
            _ => "%",
        };
        let month = own.compared_with.map(month_vi);
        let than = month.map_or_else(String::new, |month| format!(" so với tháng {month}"));
        let computed = match &own.change_points {
            Some(points) => format!(
                "báo cáo ghi số tính được là {} điểm % so với kỳ trước",
                comma(points)
            ),
            None => "báo cáo không ghi mức tăng, giảm vì chưa có tỷ lệ của kỳ trước".to_owned(),
        };
        let name = of(&own.code, &own.span);
        format!(
            "{name}: nguồn ghi {way} {}{unit}{than}; {computed}.",
            comma(size)
        )
    });
    percents.chain(changes).collect()
}
