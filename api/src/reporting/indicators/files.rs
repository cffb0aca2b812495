//! Values as a table: taken away, filled in, brought back. Columns are known by name, in any order.

use mobile_contracts::calendar::Month;
use mobile_contracts::campaign::RefusedLine;
use mobile_contracts::fold::fold;
use mobile_contracts::reporting::{ChangeIn, EnteredValue, Span, VALUES_MAX};
use mobile_contracts::reporting_percent::StatedPercent;

use super::rules::{Catalogue, judge};
use super::store::ValueRow;
use crate::http::csv::unusable;
use crate::http::failure::{Failure, Language};
use crate::http::table::{Cell, Out, Sheet, Table};
use crate::reporting::rules::{percent_hundredths, points_vi};

/// Columns of the table that goes out. All but the name, the computed percentage and the unit come back.
const HEADERS: &[&str] = &[
    "Mã chỉ tiêu",
    "Tên chỉ tiêu",
    "Phạm vi",
    "Giá trị",
    "Mẫu số",
    "Trên",
    "Tỷ lệ tính %",
    "Tỷ lệ nêu %",
    "Tăng nêu",
    "Đơn vị tăng",
    "So với tháng",
    "Nguồn",
];

/// Every indicator with what stands of it, and an empty row where nothing does.
pub fn sheet(catalogue: &Catalogue, values: &[ValueRow]) -> Sheet {
    let mut rows = Vec::new();
    let told = catalogue.indicators.iter();
    for indicator in told.filter(|own| own.measure != "heading") {
        for span in Span::ALL {
            let value = values
                .iter()
                .find(|row| row.code == indicator.code && row.span == span.as_str());
            let count = |count: Option<i64>| count.map_or(Out::Empty, Out::Count);
            let percent = value
                .and_then(|row| percent_hundredths(row.value?, row.denominator?))
                .map(points_vi);
            let month = value
                .and_then(|row| row.compared_with)
                .and_then(Month::of)
                .map(|month| month.to_string());
            let comma = |text: Option<String>| text.map(|text| text.replace('.', ","));
            rows.push(vec![
                Out::text(&indicator.code),
                Out::text(&indicator.name),
                Out::text(say(span)),
                count(value.and_then(|row| row.value)),
                count(value.and_then(|row| row.denominator)),
                match value.is_some_and(|row| row.at_least) {
                    true => Out::text("x"),
                    false => Out::Empty,
                },
                Out::of(percent),
                Out::of(comma(value.and_then(|row| row.stated_percent.clone()))),
                Out::of(comma(value.and_then(|row| row.stated_change.clone()))),
                Out::of(value.and_then(|row| row.change_in.clone())),
                Out::of(month),
                Out::of(value.map(|row| row.source.clone())),
            ]);
        }
    }
    Sheet {
        headers: HEADERS,
        rows,
    }
}

fn say(span: Span) -> &'static str {
    match span {
        Span::Cumulative => "lũy kế",
        Span::InPeriod => "trong kỳ",
    }
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Code,
    Span,
    Value,
    Denominator,
    AtLeast,
    StatedPercent,
    StatedChange,
    ChangeIn,
    ComparedWith,
    Source,
}

const NAMES: &[(&str, Column)] = &[
    ("ma chi tieu", Column::Code),
    ("code", Column::Code),
    ("pham vi", Column::Span),
    ("span", Column::Span),
    ("gia tri", Column::Value),
    ("value", Column::Value),
    ("mau so", Column::Denominator),
    ("denominator", Column::Denominator),
    ("tren", Column::AtLeast),
    ("at_least", Column::AtLeast),
    ("ty le neu %", Column::StatedPercent),
    ("stated_percent", Column::StatedPercent),
    ("tang neu", Column::StatedChange),
    ("stated_change", Column::StatedChange),
    ("don vi tang", Column::ChangeIn),
    ("change_in", Column::ChangeIn),
    ("so voi thang", Column::ComparedWith),
    ("compared_with", Column::ComparedWith),
    ("nguon", Column::Source),
    ("source", Column::Source),
];

