//! Who continues units that have ended, and who answers for what is still open in them. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::rules::{Geography, Succession, WHOLE};

impl Geography {
    pub fn successors(&self, id: UnitId) -> impl Iterator<Item = &Succession> {
        self.successors.get(&id).into_iter().flatten()
    }

    pub fn predecessors(&self, id: UnitId) -> impl Iterator<Item = &Succession> {
        self.predecessors.get(&id).into_iter().flatten()
    }

    /// Who continues a unit alone and whole.
    pub fn sole_successor(&self, id: UnitId) -> Option<&Succession> {
        let mut successors = self.successors(id);
        let next = successors.next().filter(|next| next.share == WHOLE)?;
        successors.next().is_none().then_some(next)
    }

    /// Who continues a unit that has ended, alone and whole, through every change until that day; nobody where it
    /// was split, or ended without a successor.
    pub fn heir_on(&self, id: UnitId, day: NaiveDate) -> Option<UnitId> {
        let mut heir = id;
        // A circle would be longer than all units.
        for _ in 0..self.units.len() {
            heir = self.sole_successor(heir)?.successor_id;
            if self.unit(heir)?.is_valid_on(day) {
                return Some(heir);
            }
        }
        None
    }

    /// Whether a unit is no more on that day.
    pub fn has_ended(&self, id: UnitId, day: NaiveDate) -> bool {
        let end = self.unit(id).and_then(|unit| unit.valid_to);
        end.is_some_and(|end| end <= day)
    }

    /// The unit to which this one belonged last.
    pub(super) fn last_parent(&self, id: UnitId) -> Option<UnitId> {
        let ties = self.parents.get(&id)?;
        let last = ties.iter().max_by_key(|tie| tie.valid_from);
        last.map(|tie| tie.parent_id)
    }

    /// What a unit is on that day: itself, or who continues it when it has ended. Where nobody is said to, its
    /// villages do, wherever they belong now; where it had none, the unit to which it belonged.
    pub fn present_on(&self, id: UnitId, day: NaiveDate) -> BTreeSet<UnitId> {
        let mut present = BTreeSet::new();
        let mut met = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let Some(ended) = self.unit(id).and_then(|unit| unit.valid_to) else {
                present.insert(id);
                continue;
            };
            if day < ended {
                present.insert(id);
                continue;
            }
            let mut heirs: Vec<UnitId> = self.successors(id).map(|it| it.successor_id).collect();
            if heirs.is_empty() {
                let ties = self.children.get(&id).into_iter().flatten();
                let last = ties.filter(|tie| tie.valid_to.is_none_or(|to| to >= ended));
                heirs.extend(last.filter_map(|tie| self.parent_on(tie.unit_id, day)));
            }
            if heirs.is_empty() {
                heirs.extend(self.last_parent(id));
            }
            next.extend(heirs.into_iter().filter(|heir| met.insert(*heir)));
        }
        present
    }

    /// Whether whoever has `scope` answers for `target` on that day: it lies within, or it has ended and what
    /// continues it does. What is still open there is not lost with it.
    pub fn answers_for(&self, scope: UnitId, target: UnitId, day: NaiveDate) -> bool {
        let mut present = self.present_on(target, day).into_iter();
        present.any(|unit| self.covers(scope, unit, day))
    }

    /// Everything that whoever has this unit answers for on that day: what is within it, and what has ended in it.
    pub fn all_answered_for(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut all = self.all_within(id, day);
        let within: BTreeSet<UnitId> = all.iter().copied().collect();
        all.extend(self.ended_by(day).filter(|ended| {
            let present = self.present_on(*ended, day);
            !within.contains(ended) && !present.is_disjoint(&within)
        }));
        all
    }

    /// Every unit that is no more on that day.
    pub(super) fn ended_by(&self, day: NaiveDate) -> impl Iterator<Item = UnitId> {
        let ended = self.ended.iter().filter(move |(end, _)| *end <= day);
        ended.map(|(_, unit)| *unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::Level;
    use crate::geography::rules::tests::{day, merged, unit};

    #[test]
    fn whoever_continues_a_unit_answers_for_what_was_open_in_it() {
        let tree = merged();
        let (then, now) = (day("2025-06-30"), day("2025-07-01"));
        let at = |ids: &[i32]| -> BTreeSet<UnitId> { ids.iter().map(|id| UnitId(*id)).collect() };
        assert_eq!(tree.present_on(UnitId(2), then), at(&[2]));
        // Nobody is said to continue it, but its village belongs somewhere.
        assert_eq!(tree.present_on(UnitId(2), now), at(&[5]));
        for scope in [4, 5] {
            assert!(tree.answers_for(UnitId(scope), UnitId(2), now));
            assert!(!tree.covers(UnitId(scope), UnitId(2), now));
            assert!(!tree.answers_for(UnitId(scope), UnitId(2), then));
        }
        assert!(!tree.answers_for(UnitId(6), UnitId(2), now));
        let all: BTreeSet<UnitId> = tree.all_answered_for(UnitId(5), now).into_iter().collect();
        assert_eq!(all, at(&[2, 3, 5, 6, 7, 8, 9]));
        assert_eq!(
            tree.all_answered_for(UnitId(2), then),
            tree.all_within(UnitId(2), then)
        );
    }

    #[test]
    fn an_heir_is_one_alone_and_whole_however_many_changes_later() {
        let end = |id: i32, to: Option<&str>| unit(id, "Thôn", Level::Village, "2020-01-01", to);
        let goes = |id: i32, to: i32, share: &str| Succession {
            unit_id: UnitId(id),
            successor_id: UnitId(to),
            on_date: day("2026-01-01"),
            share: share.to_owned(),
            villages: None,
        };
        let geography = Geography::new(
            vec![
                end(1, Some("2026-01-01")),
                end(2, Some("2026-06-01")),
                end(3, None),
                end(4, Some("2026-01-01")),
                end(5, Some("2026-01-01")),
            ],
            Vec::new(),
            vec![
                goes(1, 2, "whole"),
                goes(2, 3, "whole"),
                goes(4, 2, "part"),
                goes(4, 3, "part"),
                goes(3, 3, "whole"),
            ],
        );
        let heir = |id: i32, on: &str| geography.heir_on(UnitId(id), day(on));
        assert_eq!(heir(1, "2026-03-01"), Some(UnitId(2)));
        assert_eq!(heir(1, "2026-07-01"), Some(UnitId(3)));
        assert_eq!(heir(4, "2026-07-01"), None, "split");
        assert_eq!(heir(5, "2026-07-01"), None, "gone");
    }
}
