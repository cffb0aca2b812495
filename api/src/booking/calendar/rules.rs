//! What exceptions, equipment and stretches of days may be.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use mobile_contracts::booking::OfficeHours;
use mobile_contracts::opening::{
    AddException, DAYS_MAX, DayDecision, DayNature, Equipment, ExceptionKind, KITS_MAX,
    SetCalendarDay,
};
use mobile_contracts::working_calendar::{DayKind, weekday_of};

use crate::booking::offices::rules::{check_hours, check_range, check_text};
use crate::http::failure::FieldError;

/// Years that a calendar is asked about.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

fn wrong_year(pointer: &'static str) -> FieldError {
    FieldError::new(
        pointer,
        "RANGE",
        format!("Năm từ {} đến {}.", YEARS.start(), YEARS.end()),
        format!("A year from {} to {}.", YEARS.start(), YEARS.end()),
    )
}

/// What is wrong with a stretch of days. `pointers` name its first and last.
pub fn check_days(
    from_on: NaiveDate,
    to_on: NaiveDate,
    pointers: [&'static str; 2],
    days_max: i64,
) -> Option<FieldError> {
    for (on, pointer) in [from_on, to_on].into_iter().zip(pointers) {
        if !YEARS.contains(&on.year()) {
            return Some(wrong_year(pointer));
        }
    }
    if to_on < from_on {
        return Some(FieldError::new(
            pointers[1],
            "SPAN",
            "Ngày cuối phải từ ngày đầu trở đi.",
            "The last day is not before the first.",
        ));
    }
    ((to_on - from_on).num_days() > days_max).then(|| {
        FieldError::new(
            pointers[1],
            "SPAN",
            format!("Tối đa {days_max} ngày sau ngày đầu."),
            format!("At most {days_max} days after the first."),
        )
    })
}

/// What is wrong with minutes of a day that may be left out.
pub fn check_minutes(from_min: Option<i16>, to_min: Option<i16>, faults: &mut Vec<FieldError>) {
    check_range("/from_min", from_min, 0..=1439, faults);
    check_range("/to_min", to_min, 1..=1440, faults);
    if from_min.unwrap_or(0) >= to_min.unwrap_or(1440) {
        faults.push(FieldError::new(
            "/to_min",
            "SPAN",
            "Giờ cuối phải sau giờ đầu.",
            "It ends after it begins.",
        ));
    }
}

/// What is wrong with an exception, all of it.
pub fn check_exception(new: &AddException, today: NaiveDate, slot_min: i16) -> Vec<FieldError> {
    let mut faults = Vec::new();
    check_text("/reason", &new.reason, 1..=300, &mut faults);
    check_text("/note", &new.note, 0..=300, &mut faults);
    check_coming(new.from_on, new.to_on, today, &mut faults);
    check_minutes(new.from_min, new.to_min, &mut faults);
    check_range("/capacity", new.capacity, 1..=50, &mut faults);
    let (is_open, is_capacity) = (
        new.kind == ExceptionKind::Open,
        new.kind == ExceptionKind::Capacity,
    );
    let has_minutes = new.from_min.is_some() || new.to_min.is_some();
    for (is_wrong, pointer) in [
        (is_capacity != new.capacity.is_some(), "/capacity"),
        (!is_open && !new.sessions.is_empty(), "/sessions"),
        (!is_open && new.place.is_some(), "/place"),
        (is_open && has_minutes, "/from_min"),
    ] {
        if is_wrong {
            faults.push(FieldError::new(
                pointer,
                "NOT_OF_THIS_KIND",
                "Trường này không đi với loại ngoại lệ đã chọn.",
                "This field does not go with this kind of exception.",
            ));
        }
    }
    if let Some(place) = &new.place {
        check_text("/place/address", &place.address, 1..=300, &mut faults);
        check_text("/place/directions", &place.directions, 0..=500, &mut faults);
    }
    faults.extend(check_sessions(new, slot_min));
    faults
}

/// Sessions are judged as weekly hours are.
fn check_sessions(new: &AddException, slot_min: i16) -> Vec<FieldError> {
    if new.sessions.len() > 2 {
        return vec![FieldError::new(
            "/sessions",
            "TOO_MANY_ITEMS",
            "Một ngày có tối đa hai buổi.",
            "A day has at most two sessions.",
        )];
    }
    let hours: Vec<OfficeHours> = (1_i16..)
        .zip(&new.sessions)
        .map(|(session, one)| OfficeHours {
            weekday: 1,
            session,
            opens_min: one.opens_min,
            closes_min: one.closes_min,
            capacity: one.capacity,
        })
        .collect();
    let mut faults = check_hours(&hours, slot_min);
    for fault in &mut faults {
        fault.pointer = fault.pointer.replacen("/hours/", "/sessions/", 1).into();
    }
    faults
}

/// What is wrong with a stretch of days that is to be changed.
pub fn check_coming(
    from_on: NaiveDate,
    to_on: NaiveDate,
    today: NaiveDate,
    faults: &mut Vec<FieldError>,
) {
    faults.extend(check_days(from_on, to_on, ["/from_on", "/to_on"], DAYS_MAX));
    if to_on < today {
        faults.push(FieldError::new(
            "/to_on",
            "PAST",
            "Những ngày đó đã qua.",
            "Those days are over.",
        ));
    }
}

/// What is wrong with desks and kits.
pub fn check_equipment(new: &Equipment) -> Vec<FieldError> {
    let mut faults = Vec::new();
    check_range("/desks", new.desks, 1..=50, &mut faults);
    let people = Some(new.people_per_kit);
    check_range("/people_per_kit", people, 1..=12, &mut faults);
    if new.kits.len() > KITS_MAX {
        faults.push(FieldError::new(
            "/kits",
            "TOO_MANY_ITEMS",
            format!("Tối đa {KITS_MAX} bộ thu nhận."),
            format!("At most {KITS_MAX} kits."),
        ));
    }
    for (at, kit) in new.kits.iter().enumerate() {
        check_text(format!("/kits/{at}/name"), &kit.name, 1..=60, &mut faults);
        let Some(outage) = &kit.outage else { continue };
        let pointer = format!("/kits/{at}/outage");
        let reason = format!("{pointer}/reason");
        check_text(reason, &outage.reason, 1..=300, &mut faults);
        if !is_sane(outage.since) || !is_sane(outage.until) || outage.since >= outage.until {
            faults.push(FieldError::new(
                format!("{pointer}/until"),
                "SPAN",
                "Thời điểm dùng lại được phải sau lúc hỏng.",
                "It works again after it broke.",
            ));
        }
    }
    faults
}

/// An instant that the database and the calendar can hold.
pub fn is_sane(at: DateTime<Utc>) -> bool {
    (946_684_800..=4_102_444_800).contains(&at.timestamp())
}

/// What is wrong with a decision about a day.
pub fn check_calendar_day(new: &SetCalendarDay, on: NaiveDate) -> Vec<FieldError> {
    let mut faults = Vec::new();
    check_text("/reason", &new.reason, 1..=200, &mut faults);
    let like = new.like_weekday.map(i16::from);
    check_range("/like_weekday", like, 1..=7, &mut faults);
    if new.decision == DayDecision::DayOff && like.is_some() {
        faults.push(FieldError::new(
            "/like_weekday",
            "NOT_OF_THIS_KIND",
            "Ngày nghỉ không làm theo lịch của thứ nào.",
            "A day off is not worked like any weekday.",
        ));
    }
    if !YEARS.contains(&on.year()) {
        faults.push(wrong_year("#on"));
    }
    faults
}

/// Whose hours are worked on a day that is made a working day; `None` on a day off.
pub fn worked_like(decision: DayDecision, like_weekday: Option<u8>, on: NaiveDate) -> Option<u8> {
    match decision {
        DayDecision::DayOff => None,
        // A worked weekend day is like the Friday before it, unless somebody knows better.
        DayDecision::WorkingDay => Some(like_weekday.unwrap_or(weekday_of(on).min(5))),
    }
}

/// A day of the calendar as answers tell it: its nature, whose hours, and why.
pub fn tell_kind(kind: DayKind) -> (DayNature, Option<u8>, Option<String>) {
    let said = |because: String| Some(because).filter(|because| !because.is_empty());
    match kind {
        DayKind::Working {
            like_weekday,
            because,
        } => (DayNature::WorkingDay, Some(like_weekday), said(because)),
        DayKind::WeeklyRest => (DayNature::WeeklyRest, None, None),
        DayKind::Off { because } => (DayNature::DayOff, None, said(because)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mobile_contracts::opening::DaySession;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn closing() -> AddException {
        AddException {
            kind: ExceptionKind::Closed,
            from_on: day("2026-12-01"),
            to_on: day("2026-12-02"),
            from_min: None,
            to_min: None,
            capacity: None,
            sessions: Vec::new(),
            place: None,
            reason: "Tập huấn".to_owned(),
            note: String::new(),
        }
    }

    fn faults(new: &AddException) -> Vec<String> {
        check_exception(new, day("2026-11-25"), 30)
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn an_exception_says_what_goes_with_its_kind_and_all_that_is_wrong_at_once() {
        assert!(faults(&closing()).is_empty());
        let session = DaySession {
            opens_min: 500,
            closes_min: 510,
            capacity: 4,
        };
        let wrong = AddException {
            from_on: day("2026-11-20"),
            to_on: day("2026-11-19"),
            capacity: Some(3),
            sessions: vec![session],
            reason: " ".to_owned(),
            ..closing()
        };
        assert_eq!(
            faults(&wrong),
            [
                "/reason LENGTH",
                "/to_on SPAN",
                "/to_on PAST",
                "/capacity NOT_OF_THIS_KIND",
                "/sessions NOT_OF_THIS_KIND",
                "/sessions/0/closes_min TOO_SHORT",
            ]
        );
        let backwards = AddException {
            from_min: Some(700),
            to_min: Some(600),
            ..closing()
        };
        assert_eq!(faults(&backwards), ["/to_min SPAN"]);
    }

    #[test]
    fn a_worked_weekend_day_is_like_friday_unless_told_otherwise() {
        let saturday = day("2026-12-05");
        let like = |told| worked_like(DayDecision::WorkingDay, told, saturday);
        assert_eq!((like(None), like(Some(2))), (Some(5), Some(2)));
        assert_eq!(
            worked_like(DayDecision::WorkingDay, None, day("2026-11-24")),
            Some(2)
        );
        assert_eq!(worked_like(DayDecision::DayOff, Some(2), saturday), None);
    }
}
