//! Tables that people take away: CSV for a spreadsheet, or a workbook. No cell is ever a formula.

use std::borrow::Cow;

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

/// What stands in a cell that goes out.
#[derive(Debug, Clone, PartialEq)]
pub enum Out {
    Empty,
    /// Whatever it looks like, it is a text.
    Text(String),
    Count(i64),
    /// A number with one decimal, such as a rate in percent, in tenths.
    Tenths(i64),
    Day(NaiveDate),
}

impl Out {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn of(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    pub fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    pub fn count(count: Option<impl Into<i64>>) -> Self {
        count.map_or(Self::Empty, |count| Self::Count(count.into()))
    }

    /// A rate in percent, as answers tell it.
    pub fn percent(percent: Option<f64>) -> Self {
        percent.map_or(Self::Empty, |percent| {
            Self::Tenths((percent * 10.0).round() as i64)
        })
    }
}

/// A table that goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub headers: &'static [&'static str],
    pub rows: Vec<Vec<Out>>,
}

/// A text that a spreadsheet would run, had it no mark before it.
fn harmless(text: &str) -> Cow<'_, str> {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    // Some programs look behind spaces, others at letters of full width.
    let wide = text.trim_start().starts_with(['＝', '＋', '－', '＠']);
    match begins(text) || begins(text.trim_start()) || wide {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

impl Sheet {
    /// As spreadsheets set up for Vietnam open it: UTF-8 with a mark, columns by semicolons.
    ///
    /// # Errors
    /// Never, but the writer may say so.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(self.headers)?;
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Out::Empty => Cow::Borrowed(""),
                Out::Text(text) => harmless(text),
                Out::Count(count) => Cow::Owned(count.to_string()),
                Out::Tenths(tenths) => Cow::Owned(format!("{},{}", tenths / 10, tenths % 10)),
                Out::Day(day) => Cow::Owned(day.format("%d/%m/%Y").to_string()),
            });
            let cells: Vec<Cow<'_, str>> = cells.collect();
            writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        }
        writer
            .into_inner()
            .map_err(|why| csv::Error::from(std::io::Error::other(why.to_string())))
    }

    /// A workbook of one sheet. Texts are cells of text and formatted as such, so that they stay texts when
    /// somebody edits them.
    ///
    /// # Errors
    /// When a text is longer than a cell may be, or the rows more than a sheet holds.
    pub fn to_xlsx(&self, name: &str) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let text = Format::new().set_num_format("@");
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let tenth = Format::new().set_num_format("0.0");
        let sheet = book.add_worksheet().set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, header) in (0..).zip(self.headers) {
            sheet.write_string_with_format(0, column, *header, &bold)?;
            sheet.set_column_width(column, 18)?;
        }
        for (at, row) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(row) {
                match cell {
                    Out::Empty => {}
                    Out::Text(words) => {
                        sheet.write_string_with_format(at, column, words, &text)?;
                    }
                    Out::Count(count) => {
                        sheet.write_number(at, column, *count as f64)?;
                    }
                    Out::Tenths(tenths) => {
                        let number = *tenths as f64 / 10.0;
                        sheet.write_number_with_format(at, column, number, &tenth)?;
                    }
                    Out::Day(date) => {
                        let (year, month, of_month) =
                            (date.year() as u16, date.month() as u8, date.day() as u8);
                        let date = ExcelDateTime::from_ymd(year, month, of_month)?;
                        sheet.write_datetime_with_format(at, column, &date, &day)?;
                    }
                }
            }
        }
        book.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, read_table};
    use super::*;

    fn sheet() -> Sheet {
        let row = |text: &str| {
            vec![
                Out::text(text),
                Out::Count(7),
                Out::Day("2026-12-01".parse().unwrap()),
                Out::Empty,
                Out::Tenths(333),
            ]
        };
        Sheet {
            headers: &["Họ tên", "Số", "Ngày", "Ghi chú", "Tỷ lệ %"],
            rows: [
                "=1+1",
                "+84912",
                "-2",
                "@SUM(A1)",
                "\t=1",
                "  =1",
                "＝1",
                "Nguyễn; \"Thử\"",
            ]
            .map(row)
            .into(),
        }
    }

    #[test]
    fn no_text_of_a_csv_is_a_formula_and_every_other_is_what_it_was() {
        let file = sheet().to_csv().unwrap();
        assert!(file.starts_with("\u{feff}Họ tên;Số".as_bytes()));
        let table = read_table(&file, 20).unwrap();
        for (_, cells) in &table.rows[1..8] {
            assert!(cells[0].text().starts_with('\''), "{cells:?}");
        }
        assert_eq!(table.rows[8].1[0], Cell::Text("Nguyễn; \"Thử\"".to_owned()));
        assert_eq!(table.rows[8].1[2], Cell::Text("01/12/2026".to_owned()));
        assert_eq!(table.rows[8].1[4], Cell::Text("33,3".to_owned()));
    }

    #[test]
    fn a_workbook_holds_texts_as_texts_numbers_as_numbers_and_days_as_days() {
        let file = sheet().to_xlsx("Danh sách").unwrap();
        let table = read_table(&file, 20).unwrap();
        assert_eq!(
            table.rows[1].1[..2],
            [Cell::Text("=1+1".to_owned()), Cell::Number(7.0)]
        );
        assert_eq!(table.rows[1].1[2], Cell::Day("2026-12-01".parse().unwrap()));
        assert_eq!(table.rows[1].1[4], Cell::Number(33.3));
    }
}
