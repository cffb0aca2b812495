//! What weekly hours, names and numbers may be.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use mobile_contracts::booking::OfficeHours;

use crate::http::failure::FieldError;

/// What is wrong with weekly hours, all of it.
pub fn check_hours(hours: &[OfficeHours], slot_min: i16) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |at: usize, name: &str, code: &'static str, vi: &str, en: &str| {
        errors.push(FieldError::new(
            format!("/hours/{at}/{name}"),
            code,
            vi.to_owned(),
            en.to_owned(),
        ));
    };
    for (at, one) in hours.iter().enumerate() {
        if !(1..=7).contains(&one.weekday) {
            wrong(at, "weekday", "RANGE", "Thứ từ 1 đến 7.", "1 to 7.");
        }
        if !(1..=2).contains(&one.session) {
            wrong(at, "session", "RANGE", "Buổi là 1 hoặc 2.", "1 or 2.");
        }
        if !(1..=50).contains(&one.capacity) {
            wrong(
                at,
                "capacity",
                "RANGE",
                "Số suất từ 1 đến 50.",
                "1 to 50 places.",
            );
        }
        let fits = 0 <= one.opens_min && one.opens_min < one.closes_min && one.closes_min <= 1440;
        if !fits {
            wrong(
                at,
                "closes_min",
                "SPAN",
                "Giờ đóng phải sau giờ mở, trong cùng ngày.",
                "It closes after it opens, on the same day.",
            );
        } else if one.closes_min - one.opens_min < slot_min {
            wrong(
                at,
                "closes_min",
                "TOO_SHORT",
                "Buổi ngắn hơn một khung giờ.",
                "The session is shorter than one slot.",
            );
        }
        let clashes = hours[..at].iter().any(|other| {
            other.weekday == one.weekday
                && (other.session == one.session
                    || (one.opens_min < other.closes_min && other.opens_min < one.closes_min))
        });
        if clashes {
            wrong(
                at,
                "session",
                "OVERLAP",
                "Hai buổi của một ngày không được trùng nhau.",
                "Two sessions of a day must not meet.",
            );
        }
    }
    errors
}

/// A text of a length.
pub fn check_text(
    pointer: impl Into<Cow<'static, str>>,
    text: &str,
    length: RangeInclusive<usize>,
    faults: &mut Vec<FieldError>,
) {
    if !length.contains(&text.trim().chars().count()) {
        faults.push(FieldError::new(
            pointer,
            "LENGTH",
            format!("Dài từ {} đến {} ký tự.", length.start(), length.end()),
            format!("{} to {} characters.", length.start(), length.end()),
        ));
    }
}

/// A word that is none of those.
pub fn one_of(pointer: impl Into<Cow<'static, str>>, words: &str) -> FieldError {
    FieldError::new(
        pointer,
        "ONE_OF",
        format!("Chọn trong: {words}."),
        format!("One of: {words}."),
    )
}

/// A number within bounds, if it is given.
pub fn check_range(
    pointer: impl Into<Cow<'static, str>>,
    value: Option<i16>,
    range: RangeInclusive<i16>,
    faults: &mut Vec<FieldError>,
) {
    if value.is_some_and(|value| !range.contains(&value)) {
        faults.push(FieldError::new(
            pointer,
            "RANGE",
            format!("Từ {} đến {}.", range.start(), range.end()),
            format!("{} to {}.", range.start(), range.end()),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(weekday: i16, session: i16, opens_min: i16, closes_min: i16) -> OfficeHours {
        OfficeHours {
            weekday,
            session,
            opens_min,
            closes_min,
            capacity: 4,
        }
    }

    #[test]
    fn hours_that_clash_are_told_all_at_once() {
        let wrong = vec![
            session(1, 1, 450, 690),
            session(1, 2, 600, 900),
            session(8, 1, 500, 400),
        ];
        let codes: Vec<String> = check_hours(&wrong, 30)
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.code))
            .collect();
        assert_eq!(
            codes,
            [
                "/hours/1/session OVERLAP",
                "/hours/2/weekday RANGE",
                "/hours/2/closes_min SPAN"
            ]
        );
    }
}
