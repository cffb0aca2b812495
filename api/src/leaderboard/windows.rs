//! The sums of several windows from as few days as tell them. Pure.
//!
//! The windows of one board overlap: what has come since the start, until today and until a week ago, differs in a
//! week. So days are cut where a window begins or ends, and each range between two cuts is read once, all of them in
//! one statement: a board tells of one moment. A window is the sum of its ranges, and what has come since the start is
//! everything less the ranges after it: the present costs the same however long the history is.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use foldhash::{HashMap, HashMapExt as _};

use super::pieces::{LAST_DAY, day_after};
use super::rules::Window;
use super::sums::{RangeSum, VillageSum};

/// Both ends included.
type Days = (NaiveDate, NaiveDate);

/// Which days tell of some windows.
pub struct Ranges<const N: usize> {
    windows: [Window; N],
    ranges: Vec<Days>,
}

/// How a range counts in a window; not at all if in no way.
fn sign(window: Window, (first, last): Days) -> Option<i64> {
    match window.from {
        Some(from) => (from <= first && last <= window.to).then_some(1),
        None => (window.to < first).then_some(-1),
    }
}

impl<const N: usize> Ranges<N> {
    pub fn of(windows: [Window; N]) -> Self {
        let mut cuts: BTreeSet<NaiveDate> = windows
            .iter()
            .flat_map(|window| window.from.into_iter().chain([day_after(window.to)]))
            .collect();
        cuts.insert(day_after(LAST_DAY));
        let ends = cuts.iter().skip(1).filter_map(|cut| cut.pred_opt());
        let ranges = cuts.iter().copied().zip(ends);
        let is_asked = |range: &Days| windows.iter().any(|it| sign(*it, *range).is_some());
        let ranges = ranges.filter(is_asked).collect();
        Self { windows, ranges }
    }

    /// The ranges to be read, none of which overlap.
    pub fn days(&self) -> &[Days] {
        &self.ranges
    }

    /// Whether everything is to be read too.
    pub fn need_all(&self) -> bool {
        self.windows.iter().any(|window| window.from.is_none())
    }

    /// What came in each of the windows, from what came in the ranges and in all.
    pub fn put_together(&self, read: &[RangeSum]) -> [Vec<VillageSum>; N] {
        self.windows.map(|window| {
            let mut sums: HashMap<_, VillageSum> = HashMap::with_capacity(read.len());
            for RangeSum { range_at, sum } in read {
                let Some(sign) = self.sign(window, *range_at) else {
                    continue;
                };
                sums.entry((sum.village_id, sum.mass_union))
                    .or_insert_with(|| VillageSum::none(sum.village_id, sum.mass_union))
                    .add(sign, sum);
            }
            sums.into_values().collect()
        })
    }

    /// How a range, or everything, counts in a window; not at all if in no way.
    fn sign(&self, window: Window, range_at: Option<i32>) -> Option<i64> {
        let Some(at) = range_at else {
            return window.from.is_none().then_some(1);
        };
        let at = usize::try_from(at).ok()?;
        sign(window, *self.ranges.get(at)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use mobile_contracts::ids::UnitId;
    use proptest::prelude::*;
    use proptest::{array, option};

    fn day(at: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(at)
    }

    fn window((from, to): (Option<i64>, i64)) -> Window {
        Window {
            from: from.map(day),
            to: day(to),
        }
    }

    fn came(n: i64) -> VillageSum {
        VillageSum {
            n,
            ..VillageSum::none(UnitId(1), "youth")
        }
    }

    #[test]
    fn since_the_start_until_two_days_differs_in_what_lies_between() {
        let windows = [window((None, 20)), window((None, 13))];
        let ranges = Ranges::of(windows);
        assert_eq!(ranges.days(), [(day(14), day(20)), (day(21), LAST_DAY)]);
        assert!(ranges.need_all());
        // A week and the one before it need no day between the two, and not all.
        let windows = [window((Some(14), 16)), window((Some(7), 9))];
        let ranges = Ranges::of(windows);
        assert_eq!(ranges.days(), [(day(7), day(9)), (day(14), day(16))]);
        assert!(!ranges.need_all());
        let never = [window((Some(9), 3))];
        assert!(Ranges::of(never).days().is_empty());
    }

    proptest! {
        /// Whatever windows are asked for together, each is what counting its own days gives.
        #[test]
        fn windows_read_together_are_what_each_is_alone(
            days in proptest::collection::vec(0_i64..9, 60),
            asked in array::uniform3((option::of(0_i64..60), 0_i64..60)),
        ) {
            let windows = asked.map(window);
            let ranges = Ranges::of(windows);
            let among = |first: NaiveDate, last: NaiveDate| -> i64 {
                let days = (0_i64..).zip(&days);
                days.filter(|(at, _)| (first..=last).contains(&day(*at))).map(|(_, n)| n).sum()
            };
            let mut read = vec![RangeSum { range_at: None, sum: came(days.iter().sum()) }];
            for (at, (first, last)) in (0..).zip(ranges.days()) {
                read.push(RangeSum { range_at: Some(at), sum: came(among(*first, *last)) });
            }
            for (window, sums) in windows.iter().zip(ranges.put_together(&read)) {
                let told: i64 = sums.iter().map(|sum| sum.n).sum();
                prop_assert_eq!(told, among(window.from.unwrap_or(day(0)), window.to));
            }
        }
    }
}
