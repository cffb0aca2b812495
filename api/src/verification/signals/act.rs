//! What the rules look at: acts of volunteers, and what was found in them. No names, no numbers: a phone
//! is a keyed hash that lives as long as the look at it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};

use super::catalogue::Rule;

/// A record as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub op_id: OperationId,
    pub author_id: AccountId,
    pub mass_union: MassUnion,
    pub device_id: Option<DeviceId>,
    pub village_id: UnitId,
    pub commune_id: UnitId,
    pub effective_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// None: without consent, or without anybody.
    pub person_id: Option<PersonId>,
    pub number: Option<Number>,
    /// An ID number stands for this person, so that two records about them are known to be about one.
    pub has_number: bool,
    /// A keyed hash.
    pub phone: Option<[u8; 16]>,
    pub by_helper: bool,
    /// When it was taken back, if it was.
    pub voided_at: Option<DateTime<Utc>>,
}

/// What is kept of an ID number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The last four digits.
    pub tail: u16,
    pub birth_year: i16,
    pub sex: Sex,
}

/// Records are at most a week old when they come: an older one counts for the seventh day before.
const CLAIM_MAX: TimeDelta = TimeDelta::days(7);

impl Act {
    pub fn on_day(&self) -> NaiveDate {
        local_day(self.effective_at)
    }

    pub fn is_voided(&self) -> bool {
        self.voided_at.is_some()
    }

    /// Whether the phone said when. Otherwise the server's own time stands there, the same for a whole
    /// batch, and says nothing of how people worked.
    pub fn has_a_time(&self) -> bool {
        self.effective_at != self.received_at && self.effective_at != self.received_at - CLAIM_MAX
    }
}

/// Whom or what a signal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Author(AccountId),
    Village(UnitId),
}

/// Numbers that explain a signal, by name.
pub type Evidence = BTreeMap<String, i64>;

/// What a rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    pub subject: Subject,
    pub commune_id: UnitId,
    pub on_day: NaiveDate,
    /// What else makes it this one and no other of the same rule and subject.
    pub key: Vec<u8>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub acts: BTreeSet<OperationId>,
    pub evidence: Evidence,
}

impl Finding {
    /// What was found in acts of one author. None: in none.
    pub fn of<'a>(
        rule: Rule,
        key: Vec<u8>,
        acts: impl IntoIterator<Item = &'a Act>,
        evidence: &[(&str, i64)],
    ) -> Option<Self> {
        let acts: Vec<&Act> = acts.into_iter().collect();
        let first = acts
            .iter()
            .min_by_key(|act| (act.effective_at, act.op_id))?;
        let last = acts.iter().map(|act| act.effective_at).max();
        Some(Self {
            rule,
            subject: Subject::Author(first.author_id),
            commune_id: first.commune_id,
            on_day: first.on_day(),
            key,
            started_at: Some(first.effective_at),
            ended_at: last,
            acts: acts.iter().map(|act| act.op_id).collect(),
            evidence: numbers(evidence),
        })
    }
}

pub fn numbers(evidence: &[(&str, i64)]) -> Evidence {
    let named = evidence.iter().map(|(name, n)| ((*name).to_owned(), *n));
    named.collect()
}

/// A size as evidence.
pub fn size(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The bytes of a day, for keys.
pub fn day_key(day: NaiveDate) -> Vec<u8> {
    day.to_string().into_bytes()
}
