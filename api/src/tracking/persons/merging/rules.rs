//! Who stands for whom, and what changes with it. No database, no clock.

use std::collections::{BTreeMap, BTreeSet};

use mobile_contracts::ids::PersonId;
use mobile_contracts::tracking::Stage;

use super::problem::MergeProblem;
use crate::tracking::credit::rules::{Difference, Fact, Live, difference};
use crate::tracking::persons::rules::{Shown, Words, changed};

/// Merges that stand, from who is stood for to who stands for them. They form trees.
pub type Merges = BTreeMap<PersonId, PersonId>;

/// Who stands for somebody in the end: often they themselves.
pub fn canonical(merges: &Merges, person: PersonId) -> PersonId {
    let mut at = person;
    while let Some(kept) = merges.get(&at) {
        at = *kept;
    }
    at
}

/// Somebody who stands for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub person_id: PersonId,
    pub has_number: bool,
}

/// Which of two heads stands for both from now on, and which no longer: whoever has an ID number, else the
/// first.
///
/// # Errors
/// When they are one already, or both have a number.
pub fn keep(one: Head, other: Head) -> Result<(PersonId, PersonId), MergeProblem> {
    if one.person_id == other.person_id {
        return Err(MergeProblem::AlreadyOne);
    }
    match (one.has_number, other.has_number) {
        (true, true) => Err(MergeProblem::TwoNumbers),
        (false, true) => Ok((other.person_id, one.person_id)),
        _ => Ok((one.person_id, other.person_id)),
    }
}

/// What some persons are known for, each by themselves.
#[derive(Debug, Clone, Default)]
pub struct Own {
    pub facts: Vec<(PersonId, Stage, Fact)>,
    pub words: Words,
}

impl Own {
    /// The facts by who stands for whom they are about.
    pub fn live(&self, merges: &Merges) -> Live {
        let mut live = Live::new();
        for (person, stage, fact) in &self.facts {
            let pair = (canonical(merges, *person), *stage);
            live.entry(pair).or_default().push(fact.clone());
        }
        live
    }

    /// The words likewise.
    pub fn words(&self, merges: &Merges) -> Words {
        let mut words = Words::new();
        for ((person, field), about_one) in &self.words {
            let of = (canonical(merges, *person), *field);
            words.entry(of).or_default().extend(about_one);
        }
        words
    }
}

/// What is different when other merges stand.
#[derive(Debug)]
pub struct Regrouped {
    /// Whom somebody else stands for now than before.
    pub canonical: BTreeMap<PersonId, PersonId>,
    pub credit: Difference,
    pub shown: Shown,
}

/// Decides anew for these persons, all that the merges speak of.
pub fn regroup(
    members: &BTreeSet<PersonId>,
    own: &Own,
    before: &Merges,
    after: &Merges,
) -> Regrouped {
    let moved = members
        .iter()
        .filter(|id| canonical(before, **id) != canonical(after, **id));
    Regrouped {
        canonical: moved.map(|id| (*id, canonical(after, *id))).collect(),
        credit: difference(&own.live(before), &own.live(after)),
        shown: changed(&own.words(before), &own.words(after)),
    }
}
