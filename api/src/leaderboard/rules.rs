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
}

impl Metric {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Count => "count",
        }
    }
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

    /// The window that ranks are compared with: as long, just before. The standing since the start
    /// is compared with the one a week earlier.
    pub fn previous(self) -> Self {
        let back = match self.days() {
            Some(days) => Days::new(days.unsigned_abs()),
            None => Days::new(STANDING_COMPARED_DAYS),
        };
        Self {
            from: self
                .from
                .map(|from| from.checked_sub_days(back).unwrap_or(NaiveDate::MIN)),
            to: self.to.checked_sub_days(back).unwrap_or(NaiveDate::MIN),
        }
    }

    /// The window as edge days and the whole months between them. Since the start it is everything,
    /// less what comes after: the present costs the same however long the history is.
    pub fn pieces(self) -> Pieces {
        let Some(from) = self.from else {
            return Pieces {
                less_than_all: true,
                ..Pieces::between(day_after(self.to), last_day())
            };
        };
        Pieces::between(from, self.to)
    }
}

fn first_of_next(day: NaiveDate) -> NaiveDate {
    let (year, month) = if day.month() == 12 {
        (day.year() + 1, 1)
    } else {
        (day.year(), day.month() + 1)
    };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX)
}

/// A day after which nothing is recorded.
fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

/// Edge days (both ends included) around whole months (first days, the end excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// What is meant is everything there is, less these pieces.
    pub less_than_all: bool,
    pub head: Option<(NaiveDate, NaiveDate)>,
    pub months: Option<(NaiveDate, NaiveDate)>,
    pub tail: Option<(NaiveDate, NaiveDate)>,
}

impl Pieces {
    /// The pieces from one day to another, both included.
    fn between(from: NaiveDate, to: NaiveDate) -> Self {
        let months_end = match day_after(to) {
            after if after.day() == 1 => after,
            _ => to.with_day(1).unwrap_or(to),
        };
        let months_start = match from.day() {
            1 => from,
            _ => first_of_next(from),
        };
        if months_start >= months_end {
            // No whole month inside: days only.
            return Self {
                less_than_all: false,
                head: Some((from, to)),
                months: None,
                tail: None,
            };
        }
        let before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
        Self {
            less_than_all: false,
            head: (from < months_start).then(|| (from, before(months_start))),
            months: Some((months_start, months_end)),
            tail: (months_end <= to).then_some((months_end, to)),
        }
    }
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

/// What a row is ranked by; `None` is listed and not ranked. Beyond a full target nobody gains a
/// rank, so that a target set too low buys no glory.
pub fn score(metric: Metric, count: i64, target: Option<i64>) -> Option<i64> {
    match metric {
        Metric::Count => Some(count),
        Metric::Rate => target
            .filter(|target| *target >= TARGET_RANKED_MIN)
            .map(|target| percent_tenths(count, target).min(1000)),
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
        assert_eq!(
            score(Metric::Rate, 200, Some(100)),
            score(Metric::Rate, 100, Some(100))
        );
        assert_eq!(score(Metric::Rate, 29, Some(29)), None);
        assert_eq!(score(Metric::Rate, 29, None), None);
        assert_eq!(score(Metric::Count, 29, None), Some(29));
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
    fn the_standing_since_the_start_is_all_less_what_comes_later() {
        let pieces = Window::since_start(day("2026-11-23")).pieces();
        assert!(pieces.less_than_all);
        assert_eq!(pieces.head, Some((day("2026-11-24"), day("2026-11-30"))));
        assert_eq!(pieces.months, Some((day("2026-12-01"), day("2200-01-01"))));
        assert_eq!(pieces.tail, None);
        let end_of_month = Window::since_start(day("2026-11-30")).pieces();
        assert_eq!(end_of_month.head, None);
    }

    proptest! {
        #[test]
        fn pieces_cover_every_day_of_a_window_once(start in 0_i64..1500, length in 0_i64..500) {
            let from = day("2023-01-01") + chrono::TimeDelta::days(start);
            let window = Window { from: Some(from), to: from + chrono::TimeDelta::days(length) };
            let pieces = window.pieces();
            prop_assert!(!pieces.less_than_all);
            let mut days = 0;
            let mut at = from;
            if let Some((first, last)) = pieces.head {
                prop_assert_eq!(first, at);
                days += (last - first).num_days() + 1;
                at = last.succ_opt().unwrap();
            }
            if let Some((first, end)) = pieces.months {
                prop_assert_eq!(first, at);
                prop_assert!(first.day() == 1 && end.day() == 1 && first < end);
                days += (end - first).num_days();
                at = end;
            }
            if let Some((first, last)) = pieces.tail {
                prop_assert_eq!(first, at);
                days += (last - first).num_days() + 1;
            }
            prop_assert_eq!(days, window.days().unwrap());
        }

        #[test]
        fn a_rank_is_one_more_than_the_number_ahead(scores in proptest::collection::vec(proptest::option::of(0_i64..20), 0..40)) {
            for (score, rank) in scores.iter().zip(ranks(&scores)) {
                let ahead = score.map(|score| scores.iter().flatten().filter(|other| **other > score).count() as u32);
                prop_assert_eq!(rank.map(|rank| rank.0), ahead.map(|ahead| ahead + 1));
            }
        }
    }
}
