//! Tables that people upload as they have them: CSV, or a workbook of Excel. Rows of cells, whatever stands
//! in them: which columns they are, says the feature.

mod sheet;
mod workbook;

pub use sheet::{Out, Sheet};

use std::borrow::Cow;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use chrono::NaiveDate;
use futures_util::future::LocalBoxFuture;

use super::csv::{delimiter_of, read_text, unusable};
use super::extract::{admission, collect, decompress};
use super::failure::{CommonProblem, Failure};

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Columns that are looked at; what stands farther right is not read.
const COLUMNS_MAX: usize = 60;
/// Longest text of a cell.
const CELL_BYTES_MAX: usize = 2_000;
/// Longest a table may take to arrive: it is sent from offices with a slow line, too.
const TABLE_TIMEOUT: Duration = Duration::from_secs(60);

/// A file with a table, of at most `MAX` bytes.
#[derive(Debug)]
pub struct TableFile<const MAX: usize>(pub Vec<u8>);

impl<const MAX: usize> FromRequest for TableFile<MAX> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(CONTENT_TYPE);
        let is_table = kind
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("text/csv") || value.starts_with(XLSX));
        let payload = decompress(request, payload);
        let admission = admission(request);
        Box::pin(async move {
            admission.await?;
            if !is_table {
                return Err(Failure::from(CommonProblem::MediaType).saying(
                    "Hãy gửi tệp dạng text/csv hoặc .xlsx.",
                    format!("Send text/csv or {XLSX}."),
                ));
            }
            collect(payload, MAX, TABLE_TIMEOUT).await.map(Self)
        })
    }
}

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// A spreadsheet's number: whatever zeros it began with are gone.
    Number(f64),
    Day(NaiveDate),
    /// An error of a formula, or a text of unreasonable length.
    Unreadable,
}

impl Cell {
    fn of_text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Empty,
            text if text.len() > CELL_BYTES_MAX => Self::Unreadable,
            text => Self::Text(text.to_owned()),
        }
    }

    /// As people read it. Whole numbers have no decimals.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty | Self::Unreadable => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Cow::Owned(format!("{number:.0}"))
            }
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Day(day) => Cow::Owned(day.format("%d/%m/%Y").to_string()),
        }
    }
}

/// A row with its number in the file.
pub type Row = (u32, Vec<Cell>);

/// What a file holds.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// The sheet of a workbook that was read: the first that is not hidden.
    pub sheet: Option<String>,
    /// How many others it has.
    pub sheets_left_out: usize,
    /// Rows in which something stands.
    pub rows: Vec<Row>,
}

/// Reads a file of at most `rows_max` rows. It costs time in proportion: keep it off the async threads.
///
/// # Errors
/// 422 when the file as a whole cannot be read, with what to do about it.
pub fn read_table(file: &[u8], rows_max: usize) -> Result<Table, Failure> {
    match file {
        [b'P', b'K', 3, 4, ..] => workbook::read(file, rows_max),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(unusable(
            "Đây là tệp Excel đời cũ (.xls) hoặc tệp có mật khẩu. Mở trong Excel, bỏ mật khẩu, Lưu thành (Save As) .xlsx.",
            "This is an old Excel file (.xls) or one with a password. Open it in Excel, remove the password and save it as .xlsx.",
        )),
        [b'%', b'P', b'D', b'F', ..] => Err(unusable(
            "Đây là tệp PDF, không phải bảng tính. Xin bản .xlsx hoặc CSV.",
            "This is a PDF and no spreadsheet. Ask for the .xlsx or a CSV.",
        )),
        _ => read_csv(file, rows_max),
    }
}

fn read_csv(file: &[u8], rows_max: usize) -> Result<Table, Failure> {
    let text = read_text(file)?;
    // Titles may stand above the header: the line with the most signs tells which it is.
    let signs = |line: &&str| line.matches([',', ';', '\t']).count();
    let header = text.lines().take(20).max_by_key(signs).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter_of(header))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| {
            unusable(
                "Tệp CSV không đọc được: có dấu nháy kép không đóng.",
                "The CSV cannot be read: a quotation mark is never closed.",
            )
        })?;
        let number = record.position().map_or(0, csv::Position::line);
        let cells: Vec<Cell> = record.iter().take(COLUMNS_MAX).map(Cell::of_text).collect();
        push_row(&mut rows, (number as u32, cells), rows_max)?;
    }
    Ok(Table {
        sheet: None,
        sheets_left_out: 0,
        rows,
    })
}

fn push_row(rows: &mut Vec<Row>, row: Row, rows_max: usize) -> Result<(), Failure> {
    if row.1.iter().all(|cell| *cell == Cell::Empty) {
        return Ok(());
    }
    if rows.len() == rows_max {
        return Err(unusable(
            format!("Tệp có hơn {rows_max} dòng; hãy chia nhỏ."),
            format!("The file has more than {rows_max} rows; split it."),
        ));
    }
    rows.push(row);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(table: &Table) -> Vec<(u32, Vec<String>)> {
        let row = |(number, cells): &Row| {
            let cells = cells.iter().map(|cell| cell.text().into_owned());
            (*number, cells.collect())
        };
        table.rows.iter().map(row).collect()
    }

    #[test]
    fn a_csv_is_read_with_titles_above_ragged_rows_and_the_lines_of_the_file() {
        let file = "DANH SÁCH, năm 2026\n\nHọ tên;Năm sinh;Ghi chú\n\"Nguyễn\nThử\";1990\n;;\nTrần Thử;1980;a;b\n";
        let table = read_table(file.as_bytes(), 10).unwrap();
        let rows = texts(&table);
        assert_eq!(rows[1].1, ["Họ tên", "Năm sinh", "Ghi chú"]);
        assert_eq!(
            rows[2],
            (4, vec!["Nguyễn\nThử".to_owned(), "1990".to_owned()])
        );
        assert_eq!((rows[3].0, rows[3].1.len()), (7, 4));
        assert!(read_table(file.as_bytes(), 3).is_err(), "four rows");
    }

    #[test]
    fn what_is_no_table_is_told_by_what_it_is() {
        for (file, word) in [
            (&b"\xd0\xcf\x11\xe0\xa1\xb1"[..], ".xls"),
            (b"%PDF-1.7", "PDF"),
            (b"Nguy\xean", "UTF-8"),
            (b"H\0o\0", "UTF-16"),
            (b"PK\x03\x04 and no more", ".xlsx"),
        ] {
            let problem = read_table(file, 10).unwrap_err();
            let problem = problem.problem(crate::http::failure::Language::Vietnamese, "");
            let words = &problem.errors[0].message;
            assert!(words.contains(word), "{words}");
        }
    }

    #[test]
    fn a_spreadsheets_number_is_read_digit_by_digit() {
        assert_eq!(Cell::Number(58_190_123_456.0).text(), "58190123456");
        assert_eq!(Cell::Number(1.5).text(), "1.5");
    }
}
