//! Windows, rates and ranks. Pure.

use std::collections::HashMap;

use chrono::{Datelike as _, Days, NaiveDate};
use mobile_contracts::leaderboard::{
    BoardChange, BoardRow, ChangedRow, Leaderboard, TARGET_RANKED_MIN,
};

/// How far back the standing since the start is compared.
pub const STANDING_COMPARED_DAYS: u64 = 7;

/// By what rows are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    Rate,
    Count,
    /// How many more came than in the window before.
    Momentum,
}

impl Metric {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Count => "count",
            Self::Momentum => "momentum",
        }
    }
}

/// What a row is ranked by.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub count: i64,
    /// None where there is no window before.
    pub growth: Option<i64>,
    pub target: Option<i64>,
}

/// Days that a board counts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// `None`: since the start.
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
}

impl Window {
    pub fn today(today: NaiveDate) -> Self {
        Self {
            from: Some(today),
            to: today,
        }
    }

    /// From Monday on.
    pub fn week(today: NaiveDate) -> Self {
        let since_monday = u64::from(today.weekday().num_days_from_monday());
        Self {
            from: today.checked_sub_days(Days::new(since_monday)),
            to: today,
        }
    }

    pub fn month(today: NaiveDate) -> Self {
        Self {
            from: today.with_day(1),
            to: today,
        }
    }

    pub fn since_start(to: NaiveDate) -> Self {
        Self { from: None, to }
    }

    /// Days counted; `None` since the start.
    pub fn days(self) -> Option<i64> {
        self.from.map(|from| (self.to - from).num_days() + 1)
    }

    /// Its days until today: nobody has come on those that are still to come, and nobody could.
    pub fn so_far(self, today: NaiveDate) -> Self {
        let first = self.from.unwrap_or(self.to);
        Self {
            to: self.to.min(today).max(first),
            ..self
        }
    }

    /// The window before, as the days alone tell it: of a whole month the month before; of any others as
    /// many, just before. The standing since the start is compared with the one a week earlier.
    pub fn previous(self) -> Self {
        match self.days() {
            Some(_) if self.is_whole_month() => self.month_before(),
            Some(days) => self.days_earlier(days.unsigned_abs()),
            None => self.days_earlier(STANDING_COMPARED_DAYS),
        }
    }

    pub fn with_previous(self) -> (Self, Self) {
        (self, self.previous())
    }

    /// From Monday to this day, and the same of the week before.
    pub fn week_to(today: NaiveDate) -> (Self, Self) {
        let week = Self::week(today);
        (week, week.week_before())
    }

    /// From the first of the month to this day, and the same of the month before.
    pub fn month_to(today: NaiveDate) -> (Self, Self) {
        let month = Self::month(today);
        (month, month.month_before())
    }

    /// The same days of the week before.
    pub fn week_before(self) -> Self {
        self.days_earlier(7)
    }

    /// The month before, to the same day, or to its end where it has no such day. A whole month is compared
    /// with a whole one.
    pub fn month_before(self) -> Self {
        let first = self.to.with_day(1).unwrap_or(self.to);
        let last_before = first.pred_opt().unwrap_or(NaiveDate::MIN);
        let to = match self.is_whole_month() {
            true => last_before,
            // The day before one that a month does not have is its last.
            false => last_before.with_day(self.to.day()).unwrap_or(last_before),
        };
        Self {
            from: to.with_day(1),
            to,
        }
    }

    /// As many days as these, just before: what closings were compared with that do not say it.
    pub fn as_long_before(self) -> Self {
        let days = self.days().unwrap_or(STANDING_COMPARED_DAYS.cast_signed());
        self.days_earlier(days.unsigned_abs())
    }

    fn is_whole_month(self) -> bool {
        let is_first = self.from == self.to.with_day(1);
        is_first && day_after(self.to).day() == 1
    }

    fn days_earlier(self, days: u64) -> Self {
        let back = |day: NaiveDate| {
            let earlier = day.checked_sub_days(Days::new(days));
            earlier.unwrap_or(NaiveDate::MIN)
        };
        Self {
            from: self.from.map(back),
            to: back(self.to),
        }
    }
}

fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

/// `part` in percent of `whole`, in tenths, half up. The one rounding rule of all rates.
pub fn percent_tenths(part: i64, whole: i64) -> i64 {
    let (part, whole) = (i128::from(part), i128::from(whole));
    i64::try_from((part * 2000 + whole).div_euclid(2 * whole)).unwrap_or(i64::MAX)
}

/// `count` a day over `days`, in tenths, half up.
pub fn pace_tenths(count: i64, days: i64) -> i64 {
    (count * 20 + days).div_euclid(2 * days.max(1))
}

