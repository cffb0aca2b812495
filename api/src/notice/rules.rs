//! When a notice is tried again, and when people are reminded.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};

use super::kind::Kind;

/// Tries after which a notice is given up, and the desk's list shows it.
pub const TRIES_MAX: i16 = 8;
/// Tries for which a notice stays with the provider that may have it; then telling somebody twice is
/// better than not at all.
pub const TRIES_WITH_ONE: i16 = 3;
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(30);

/// How long to wait after this many tries: doubling, and spread by `chance` in 0..1 over the upper
/// half, so that what failed together does not come back together.
pub fn wait_after(tries: i16, chance: f64) -> TimeDelta {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(10);
    let whole = (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT);
    let spread = whole.num_milliseconds() as f64 * chance.clamp(0.0, 1.0) / 2.0;
    whole / 2 + TimeDelta::milliseconds(spread as i64)
}

/// The reminders of an appointment that is made now: kind, and from when to when each makes sense.
pub fn reminders(
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<(Kind, Range<DateTime<Utc>>)> {
    const EVENING: TimeDelta = TimeDelta::hours(18);
    const SHORTLY: TimeDelta = TimeDelta::hours(2);
    // Later, "tomorrow" would be read today.
    let midnight = local_day_bounds(local_day(starts_at)).start;
    let evening_before = midnight - TimeDelta::days(1) + EVENING;
    let shortly_before = starts_at - SHORTLY;
    [
        (Kind::ReminderDay, evening_before..midnight),
        (Kind::ReminderHours, shortly_before..starts_at),
    ]
    .into_iter()
    .filter(|(_, span)| now < span.start)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_an_hour_and_are_spread() {
        assert_eq!(wait_after(1, 0.0), TimeDelta::seconds(15));
        assert_eq!(wait_after(1, 1.0), TimeDelta::seconds(30));
        assert_eq!(wait_after(4, 1.0), TimeDelta::minutes(4));
        for tries in 7..i16::MAX {
            assert_eq!(wait_after(tries, 1.0), LONGEST_WAIT);
        }
    }

    #[test]
    fn people_are_reminded_the_evening_before_and_two_hours_before() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        // Wednesday, 07:30 in Vietnam.
        let starts_at = at("2026-11-25T00:30:00Z");
        let days_before = reminders(starts_at, at("2026-11-20T00:00:00Z"));
        let evening = at("2026-11-24T11:00:00Z")..at("2026-11-24T17:00:00Z");
        let shortly = at("2026-11-24T22:30:00Z")..starts_at;
        assert_eq!(
            days_before,
            [
                (Kind::ReminderDay, evening),
                (Kind::ReminderHours, shortly.clone())
            ]
        );
        let that_night = reminders(starts_at, at("2026-11-24T15:00:00Z"));
        assert_eq!(that_night, [(Kind::ReminderHours, shortly)]);
        assert_eq!(reminders(starts_at, at("2026-11-24T23:00:00Z")), []);
    }
}
