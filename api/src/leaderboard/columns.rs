//! What a row says beside its count: pace, forecast, the day on which a target was reached. Pure.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use mobile_contracts::ids::UnitId;

use super::rules::{STANDING_COMPARED_DAYS, Window};
use super::store::Step;

/// A forecast further away than this is none.
const FORECAST_DAYS_MAX: i64 = 3_650;

/// People and the days they came in: of the window so far, or of the last week where it goes back to the start.
pub fn pace(so_far: Window, count: i64, before: i64) -> (i64, i64) {
    match so_far.days() {
        Some(days) => (count, days),
        None => (
            (count - before).max(0),
            STANDING_COMPARED_DAYS.cast_signed(),
        ),
    }
}

/// The first day on which a target is reached if people go on coming as they did: `came` in `days`. The
/// standing is since the start, at the end of `to`. None where the target is reached, nobody came, or it
/// would take more than ten years.
pub fn forecast(
    to: NaiveDate,
    standing: i64,
    target: i64,
    (came, days): (i64, i64),
) -> Option<NaiveDate> {
    let left = target - standing;
    if left <= 0 || came <= 0 || days <= 0 {
        return None;
    }
    let (left, came, days) = (i128::from(left), i128::from(came), i128::from(days));
    let needed = i64::try_from((left * days + came - 1) / came).ok()?;
    if needed > FORECAST_DAYS_MAX {
        return None;
    }
    to.checked_add_days(Days::new(needed.unsigned_abs()))
}

/// Where the count of a row passed its target: on a day, or within a whole month that must be looked at
/// day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// People before `first`.
    pub before: i64,
}

/// Where each unit's count passed its target. The steps of a unit stand together, in their order.
pub fn passings(targets: &HashMap<UnitId, i64>, steps: &[Step]) -> HashMap<UnitId, Passing> {
    let of_units = steps.chunk_by(|one, next| one.unit_id == next.unit_id);
    let passed = of_units.filter_map(|steps| {
        let unit = steps.first()?.unit_id;
        let target = *targets.get(&unit)?;
        let mut before = 0;
        steps.iter().find_map(|step| {
            let passing = Passing {
                first: step.first,
                last: step.last,
                before,
            };
            before += step.n;
            (before >= target).then_some((unit, passing))
        })
    });
    passed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_forecast_is_the_first_day_on_which_the_target_is_reached() {
        let to = day("2026-11-22");
        assert_eq!(forecast(to, 90, 100, (70, 7)), Some(day("2026-11-23")));
        assert_eq!(forecast(to, 89, 100, (70, 7)), Some(day("2026-11-24")));
        assert_eq!(forecast(to, 99, 100, (1, 30)), Some(day("2026-12-22")));
        assert_eq!(forecast(to, 100, 100, (70, 7)), None, "it is reached");
        assert_eq!(forecast(to, 10, 100, (0, 7)), None, "nobody came");
        assert_eq!(
            forecast(to, 0, 10_000_000, (1, 30)),
            None,
            "not in ten years"
        );
    }

    #[test]
    fn since_the_start_the_pace_is_that_of_the_last_week() {
        let to = day("2026-11-22");
        assert_eq!(pace(Window::since_start(to), 100, 79), (21, 7));
        assert_eq!(pace(Window::month(to), 100, 79), (100, 22));
    }

    #[test]
    fn a_target_is_passed_where_the_sum_of_what_came_reaches_it() {
        let step = |unit_id: i32, first: &str, n| Step {
            unit_id: UnitId(unit_id),
            first: day(first),
            last: day(first),
            n,
        };
        let steps = [
            step(1, "2026-11-01", 4),
            step(1, "2026-11-02", 6),
            step(1, "2026-11-03", 1),
            step(2, "2026-11-01", 9),
            step(3, "2026-11-01", 9),
        ];
        let targets = HashMap::from([(UnitId(1), 10), (UnitId(2), 10)]);
        let first = day("2026-11-02");
        let passing = Passing {
            first,
            last: first,
            before: 4,
        };
        let passed = HashMap::from([(UnitId(1), passing)]);
        assert_eq!(passings(&targets, &steps), passed);
    }

    proptest! {
        #[test]
        fn on_the_forecast_day_it_is_reached_and_not_the_day_before(
            standing in 0_i64..5_000, left in 1_i64..5_000, came in 1_i64..2_000, days in 1_i64..400,
        ) {
            let to = day("2026-11-22");
            if let Some(on) = forecast(to, standing, standing + left, (came, days)) {
                let later = (on - to).num_days();
                prop_assert!(came * later >= left * days);
                prop_assert!(came * (later - 1) < left * days);
            }
        }
    }
}
