//! What a list and our records have in common. No database, no clock.

use std::collections::{BTreeMap, BTreeSet};

use mobile_contracts::ids::{OperationId, UnitId};
use mobile_contracts::police_list::POLICE_APART_PERCENT;

/// Whom we count at a stage, among those of the list: by the hash of the number.
pub type Counted = BTreeMap<Vec<u8>, (OperationId, UnitId)>;

/// What was compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    pub theirs: u32,
    pub ours: u32,
    pub elsewhere: u32,
    pub only_theirs: u32,
    pub only_ours: u32,
    pub without_number: u32,
    /// Records that the list confirms.
    pub matched: Vec<OperationId>,
}

/// Compares. `ours` are the numbers of whom we count in this commune in the month; None has no number.
pub fn compare(
    list: &BTreeSet<Vec<u8>>,
    counted: &Counted,
    villages: &BTreeSet<UnitId>,
    ours: &[Option<Vec<u8>>],
) -> Compared {
    let mut compared = Compared {
        theirs: list.len() as u32,
        ours: ours.len() as u32,
        ..Compared::default()
    };
    for number in list {
        match counted.get(number) {
            Some((op, village)) if villages.contains(village) => compared.matched.push(*op),
            Some(_) => compared.elsewhere += 1,
            None => compared.only_theirs += 1,
        }
    }
    for number in ours {
        match number {
            Some(number) if !list.contains(number) => compared.only_ours += 1,
            Some(_) => {}
            None => compared.without_number += 1,
        }
    }
    compared
}

/// Whether two numbers lie more than a tenth of theirs apart.
pub fn is_apart(theirs: u32, ours: u32) -> bool {
    u64::from(theirs.abs_diff(ours)) * 100 > u64::from(theirs) * u64::from(POLICE_APART_PERCENT)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn everybody_of_the_list_and_of_ours_is_counted_in_one_place() {
        let op = |n: u128| OperationId(Uuid::from_u128(n));
        let number = |n: u8| vec![n; 32];
        let list = BTreeSet::from([number(1), number(2), number(3)]);
        let counted = Counted::from([
            (number(1), (op(1), UnitId(10))),
            (number(2), (op(2), UnitId(20))),
        ]);
        let villages = BTreeSet::from([UnitId(10)]);
        let ours = [Some(number(1)), Some(number(4)), None];
        let compared = compare(&list, &counted, &villages, &ours);
        assert_eq!(compared.matched, [op(1)]);
        assert_eq!(
            (compared.elsewhere, compared.only_theirs, compared.only_ours),
            (1, 1, 1)
        );
        assert_eq!(
            (compared.theirs, compared.ours, compared.without_number),
            (3, 3, 1)
        );
    }

    #[test]
    fn a_tenth_is_not_apart_and_a_little_more_is() {
        assert!(!is_apart(100, 110) && !is_apart(100, 90) && !is_apart(0, 0));
        assert!(is_apart(100, 111) && is_apart(100, 89) && is_apart(0, 1));
    }
}
