//! Visits by what came of them, as units have them, and in whole tens for those who work elsewhere. Pure.
//!
//! The rule of tens is that of [`merged`](crate::leaderboard::merged), by piece and outcome: of the visits of a year only
//! whole tens are told, in the order of days, and some days tell how many tens were completed in them. A year begins
//! anew, so that nobody sums all that ever was. Each number told is a difference of two whole tens of one standing, and
//! whatever is added up or subtracted, of days, units and outcomes, comes to whole tens again.

use std::collections::{BTreeMap, HashMap};

use mobile_contracts::gap_reasons::{GapReason, UnitReasons};
use mobile_contracts::ids::UnitId;

use crate::geography::Geography;
use crate::leaderboard::merged::completed;
use crate::tracking::totals::{OutcomeStanding, OutcomeSum};

/// What moved somebody is no reason.
const DONE: &str = "done";

/// Visits of some villages.
#[derive(Debug, Clone, Default)]
pub struct Visits(BTreeMap<String, i64>);

impl Visits {
    pub fn add(&mut self, outcome: &str, n: i64) {
        *self.0.entry(outcome.to_owned()).or_default() += n;
    }

    fn all(&self) -> i64 {
        self.0.values().sum()
    }

    /// The commonest first.
    fn reasons(&self) -> Vec<GapReason> {
        let reasons = self.0.iter();
        let reasons = reasons.filter(|(outcome, n)| *outcome != DONE && **n != 0);
        let mut reasons: Vec<GapReason> = reasons
            .map(|(outcome, n)| GapReason {
                outcome: outcome.clone(),
                n: *n,
            })
            .collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.n));
        reasons
    }
}

/// The tens that were completed in the days counted, by the village by which a piece is known.
pub fn in_tens(geography: &Geography, standings: Vec<OutcomeStanding>) -> Vec<OutcomeSum> {
    let mut of_years: BTreeMap<(UnitId, String, i32), (i64, i64)> = BTreeMap::new();
    for one in standings {
        let key = (geography.piece_of(one.village_id), one.outcome, one.year);
        let (before, until) = of_years.entry(key).or_default();
        *before += one.before;
        *until += one.until;
    }
    let tens = of_years.into_iter();
    tens.map(|((village_id, outcome, _), (before, until))| OutcomeSum {
        village_id,
        outcome,
        n: completed(before, until),
    })
    .collect()
}

/// Every row together, as it is told: a sum of whole tens and of what is one's own.
pub fn total(rows: &[UnitReasons]) -> (i64, Vec<GapReason>) {
    let mut all = Visits::default();
    for reason in rows.iter().flat_map(|row| &row.reasons) {
        all.add(&reason.outcome, reason.n);
    }
    (rows.iter().map(|row| row.visits).sum(), all.reasons())
}

/// The units as they are given, each with its own; those without a visit too.
pub fn rows(
    units: &[(UnitId, String)],
    visits: &HashMap<UnitId, Visits>,
    merged: bool,
) -> Vec<UnitReasons> {
    let rows = units.iter().map(|(unit, name)| {
        let own = visits.get(unit).cloned().unwrap_or_default();
        UnitReasons {
            unit_id: *unit,
            name: name.clone(),
            visits: own.all(),
            reasons: own.reasons(),
            merged,
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_commonest_reason_comes_first_and_a_success_is_none() {
        let mut visits = Visits::default();
        for (outcome, n) in [("away", 2), ("done", 9), ("no_smartphone", 5), ("away", 1)] {
            visits.add(outcome, n);
        }
        let told: Vec<(String, i64)> = visits
            .reasons()
            .into_iter()
            .map(|reason| (reason.outcome, reason.n))
            .collect();
        let expected = [("no_smartphone", 5), ("away", 3)];
        assert_eq!(told, expected.map(|(word, n)| (word.to_owned(), n)));
        assert_eq!(visits.all(), 17);
    }

    /// A visit: its village, whether nobody was there, and its day.
    type Made = (i32, bool, i32);

    /// What is told of the days after the one before until the last, counted from the first of 2026; a year has 50.
    fn tell(made: &[Made], first: i32, last: i32) -> BTreeMap<(i32, String), i64> {
        let mut standings: BTreeMap<(i32, bool, i32), (i64, i64)> = BTreeMap::new();
        let counted = made
            .iter()
            .filter(|(.., day)| (first / 50 * 50..=last).contains(day));
        for (village, away, day) in counted {
            let standing = standings.entry((*village, *away, day / 50)).or_default();
            standing.0 += i64::from(*day < first);
            standing.1 += 1;
        }
        let standings = standings.into_iter();
        let standings = standings.map(|((village, away, year), (before, until))| OutcomeStanding {
            village_id: UnitId(village),
            outcome: if away { "away" } else { "declined" }.to_owned(),
            year: 2026 + year,
            before,
            until,
        });
        let geography = Geography::new(Vec::new(), Vec::new(), Vec::new());
        let mut told = BTreeMap::new();
        for sum in in_tens(&geography, standings.collect()) {
            *told.entry((sum.village_id.0, sum.outcome)).or_default() += sum.n;
        }
        told
    }

    proptest! {
        /// Whoever asks for days and for some of them is told whole tens of what lies between, across a new year too.
        #[test]
        fn days_and_their_differences_are_whole_tens(
            made in proptest::collection::vec((0_i32..3, any::<bool>(), 0_i32..100), 0..400),
            mut ends in proptest::array::uniform3(0_i32..100),
        ) {
            ends.sort_unstable();
            let [first, middle, last] = ends;
            let (whole, part) = (tell(&made, first, last), tell(&made, first, middle));
            let rest = tell(&made, middle + 1, last);
            for key in whole.keys() {
                let of = |told: &BTreeMap<_, i64>| told.get(key).copied().unwrap_or(0);
                prop_assert!(of(&whole) >= 0 && of(&whole) % 10 == 0);
                prop_assert_eq!(of(&part) + of(&rest), of(&whole));
            }
        }
    }
}
