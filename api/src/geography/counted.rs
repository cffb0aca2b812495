//! Where the work and the people of a village are counted once it has ended: a village that is merged into another
//! takes neither its past nor its people out of anything. Pure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::rules::{Geography, Level, Tie};

impl Geography {
    /// The unit of this level in which what was done in another one counts on that day: the one that holds it or, when
    /// it has ended, who alone continues it. A village that was parted, or ended without a successor, counts with the
    /// commune that it belonged to last: nobody knows which village has which part of its work. None where that was
    /// parted between two units of the level.
    pub fn counted_in(&self, id: UnitId, level: Level, day: NaiveDate) -> Option<UnitId> {
        let last = self.last_of_line(id, day);
        if !self.has_ended(last, day) {
            return self.ancestor_on(last, level, day);
        }
        let rest = match self.unit(last)?.level {
            Level::Village => self.last_parent(last)?,
            _ => last,
        };
        let present = self.present_on(rest, day);
        let above = present.into_iter();
        let above: BTreeSet<Option<UnitId>> = above
            .map(|unit| self.ancestor_on(unit, level, day))
            .collect();
        match above.len() {
            1 => above.into_iter().next().flatten(),
            _ => None,
        }
    }

    /// Whether what was done in a unit counts in that scope on that day.
    pub fn counts_within(&self, scope: UnitId, id: UnitId, day: NaiveDate) -> bool {
        if scope == id || !self.has_ended(id, day) {
            return self.covers(scope, id, day);
        }
        let level = self.unit(scope).map(|unit| unit.level);
        level.and_then(|level| self.counted_in(id, level, day)) == Some(scope)
    }

    /// This unit, everything within it on that day, and everything that has ended and counts in it.
    pub fn all_counted_in(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut all = self.all_within(id, day);
        let within: HashSet<UnitId> = all.iter().copied().collect();
        let ended = self
            .ended_by(day)
            .filter(|ended| !within.contains(ended) && self.counts_within(id, *ended, day));
        let ended: BTreeSet<UnitId> = ended.collect();
        all.extend(ended);
        all
    }

    /// The villages among [`Self::all_counted_in`].
    pub fn villages_counted_in(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut all = self.all_counted_in(id, day);
        all.retain(|id| self.is_village(*id));
        all
    }

    /// Where the people of a village live on that day: there or, when it has ended, in the village that alone
    /// continues it.
    pub fn home_on(&self, village: UnitId, day: NaiveDate) -> UnitId {
        match self.has_ended(village, day) {
            true => self.heir_on(village, day).unwrap_or(village),
            false => village,
        }
    }

    /// The villages whose people are this unit's on that day: its own by name, each before those that it continues
    /// alone; and last those that have ended otherwise, for which it answers.
    pub fn homes_within(&self, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let own = self.within(id, Level::Village, day);
        let places: BTreeMap<UnitId, usize> = own.iter().copied().zip(0..).collect();
        let mut homes = self.all_answered_for(id, day);
        homes.retain(|id| self.is_village(*id));
        homes.sort_by_key(|village| {
            let place = places.get(&self.home_on(*village, day));
            let is_former = !places.contains_key(village);
            (place.copied().unwrap_or(usize::MAX), is_former, *village)
        });
        homes
    }

