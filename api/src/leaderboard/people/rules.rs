//! Who stands where among people. Pure.

use chrono::{Days, NaiveDate};
use mobile_contracts::ids::AccountId;
use mobile_contracts::leaderboard_people::{OwnWeek, TopVolunteer};

use super::super::merged::GROUP;
use super::super::rules::{Measured, Metric, Window, ranks, score};

/// Fewer than these have no ranks among themselves that others may see: each would be somebody.
pub const PEOPLE_MIN: usize = 5;
/// A smaller team is told to nobody but those who lead it.
pub const TEAM_TOLD_MIN: i64 = 3;
/// Days that a board of people may count.
pub const DAYS_MAX: i64 = 366;
/// Weeks of one's own work that are told.
pub const WEEKS: u64 = 8;
const TOP: usize = 3;
const BANDS: usize = 4;

/// What somebody brought in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    pub account_id: AccountId,
    pub n: i64,
    pub assists: i64,
}

/// The quarter, from 1, in which somebody stands; none for whoever is not among them, or if they are too
/// few.
pub fn band(all: &[Brought], own: AccountId) -> Option<u32> {
    if all.len() < PEOPLE_MIN {
        return None;
    }
    let mine = all.iter().find(|one| one.account_id == own)?.n;
    let ahead = all.iter().filter(|one| one.n > mine).count();
    Some((ahead * BANDS / all.len()) as u32 + 1)
}

/// The three best, without a name; none if they are too few, and nobody who brought nothing.
pub fn top(all: &[Brought], own: AccountId) -> Vec<TopVolunteer> {
    if all.len() < PEOPLE_MIN {
        return Vec::new();
    }
    let counts: Vec<Option<i64>> = all.iter().map(|one| Some(one.n)).collect();
    let mut rows: Vec<TopVolunteer> = all
        .iter()
        .zip(ranks(&counts))
        .filter(|(one, _)| one.n > 0)
        .filter_map(|(one, rank)| {
            let (rank, tied) = rank?;
            Some(TopVolunteer {
                rank,
                tied,
                count: one.n,
                own: one.account_id == own,
            })
        })
        .collect();
    rows.sort_by_key(|row| (row.rank, !row.own));
    rows.truncate(TOP);
    rows
}

/// The weeks, from Monday, of which one's own work is told, the last one going on.
pub fn weeks(today: NaiveDate) -> Vec<NaiveDate> {
    let this = Window::week(today).from.unwrap_or(today);
    let back = |weeks: u64| this.checked_sub_days(Days::new(7 * weeks)).unwrap_or(this);
    (0..WEEKS).rev().map(back).collect()
}

/// Counts of days as counts of these weeks.
pub fn by_week(weeks: &[NaiveDate], days: &[(NaiveDate, i64)]) -> Vec<OwnWeek> {
    let of = |from: NaiveDate| {
        let within = |day: NaiveDate| (0..7).contains(&(day - from).num_days());
        let days = days.iter().filter(|(day, _)| within(*day));
        days.map(|(_, n)| n).sum()
    };
    weeks
        .iter()
        .map(|from| OwnWeek {
            from: *from,
            count: of(*from),
        })
        .collect()
}

/// What others are told of a team: whole tens, and nothing of one that is too small.
pub fn told_to_others(members: i64, n: i64) -> Option<i64> {
    (members >= TEAM_TOLD_MIN).then(|| n - n.rem_euclid(GROUP))
}

/// What a team is compared by.
#[derive(Debug, Clone, Copy)]
pub struct TeamMeasure {
    pub count: i64,
    pub target: Option<i64>,
}

/// By what teams can be ranked: by people where no team has a target.
pub fn team_metric(asked: Metric, teams: &[TeamMeasure]) -> Metric {
    match asked {
        Metric::Rate if teams.iter().all(|team| team.target.is_none()) => Metric::Count,
        asked => asked,
    }
}