/// Reads a table. Rows in which no figure stands are passed over, so that a table that was taken away comes
/// back as it is.
///
/// # Errors
/// 422 when the file as a whole cannot be used.
pub fn read(
    table: &Table,
    catalogue: &Catalogue,
) -> Result<(Vec<EnteredValue>, Vec<RefusedLine>), Failure> {
    let columns = |cells: &[Cell]| -> Vec<Option<Column>> {
        let known = |cell: &Cell| {
            let name = fold(&cell.text());
            NAMES
                .iter()
                .find(|(own, _)| *own == name.trim())
                .map(|(_, column)| *column)
        };
        cells.iter().map(known).collect()
    };
    let header = table.rows.iter().position(|(_, cells)| {
        let columns = columns(cells);
        [Column::Code, Column::Span, Column::Value, Column::Source]
            .iter()
            .all(|needed| columns.contains(&Some(*needed)))
    });
    let header = header.ok_or_else(|| {
        unusable(
            "Không thấy dòng tiêu đề: cần các cột Mã chỉ tiêu, Phạm vi, Giá trị, Nguồn.",
            "There is no header: it needs the columns code, span, value and source.",
        )
    })?;
    let columns = columns(&table.rows[header].1);
    let (mut values, mut refused): (Vec<EnteredValue>, Vec<RefusedLine>) = Default::default();
    for (line, cells) in &table.rows[header + 1..] {
        let cell = |column: Column| {
            let at = columns.iter().position(|own| *own == Some(column));
            at.and_then(|at| cells.get(at)).unwrap_or(&Cell::Empty)
        };
        if *cell(Column::Value) == Cell::Empty && *cell(Column::Denominator) == Cell::Empty {
            continue;
        }
        let read = row(cell).and_then(|value| {
            let faults = judge("", &value, catalogue);
            let twin = values
                .iter()
                .any(|own| own.code == value.code && own.span == value.span);
            let words = faults
                .iter()
                .map(|fault| Language::Vietnamese.pick(&fault.text));
            let mut words: Vec<&str> = words.collect();
            if twin {
                words.push("Chỉ tiêu và phạm vi này đã có ở dòng trên.");
            }
            match words.is_empty() {
                true => Ok(value),
                false => Err(words.join(" ")),
            }
        });
        match read {
            Ok(value) => values.push(value),
            Err(message) => refused.push(RefusedLine {
                line: *line,
                message,
            }),
        }
    }
    if values.is_empty() && refused.is_empty() {
        return Err(unusable(
            "Tệp không có số liệu nào.",
            "The file has no figures.",
        ));
    }
    if values.len() > VALUES_MAX {
        return Err(unusable(
            format!("Tệp có hơn {VALUES_MAX} số liệu; hãy chia nhỏ."),
            format!("The file has more than {VALUES_MAX} figures; split it."),
        ));
    }
    Ok((values, refused))
}

fn row<'a>(cell: impl Fn(Column) -> &'a Cell) -> Result<EnteredValue, String> {
    let text = |column| cell(column).text().trim().to_owned();
    let some = |column| Some(text(column)).filter(|text| !text.is_empty());
    let span = match fold(&text(Column::Span)).as_str() {
        "cumulative" | "luy ke" => Span::Cumulative,
        "in_period" | "trong ky" => Span::InPeriod,
        other => {
            return Err(format!(
                "Phạm vi là lũy kế hoặc trong kỳ, không phải {other:?}."
            ));
        }
    };
    let percent = |column, name: &str| match cell(column) {
        Cell::Empty => Ok(None),
        _ => StatedPercent::parse(&text(column))
            .map(Some)
            .map_err(|_| format!("{name} viết như 58,3; không đọc được {:?}.", text(column))),
    };
    let change_in =
        match some(Column::ChangeIn) {
            None => None,
            Some(word) => Some(ChangeIn::parse(&word).ok_or_else(|| {
                format!("Đơn vị tăng là percent hoặc points, không phải {word:?}.")
            })?),
        };
    let compared_with = match some(Column::ComparedWith) {
        None => None,
        Some(word) => Some(Month::parse(&word).map_err(|why| why.message().to_owned())?),
    };
    Ok(EnteredValue {
        code: text(Column::Code),
        span,
        value: count(cell(Column::Value), "Giá trị")?,
        at_least: matches!(
            fold(&text(Column::AtLeast)).as_str(),
            "x" | "co" | "true" | "1"
        ),
        denominator: count(cell(Column::Denominator), "Mẫu số")?,
        stated_percent: percent(Column::StatedPercent, "Tỷ lệ nêu")?,
        stated_change: percent(Column::StatedChange, "Mức tăng nêu")?,
        change_in,
        compared_with,
        source: text(Column::Source),
        seen_revision: None,
    })
}

/// A whole number: `319914`, or `319.914` as reports write it. `1.5` is none.
fn count(cell: &Cell, name: &str) -> Result<Option<i64>, String> {
    let refused = || {
        format!(
            "{name} phải là số nguyên, như 319914 hoặc 319.914; không đọc được {:?}.",
            cell.text()
        )
    };
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Ok(Some(*number as i64))
        }
        Cell::Text(text) => {
            let groups: Vec<&str> = text.split('.').collect();
            let grouped = groups.len() == 1
                || (1..=3).contains(&groups[0].len())
                    && groups[1..].iter().all(|group| group.len() == 3);
            let digits = groups.concat();
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            match grouped && is_number {
                true => digits.parse().map(Some).map_err(|_| refused()),
                false => Err(refused()),
            }
        }
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_as_reports_and_spreadsheets_write_it() {
        let text = |text: &str| count(&Cell::Text(text.to_owned()), "Giá trị");
        assert_eq!(text("319.914"), Ok(Some(319_914)));
        assert_eq!(text("319914"), Ok(Some(319_914)));
        assert_eq!(text("08"), Ok(Some(8)));
        assert_eq!(count(&Cell::Number(65.0), ""), Ok(Some(65)));
        for wrong in ["58,3", "1.5", "319.91", "-3", "=1+1", "12a", "."] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
        assert!(count(&Cell::Number(1.5), "").is_err());
    }
}
