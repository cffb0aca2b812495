//! Who continues a unit that ended.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Faults, Key, PlannedSuccessor, PlannedUnit, SUCCESSORS, UNITS, rows};
use crate::geography::rules::{Level, spans};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuccessorRow {
    on_date: NaiveDate,
    code: String,
    valid_from: NaiveDate,
    successor_code: String,
    successor_valid_from: NaiveDate,
    share: String,
    villages: Option<String>,
}

pub(super) fn read_successors(
    text: &str,
    units: &BTreeMap<Key, PlannedUnit>,
    faults: &mut Faults,
) -> Vec<PlannedSuccessor> {
    let mut successors: Vec<PlannedSuccessor> = Vec::new();
    for (line, row) in rows::<SuccessorRow>(text, SUCCESSORS, faults) {
        let planned = PlannedSuccessor {
            line,
            unit: (row.code, row.valid_from),
            successor: (row.successor_code, row.successor_valid_from),
            on_date: row.on_date,
            share: row.share,
            villages: row.villages.filter(|villages| !villages.is_empty()),
        };
        if !["whole", "part"].contains(&planned.share.as_str()) {
            faults.add(
                SUCCESSORS,
                line,
                format!("share {:?} is not whole or part", planned.share),
            );
        }
        // "districts have no successor" and the like are remarks on a whole, not villages of a part.
        if planned.share == "part" && planned.villages.is_none() {
            faults.add(SUCCESSORS, line, "a part says which villages it is");
        }
        match units.get(&planned.unit) {
            None => faults.add(
                SUCCESSORS,
                line,
                format!("unknown unit {} from {}", planned.unit.0, planned.unit.1),
            ),
            Some(unit) if unit.valid_to != Some(planned.on_date) => {
                faults.add(
                    SUCCESSORS,
                    line,
                    format!(
                        "gap: the unit of line {} in units does not end on {}",
                        unit.line, planned.on_date
                    ),
                );
            }
            Some(_) => {}
        }
        match units.get(&planned.successor) {
            None => faults.add(
                SUCCESSORS,
                line,
                format!(
                    "unknown successor {} from {}",
                    planned.successor.0, planned.successor.1
                ),
            ),
            Some(unit) if !spans(planned.successor.1, unit.valid_to, planned.on_date) => {
                faults.add(
                    SUCCESSORS,
                    line,
                    format!(
                        "gap: the successor of line {} in units is not valid on {}",
                        unit.line, planned.on_date
                    ),
                );
            }
            Some(_) => {}
        }
        if planned.unit == planned.successor {
            faults.add(SUCCESSORS, line, "cycle: a unit cannot continue itself");
        }
        let same = |other: &&PlannedSuccessor| {
            other.unit == planned.unit && other.successor == planned.successor
        };
        if let Some(earlier) = successors.iter().find(same) {
            faults.add(
                SUCCESSORS,
                line,
                format!("duplicate of line {}", earlier.line),
            );
            continue;
        }
        successors.push(planned);
    }
    successors
}

/// Every commune and province that ended is continued whole by one, or in parts by several.
pub(super) fn check_succession(
    units: &BTreeMap<Key, PlannedUnit>,
    successors: &[PlannedSuccessor],
    faults: &mut Faults,
) {
    let mut of: HashMap<&Key, Vec<&PlannedSuccessor>> = HashMap::new();
    for successor in successors {
        of.entry(&successor.unit).or_default().push(successor);
    }
    for (key, unit) in units {
        let ended = unit.valid_to.is_some() && unit.level != Level::District;
        let continued = of.get(key).map(Vec::as_slice).unwrap_or_default();
        let wholes = continued
            .iter()
            .filter(|successor| successor.share == "whole")
            .count();
        if ended && continued.is_empty() {
            faults.add(
                UNITS,
                unit.line,
                format!("gap: nobody continues {} from {}", key.0, key.1),
            );
        } else if wholes > 1 || (wholes == 1 && continued.len() > 1) {
            faults.add(
                SUCCESSORS,
                continued[1].line,
                format!(
                    "{} from {} is continued whole by one and by another too",
                    key.0, key.1
                ),
            );
        }
    }
}
