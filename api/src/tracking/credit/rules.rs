//! Who is credited. No database, no clock.
//!
//! The counts of one person and stage depend on the *set* of live facts only ([`effects`]), never on
//! the order in which they came. A batch takes the set before, makes the set after, and moves the
//! rollups by the difference; that is the whole of exactly-once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::Stage;
use serde::Serialize;

/// What comes more days than this after the day on which it was done is late: by then that day's board
/// has been read.
pub const LATE_AFTER_DAYS: i64 = 3;

/// Whether what was done on one day and came on another is late.
pub fn is_late(on_day: NaiveDate, received_on: NaiveDate) -> bool {
    (received_on - on_day).num_days() > LATE_AFTER_DAYS
}

/// A live record of somebody who may be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub op_id: OperationId,
    pub village_id: UnitId,
    pub mass_union: MassUnion,
    pub author_id: AccountId,
    /// A helper's device: kept, never counted.
    pub helper: bool,
    pub confirmed: bool,
    /// It came when its day was over and told.
    pub late: bool,
    pub effective_at: DateTime<Utc>,
    pub on_day: NaiveDate,
}

/// Where something is counted. Rollups are written in this order, so that no two batches wait for
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Key {
    pub village_id: UnitId,
    pub stage: Stage,
    pub mass_union: MassUnion,
    pub on_day: NaiveDate,
    pub author_id: AccountId,
}

/// What is counted there; as a difference, it may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub n: i32,
    pub assists: i32,
    pub confirmed: i32,
    pub anonymous: i32,
    pub late: i32,
}

impl Counts {
    fn add(&mut self, other: Self, sign: i32) {
        self.n += sign * other.n;
        self.assists += sign * other.assists;
        self.confirmed += sign * other.confirmed;
        self.anonymous += sign * other.anonymous;
        self.late += sign * other.late;
    }
}

/// Counts by key; keys whose counts are all zero are dropped at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<Key, Counts>);

impl Tally {
    fn add(&mut self, key: Key, counts: Counts, sign: i32) {
        self.0.entry(key).or_default().add(counts, sign);
    }

    pub fn add_all(&mut self, other: &Self, sign: i32) {
        for (key, counts) in &other.0 {
            self.add(key.clone(), *counts, sign);
        }
    }

    pub fn without_zeros(mut self) -> Self {
        self.0.retain(|_, counts| *counts != Counts::default());
        self
    }
}

/// What the facts of one person and stage come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    pub credit: Option<OperationId>,
    pub tally: Tally,
}

fn key(stage: Stage, fact: &Fact) -> Key {
    Key {
        village_id: fact.village_id,
        stage,
        mass_union: fact.mass_union,
        on_day: fact.on_day,
        author_id: fact.author_id,
    }
}

/// The earliest fact holds the credit; the earliest of each other union is an assist.
pub fn effects(stage: Stage, facts: &[Fact]) -> Effects {
    let mut eligible: Vec<&Fact> = facts.iter().filter(|fact| !fact.helper).collect();
    eligible.sort_by_key(|fact| (fact.effective_at, fact.op_id));
    let Some(holder) = eligible.first() else {
        return Effects::default();
    };
    let mut tally = Tally::default();
    let is_confirmed = eligible.iter().any(|fact| fact.confirmed);
    tally.add(
        key(stage, holder),
        Counts {
            n: 1,
            confirmed: i32::from(is_confirmed),
            late: i32::from(holder.late),
            ..Counts::default()
        },
        1,
    );
    let mut seen = vec![holder.mass_union];
    for fact in &eligible {
        if !seen.contains(&fact.mass_union) {
            seen.push(fact.mass_union);
            let assist = Counts {
                assists: 1,
                ..Counts::default()
            };
            tally.add(key(stage, fact), assist, 1);
        }
    }
    Effects {
        credit: Some(holder.op_id),
        tally,
    }
}

/// Live facts by whose they are and of which stage.
pub type Live = BTreeMap<(PersonId, Stage), Vec<Fact>>;

/// What is different when other facts are live, or somebody's.
#[derive(Debug, Default)]
pub struct Difference {
    /// Who holds the credit now, where that changed.
    pub credits: BTreeMap<(PersonId, Stage), Option<OperationId>>,
    /// All who hold one now.
    pub holders: BTreeSet<OperationId>,
    /// Who holds one now and did not, or the other way round.
    pub moved: BTreeSet<OperationId>,
    pub tally: Tally,
}

/// Takes what the facts before came to, and gives what those after do.
pub fn difference(before: &Live, after: &Live) -> Difference {
    let none = Vec::new();
    let mut difference = Difference::default();
    let mut held = BTreeSet::new();
    let pairs: BTreeSet<&(PersonId, Stage)> = before.keys().chain(after.keys()).collect();
    for pair in pairs {
        let was = effects(pair.1, before.get(pair).unwrap_or(&none));
        let is = effects(pair.1, after.get(pair).unwrap_or(&none));
        difference.tally.add_all(&was.tally, -1);
        difference.tally.add_all(&is.tally, 1);
        if was.credit != is.credit {
            difference.credits.insert(*pair, is.credit);
        }
        held.extend(was.credit);
        difference.holders.extend(is.credit);
    }
    let moved = held.symmetric_difference(&difference.holders);
    difference.moved = moved.copied().collect();
    difference.tally = difference.tally.without_zeros();
    difference
}

/// What a record without a person comes to.
pub fn anonymous_effect(stage: Stage, fact: &Fact) -> Tally {
    let mut tally = Tally::default();
    if !fact.helper {
        let counts = Counts {
            anonymous: 1,
            ..Counts::default()
        };
        tally.add(key(stage, fact), counts, 1);
    }
    tally
}
