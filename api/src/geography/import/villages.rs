//! Villages from their file, each with the communes that it belongs to one after the other.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Faults, Key, PlannedSuccessor, PlannedUnit, PlannedVillage, VILLAGES, rows};
use crate::geography::rules::Level;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VillageRow {
    name: String,
    kind: String,
    commune_code: String,
    commune_valid_from: NaiveDate,
    then_code: Option<String>,
}

pub(super) fn read_villages(
    text: &str,
    units: &BTreeMap<Key, PlannedUnit>,
    successors: &[PlannedSuccessor],
    faults: &mut Faults,
) -> Vec<PlannedVillage> {
    let mut seen: HashMap<(String, Key), usize> = HashMap::new();
    let mut villages = Vec::new();
    for (line, row) in rows::<VillageRow>(text, VILLAGES, faults) {
        let first = (row.commune_code, row.commune_valid_from);
        if units
            .get(&first)
            .is_none_or(|unit| unit.level != Level::Commune)
        {
            faults.add(
                VILLAGES,
                line,
                format!("unknown commune {} from {}", first.0, first.1),
            );
            continue;
        }
        if !["thon", "khu-pho"].contains(&row.kind.as_str()) {
            faults.add(
                VILLAGES,
                line,
                format!("kind {:?} is not thon or khu-pho", row.kind),
            );
        }
        if row.name.is_empty() || row.name.chars().count() > 100 {
            faults.add(
                VILLAGES,
                line,
                "a village needs a name of at most 100 characters",
            );
        }
        if let Some(earlier) = seen.insert((row.name.clone(), first.clone()), line) {
            faults.add(
                VILLAGES,
                line,
                format!("duplicate: {:?} stands in line {earlier} already", row.name),
            );
            continue;
        }
        match communes_of(first, row.then_code.as_deref(), units, successors) {
            Ok(communes) => villages.push(PlannedVillage {
                name: row.name,
                kind: row.kind,
                communes,
            }),
            Err(what) => faults.add(VILLAGES, line, what),
        }
    }
    villages
}

/// The communes of a village one after the other, following its first one's successors.
fn communes_of(
    first: Key,
    then_code: Option<&str>,
    units: &BTreeMap<Key, PlannedUnit>,
    successors: &[PlannedSuccessor],
) -> Result<Vec<(Key, NaiveDate, Option<NaiveDate>)>, String> {
    let mut communes = Vec::new();
    let mut from = first.1;
    let mut at = first;
    loop {
        let to = units.get(&at).and_then(|unit| unit.valid_to);
        communes.push((at.clone(), from, to));
        let Some(end) = to else {
            return Ok(communes);
        };
        let continued: Vec<&PlannedSuccessor> = successors
            .iter()
            .filter(|successor| successor.unit == at)
            .collect();
        let next = match continued.as_slice() {
            [only] => only,
            several => several
                .iter()
                .find(|successor| then_code == Some(successor.successor.0.as_str()))
                .ok_or_else(|| format!("gap: {} was split on {end}; then_code must say which part this village went to", at.0))?,
        };
        from = end;
        at = next.successor.clone();
    }
}
