//! Provinces, districts and communes from their file.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Faults, Key, PlannedUnit, UNITS, rows};
use crate::geography::rules::Level;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    code: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    name: String,
    level: String,
    kind: String,
    class: Option<String>,
    parent_code: Option<String>,
    parent_valid_from: Option<NaiveDate>,
}

pub(super) fn read_units(text: &str, faults: &mut Faults) -> BTreeMap<Key, PlannedUnit> {
    let mut units: BTreeMap<Key, PlannedUnit> = BTreeMap::new();
    for (line, row) in rows::<UnitRow>(text, UNITS, faults) {
        let Some(level) = Level::parse(&row.level).filter(|level| *level != Level::Village) else {
            faults.add(
                UNITS,
                line,
                format!("level {:?} is not province, district or commune", row.level),
            );
            continue;
        };
        if row.valid_to.is_some_and(|to| to <= row.valid_from) {
            faults.add(UNITS, line, "it ends before it begins");
        }
        let parent = match (row.parent_code, row.parent_valid_from) {
            (Some(code), Some(from)) => Some((code, from)),
            (None, None) => None,
            _ => {
                faults.add(
                    UNITS,
                    line,
                    "a parent needs both its code and its valid_from",
                );
                None
            }
        };
        let key = (row.code, row.valid_from);
        let planned = PlannedUnit {
            line,
            valid_to: row.valid_to,
            name: row.name,
            level,
            kind: row.kind,
            class: row.class,
            parent,
        };
        if let Some(earlier) = units.get(&key) {
            faults.add(
                UNITS,
                line,
                format!(
                    "duplicate: {} from {} stands in line {} already",
                    key.0, key.1, earlier.line
                ),
            );
            continue;
        }
        units.insert(key, planned);
    }
    // Sorted by code, then day: only neighbours can overlap.
    for ((key, unit), (next_key, next)) in units.iter().zip(units.iter().skip(1)) {
        if key.0 == next_key.0 && unit.valid_to.is_none_or(|to| to > next_key.1) {
            faults.add(
                UNITS,
                next.line,
                format!(
                    "overlap: {} of line {} is still valid then",
                    key.0, unit.line
                ),
            );
        }
    }
    units
}

pub(super) fn check_parents(units: &BTreeMap<Key, PlannedUnit>, faults: &mut Faults) {
    for (key, unit) in units {
        let Some(parent_key) = &unit.parent else {
            if unit.level != Level::Province {
                faults.add(UNITS, unit.line, "only a province has no parent");
            }
            continue;
        };
        let Some(parent) = units.get(parent_key) else {
            faults.add(
                UNITS,
                unit.line,
                format!("unknown parent {} from {}", parent_key.0, parent_key.1),
            );
            continue;
        };
        if is_own_ancestor(units, key) {
            faults.add(
                UNITS,
                unit.line,
                format!("cycle: {} is above itself", key.0),
            );
        } else if parent.level <= unit.level {
            faults.add(
                UNITS,
                unit.line,
                format!(
                    "its parent in line {} is not of a higher level",
                    parent.line
                ),
            );
        }
        let outlives = match (unit.valid_to, parent.valid_to) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(own), Some(parents)) => own > parents,
        };
        if parent_key.1 > key.1 || outlives {
            faults.add(
                UNITS,
                unit.line,
                format!(
                    "gap: its parent in line {} does not last as long as it does",
                    parent.line
                ),
            );
        }
    }
}

fn is_own_ancestor(units: &BTreeMap<Key, PlannedUnit>, key: &Key) -> bool {
    let mut seen = HashSet::new();
    let mut at = units.get(key).and_then(|unit| unit.parent.as_ref());
    while let Some(parent) = at {
        if parent == key {
            return true;
        }
        if !seen.insert(parent) {
            return false; // a cycle further up, named where it is
        }
        at = units.get(parent).and_then(|unit| unit.parent.as_ref());
    }
    false
}
