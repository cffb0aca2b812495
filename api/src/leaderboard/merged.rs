//! Numbers for those who work elsewhere, and for the public: nothing so small that it points at a person.
//! Pure.
//!
//! The rule. People are let out in tens, in the order of the days on which it was done: of what has come
//! to a piece and a union since the start, only whole tens are told, and a window tells how many tens
//! were completed in it. A piece is the villages that have belonged to the same communes on every day, so
//! that units of then, units of today, unions and the whole are all sums of the same tens. Whatever boards
//! are subtracted, and whatever windows are asked for apart, the difference is again whole tens.

use std::collections::BTreeMap;

use mobile_contracts::ids::UnitId;

use super::sums::VillageSum;
use crate::geography::Geography;

/// People are told to others in whole groups of so many.
pub const GROUP: i64 = 10;

fn whole_groups(n: i64) -> i64 {
    n - n.rem_euclid(GROUP)
}

/// What others are told when a piece and a union, counted since the start, went from so many to so many:
/// the tens that were completed meanwhile.
pub fn completed(was: i64, is: i64) -> i64 {
    whole_groups(is) - whole_groups(was)
}

/// Counts since the start by piece and union: people, assists, confirmed, anonymous.
#[derive(Debug, Default)]
pub struct Standing(BTreeMap<(UnitId, &'static str), [i64; 4]>);

impl Standing {
    /// From what villages count since the start.
    pub fn of(geography: &Geography, sums: &[VillageSum]) -> Self {
        let mut standing = Self::default();
        for sum in sums {
            let piece = geography.piece_of(sum.village_id);
            let counts = standing.0.entry((piece, sum.mass_union)).or_default();
            for (count, n) in
                counts
                    .iter_mut()
                    .zip([sum.n, sum.assists, sum.confirmed, sum.anonymous])
            {
                *count += n;
            }
        }
        standing
    }
}

/// The tens that were completed between two days, from the standings on both; from the start itself, where nobody had
/// come yet.
pub fn between(before: &Standing, until: &Standing) -> Vec<VillageSum> {
    until
        .0
        .iter()
        .map(|(&(village_id, mass_union), counts)| {
            let was = before.0.get(&(village_id, mass_union));
            let was = was.copied().unwrap_or_default();
            let told = |at: usize| completed(was[at], counts[at]);
            VillageSum {
                n: told(0),
                assists: told(1),
                // Nobody is confirmed who does not count.
                confirmed: told(2).min(told(0)),
                anonymous: told(3),
                ..VillageSum::none(village_id, mass_union)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::Level;
    use crate::geography::rules::{Tie, Unit};
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Two communes of two villages; later the second village of the first one goes to the second.
    fn geography() -> Geography {
        let unit = |id: i32, level| Unit {
            unit_id: UnitId(id),
            code: None,
            valid_from: day("2020-01-01"),
            valid_to: None,
            name: format!("Đơn vị {id}"),
            level,
            kind: String::new(),
            class: None,
        };
        let tie = |unit, parent, from, to: Option<&str>| Tie {
            unit_id: UnitId(unit),
            parent_id: UnitId(parent),
            valid_from: day(from),
            valid_to: to.map(day),
        };
        let mut units = vec![unit(1, Level::Commune), unit(2, Level::Commune)];
        units.extend((10..14).map(|id| unit(id, Level::Village)));
        let ties = vec![
            tie(10, 1, "2020-01-01", None),
            tie(11, 1, "2020-01-01", Some("2025-07-01")),
            tie(11, 2, "2025-07-01", None),
            tie(12, 2, "2020-01-01", None),
            tie(13, 2, "2020-01-01", None),
        ];
        Geography::new(units, ties, Vec::new())
    }

    fn sum(village: i32, mass_union: &'static str, n: i64) -> VillageSum {
        VillageSum {
            n,
            ..VillageSum::none(UnitId(village), mass_union)
        }
    }

    #[test]
    fn villages_that_went_together_are_told_together_and_others_apart() {
        let geography = geography();
        let until = [
            sum(10, "youth", 9),
            sum(11, "youth", 9),
            sum(12, "youth", 7),
            sum(13, "youth", 6),
        ];
        let until = Standing::of(&geography, &until);
        let told: Vec<(i32, i64)> = between(&Standing::default(), &until)
            .iter()
            .map(|sum| (sum.village_id.0, sum.n))
            .collect();
        assert_eq!(told, [(10, 0), (11, 0), (12, 10)]);
    }

    proptest! {
        /// Any two windows, any split of one: everything told is whole tens, and parts come to the whole.
        #[test]
        fn windows_and_their_differences_are_whole_tens(
            days in proptest::collection::vec((0_i32..4, any::<bool>(), 0_i64..15), 1..60),
            first in 0_usize..60, second in 0_usize..60,
        ) {
            let geography = geography();
            let until = |end: usize| {
                let sums: Vec<VillageSum> = days.iter().take(end)
                    .map(|(village, youth, n)| sum(10 + village, if *youth { "youth" } else { "women" }, *n))
                    .collect();
                Standing::of(&geography, &sums)
            };
            let (first, second) = (first.min(second), first.max(second));
            let tell = |from: usize, to: usize| between(&until(from), &until(to));
            let whole = |sums: &[VillageSum]| sums.iter().map(|sum| sum.n).sum::<i64>();
            for sums in [tell(0, first), tell(first, second), tell(0, second)] {
                prop_assert!(sums.iter().all(|sum| sum.n >= 0 && sum.n % GROUP == 0));
            }
            prop_assert_eq!(whole(&tell(0, first)) + whole(&tell(first, second)), whole(&tell(0, second)));
        }
    }
}