    /// This unit and everything that belongs to it on any of these days (both included).
    pub fn all_during(&self, id: UnitId, (first, last): (NaiveDate, NaiveDate)) -> Vec<UnitId> {
        let is_met =
            |tie: &&Tie| tie.valid_from <= last && tie.valid_to.is_none_or(|to| first < to);
        let mut all = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let ties = self.children.get(&id).into_iter().flatten();
            let met = ties.filter(is_met).map(|tie| tie.unit_id);
            next.extend(met.filter(|child| all.insert(*child)));
        }
        all.into_iter().collect()
    }

    /// The villages that are no more on that day.
    pub fn ended_villages(&self, day: NaiveDate) -> impl Iterator<Item = UnitId> {
        self.ended_by(day).filter(|id| self.is_village(*id))
    }

    pub fn is_village(&self, id: UnitId) -> bool {
        let level = self.unit(id).map(|unit| unit.level);
        level == Some(Level::Village)
    }

    /// The units that a village's work has counted in directly, from the first to the last: those to which it
    /// belonged, and those of who alone continues it.
    pub(super) fn counted_ever(&self, village: UnitId) -> Vec<UnitId> {
        let mut line: Vec<UnitId> = Vec::new();
        let (mut at, mut since) = (village, NaiveDate::MIN);
        // A circle would be longer than all units.
        for _ in 0..self.units.len() {
            let ties = self.parents.get(&at).into_iter().flatten();
            let mut ties: Vec<&Tie> = ties
                .filter(|tie| tie.valid_to.is_none_or(|to| since < to))
                .collect();
            ties.sort_by_key(|tie| tie.valid_from);
            line.extend(ties.into_iter().map(|tie| tie.parent_id));
            let Some(next) = self.sole_successor(at) else {
                break;
            };
            (at, since) = (next.successor_id, next.on_date);
        }
        line.dedup();
        line
    }

    /// Whoever continues a unit alone, as far as that goes until that day: itself while it is there.
    fn last_of_line(&self, id: UnitId, day: NaiveDate) -> UnitId {
        let mut last = id;
        for _ in 0..self.units.len() {
            match self.sole_successor(last) {
                Some(next) if self.has_ended(last, day) => last = next.successor_id,
                _ => break,
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::rules::tests::{day, tie, unit};
    use crate::geography::rules::{Succession, WHOLE};

    const THEN: &str = "2020-01-01";
    const ENDS: &str = "2025-03-01";
    const MERGER: &str = "2025-07-01";

    /// Communes 2 and 3, and 5 which both become; villages 6 to 10 of the first, 11 of the second. Of these 7 becomes
    /// 6, 8 is parted between 6 and 11, and 9 is gone; 10 stays.
    fn ended() -> Geography {
        let village = |id: i32, to: Option<&str>| unit(id, "Thôn", Level::Village, THEN, to);
        let goes = |id: i32, to: i32, share: &str, on: &str| Succession {
            unit_id: UnitId(id),
            successor_id: UnitId(to),
            on_date: day(on),
            share: share.to_owned(),
            villages: None,
        };
        let moves =
            |id: i32, first: i32| [tie(id, first, THEN, Some(MERGER)), tie(id, 5, MERGER, None)];
        let ends = [7, 8, 9].map(|id| tie(id, 2, THEN, Some(ENDS)));
        let stays = [moves(6, 2), moves(10, 2), moves(11, 3)];
        Geography::new(
            vec![
                unit(2, "Xã Phước Bình", Level::Commune, THEN, Some(MERGER)),
                unit(3, "Xã Phước Hòa", Level::Commune, THEN, Some(MERGER)),
                unit(5, "Xã Bác Ái Tây", Level::Commune, MERGER, None),
                village(6, None),
                village(7, Some(ENDS)),
                village(8, Some(ENDS)),
                village(9, Some(ENDS)),
                village(10, None),
                village(11, None),
            ],
            stays.into_iter().flatten().chain(ends).collect(),
            vec![
                goes(2, 5, WHOLE, MERGER),
                goes(3, 5, WHOLE, MERGER),
                goes(7, 6, WHOLE, ENDS),
                goes(8, 6, "part", ENDS),
                goes(8, 11, "part", ENDS),
            ],
        )
    }

    #[test]
    fn what_was_done_in_a_village_that_ended_is_its_heirs_and_else_its_last_communes() {
        let tree = ended();
        let (then, between, now) = (day("2025-02-28"), day(ENDS), day(MERGER));
        let counted = |id: i32, level, on| tree.counted_in(UnitId(id), level, on).map(|id| id.0);
        let rows = [(7, Some(6)), (8, None), (9, None), (10, Some(10))];
        for (village, heir) in rows {
            assert_eq!(counted(village, Level::Village, then), Some(village));
            assert_eq!(counted(village, Level::Village, now), heir, "{village}");
            for (on, commune) in [(then, 2), (between, 2), (now, 5)] {
                assert_eq!(counted(village, Level::Commune, on), Some(commune));
                assert!(tree.counts_within(UnitId(commune), UnitId(village), on));
            }
            assert!(!tree.counts_within(UnitId(3), UnitId(village), between));
        }
        let ids = |all: Vec<UnitId>| all.into_iter().map(|id| id.0).collect::<Vec<_>>();
        let mut all = ids(tree.villages_counted_in(UnitId(5), now));
        all.sort_unstable();
        assert_eq!(all, [6, 7, 8, 9, 10, 11]);
        assert_eq!(ids(tree.villages_counted_in(UnitId(6), now)), [6, 7]);
    }

    #[test]
    fn people_of_a_village_that_ended_are_listed_after_those_of_its_heir() {
        let tree = ended();
        let now = day(MERGER);
        let ids = |all: Vec<UnitId>| all.into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids(tree.homes_within(UnitId(5), now)), [6, 7, 10, 11, 8, 9]);
        // Both parts answer for who lived in a village that was parted.
        assert_eq!(ids(tree.homes_within(UnitId(6), now)), [6, 7, 8]);
        assert_eq!(ids(tree.homes_within(UnitId(11), now)), [11, 8]);
        assert_eq!(tree.home_on(UnitId(7), now), UnitId(6));
        assert_eq!(tree.home_on(UnitId(8), now), UnitId(8));
        assert_eq!(tree.home_on(UnitId(7), day("2025-02-28")), UnitId(7));
    }

    #[test]
    fn a_village_that_ended_is_of_the_piece_with_which_its_work_goes_on() {
        let tree = ended();
        let piece = |id: i32| tree.piece_of(UnitId(id)).0;
        assert_eq!([6, 7, 10].map(piece), [6, 6, 6]);
        assert_eq!(
            [8, 9].map(piece),
            [8, 8],
            "with their commune, wherever that goes"
        );
        assert_eq!(piece(11), 11);
    }

    #[test]
    fn whatever_was_a_communes_on_any_day_is_found() {
        let tree = ended();
        let during = |id: i32, first: &str, last: &str| -> Vec<i32> {
            let all = tree.all_during(UnitId(id), (day(first), day(last)));
            all.into_iter().map(|id| id.0).collect()
        };
        assert_eq!(during(2, "2025-02-28", ENDS), [2, 6, 7, 8, 9, 10]);
        assert_eq!(during(2, ENDS, "2025-03-31"), [2, 6, 10]);
        assert_eq!(during(5, "2025-06-01", "2025-06-30"), [5]);
        assert_eq!(during(5, "2025-06-01", MERGER), [5, 6, 10, 11]);
    }
}
