//! How well the signals tell what was made up from what was done. No database, no clock.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{DAYS, FIRST_DAY, Fabrication, Record};
use crate::verification::signals::act::{Act, Number};
use crate::verification::signals::catalogue::{Rule, Thresholds};
use crate::verification::signals::rules::{judge, judge_phones};

/// At least so much of what was made up is to be seen…
pub const SEEN_PERCENT_MIN: f64 = 80.0;
/// …and at most so much honest work troubled.
pub const TROUBLED_PERCENT_MAX: f64 = 2.0;

/// What became of a month.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    pub honest: usize,
    pub troubled: usize,
    pub fabricated: usize,
    pub seen: usize,
    /// Seen and all, by how they were made up.
    pub by_kind: BTreeMap<Fabrication, (usize, usize)>,
    /// Honest records that a rule troubles.
    pub troubled_by: BTreeMap<&'static str, usize>,
}

impl Score {
    /// By which rule each record was flagged.
    pub fn of(records: &[Record], flagged: &BTreeMap<OperationId, BTreeSet<Rule>>) -> Self {
        let mut score = Self::default();
        for record in records {
            let rules = flagged.get(&record.op_id);
            match record.fabricated {
                None => {
                    score.honest += 1;
                    score.troubled += usize::from(rules.is_some());
                    for rule in rules.into_iter().flatten() {
                        *score.troubled_by.entry(rule.entry().id).or_default() += 1;
                    }
                }
                Some(kind) => {
                    score.fabricated += 1;
                    score.seen += usize::from(rules.is_some());
                    let of_kind = score.by_kind.entry(kind).or_default();
                    of_kind.0 += usize::from(rules.is_some());
                    of_kind.1 += 1;
                }
            }
        }
        score
    }

    pub fn seen_percent(&self) -> f64 {
        percent(self.seen, self.fabricated)
    }

    pub fn troubled_percent(&self) -> f64 {
        percent(self.troubled, self.honest)
    }

    pub fn is_good(&self) -> bool {
        self.seen_percent() >= SEEN_PERCENT_MIN && self.troubled_percent() <= TROUBLED_PERCENT_MAX
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "fabricated {}, seen {} ({:.1} %); honest {}, troubled {} ({:.2} %); seen by kind:",
            self.fabricated,
            self.seen,
            self.seen_percent(),
            self.honest,
            self.troubled,
            self.troubled_percent(),
        )?;
        for (kind, (seen, all)) in &self.by_kind {
            write!(f, " {kind:?} {seen}/{all}")?;
        }
        f.write_str("; honest by rule:")?;
        for (rule, n) in &self.troubled_by {
            write!(f, " {rule} {n}")?;
        }
        Ok(())
    }
}

/// Judges a month in memory, as the nightly look at it would.
pub fn score(records: &[Record], thresholds: &Thresholds) -> Score {
    let acts: Vec<Act> = records.iter().map(act).collect();
    let last = FIRST_DAY + Days::new(DAYS as u64 + 7);
    let days = FIRST_DAY..=last;
    let mut flagged: BTreeMap<OperationId, BTreeSet<Rule>> = BTreeMap::new();
    let found = judge(&acts, &days, thresholds);
    for finding in found
        .into_iter()
        .chain(judge_phones(&acts, &days, thresholds))
    {
        for op in finding.acts {
            flagged.entry(op).or_default().insert(finding.rule);
        }
    }
    Score::of(records, &flagged)
}

/// An id of somebody or something invented.
pub fn id(kind: &str, name: &str) -> Uuid {
    let hash = Sha256::digest(format!("{kind}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn act(record: &Record) -> Act {
    let author = id("author", &record.author.to_string());
    let citizen = record.citizen.as_ref();
    let phone = citizen.and_then(|citizen| citizen.phone.as_ref());
    let at = match record.clock_known {
        true => record.at,
        false => record.received_at,
    };
    Act {
        op_id: record.op_id,
        author_id: AccountId(author),
        mass_union: record.mass_union(),
        device_id: Some(DeviceId(author)),
        // Villages and communes are few.
        village_id: UnitId(1_000 + record.village as i32),
        commune_id: UnitId(1 + record.commune() as i32),
        effective_at: at,
        received_at: record.received_at,
        person_id: citizen.map(|citizen| PersonId(id("citizen", &citizen.number))),
        number: citizen.map(|citizen| Number {
            tail: citizen.number[8..].parse().unwrap_or_default(),
            birth_year: citizen.birth_year,
            sex: citizen.sex,
        }),
        has_number: citizen.is_some(),
        phone: phone.map(|phone| id("phone", phone).into_bytes()),
        by_helper: record.by_helper,
        // A minute later.
        voided_at: record.taken_back.then_some(record.received_at),
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;

    #[test]
    fn a_month_of_a_fixed_seed_is_told_apart() {
        let month = generate(6, 8_000, 500);
        assert_eq!(month.len(), 8_000);
        let score = score(&month, &Thresholds::default());
        assert_eq!((score.honest, score.fabricated), (7_500, 500));
        assert!(score.is_good(), "{score}");
    }

    #[test]
    fn the_same_seed_gives_the_same_month_and_another_one_another() {
        let ids = |seed| -> Vec<OperationId> {
            let month = generate(seed, 300, 20);
            month.into_iter().map(|record| record.op_id).collect()
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }
}
