//! When it is night, and until when something is kept. No database, no clock.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;

/// The hour in Vietnam at which nobody is recording.
const NIGHT_BEGINS: TimeDelta = TimeDelta::hours(2);

/// The last night that has begun, by its day in Vietnam.
pub fn night_of(now: DateTime<Utc>) -> NaiveDate {
    local_day(now - NIGHT_BEGINS)
}

/// When the words of something are deleted at the earliest.
pub fn kept_until(received_at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    received_at + TimeDelta::days(days.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_at_two_in_vietnam() {
        let night = |time: &str| night_of(time.parse().unwrap()).to_string();
        assert_eq!(night("2027-03-14T18:59:59Z"), "2027-03-14");
        assert_eq!(night("2027-03-14T19:00:00Z"), "2027-03-15");
        assert_eq!(night("2027-03-15T18:59:59Z"), "2027-03-15");
    }
}
