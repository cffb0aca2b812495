//! Reads a list: each number is hashed as it is read, and forgotten.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mobile_contracts::campaign::RefusedLine;
use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::police_list::POLICE_LINES_MAX;
use serde::Deserialize;

use crate::http::csv::read_lines;
use crate::http::failure::Failure;
use crate::privacy::keys::{Blind, Keys};

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
    pub refused: Vec<RefusedLine>,
}

/// # Errors
/// 422 when the file as a whole cannot be read.
pub fn read(file: &[u8], keys: &Keys, today: NaiveDate) -> Result<List, Failure> {
    let mut list = List::default();
    for (line, row) in read_lines::<Row>(file, &COLUMNS, &COLUMNS, POLICE_LINES_MAX)? {
        match row.and_then(|row| number(&row, keys, today)) {
            Ok((stage, number)) => {
                if !list.by_stage.entry(stage).or_default().insert(number) {
                    list.repeated += 1;
                }
            }
            Err(message) => list.refused.push(RefusedLine { line, message }),
        }
    }
    Ok(list)
}

/// What is wrong is told without the number.
fn number(row: &Row, keys: &Keys, today: NaiveDate) -> Result<(&'static str, Vec<u8>), String> {
    let stage = STAGES.into_iter().find(|stage| *stage == row.stage);
    let stage = stage.ok_or("Cột stage là level2_collected hoặc level2_activated.")?;
    let id = CitizenId::parse(&row.id_number, today).map_err(|why| why.message())?;
    Ok((stage, keys.blind(Blind::CitizenId, id.expose())))
}
