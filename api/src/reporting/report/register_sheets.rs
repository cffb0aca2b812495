//! What the registers say, as sheets of the workbook: a sheet a kind, where there is something to tell.

use mobile_contracts::reporting_report::{Report, ReportEntry};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::compose::{self, month_vi};
use crate::reporting::rules::day_vi;

/// Kinds with the names of their sheets, in the order of the report.
const SHEETS: &[(&str, &str)] = &[
    ("directive", "I. Văn bản chỉ đạo"),
    ("difficulty", "III.2. Khó khăn, vướng mắc"),
    ("proposal", "IV. Đề xuất, kiến nghị"),
    ("task", "V. Nhiệm vụ"),
];

/// What stands in a column, of which kinds, and how wide it is.
struct Column {
    name: &'static str,
    width: f64,
    kinds: &'static [&'static str],
    text: fn(&ReportEntry) -> String,
}

const ALL: &[&str] = &["directive", "difficulty", "proposal", "task"];
const OPEN_ENDED: &[&str] = &["difficulty", "proposal", "task"];

const COLUMNS: &[Column] = &[
    Column {
        name: "Số, ký hiệu",
        width: 20.0,
        kinds: &["directive"],
        text: |own| own.number.clone().unwrap_or_default(),
    },
    Column {
        name: "Ngày",
        width: 12.0,
        kinds: ALL,
        text: |own| day_vi(own.noted_on),
    },
    Column {
        name: "Giao cho đơn vị",
        width: 28.0,
        kinds: &["task"],
        text: |own| own.assigned_unit_name.clone().unwrap_or_default(),
    },
    Column {
        name: "Cơ quan",
        width: 32.0,
        kinds: ALL,
        text: |own| own.body.clone(),
    },
    Column {
        name: "Nội dung",
        width: 70.0,
        kinds: ALL,
        text: |own| own.subject.clone(),
    },
    Column {
        name: "Hạn",
        width: 12.0,
        kinds: &["task"],
        text: |own| own.due_on.map(day_vi).unwrap_or_default(),
    },
    Column {
        name: "Tình trạng cuối kỳ",
        width: 20.0,
        kinds: OPEN_ENDED,
        text: |own| standing(own).to_owned(),
    },
    Column {
        name: "Ngày xong",
        width: 12.0,
        kinds: OPEN_ENDED,
        text: |own| own.settled_on.map(day_vi).unwrap_or_default(),
    },
];

fn standing(entry: &ReportEntry) -> &'static str {
    match (entry.state.as_str(), entry.kind.as_str()) {
        ("open", _) => "chưa xong",
        ("dropped", "task") => "không thực hiện nữa",
        ("dropped", _) => "không còn đề nghị",
        (_, "task") => "đã hoàn thành",
        _ => "đã giải quyết",
    }
}

/// # Errors
/// When a text is longer than a cell may be.
pub fn add(book: &mut Workbook, report: &Report) -> Result<(), XlsxError> {
    let text = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_num_format("@");
    let header = text.clone().set_bold().set_align(FormatAlign::Center);
    let title = Format::new().set_bold().set_font_size(13);
    for (kind, name) in SHEETS {
        let own = report.entries.iter().filter(|entry| entry.kind == *kind);
        let own: Vec<&ReportEntry> = own.collect();
        if own.is_empty() {
            continue;
        }
        let sheet = book.add_worksheet().set_name(*name)?;
        let heading = format!(
            "{name}. {}, tháng {}",
            report.unit_name,
            month_vi(report.month)
        );
        sheet.write_string_with_format(0, 0, heading, &title)?;
        if let Some(standing) = compose::standing(report) {
            sheet.write_string_with_format(1, 0, standing, &Format::new().set_italic())?;
        }
        let columns = COLUMNS.iter().filter(|own| own.kinds.contains(kind));
        for (at, column) in (0..).zip(columns) {
            sheet.write_string_with_format(2, at, column.name, &header)?;
            sheet.set_column_width(at, column.width)?;
            for (row, entry) in (3..).zip(&own) {
                sheet.write_string_with_format(row, at, (column.text)(entry), &text)?;
            }
        }
        sheet.set_freeze_panes(3, 0)?;
    }
    Ok(())
}
