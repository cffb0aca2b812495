//! Who may be whose twin. No database, no clock.

use std::collections::{BTreeMap, BTreeSet};

use mobile_contracts::ids::PersonId;
use uuid::Uuid;

/// Somebody of a village, as far as twins are told by it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub person_id: PersonId,
    pub has_number: bool,
    pub birth_year: Option<i16>,
    /// The list that names them, if nobody else does.
    pub named_by: Option<Uuid>,
    /// The name, folded.
    pub folded: String,
}

/// Two persons, the smaller id first.
pub type Pair = (PersonId, PersonId);

/// Most pairs of a village that are offered at once: whoever has decided about these sees the others.
const PAIRS_MAX: usize = 500;

/// Most pairs that are looked at. A village in which a thousand people have one name is a mistake, or
/// malice, and costs no more than this.
const LOOKS_MAX: usize = 1_000_000;

/// Pairs of one village whose names are one edit apart at most, whose years of birth do not contradict
/// each other, of whom one at least has no ID number, and of whom nobody said that they are two, as a list does
/// that names both.
///
/// Two names one edit apart have a spelling in common when one letter of each may be left out; looking
/// only at those keeps the work near the number of names, and not its square.
pub fn twins(village: &[Candidate], distinct: &BTreeSet<Pair>) -> BTreeSet<Pair> {
    let mut alike: BTreeMap<String, Vec<&Candidate>> = BTreeMap::new();
    for candidate in village {
        for spelling in spellings(&candidate.folded) {
            alike.entry(spelling).or_default().push(candidate);
        }
    }
    let mut pairs = BTreeSet::new();
    for (one, other) in alike.values().flat_map(|all| two_of(all)).take(LOOKS_MAX) {
        let (one_id, other_id) = (one.person_id, other.person_id);
        let pair = (one_id.min(other_id), one_id.max(other_id));
        if !distinct.contains(&pair) && may_be_one(one, other) {
            pairs.insert(pair);
        }
        if pairs.len() == PAIRS_MAX {
            break;
        }
    }
    pairs
}

/// Every two of them.
fn two_of<'a>(all: &'a [&'a Candidate]) -> impl Iterator<Item = (&'a Candidate, &'a Candidate)> {
    let each = all.iter().enumerate();
    each.flat_map(|(n, one)| all[n + 1..].iter().map(|other| (*one, *other)))
}

fn may_be_one(one: &Candidate, other: &Candidate) -> bool {
    let years_agree = match (one.birth_year, other.birth_year) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let are_two_by_list = one.named_by.is_some() && one.named_by == other.named_by;
    years_agree
        && !are_two_by_list
        && !(one.has_number && other.has_number)
        && is_within_one_edit(&one.folded, &other.folded)
}

/// A name, and what is left of it without each of its letters.
fn spellings(folded: &str) -> BTreeSet<String> {
    let letters: Vec<char> = folded.chars().collect();
    let without = (0..letters.len()).map(|gap| {
        let kept = letters.iter().enumerate().filter(|(at, _)| *at != gap);
        kept.map(|(_, letter)| *letter).collect()
    });
    without.chain([folded.to_owned()]).collect()
}

/// Whether one letter written, left out or mistaken makes one of the other.
fn is_within_one_edit(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let before = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let room = one.len().min(other.len()) - before;
    let after = one.iter().rev().zip(other.iter().rev());
    let after = after.take(room).take_while(|(a, b)| a == b).count();
    one.len().max(other.len()) - before - after <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use mobile_contracts::fold::fold;
    use proptest::prelude::*;

    fn candidate(n: u128, name: &str, birth_year: Option<i16>, has_number: bool) -> Candidate {
        Candidate {
            person_id: PersonId(Uuid::from_u128(n)),
            has_number,
            birth_year,
            named_by: None,
            folded: fold(name),
        }
    }

    fn found(village: &[Candidate]) -> Vec<(u128, u128)> {
        let pairs = twins(village, &BTreeSet::new());
        let numbers = pairs.iter().map(|(a, b)| (a.0.as_u128(), b.0.as_u128()));
        numbers.collect()
    }

    #[test]
    fn names_one_edit_apart_are_offered_unless_years_or_numbers_speak_against_it() {
        let village = [
            candidate(1, "Katơr Thị Thử", Some(1970), false),
            candidate(2, "Katơr  Thi thu", None, false),
            candidate(3, "Kator Thị Thuu", Some(1970), true),
            candidate(4, "Katơr Thị Thử", Some(1971), true),
            candidate(5, "Katơr Thị Thử", Some(1970), true),
            candidate(6, "Pi Năng Thử", Some(1970), false),
        ];
        let pairs = [(1, 2), (1, 3), (1, 5), (2, 3), (2, 4), (2, 5)];
        assert_eq!(found(&village), pairs);
        let said = BTreeSet::from([(village[0].person_id, village[2].person_id)]);
        assert_eq!(twins(&village, &said).len(), pairs.len() - 1);
    }

    #[test]
    fn two_of_one_list_are_two_and_of_two_lists_or_met_they_may_be_one() {
        let listed = |n, list| Candidate {
            named_by: Some(Uuid::from_u128(list)),
            ..candidate(n, "Katơr Thị Thử", Some(1970), false)
        };
        let met = candidate(4, "Kator Thi Thu", Some(1970), true);
        let village = [listed(1, 9), listed(2, 9), listed(3, 8), met];
        assert_eq!(found(&village), [(1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]);
    }

    #[test]
    fn a_village_of_one_name_costs_no_more_than_it_may() {
        let one_name = |n| candidate(n, "Katơr Thị Thử", Some(1970), false);
        let village: Vec<Candidate> = (0..3_000).map(one_name).collect();
        assert_eq!(twins(&village, &BTreeSet::new()).len(), PAIRS_MAX);
        let contradicting = |n: u128| Candidate {
            birth_year: Some(n as i16),
            ..one_name(n)
        };
        let village: Vec<Candidate> = (0..3_000).map(contradicting).collect();
        assert!(twins(&village, &BTreeSet::new()).is_empty());
    }

    fn edits(one: &str, other: &str) -> usize {
        let other: Vec<char> = other.chars().collect();
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (n, a) in one.chars().enumerate() {
            let mut diagonal = row[0];
            row[0] = n + 1;
            for (m, b) in other.iter().enumerate() {
                let mistaken = diagonal + usize::from(a != *b);
                diagonal = row[m + 1];
                row[m + 1] = mistaken.min(row[m] + 1).min(diagonal + 1);
            }
        }
        row[other.len()]
    }

    proptest! {
        #[test]
        fn exactly_those_one_edit_apart_are_found(one in "[ab ]{0,6}", other in "[ab ]{0,6}") {
            let is_close = edits(&one, &other) <= 1;
            prop_assert_eq!(is_within_one_edit(&one, &other), is_close);
            let bare = |n, folded: &str| Candidate {
                folded: folded.to_owned(),
                ..candidate(n, "", None, false)
            };
            let pairs = found(&[bare(1, &one), bare(2, &other)]);
            prop_assert_eq!(!pairs.is_empty(), is_close);
        }
    }
}