/// How many more people came than in the window before, which is brought to as many days: a month of 30 days loses
/// nothing against one of 31, nor a window that goes on against one that is over. In whole people, half up; none since
/// the start.
pub fn growth(so_far: Window, previous: Window, count: i64, before: i64) -> Option<i64> {
    let (days, days_before) = (so_far.days()?, previous.days()?);
    let expected = (2 * before * days + days_before).div_euclid(2 * days_before.max(1));
    Some(count - expected)
}

/// What a row is ranked by; `None` is listed and not ranked. Beyond a full target nobody gains a
/// rank, so that a target set too low buys no glory. Momentum is the growth in percent of the target, to a tenth: a
/// ratio to the window before would make two people out of one the greatest growth of all, and nothing out of none.
/// Where no row has a target it is the growth in people.
pub fn score(metric: Metric, is_measured: bool, row: Measured) -> Option<i64> {
    let target = row.target.filter(|target| *target >= TARGET_RANKED_MIN);
    match metric {
        Metric::Count => Some(row.count),
        Metric::Rate => target.map(|target| percent_tenths(row.count, target).min(1000)),
        Metric::Momentum if is_measured => Some(percent_tenths(row.growth?, target?)),
        Metric::Momentum => row.growth,
    }
}

/// The rows of a page that are other than before, with their places; `None` where the page is of other
/// units or another window, and is told whole.
pub fn changed_rows(before: &Leaderboard, now: &Leaderboard) -> Option<BoardChange> {
    let key = |row: &BoardRow| (row.unit_id, row.mass_union.clone());
    let is_same_board = before.rows.len() == now.rows.len()
        && (before.from, before.to, before.units_as_of) == (now.from, now.to, now.units_as_of)
        && (&before.next_cursor, &before.prev_cursor) == (&now.next_cursor, &now.prev_cursor)
        && before.around == now.around;
    let known: HashMap<_, _> = before
        .rows
        .iter()
        .enumerate()
        .map(|(position, row)| (key(row), (position, row)))
        .collect();
    if !is_same_board || !now.rows.iter().all(|row| known.contains_key(&key(row))) {
        return None;
    }
    let rows = now.rows.iter().enumerate();
    let rows = rows.filter(|(position, row)| known.get(&key(row)) != Some(&(*position, *row)));
    Some(BoardChange {
        as_of: now.as_of,
        total: now.total.clone(),
        coverage: now.coverage,
        rows: rows
            .map(|(position, row)| ChangedRow {
                position: position as u32,
                row: row.clone(),
            })
            .collect(),
    })
}

