//! Units from files: read, judged whole, then written whole or not at all. Running it again with the
//! same files changes nothing.
//!
//! A file is refused with every fault and its line: unknown parent, duplicate, overlap, gap, cycle.

mod apply;
mod succession;
mod units;
mod villages;

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;

pub use self::apply::{Imported, apply};
use self::succession::{check_succession, read_successors};
use self::units::{check_parents, read_units};
use self::villages::read_villages;
use super::rules::Level;

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
            units: include_str!("../../../data/units.csv").to_owned(),
            successors: include_str!("../../../data/successors.csv").to_owned(),
            villages: include_str!("../../../data/villages.csv").to_owned(),
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
    line: usize,
    name: String,
    kind: String,
    /// The communes it belongs to, one after the other.
    communes: Vec<(Key, NaiveDate, Option<NaiveDate>)>,
    /// First day no longer.
    valid_to: Option<NaiveDate>,
    /// Who alone continues it, by its place in the plan.
    heir: Option<usize>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::rules::spans;

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

    /// The faults of a village that ends, with the optional columns, as the last line of the file.
    fn faults_of_village(line: &str) -> Vec<String> {
        faults(|files| with_columns(files, line))
    }

    fn with_columns(files: &mut Files, last: &str) {
        let header = "name,kind,commune_code,commune_valid_from,then_code";
        assert!(files.villages.starts_with(header));
        let own: Vec<String> = files
            .villages
            .lines()
            .skip(1)
            .map(|line| format!("{line},,,,,"))
            .collect();
        files.villages = format!(
            "{header},valid_from,valid_to,heir_name,heir_commune_code,heir_commune_valid_from\n{}\n{last}\n",
            own.join("\n")
        );
    }

    #[test]
    fn a_village_that_ends_says_when_and_who_continues_it() {
        let mut files = Files::built_in();
        let line = "Khu phố Cũ,khu-pho,22738,2020-01-01,,2021-01-01,2024-01-01,Khu phố 1,,";
        with_columns(&mut files, line);
        let plan = plan(&files).unwrap();
        let village = plan.villages.last().unwrap();
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let ends = Some(day("2024-01-01"));
        assert_eq!(village.valid_to, ends);
        assert_eq!(village.communes.len(), 1, "it did not see its commune end");
        let (_, from, to) = &village.communes[0];
        assert_eq!((*from, *to), (day("2021-01-01"), ends));
        let heir = &plan.villages[village.heir.unwrap()];
        assert_eq!(heir.name, "Khu phố 1");
        assert_eq!(heir.communes[0].0, ("22738".to_owned(), day("2020-01-01")));
    }

    #[test]
    fn what_does_not_fit_in_the_end_of_a_village_is_named_with_its_line() {
        let line = "Khu phố Cũ,khu-pho,22738,2020-01-01,,";
        for (addition, expected) in [
            (
                ",2020-01-01,,,",
                "line 399: a village ends after its first day 2020-01-01",
            ),
            (",,Khu phố 1,,", "line 399: an heir needs valid_to"),
            (
                ",2024-01-01,Khu phố Lạ,,",
                "line 399: unknown heir \"Khu phố Lạ\" in 22738 from 2020-01-01",
            ),
            (
                ",2024-01-01,Khu phố Cũ,,",
                "line 399: cycle: a village cannot continue itself",
            ),
            (
                ",2024-01-01,Khu phố 1,99999,2020-01-01",
                "line 399: unknown heir",
            ),
            (
                "2019-01-01,2024-01-01,Khu phố 1,,",
                "line 399: gap: 22738 is not there on 2019-01-01",
            ),
        ] {
            let found = faults_of_village(&format!("{line}{addition}"));
            assert!(
                found.iter().any(|fault| fault.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }
}
