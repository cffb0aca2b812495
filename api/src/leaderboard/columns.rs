//! What a row says beside its count: pace, forecast, the day on which a target was reached. Pure.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use mobile_contracts::ids::UnitId;

use super::frame::Frame;
use super::rules::{STANDING_COMPARED_DAYS, Window};
use super::store::Step;

/// A forecast further away than this is none.
const FORECAST_DAYS_MAX: i64 = 3_650;

/// People and the days they came in: of the window, or of the last week where it goes back to the start.
pub fn pace(window: Window, count: i64, before: i64) -> (i64, i64) {
    match window.days() {
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

/// Where each unit's count passed its target.
pub fn passings(
    frame: &Frame<'_>,
    mass_union: Option<&str>,
    targets: &HashMap<UnitId, i64>,
    steps: &[Step],
) -> HashMap<UnitId, Passing> {
    let mut of_unit: HashMap<UnitId, Vec<&Step>> = HashMap::new();
    for step in steps {
        let is_asked = mass_union.is_none_or(|asked| asked == step.mass_union);
        if let Some(unit) = frame.unit_of(step.village_id).filter(|_| is_asked) {
            of_unit.entry(unit).or_default().push(step);
        }
    }
    let passed = of_unit.into_iter().filter_map(|(unit, mut steps)| {
        let target = *targets.get(&unit)?;
        steps.sort_by_key(|step| step.first);
        let mut before = 0;
        let mut at = 0;
        while at < steps.len() {
            let (first, last) = (steps[at].first, steps[at].last);
            let same = steps[at..].iter().take_while(|step| step.first == first);
            let (taken, n) = same.fold((0, 0), |(taken, n), step| (taken + 1, n + step.n));
            if before + n >= target {
                let passing = Passing {
                    first,
                    last,
                    before,
                };
                return Some((unit, passing));
            }
            before += n;
            at += taken;
        }
        None
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
