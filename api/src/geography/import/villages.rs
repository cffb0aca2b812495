//! Villages from their file, each with the communes that it belongs to one after the other, and who continues it when
//! it ends.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Faults, Key, PlannedSuccessor, PlannedUnit, PlannedVillage, VILLAGES, rows};
use crate::geography::rules::{Level, spans};

/// The columns from `valid_from` on may be left out: most villages are as old as their first commune, and stay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VillageRow {
    name: String,
    kind: String,
    commune_code: String,
    commune_valid_from: NaiveDate,
    then_code: Option<String>,
    /// Its first day, if that is later than its commune's.
    valid_from: Option<NaiveDate>,
    /// The first day on which it is no more.
    valid_to: Option<NaiveDate>,
    /// Who alone continues it then; of its own first commune, if none is named.
    heir_name: Option<String>,
    heir_commune_code: Option<String>,
    heir_commune_valid_from: Option<NaiveDate>,
}

impl VillageRow {
    fn first(&self) -> Key {
        (self.commune_code.clone(), self.commune_valid_from)
    }

    /// The name and the first commune of who continues it.
    fn heir(&self) -> Option<(String, Key)> {
        let (own_code, own_from) = self.first();
        let code = self.heir_commune_code.clone().unwrap_or(own_code);
        let from = self.heir_commune_valid_from.unwrap_or(own_from);
        Some((self.heir_name.clone()?, (code, from)))
    }
}

/// The heir of a village that is planned, by its place.
type Wanted = (usize, (String, Key));

pub(super) fn read_villages(
    text: &str,
    units: &BTreeMap<Key, PlannedUnit>,
    successors: &[PlannedSuccessor],
    faults: &mut Faults,
) -> Vec<PlannedVillage> {
    let mut seen: HashMap<(String, Key, NaiveDate), usize> = HashMap::new();
    let mut villages = Vec::new();
    let mut wanted: Vec<Wanted> = Vec::new();
    for (line, row) in rows::<VillageRow>(text, VILLAGES, faults) {
        let first = row.first();
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
        check(&row, line, faults);
        let from = row.valid_from.unwrap_or(first.1);
        let key = (row.name.clone(), first, from);
        if let Some(earlier) = seen.insert(key, line) {
            faults.add(
                VILLAGES,
                line,
                format!("duplicate: {:?} stands in line {earlier} already", row.name),
            );
            continue;
        }
        match communes_of(&row, units, successors) {
            Ok(communes) => {
                wanted.extend(row.heir().map(|heir| (villages.len(), heir)));
                villages.push(PlannedVillage {
                    line,
                    name: row.name,
                    kind: row.kind,
                    communes,
                    valid_to: row.valid_to,
                    heir: None,
                });
            }
            Err(what) => faults.add(VILLAGES, line, what),
        }
    }
    find_heirs(&mut villages, wanted, faults);
    villages
}

fn check(row: &VillageRow, line: usize, faults: &mut Faults) {
    if !["thon", "khu-pho"].contains(&row.kind.as_str()) {
        let what = format!("kind {:?} is not thon or khu-pho", row.kind);
        faults.add(VILLAGES, line, what);
    }
    if row.name.is_empty() || row.name.chars().count() > 100 {
        let what = "a village needs a name of at most 100 characters";
        faults.add(VILLAGES, line, what);
    }
    let names_place = row.heir_commune_code.is_some() || row.heir_commune_valid_from.is_some();
    if names_place && row.heir_name.is_none() {
        faults.add(VILLAGES, line, "an heir needs heir_name");
    }
    if row.heir_name.is_some() && row.valid_to.is_none() {
        let what = "an heir needs valid_to: the first day on which the village is no more";
        faults.add(VILLAGES, line, what);
    }
}

/// The communes of a village one after the other, following its first one's successors until it ends.
fn communes_of(
    row: &VillageRow,
    units: &BTreeMap<Key, PlannedUnit>,
    successors: &[PlannedSuccessor],
) -> Result<Vec<(Key, NaiveDate, Option<NaiveDate>)>, String> {
    let mut at = row.first();
    let mut from = row.valid_from.unwrap_or(at.1);
    let ends_of = |at: &Key| units.get(at).and_then(|unit| unit.valid_to);
    if !spans(at.1, ends_of(&at), from) {
        return Err(format!("gap: {} is not there on {from}", at.0));
    }
    if row.valid_to.is_some_and(|end| end <= from) {
        return Err(format!("a village ends after its first day {from}"));
    }
    let mut communes = Vec::new();
    loop {
        let ended = ends_of(&at);
        let to = [ended, row.valid_to].into_iter().flatten().min();
        communes.push((at.clone(), from, to));
        let Some(end) = ended.filter(|end| row.valid_to.is_none_or(|own| *end < own)) else {
            return Ok(communes);
        };
        let continued: Vec<&PlannedSuccessor> = successors
            .iter()
            .filter(|successor| successor.unit == at)
            .collect();
        let then_code = row.then_code.as_deref();
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

/// Gives each its heir: another village that is there on the day on which it ends.
fn find_heirs(villages: &mut [PlannedVillage], wanted: Vec<Wanted>, faults: &mut Faults) {
    let mut named: HashMap<(&str, &Key), Vec<usize>> = HashMap::new();
    for (at, village) in villages.iter().enumerate() {
        let key = (village.name.as_str(), &village.communes[0].0);
        named.entry(key).or_default().push(at);
    }
    let mut found = Vec::new();
    for (at, (name, commune)) in &wanted {
        let village = &villages[*at];
        let Some(end) = village.valid_to else {
            continue; // told already
        };
        let all = named.get(&(name.as_str(), commune));
        let all = all.map_or(&[][..], Vec::as_slice);
        let is_there = |at: &&usize| {
            let heir = &villages[**at];
            spans(heir.communes[0].1, heir.valid_to, end)
        };
        let what = match (all, all.iter().find(is_there)) {
            ([], _) => format!("unknown heir {name:?} in {} from {}", commune.0, commune.1),
            (_, Some(heir)) => {
                found.push((*at, *heir));
                continue;
            }
            ([only], None) if only == at => "cycle: a village cannot continue itself".to_owned(),
            ([first, ..], None) => format!(
                "gap: the heir of line {} is not there on {end}",
                villages[*first].line
            ),
        };
        faults.add(VILLAGES, village.line, what);
    }
    for (at, heir) in found {
        villages[at].heir = Some(heir);
    }
}
