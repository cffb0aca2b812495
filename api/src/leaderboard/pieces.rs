//! Days as edge days and the whole months between them: a long window costs no more than a short one. Pure.

use chrono::{Datelike as _, NaiveDate};

/// A day after which nothing is recorded.
pub const LAST_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(2199, 12, 31).expect("a day of the calendar");

/// Edge days (both ends included) around whole months (first days, the end excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    pub head: Option<(NaiveDate, NaiveDate)>,
    pub months: Option<(NaiveDate, NaiveDate)>,
    pub tail: Option<(NaiveDate, NaiveDate)>,
}

impl Pieces {
    /// From one day to another, both included.
    pub fn between(from: NaiveDate, to: NaiveDate) -> Self {
        let months_end = match day_after(to) {
            after if after.day() == 1 => after,
            _ => to.with_day(1).unwrap_or(to),
        };
        let months_start = match from.day() {
            1 => from,
            _ => first_of_next(from),
        };
        if months_start >= months_end {
            return Self::days(from, to);
        }
        let before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
        Self {
            head: (from < months_start).then(|| (from, before(months_start))),
            months: Some((months_start, months_end)),
            tail: (months_end <= to).then_some((months_end, to)),
        }
    }

    /// The same, day by day.
    pub fn days(from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            head: Some((from, to)),
            months: None,
            tail: None,
        }
    }

    /// All that came after a day: without it, what stood at its end is left of everything.
    pub fn after(day: NaiveDate) -> Self {
        Self::between(day_after(day), LAST_DAY)
    }
}

fn first_of_next(day: NaiveDate) -> NaiveDate {
    let (year, month) = match day.month() {
        12 => (day.year() + 1, 1),
        month => (day.year(), month + 1),
    };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX)
}

pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_comes_after_a_day_is_the_rest_of_its_month_and_all_later_ones() {
        let pieces = Pieces::after(day("2026-11-23"));
        assert_eq!(pieces.head, Some((day("2026-11-24"), day("2026-11-30"))));
        assert_eq!(pieces.months, Some((day("2026-12-01"), day("2200-01-01"))));
        assert_eq!(pieces.tail, None);
        assert_eq!(Pieces::after(day("2026-11-30")).head, None);
    }

    proptest! {
        #[test]
        fn pieces_cover_every_day_once(start in 0_i64..1500, length in 0_i64..500) {
            let from = day("2023-01-01") + chrono::TimeDelta::days(start);
            let pieces = Pieces::between(from, from + chrono::TimeDelta::days(length));
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
            prop_assert_eq!(days, length + 1);
        }
    }
}