/// Competition ranks (1, 2, 2, 4) of these scores, and whether each is shared.
pub fn ranks(scores: &[Option<i64>]) -> Vec<Option<(u32, bool)>> {
    let mut sorted: Vec<i64> = scores.iter().flatten().copied().collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    scores
        .iter()
        .map(|score| {
            let score = (*score)?;
            let ahead = sorted.partition_point(|other| *other > score);
            let not_behind = sorted.partition_point(|other| *other >= score);
            Some((ahead as u32 + 1, not_behind - ahead > 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn ties_share_a_rank_and_the_next_one_is_left_out() {
        let ranks = ranks(&[Some(5), Some(9), None, Some(5), Some(1)]);
        assert_eq!(
            ranks,
            [
                Some((2, true)),
                Some((1, false)),
                None,
                Some((2, true)),
                Some((4, false))
            ]
        );
    }

    #[test]
    fn rates_are_rounded_half_up_to_one_decimal() {
        assert_eq!(percent_tenths(1, 3), 333);
        assert_eq!(percent_tenths(2, 3), 667);
        assert_eq!(percent_tenths(1, 2000), 1, "0.05 % becomes 0.1 %");
        assert_eq!(
            percent_tenths(699_634, 637_607),
            1097,
            "more than a hundred is normal"
        );
        assert_eq!(percent_tenths(0, 30), 0);
    }

    #[test]
    fn beyond_a_full_target_nobody_gains_a_rank_and_a_small_target_gives_none() {
        let of = |metric, count, target| {
            let row = Measured {
                count,
                growth: None,
                target,
            };
            score(metric, true, row)
        };
        assert_eq!(
            of(Metric::Rate, 200, Some(100)),
            of(Metric::Rate, 100, Some(100))
        );
        assert_eq!(of(Metric::Rate, 29, Some(29)), None);
        assert_eq!(of(Metric::Rate, 29, None), None);
        assert_eq!(of(Metric::Count, 29, None), Some(29));
    }

    #[test]
    fn momentum_is_what_came_more_than_before_against_the_target() {
        let of = |growth, target, is_measured| {
            let row = Measured {
                count: 0,
                growth: Some(growth),
                target,
            };
            score(Metric::Momentum, is_measured, row)
        };
        // From one to two in a small commune is less than from 40 to 60 in one of the same size.
        assert!(of(1, Some(100), true) < of(20, Some(100), true));
        // Fewer than before is behind none at all, and both are ranked.
        assert!(of(-5, Some(100), true) < of(0, Some(100), true));
        assert_eq!(of(-5, Some(100), true), Some(-50));
        assert_eq!(of(5, Some(29), true), None, "too small a target");
        assert_eq!(of(5, None, true), None);
        assert_eq!(of(5, None, false), Some(5), "nobody has one");
    }

    #[test]
    fn growth_is_of_as_many_days() {
        let month = |from: &str, to: &str| Window {
            from: Some(day(from)),
            to: day(to),
        };
        let (january, february) = (
            month("2027-01-01", "2027-01-31"),
            month("2027-02-01", "2027-02-28"),
        );
        assert_eq!(growth(february, january, 280, 310), Some(0));
        assert_eq!(growth(february, january, 280, 0), Some(280));
        assert_eq!(growth(february, january, 0, 31), Some(-28));
        let start = Window::since_start(day("2027-02-28"));
        assert_eq!(growth(start, start.previous(), 5, 3), None);
    }

    #[test]
    fn the_window_before_is_as_long_and_just_before() {
        let window = Window {
            from: Some(day("2023-01-17")),
            to: day("2023-02-19"),
        };
        assert_eq!(window.days(), Some(34));
        assert_eq!(
            window.previous(),
            Window {
                from: Some(day("2022-12-14")),
                to: day("2023-01-16")
            }
        );
        assert_eq!(
            Window::week(day("2026-11-23")).from,
            Some(day("2026-11-23")),
            "a Monday"
        );
        assert_eq!(
            Window::week(day("2026-11-29")).from,
            Some(day("2026-11-23"))
        );
    }

    #[test]
    fn a_window_that_goes_on_is_compared_with_as_much_of_the_one_before() {
        let days = |window: Window| (window.from.unwrap().to_string(), window.to.to_string());
        let said = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        // A Wednesday: Monday to Wednesday; on a Monday that Monday, and not the Sunday.
        let week = |on: &str| days(Window::week(day(on)).week_before());
        assert_eq!(week("2026-11-25"), said("2026-11-16", "2026-11-18"));
        assert_eq!(week("2026-11-23"), said("2026-11-16", "2026-11-16"));
        assert_eq!(week("2026-11-29"), said("2026-11-16", "2026-11-22"));
        let month = |on: &str| days(Window::month(day(on)).month_before());
        assert_eq!(month("2026-11-25"), said("2026-10-01", "2026-10-25"));
        assert_eq!(month("2026-01-09"), said("2025-12-01", "2025-12-09"));
        // February has no 29th or 30th, and its last day makes it whole.
        assert_eq!(month("2027-03-29"), said("2027-02-01", "2027-02-28"));
        assert_eq!(month("2028-03-29"), said("2028-02-01", "2028-02-29"));
        assert_eq!(month("2027-02-27"), said("2027-01-01", "2027-01-27"));
        assert_eq!(month("2027-02-28"), said("2027-01-01", "2027-01-31"));
        assert_eq!(month("2028-02-28"), said("2028-01-01", "2028-01-28"));
        assert_eq!(month("2026-11-30"), said("2026-10-01", "2026-10-31"));
    }

    #[test]
    fn chosen_days_are_compared_with_as_many_before_and_a_whole_month_with_a_whole_one() {
        let before = |from: &str, to: &str| {
            let window = Window {
                from: Some(day(from)),
                to: day(to),
            };
            let before = window.previous();
            (before.from.unwrap().to_string(), before.to.to_string())
        };
        let said = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            before("2027-03-01", "2027-03-31"),
            said("2027-02-01", "2027-02-28")
        );
        assert_eq!(
            before("2027-02-01", "2027-02-28"),
            said("2027-01-01", "2027-01-31")
        );
        assert_eq!(
            before("2026-11-16", "2026-11-18"),
            said("2026-11-13", "2026-11-15")
        );
        assert_eq!(
            before("2026-10-01", "2026-11-30"),
            said("2026-08-01", "2026-09-30"),
            "two months are days like any others"
        );
    }

    proptest! {
        #[test]
        fn a_rank_is_one_more_than_the_number_ahead(scores in proptest::collection::vec(proptest::option::of(0_i64..20), 0..40)) {
            for (score, rank) in scores.iter().zip(ranks(&scores)) {
                let ahead = score.map(|score| scores.iter().flatten().filter(|other| **other > score).count() as u32);
                prop_assert_eq!(rank.map(|rank| rank.0), ahead.map(|ahead| ahead + 1));
            }
        }
    }
}
