//! Units from files: read, judged whole, then written whole or not at all. Running it again with the
//! same files changes nothing.
//!
//! A file is refused with every fault and its line: unknown parent, duplicate, overlap, gap, cycle.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use chrono::NaiveDate;
use diesel::prelude::*;

use diesel_async::RunQueryDsl;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::rules::{Level, spans};
use super::store;
use crate::db::schema::{unit, unit_parent, unit_successor};
use crate::db::{self, Conn};
use crate::http::failure::Failure;

/// The texts of the three files.
#[derive(Debug, Clone)]
pub struct Files {
    pub units: String,
    pub successors: String,
    pub villages: String,
}

impl Files {
    /// The province's own files, as they come with the program.
    pub fn built_in() -> Self {
        Self {
            units: include_str!("../../data/units.csv").to_owned(),
            successors: include_str!("../../data/successors.csv").to_owned(),
            villages: include_str!("../../data/villages.csv").to_owned(),
        }
    }
}

/// What is wrong with a line. The header is line 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub file: &'static str,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.file, self.line, self.what)
    }
}

const UNITS: &str = "units";
const SUCCESSORS: &str = "successors";
const VILLAGES: &str = "villages";

/// The natural key of a coded unit.
type Key = (String, NaiveDate);

/// Files that fit together.
#[derive(Debug)]
pub struct Plan {
    units: BTreeMap<Key, PlannedUnit>,
    successors: Vec<PlannedSuccessor>,
    villages: Vec<PlannedVillage>,
}

#[derive(Debug)]
struct PlannedUnit {
    line: usize,
    valid_to: Option<NaiveDate>,
    name: String,
    level: Level,
    kind: String,
    class: Option<String>,
    parent: Option<Key>,
}

#[derive(Debug)]
struct PlannedSuccessor {
    line: usize,
    unit: Key,
    successor: Key,
    on_date: NaiveDate,
    share: String,
    villages: Option<String>,
}

#[derive(Debug)]
struct PlannedVillage {
    name: String,
    kind: String,
    /// The communes it belongs to, one after the other.
    communes: Vec<(Key, NaiveDate, Option<NaiveDate>)>,
}

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VillageRow {
    name: String,
    kind: String,
    commune_code: String,
    commune_valid_from: NaiveDate,
    then_code: Option<String>,
}

/// Reads and judges the files as one.
///
/// # Errors
/// Every fault, with its file and line.
pub fn plan(files: &Files) -> Result<Plan, Vec<Fault>> {
    let mut faults = Faults::default();
    let units = read_units(&files.units, &mut faults);
    check_parents(&units, &mut faults);
    let successors = read_successors(&files.successors, &units, &mut faults);
    check_succession(&units, &successors, &mut faults);
    let villages = if faults.0.is_empty() {
        read_villages(&files.villages, &units, &successors, &mut faults)
    } else {
        Vec::new() // judged by units that are not known to fit
    };
    if faults.0.is_empty() {
        Ok(Plan {
            units,
            successors,
            villages,
        })
    } else {
        Err(faults.0)
    }
}

#[derive(Debug, Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, file: &'static str, line: usize, what: impl Into<String>) {
        self.0.push(Fault {
            file,
            line,
            what: what.into(),
        });
    }
}

fn rows<T: for<'de> Deserialize<'de>>(
    text: &str,
    file: &'static str,
    faults: &mut Faults,
) -> Vec<(usize, T)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (index, record) in reader.deserialize().enumerate() {
        let line = index + 2;
        match record {
            Ok(row) => rows.push((line, row)),
            Err(why) => faults.add(file, line, why.to_string()),
        }
    }
    rows
}

