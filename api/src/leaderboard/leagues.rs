//! Who plays in which league: by size of target, so that a village of forty does not play a ward of nine
//! hundred. Pure.
//!
//! The rule. The units of one level in the province, those whose target is large enough to be ranked, by
//! size of target, the largest first, in four leagues as even as can be; equal targets play in one league,
//! the higher. The targets are those that held on the first day of the window (since the start: on the
//! first day of the month), so nobody changes leagues while a window goes on unless a target is corrected.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::TARGET_RANKED_MIN;

use super::rules::Window;

/// Leagues, from 1 with the largest targets.
pub const LEAGUES: u32 = 4;

/// The day whose targets make the leagues of a window.
pub fn day_of(window: Window) -> NaiveDate {
    let month = window.to.with_day(1).unwrap_or(window.to);
    window.from.unwrap_or(month)
}

/// The league of each of these units that has a target large enough.
pub fn leagues(targets: &[(UnitId, i64)]) -> HashMap<UnitId, u32> {
    let mut sized: Vec<(i64, UnitId)> = targets
        .iter()
        .filter(|(_, people)| *people >= TARGET_RANKED_MIN)
        .map(|(unit, people)| (*people, *unit))
        .collect();
    sized.sort_by_key(|(people, unit)| (std::cmp::Reverse(*people), *unit));
    let all = sized.len();
    sized
        .iter()
        .map(|(people, unit)| {
            let first = sized.partition_point(|(other, _)| other > people);
            (*unit, (first * LEAGUES as usize / all) as u32 + 1)
        })
        .collect()
}

/// Rank of each score among those of its own group; none without a group or a score.
pub fn ranks_within<G: std::hash::Hash + Eq>(
    groups: &[Option<G>],
    scores: &[Option<i64>],
) -> Vec<Option<u32>> {
    let mut by_group: HashMap<&G, Vec<i64>> = HashMap::new();
    for (group, score) in groups.iter().zip(scores) {
        if let (Some(group), Some(score)) = (group, score) {
            by_group.entry(group).or_default().push(*score);
        }
    }
    let ranked = groups.iter().zip(scores).map(|(group, score)| {
        let others = by_group.get(group.as_ref()?)?;
        let score = (*score)?;
        Some(others.iter().filter(|other| **other > score).count() as u32 + 1)
    });
    ranked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leagues_of(targets: &[i64]) -> Vec<Option<u32>> {
        let targets: Vec<(UnitId, i64)> = (1..).map(UnitId).zip(targets.iter().copied()).collect();
        let leagues = leagues(&targets);
        let units = targets.iter().map(|(unit, _)| leagues.get(unit).copied());
        units.collect()
    }

    #[test]
    fn the_largest_play_in_the_first_league_and_equal_ones_together() {
        assert_eq!(
            leagues_of(&[40, 900, 300, 100]),
            [Some(4), Some(1), Some(2), Some(3)]
        );
        assert_eq!(leagues_of(&[500, 500, 500, 500]), [Some(1); 4]);
        assert_eq!(leagues_of(&[29, 30]), [None, Some(1)]);
        assert_eq!(leagues_of(&[]), []);
    }

    #[test]
    fn since_the_start_the_leagues_are_those_of_the_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            day_of(Window::since_start(day("2026-11-23"))),
            day("2026-11-01")
        );
        assert_eq!(day_of(Window::week(day("2026-11-26"))), day("2026-11-23"));
    }

    proptest! {
        #[test]
        fn nobody_plays_in_a_higher_league_than_somebody_larger(
            targets in proptest::collection::vec(30_i64..200, 1..80),
        ) {
            let leagues = leagues_of(&targets);
            for (one, league) in targets.iter().zip(&leagues) {
                prop_assert!((1..=LEAGUES).contains(&league.unwrap()));
                for (other, other_league) in targets.iter().zip(&leagues) {
                    prop_assert!(one <= other || league <= other_league);
                }
            }
        }
    }
}