/// What teams are ranked by: their counts where this reader is told all of them exactly, else everybody's whole tens,
/// one's own too, so that nobody is ahead by what others are not told; or their share of the target, as units are.
pub fn team_scores(metric: Metric, teams: &[TeamMeasure], is_any_merged: bool) -> Vec<Option<i64>> {
    let told = |n: i64| match is_any_merged {
        true => n - n.rem_euclid(GROUP),
        false => n,
    };
    let measured = teams.iter().map(|team| Measured {
        count: told(team.count),
        growth: None,
        target: team.target,
    });
    measured.map(|team| score(metric, true, team)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn people(counts: &[i64]) -> Vec<Brought> {
        let people = counts.iter().enumerate();
        people
            .map(|(at, n)| Brought {
                account_id: id(at),
                n: *n,
                assists: 0,
            })
            .collect()
    }

    fn id(at: usize) -> AccountId {
        AccountId(Uuid::from_u128(at as u128))
    }

    #[test]
    fn few_people_have_no_ranks_that_others_see() {
        let four = people(&[9, 5, 3, 1]);
        assert_eq!((band(&four, id(0)), top(&four, id(0))), (None, Vec::new()));
        let five = people(&[9, 5, 3, 1, 0]);
        assert_eq!(band(&five, id(0)), Some(1));
        assert_eq!(band(&five, id(4)), Some(4));
        assert_eq!(band(&five, id(9)), None, "not one of them");
    }

    #[test]
    fn the_three_best_are_told_without_a_name_and_oneself_first_among_equals() {
        let five = people(&[4, 9, 4, 4, 0]);
        let told: Vec<(u32, bool, i64, bool)> = top(&five, id(3))
            .iter()
            .map(|row| (row.rank, row.tied, row.count, row.own))
            .collect();
        assert_eq!(
            told,
            [
                (1, false, 9, false),
                (2, true, 4, true),
                (2, true, 4, false)
            ]
        );
        assert_eq!(top(&people(&[0; 8]), id(0)), []);
    }

    #[test]
    fn ones_own_team_is_compared_by_tens_as_the_others_are() {
        let (own, other) = (15, told_to_others(3, 19).unwrap());
        let scores = |counts: [i64; 2], is_any_merged| {
            let teams = counts.map(|count| measure(count, None));
            team_scores(Metric::Count, &teams, is_any_merged)
        };
        assert_eq!(scores([own, other], true), [Some(10), Some(10)]);
        assert_eq!(scores([15, 19], false), [Some(15), Some(19)]);
    }

    fn measure(count: i64, target: Option<i64>) -> TeamMeasure {
        TeamMeasure { count, target }
    }

    #[test]
    fn teams_are_measured_by_their_targets_as_units_are() {
        let teams = [
            measure(45, Some(60)),
            measure(90, Some(60)),
            measure(29, Some(29)),
            measure(500, None),
        ];
        assert_eq!(team_metric(Metric::Rate, &teams), Metric::Rate);
        assert_eq!(
            team_scores(Metric::Rate, &teams, false),
            [Some(750), Some(1000), None, None],
            "a full target is the most, and a small one is no measure"
        );
        assert_eq!(team_scores(Metric::Rate, &teams, true)[0], Some(667));
        assert_eq!(team_metric(Metric::Rate, &teams[3..]), Metric::Count);
    }

    #[test]
    fn weeks_begin_on_mondays() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let weeks = weeks(day("2026-11-26"));
        assert_eq!((weeks.len(), weeks[7]), (8, day("2026-11-23")));
        let counted = by_week(&weeks, &[(day("2026-11-23"), 2), (day("2026-11-22"), 3)]);
        assert_eq!((counted[7].count, counted[6].count), (2, 3));
    }

    proptest! {
        #[test]
        fn whoever_brought_more_is_in_no_lower_band(counts in proptest::collection::vec(0_i64..50, 5..60)) {
            let people = people(&counts);
            for one in &people {
                let own = band(&people, one.account_id).unwrap();
                prop_assert!((1..=4).contains(&own));
                for other in people.iter().filter(|other| other.n > one.n) {
                    prop_assert!(band(&people, other.account_id).unwrap() <= own);
                }
            }
        }
    }
}
