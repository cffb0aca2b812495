//! Reads a list: each number is hashed as it is read, and forgotten.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mobile_contracts::campaign::RefusedLine;
use mobile_contracts::police_list::POLICE_LINES_MAX;
use serde::Deserialize;

use crate::http::csv::{Line, read_lines, unusable};
use crate::http::failure::Failure;
use crate::http::table::{Cell, read_table};
use crate::privacy::keys::{Blind, Keys};
use crate::tracking::rosters::cells::read_id;

/// The stages that the police keep lists of.
pub const STAGES: [&str; 2] = ["level2_collected", "level2_activated"];

const COLUMNS: [&str; 2] = ["id_number", "stage"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id_number: String,
    stage: String,
}

/// A list as hashes.
#[derive(Default)]
pub struct List {
    pub by_stage: BTreeMap<&'static str, BTreeSet<Vec<u8>>>,
    pub repeated: u32,
    /// Numbers that a spreadsheet had taken the first zeros of.
    pub repaired: u32,
    pub refused: Vec<RefusedLine>,
}

/// Reads a CSV file or a workbook (.xlsx). It costs time in proportion: keep it off the async threads.
///
/// # Errors
/// 422 when the file as a whole cannot be read.
pub fn read(file: &[u8], keys: &Keys, today: NaiveDate) -> Result<List, Failure> {
    let mut list = List::default();
    let lines = match file {
        [b'P', b'K', 3, 4, ..] => read_workbook(file)?,
        _ => read_lines::<Row>(file, &COLUMNS, &COLUMNS, POLICE_LINES_MAX)?,
    };
    for (line, row) in lines {
        match row.and_then(|row| number(&row, keys, today)) {
            Ok((stage, number, repaired)) => {
                list.repaired += u32::from(repaired);
                if !list.by_stage.entry(stage).or_default().insert(number) {
                    list.repeated += 1;
                }
            }
            Err(message) => list.refused.push(RefusedLine { line, message }),
        }
    }
    Ok(list)
}

/// The first sheet, under the same header as a CSV file has.
fn read_workbook(file: &[u8]) -> Result<Vec<Line<Row>>, Failure> {
    let mut rows = read_table(file, POLICE_LINES_MAX + 1)?.rows.into_iter();
    let (_, header) = rows.next().unwrap_or_default();
    let named = |name: &str| header.iter().position(|cell| cell.text().trim() == name);
    let (Some(number), Some(stage)) = (named("id_number"), named("stage")) else {
        return Err(unusable(
            format!("Dòng tiêu đề cần các cột: {}.", COLUMNS.join(",")),
            format!("The header needs the columns: {}.", COLUMNS.join(",")),
        ));
    };
    let text = |cells: &[Cell], at: usize| {
        let cell = cells.get(at).map(Cell::text);
        cell.unwrap_or_default().trim().to_owned()
    };
    let lines: Vec<Line<Row>> = rows
        .map(|(line, cells)| {
            let row = Row {
                id_number: text(&cells, number),
                stage: text(&cells, stage),
            };
            (line, Ok(row))
        })
        .collect();
    match lines.is_empty() {
        false => Ok(lines),
        true => Err(unusable("Tệp không có dòng nào.", "The file has no lines.")),
    }
}

/// The stage, the hash of the number, and whether it was repaired; what is wrong is told without the number.
fn number(
    row: &Row,
    keys: &Keys,
    today: NaiveDate,
) -> Result<(&'static str, Vec<u8>, bool), String> {
    let stage = STAGES.into_iter().find(|stage| *stage == row.stage);
    let stage = stage.ok_or("Cột stage là level2_collected hoặc level2_activated.")?;
    let id = read_id(&Cell::Text(row.id_number.clone()), today)?;
    let id = id.ok_or("Dòng này không có số định danh.")?;
    let number = keys.blind(Blind::CitizenId, id.value.expose());
    Ok((stage, number, id.repaired))
}
