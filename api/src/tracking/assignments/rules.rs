//! What may be assigned to whom, and until when. No database, no clock.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::assignment::{
    ASSIGNMENT_DAYS_MAX, TRANSFER_REASON_CHARS_MAX, VILLAGES_PER_VOLUNTEER_MAX,
};
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::identity::Role;
use mobile_contracts::ids::UnitId;

use crate::http::failure::FieldError;

/// How long a transfer can be undone.
pub const UNDO: TimeDelta = TimeDelta::days(1);

/// Work is for volunteers who have not left.
pub fn may_take(role: Role, is_stopped: bool) -> bool {
    role == Role::Volunteer && !is_stopped
}

/// Places that nothing takes yet, the lowest first. There is always another one: that it is beyond what one
/// volunteer may have is for the table to say.
pub fn free_places(taken: BTreeSet<i16>) -> impl Iterator<Item = i16> {
    (1..i16::MAX).filter(move |place| !taken.contains(place))
}

/// Some villages, each once, and not too many.
pub fn check_villages(villages: &[UnitId]) -> Option<FieldError> {
    let different: BTreeSet<&UnitId> = villages.iter().collect();
    let fits = (1..=VILLAGES_PER_VOLUNTEER_MAX).contains(&villages.len())
        && different.len() == villages.len();
    (!fits).then(|| {
        FieldError::new(
            "/village_ids",
            "COUNT",
            format!("Ghi từ 1 đến {VILLAGES_PER_VOLUNTEER_MAX} thôn, khu phố, mỗi nơi một lần."),
            format!("Name 1 to {VILLAGES_PER_VOLUNTEER_MAX} villages, each once."),
        )
    })
}

/// The end of a last day that may be named.
///
/// # Errors
/// What is wrong with it.
pub fn until_at(
    until_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Option<DateTime<Utc>>, FieldError> {
    let Some(day) = until_on else {
        return Ok(None);
    };
    if !(0..=ASSIGNMENT_DAYS_MAX).contains(&(day - today).num_days()) {
        return Err(FieldError::new(
            "/until_on",
            "RANGE",
            "Ngày cuối từ hôm nay đến không quá hai năm sau.",
            "The last day is today or later, at most two years from now.",
        ));
    }
    Ok(Some(local_day_bounds(day).end))
}

/// A reason, on one line.
pub fn check_reason(reason: &str) -> Option<FieldError> {
    let reason = reason.trim();
    let fits = (1..=TRANSFER_REASON_CHARS_MAX).contains(&reason.chars().count())
        && !reason.chars().any(char::is_control);
    (!fits).then(|| {
        FieldError::new(
            "/reason",
            "LENGTH",
            format!("Ghi lý do trên một dòng, tối đa {TRANSFER_REASON_CHARS_MAX} ký tự."),
            format!("Say why on one line, in at most {TRANSFER_REASON_CHARS_MAX} characters."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_places_are_taken_and_beyond_the_last_the_table_decides() {
        let first: Vec<i16> = free_places(BTreeSet::from([1, 3])).take(3).collect();
        assert_eq!(first, [2, 4, 5]);
        assert_eq!(free_places((1..=20).collect()).next(), Some(21));
    }

    #[test]
    fn a_last_day_is_today_or_later_and_ends_at_midnight_in_vietnam() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap();
        assert_eq!(until_at(None, today), Ok(None));
        let end: DateTime<Utc> = "2026-11-29T17:00:00Z".parse().unwrap();
        assert_eq!(until_at(Some(today), today), Ok(Some(end)));
        assert!(until_at(today.pred_opt(), today).is_err());
        assert!(until_at(Some(NaiveDate::MAX), today).is_err());
    }

    #[test]
    fn only_volunteers_who_have_not_left_take_work() {
        assert!(may_take(Role::Volunteer, false) && !may_take(Role::Volunteer, true));
        assert!(!may_take(Role::Officer, false));
    }
}
