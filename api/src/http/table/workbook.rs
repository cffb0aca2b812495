//! A workbook of Excel, read cell by cell: never as a rectangle, whose corner a file may put anywhere.

use std::io::{self, Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetVisible, Xlsx};
use chrono::NaiveDate;
use zip::ZipArchive;

use super::super::csv::unusable;
use super::super::failure::Failure;
use super::{COLUMNS_MAX, Cell, Table, push_row};

/// What a workbook may be unpacked. Twenty thousand people take a tenth of it.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Files within the archive.
const PARTS_MAX: usize = 1_000;

pub(super) fn read(file: &[u8], rows_max: usize) -> Result<Table, Failure> {
    weigh(file)?;
    // What reads a format of this size, made by anybody, may have a fault of its own: it costs the file, not
    // the request.
    catch_unwind(AssertUnwindSafe(|| read_sheet(file, rows_max))).unwrap_or_else(|_| Err(broken()))
}

fn broken() -> Failure {
    unusable(
        "Tệp .xlsx bị hỏng hoặc không phải bảng tính. Mở trong Excel rồi lưu lại, hoặc lưu thành CSV UTF-8.",
        "The .xlsx is damaged, or no spreadsheet. Open it in Excel and save it again, or save it as CSV UTF-8.",
    )
}

/// Unpacks everything once, keeping nothing: what an archive says of its own size is no promise.
fn weigh(file: &[u8]) -> Result<(), Failure> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| broken())?;
    let mut left = UNPACKED_BYTES_MAX;
    for part in 0..archive.len().min(PARTS_MAX + 1) {
        let entry = archive.by_index(part).map_err(|_| broken())?;
        let size = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|_| broken())?;
        if size > left || part == PARTS_MAX {
            let mib = UNPACKED_BYTES_MAX / 1024 / 1024;
            return Err(unusable(
                format!(
                    "Tệp .xlsx giải nén ra hơn {mib} MB: hãy chỉ giữ trang tính có danh sách, hoặc lưu thành CSV UTF-8."
                ),
                format!(
                    "The .xlsx unpacks to more than {mib} MB: keep only the sheet with the list, or save it as CSV UTF-8."
                ),
            ));
        }
        left -= size;
    }
    Ok(())
}

fn read_sheet(file: &[u8], rows_max: usize) -> Result<Table, Failure> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|_| broken())?;
    let sheets = book.sheets_metadata();
    let shown = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
    let first = sheets.iter().find(shown).ok_or_else(broken)?.name.clone();
    let sheets_left_out = sheets.len() - 1;
    let mut reader = book.worksheet_cells_reader(&first).map_err(|_| broken())?;
    let mut rows = Vec::new();
    let mut row: (u32, Vec<Cell>) = (0, Vec::new());
    while let Some(cell) = reader.next_cell().map_err(|_| broken())? {
        let (at, column) = cell.get_position();
        if at != row.0 {
            let number = row.0 + 1;
            push_row(&mut rows, (number, std::mem::take(&mut row.1)), rows_max)?;
            row.0 = at;
        }
        let column = column as usize;
        if column < COLUMNS_MAX {
            if row.1.len() <= column {
                row.1.resize(column + 1, Cell::Empty);
            }
            row.1[column] = read_cell(cell.get_value());
        }
    }
    push_row(&mut rows, (row.0 + 1, row.1), rows_max)?;
    Ok(Table {
        sheet: Some(first),
        sheets_left_out,
        rows,
    })
}

fn read_cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::of_text(text),
        DataRef::SharedString(text) => Cell::of_text(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of_text(text),
        DataRef::Bool(yes) => Cell::Text(if *yes { "có" } else { "không" }.to_owned()),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
                .map_or(Cell::Unreadable, Cell::Day)
        }
        DataRef::Error(_) => Cell::Unreadable,
    }
}