fn read_units(text: &str, faults: &mut Faults) -> BTreeMap<Key, PlannedUnit> {
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

fn check_parents(units: &BTreeMap<Key, PlannedUnit>, faults: &mut Faults) {
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

fn read_successors(
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
fn check_succession(
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

fn read_villages(
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

/// What an import did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub units: usize,
    pub villages: usize,
    pub changed: usize,
}

/// Writes a plan in one transaction.
///
/// # Errors
/// When the database refuses; nothing is written then.
pub async fn apply(conn: &mut Conn, plan: &Plan) -> Result<Imported, Failure> {
    db::transaction::<_, Failure>(conn, async |conn| {
        let mut imported = Imported {
            units: plan.units.len(),
            villages: plan.villages.len(),
            changed: 0,
        };
        let mut ids: HashMap<&Key, UnitId> = HashMap::new();
        // An old span ends before a new one of the same code begins: by day.
        let mut by_day: Vec<(&Key, &PlannedUnit)> = plan.units.iter().collect();
        by_day.sort_by_key(|(key, _)| key.1);
        for (key, unit) in by_day {
            let (id, changed) = upsert_unit(conn, key, unit).await?;
            imported.changed += changed;
            ids.insert(key, id);
        }
        for (key, unit) in &plan.units {
            if let Some(parent) = &unit.parent {
                imported.changed +=
                    upsert_tie(conn, ids[key], ids[parent], key.1, unit.valid_to).await?;
            }
        }
        for successor in &plan.successors {
            imported.changed += upsert_successor(conn, &ids, successor).await?;
        }
        for village in &plan.villages {
            imported.changed += upsert_village(conn, &ids, village).await?;
        }
        if imported.changed > 0 {
            store::bump_revision(conn).await?;
        }
        Ok(imported)
    })
    .await
}

async fn upsert_unit(
    conn: &mut Conn,
    key: &Key,
    planned: &PlannedUnit,
) -> QueryResult<(UnitId, usize)> {
    let values = (
        unit::valid_to.eq(planned.valid_to),
        unit::name.eq(&planned.name),
        unit::folded.eq(fold(&planned.name)),
        unit::level.eq(planned.level.as_str()),
        unit::kind.eq(&planned.kind),
        unit::class.eq(&planned.class),
    );
    type Known = (
        UnitId,
        Option<NaiveDate>,
        String,
        String,
        String,
        Option<String>,
    );
    let known: Option<Known> = unit::table
        .filter(unit::code.eq(&key.0).and(unit::valid_from.eq(key.1)))
        .select((
            unit::unit_id,
            unit::valid_to,
            unit::name,
            unit::level,
            unit::kind,
            unit::class,
        ))
        .first(conn)
        .await
        .optional()?;
    match known {
        Some((id, valid_to, name, level, kind, class)) => {
            let same = valid_to == planned.valid_to
                && name == planned.name
                && level == planned.level.as_str()
                && kind == planned.kind
                && class == planned.class;
            if !same {
                diesel::update(unit::table.find(id))
                    .set(values)
                    .execute(conn)
                    .await?;
            }
            Ok((id, usize::from(!same)))
        }
        None => {
            let id = diesel::insert_into(unit::table)
                .values((unit::code.eq(&key.0), unit::valid_from.eq(key.1), values))
                .returning(unit::unit_id)
                .get_result(conn)
                .await?;
            Ok((id, 1))
        }
    }
}

async fn upsert_tie(
    conn: &mut Conn,
    id: UnitId,
    parent_id: UnitId,
    from: NaiveDate,
    to: Option<NaiveDate>,
) -> QueryResult<usize> {
    let upsert = diesel::insert_into(unit_parent::table)
        .values((
            unit_parent::unit_id.eq(id),
            unit_parent::parent_id.eq(parent_id),
            unit_parent::valid_from.eq(from),
            unit_parent::valid_to.eq(to),
        ))
        .on_conflict((unit_parent::unit_id, unit_parent::valid_from))
        .do_update()
        .set((
            unit_parent::parent_id.eq(parent_id),
            unit_parent::valid_to.eq(to),
        ));
    let differs = unit_parent::parent_id
        .ne(parent_id)
        .or(unit_parent::valid_to.is_distinct_from(to));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, differs)
        .execute(conn)
        .await
}

async fn upsert_successor(
    conn: &mut Conn,
    ids: &HashMap<&Key, UnitId>,
    planned: &PlannedSuccessor,
) -> QueryResult<usize> {
    let villages = planned
        .villages
        .as_ref()
        .filter(|_| planned.share == "part");
    let values = (
        unit_successor::on_date.eq(planned.on_date),
        unit_successor::share.eq(&planned.share),
        unit_successor::villages.eq(villages),
    );
    let upsert = diesel::insert_into(unit_successor::table)
        .values((
            unit_successor::unit_id.eq(ids[&planned.unit]),
            unit_successor::successor_id.eq(ids[&planned.successor]),
            values,
        ))
        .on_conflict((unit_successor::unit_id, unit_successor::successor_id))
        .do_update()
        .set(values);
    let differs = unit_successor::on_date
        .ne(planned.on_date)
        .or(unit_successor::share.ne(&planned.share))
        .or(unit_successor::villages.is_distinct_from(villages));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, differs)
        .execute(conn)
        .await
}

/// A village is known by its name and its first commune.
async fn upsert_village(
    conn: &mut Conn,
    ids: &HashMap<&Key, UnitId>,
    planned: &PlannedVillage,
) -> QueryResult<usize> {
    let (first, from, _) = &planned.communes[0];
    let known: Option<(UnitId, String)> = unit::table
        .inner_join(unit_parent::table.on(unit_parent::unit_id.eq(unit::unit_id)))
        .filter(unit::level.eq(Level::Village.as_str()))
        .filter(unit::name.eq(&planned.name))
        .filter(unit_parent::parent_id.eq(ids[first]))
        .filter(unit_parent::valid_from.eq(from))
        .select((unit::unit_id, unit::kind))
        .first(conn)
        .await
        .optional()?;
    let (id, mut changed) = match known {
        Some((id, kind)) if kind == planned.kind => (id, 0),
        Some((id, _)) => {
            diesel::update(unit::table.find(id))
                .set(unit::kind.eq(&planned.kind))
                .execute(conn)
                .await?;
            (id, 1)
        }
        None => {
            let id: UnitId = diesel::insert_into(unit::table)
                .values((
                    unit::valid_from.eq(from),
                    unit::name.eq(&planned.name),
                    unit::folded.eq(fold(&planned.name)),
                    unit::level.eq(Level::Village.as_str()),
                    unit::kind.eq(&planned.kind),
                ))
                .returning(unit::unit_id)
                .get_result(conn)
                .await?;
            (id, 1)
        }
    };
    for (commune, from, to) in &planned.communes {
        changed += upsert_tie(conn, id, ids[commune], *from, *to).await?;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(change: impl Fn(&mut Files)) -> Vec<String> {
        let mut files = Files::built_in();
        change(&mut files);
        plan(&files)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_provinces_own_files_fit_together() {
        let plan = plan(&Files::built_in()).unwrap();
        let communes_on = |day: &str| {
            let day: NaiveDate = day.parse().unwrap();
            plan.units
                .iter()
                .filter(|(key, unit)| {
                    unit.level == Level::Commune && spans(key.1, unit.valid_to, day)
                })
                .count()
        };
        assert_eq!(communes_on("2023-02-19"), 65);
        assert_eq!(communes_on("2024-11-01"), 62);
        assert_eq!(communes_on("2025-07-01"), 24);
        assert_eq!(plan.villages.len(), 397);
    }

    #[test]
    fn each_kind_of_fault_is_named_with_its_line() {
        let line = "22999,2020-01-01,,Xã Mới,commune,xa,lowland,";
        for (addition, expected) in [
            (
                "999,2020-01-01",
                "units, line 102: unknown parent 999 from 2020-01-01",
            ),
            ("22738,2025-07-01", "units, line 102: its parent in line"),
            (
                "58,2020-01-01",
                "units, line 102: gap: its parent in line 2 does not last",
            ),
        ] {
            let found = faults(|files| files.units.push_str(&format!("{line}{addition}\n")));
            assert!(
                found.iter().any(|fault| fault.starts_with(expected)),
                "{expected}: {found:?}"
            );
        }
        let again =
            "22738,2020-01-01,2025-07-01,Phường Đô Vinh,commune,phuong,urban,582,2020-01-01\n";
        assert!(
            faults(|files| files.units.push_str(again))[0].contains("line 102: duplicate: 22738")
        );
        let overlapping =
            "22738,2024-01-01,2025-01-01,Phường Đô Vinh,commune,phuong,urban,582,2020-01-01\n";
        assert!(
            faults(|files| files.units.push_str(overlapping))
                .iter()
                .any(|fault| fault.contains("overlap"))
        );
        let cycle = "1,2026-01-01,,A,district,huyen,,2,2026-01-01\n2,2026-01-01,,B,district,huyen,,1,2026-01-01\n";
        assert!(
            faults(|files| files.units.push_str(cycle))
                .iter()
                .any(|fault| fault.contains("cycle"))
        );
        let nobody = faults(|files| {
            files.successors = files
                .successors
                .replace("2024-11-01,22747,2020-01-01,22750,2024-11-01,whole,\n", "")
        });
        assert!(nobody[0].contains("nobody continues 22747"), "{nobody:?}");
        let undecided = faults(|files| files.villages = files.villages.replace("22888", ""));
        assert!(undecided[0].contains("then_code must say"), "{undecided:?}");
    }
}
