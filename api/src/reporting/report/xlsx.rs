//! All tables of the report as a workbook: a sheet a section, percentages and changes as live formulas; a sheet a
//! register; and what is told otherwise than its sources.

use mobile_contracts::reporting_report::{Report, ReportFigure};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::compose::{month_vi, standing};
use super::register_sheets;
use crate::reporting::rules::day_vi;

const HEADERS: &[&str] = &[
    "Mã chỉ tiêu",
    "Chỉ tiêu",
    "Đơn vị phụ trách",
    "Phạm vi",
    "Đơn vị tính",
    "Giá trị",
    "Mẫu số",
    "Tỷ lệ",
    "Kỳ trước",
    "Tăng, giảm",
    "Mẫu số kỳ trước",
    "Tăng, giảm (điểm %)",
];
const WIDTHS: &[f64] = &[
    24.0, 60.0, 28.0, 10.0, 12.0, 14.0, 14.0, 10.0, 14.0, 14.0, 14.0, 14.0,
];
/// Rows above the first figure.
const TOP: u32 = 3;

/// # Errors
/// When a text is longer than a cell may be.
pub fn print(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut sections: Vec<&str> = Vec::new();
    for figure in &report.figures {
        if !sections.contains(&figure.section.as_str()) {
            sections.push(&figure.section);
        }
    }
    for section in &sections {
        let figures = report.figures.iter();
        let own: Vec<&ReportFigure> = figures.filter(|own| own.section == *section).collect();
        let sheet = book.add_worksheet().set_name(format!("Mục {section}"))?;
        fill(sheet, report, section, &own)?;
    }
    register_sheets::add(&mut book, report)?;
    let sheet = book.add_worksheet().set_name("Tỷ lệ khác nguồn")?;
    differences(sheet, report)?;
    book.save_to_buffer()
}

fn fill(
    sheet: &mut Worksheet,
    report: &Report,
    section: &str,
    figures: &[&ReportFigure],
) -> Result<(), XlsxError> {
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    let text = cell.clone().set_num_format("@");
    let count = cell.clone().set_num_format("#,##0");
    let percent = cell.clone().set_num_format("0.00%");
    let points = cell.clone().set_num_format("0.00");
    let title = Format::new().set_bold().set_font_size(13);
    let header = cell.clone().set_bold().set_align(FormatAlign::Center);
    sheet.write_string_with_format(
        0,
        0,
        format!(
            "Mục {section}. {}, tháng {} (từ {} đến {})",
            report.unit_name,
            month_vi(report.month),
            day_vi(report.starts_on),
            day_vi(report.ends_on)
        ),
        &title,
    )?;
    if let Some(standing) = standing(report) {
        sheet.write_string_with_format(1, 0, standing, &Format::new().set_italic())?;
    }
    for ((column, name), width) in (0..).zip(HEADERS).zip(WIDTHS) {
        sheet.write_string_with_format(TOP - 1, column, *name, &header)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(TOP, 2)?;
    for (row, figure) in (TOP..).zip(figures) {
        let span = match figure.span.as_str() {
            "cumulative" => "lũy kế",
            _ => "trong kỳ",
        };
        let words = [
            figure.code.as_str(),
            &figure.name,
            figure.owner.as_deref().unwrap_or_default(),
            span,
            &figure.counted_in,
        ];
        for (column, words) in (0..).zip(words) {
            sheet.write_string_with_format(row, column, words, &text)?;
        }
        for (column, number) in [
            (5, Some(figure.value)),
            (6, figure.denominator),
            (8, figure.before),
            (10, figure.before_denominator),
        ] {
            match number {
                Some(number) => {
                    sheet.write_number_with_format(row, column, number as f64, &count)?;
                }
                None => {
                    sheet.write_blank(row, column, &cell)?;
                }
            }
        }
        // What a program shows that does not compute.
        let hundredths = figure
            .percent
            .as_deref()
            .and_then(|own| own.parse::<f64>().ok());
        let result = hundredths.map_or_else(String::new, |own| (own / 100.0).to_string());
        let line = row + 1;
        let rate = format!("=IF(N(G{line})>0,ROUND(F{line}/G{line},4),\"\")");
        sheet.write_formula_with_format(row, 7, Formula::new(rate).set_result(result), &percent)?;
        let grown = figure
            .before
            .map_or_else(String::new, |own| (figure.value - own).to_string());
        let change = format!("=IF(ISNUMBER(I{line}),F{line}-I{line},\"\")");
        sheet.write_formula_with_format(row, 9, Formula::new(change).set_result(grown), &count)?;
        // The difference of both percentages as they are told, each rounded.
        let apart = figure.change_points.clone().unwrap_or_default();
        let change = format!(
            "=IF(AND(N(G{line})>0,ISNUMBER(I{line}),N(K{line})>0),ROUND((ROUND(F{line}/G{line},4)-ROUND(I{line}/K{line},4))*100,2),\"\")"
        );
        let change = Formula::new(change).set_result(apart);
        sheet.write_formula_with_format(row, 11, change, &points)?;
    }
    Ok(())
}

/// Where the report tells another percentage or change than its source.
fn differences(sheet: &mut Worksheet, report: &Report) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (column, name) in (0..).zip(["Mã chỉ tiêu", "Phạm vi", "Nguồn ghi %", "Tính ra %"])
    {
        sheet.write_string_with_format(0, column, name, &bold)?;
        sheet.set_column_width(column, 30)?;
    }
    for (row, own) in (1..).zip(&report.differences) {
        sheet.write_string(row, 0, &own.code)?;
        sheet.write_string(row, 1, &own.span)?;
        sheet.write_string(row, 2, own.stated_percent.replace('.', ","))?;
        let computed = own.percent.as_deref().unwrap_or("không có mẫu số");
        sheet.write_string(row, 3, computed.replace('.', ","))?;
    }
    if report.stated_changes.is_empty() {
        return Ok(());
    }
    let top = u32::try_from(report.differences.len()).unwrap_or(u32::MAX - 2) + 2;
    let names = [
        "Mã chỉ tiêu",
        "Phạm vi",
        "Nguồn ghi tăng, giảm",
        "Tính ra (điểm %)",
        "Nguồn so với tháng",
    ];
    for (column, name) in (0..).zip(names) {
        sheet.write_string_with_format(top, column, name, &bold)?;
        sheet.set_column_width(column, 30)?;
    }
    for (row, own) in (top + 1..).zip(&report.stated_changes) {
        let unit = match own.change_in.as_str() {
            "points" => "điểm %",
            _ => "%",
        };
        sheet.write_string(row, 0, &own.code)?;
        sheet.write_string(row, 1, &own.span)?;
        let stated = own.stated_change.replace('.', ",");
        sheet.write_string(row, 2, format!("{stated} {unit}"))?;
        let computed = own.change_points.as_deref();
        let computed = computed.unwrap_or("không có tỷ lệ kỳ trước");
        sheet.write_string(row, 3, computed.replace('.', ","))?;
        let month = own.compared_with.map(month_vi);
        sheet.write_string(row, 4, month.unwrap_or_default())?;
    }
    Ok(())
}
