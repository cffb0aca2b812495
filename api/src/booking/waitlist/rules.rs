//! What may be waited for, and how long a place is kept for whoever waited.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::waitlist::{JoinWaitlist, PriorityClass, WAIT_OFFICES_MAX};

use crate::http::failure::FieldError;

/// Offers that one entry gets before it ends.
pub const OFFERS_MAX: i16 = 3;
/// Nothing is offered later than this before the start.
pub const OFFER_LEAD: TimeDelta = TimeDelta::minutes(5);
/// Longest that a place is kept for an offer.
pub const OFFER_MAX: TimeDelta = TimeDelta::minutes(15);
/// The place stays locked this much longer, so that a lapsed offer goes to the next person and not
/// to whoever happens to look.
pub const OFFER_GRACE: TimeDelta = TimeDelta::seconds(10);
/// Most days that one entry waits over.
pub const WAIT_DAYS_MAX: i64 = 31;
/// From this age on, somebody is elderly (Law on the Elderly, art. 2).
pub const ELDERLY_FROM_AGE: i32 = 60;

/// How long an offer made now stands: the smaller of `ttl`, 15 minutes and half the time to the slot.
/// `None`: it starts too soon for an offer.
pub fn offer_until(
    now: DateTime<Utc>,
    starts_at: DateTime<Utc>,
    ttl: TimeDelta,
) -> Option<DateTime<Utc>> {
    let left = starts_at - now;
    if left < OFFER_LEAD {
        return None;
    }
    let until = now + OFFER_MAX.min(ttl).min(left / 2);
    DateTime::from_timestamp_millis(until.timestamp_millis())
}

/// The days that an entry waits over: today if it does not say.
pub fn days(asked: &JoinWaitlist, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let from_on = asked.from_on.unwrap_or(today);
    (from_on, asked.to_on.unwrap_or(from_on))
}

/// What is wrong with the offices, days and hours of an entry, all of it.
pub fn check(asked: &JoinWaitlist, today: NaiveDate, last: NaiveDate) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &'static str, code: &'static str, vi: String, en: String| {
        errors.push(FieldError::new(pointer, code, vi, en));
    };
    if !(1..=WAIT_OFFICES_MAX).contains(&asked.office_ids.len()) {
        wrong(
            "/office_ids",
            "COUNT",
            format!("Chọn từ 1 đến {WAIT_OFFICES_MAX} điểm tiếp nhận."),
            format!("Name 1 to {WAIT_OFFICES_MAX} offices."),
        );
    }
    let (from_on, to_on) = days(asked, today);
    if from_on < today || from_on > last {
        wrong(
            "/from_on",
            "RANGE",
            format!("Ngày đầu từ {today} đến {last}."),
            format!("The first day is {today} to {last}."),
        );
    }
    if to_on < from_on || to_on > last || (to_on - from_on).num_days() >= WAIT_DAYS_MAX {
        wrong(
            "/to_on",
            "RANGE",
            format!("Ngày cuối không trước ngày đầu, không sau {last}."),
            format!("The last day is not before the first, and not after {last}."),
        );
    }
    if !(0..1440).contains(&asked.from_min) || asked.to_min <= asked.from_min || asked.to_min > 1440
    {
        wrong(
            "/to_min",
            "SPAN",
            "Khoảng giờ nằm trong một ngày, giờ sau lớn hơn giờ trước.".to_owned(),
            "The hours lie within one day, the second after the first.".to_owned(),
        );
    }
    errors
}

/// Whether somebody born in that year may be called elderly on that day.
pub fn is_class_possible(class: PriorityClass, birth_year: i32, this_year: i32) -> bool {
    class != PriorityClass::Elderly || this_year - birth_year >= ELDERLY_FROM_AGE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_offer_stands_for_a_quarter_of_an_hour_or_half_the_time_that_is_left() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let minutes = |n| now + TimeDelta::minutes(n);
        let until = |starts_at| offer_until(now, starts_at, OFFER_MAX);
        assert_eq!(until(minutes(120)), Some(minutes(15)));
        assert_eq!(until(minutes(20)), Some(minutes(10)));
        assert_eq!(until(minutes(5)), Some(now + TimeDelta::seconds(150)));
        assert_eq!(until(minutes(4)), None);
        let short = offer_until(now, minutes(120), TimeDelta::minutes(2));
        assert_eq!(short, Some(minutes(2)), "an office may keep it shorter");
        let long = offer_until(now, minutes(120), TimeDelta::hours(1));
        assert_eq!(long, Some(minutes(15)), "and not longer");
    }

    #[test]
    fn sixty_is_elderly_and_the_other_classes_are_looked_at_by_the_desk() {
        assert!(is_class_possible(PriorityClass::Elderly, 1966, 2026));
        assert!(!is_class_possible(PriorityClass::Elderly, 1967, 2026));
        assert!(is_class_possible(PriorityClass::Pregnant, 2000, 2026));
    }

    proptest! {
        #[test]
        fn an_offer_ends_after_now_and_before_the_slot(seconds in -3_600_i64..1_000_000) {
            let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
            let starts_at = now + TimeDelta::seconds(seconds);
            if let Some(until) = offer_until(now, starts_at, OFFER_MAX) {
                prop_assert!(now < until && until < starts_at);
                prop_assert!(until - now <= OFFER_MAX);
            }
        }
    }
}
