//! Who must come with whom, and which booking must be kept on request.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

/// A child under this age comes with a guardian.
pub const GUARDED_UNTIL_AGE: i32 = 14;

/// A booking that nobody vouches for and that is made earlier than this before its start lapses
/// unless its owner says again that they come: seats are cheap to take from far away.
pub const KEPT_WITHOUT_ASKING: TimeDelta = TimeDelta::hours(36);
/// From so long before its start on, its owner may say so; they are reminded then.
pub const KEEP_FROM: TimeDelta = TimeDelta::hours(24);
/// So long before its start it lapses; whoever else wants the place has time to come.
pub const KEEP_UNTIL: TimeDelta = TimeDelta::hours(12);

/// Until when the owner must say that they come. `None`: the booking stays without.
pub fn keep_by(
    verified: bool,
    booked_at: DateTime<Utc>,
    starts_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let must = !verified && starts_at - booked_at > KEPT_WITHOUT_ASKING;
    must.then(|| starts_at - KEEP_UNTIL)
}

/// Whether somebody born then is under 14 today. `None`: the year alone does not tell.
pub fn is_child(birth_year: i32, birth_on: Option<NaiveDate>, today: NaiveDate) -> Option<bool> {
    if let Some(born) = birth_on {
        let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
        let age = today.year() - born.year() - i32::from(!had_birthday);
        return Some(age < GUARDED_UNTIL_AGE);
    }
    match today.year() - birth_year {
        years if years < GUARDED_UNTIL_AGE => Some(true),
        GUARDED_UNTIL_AGE => None,
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_strangers_booking_from_far_ahead_must_be_kept_on_request() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let hours = |n| now + TimeDelta::hours(n);
        assert_eq!(keep_by(false, now, hours(48)), Some(hours(36)));
        assert_eq!(keep_by(false, now, hours(36)), None, "soon enough");
        assert_eq!(keep_by(true, now, hours(48)), None, "vouched for");
    }

    #[test]
    fn fourteen_is_told_by_the_day_and_not_by_the_year() {
        let today = day("2026-11-23");
        assert_eq!(is_child(2013, None, today), Some(true));
        assert_eq!(is_child(2012, None, today), None);
        assert_eq!(is_child(2011, None, today), Some(false));
        assert_eq!(
            is_child(2012, Some(day("2012-11-23")), today),
            Some(false),
            "fourteen today"
        );
        assert_eq!(is_child(2012, Some(day("2012-11-24")), today), Some(true));
    }
}
