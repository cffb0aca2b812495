//! How long the slots of an office are, which may change from a day on. No clock, no database.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use mobile_contracts::booking::{OfficeHours, SlotLength};
use mobile_contracts::opening::{DAYS_MAX, UnfilledEnd};

use crate::booking::offices::days::{Effect, Exception};
use crate::booking::offices::rules::one_of;
use crate::http::failure::FieldError;

/// Lengths of a slot, in minutes. Each divides the hour, so that starts are easy to say.
const LENGTHS: [i16; 5] = [10, 15, 20, 30, 60];

/// Most changes of the length that may be to come.
pub const COMING_MAX: i64 = 12;

/// The length of the slots of each day, in minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lengths {
    at_first: i16,
    changes: BTreeMap<NaiveDate, i16>,
}

impl Lengths {
    /// The same on every day.
    pub fn always(slot_min: i16) -> Self {
        Self::new(slot_min, [])
    }

    /// One at first, and others each from its day on.
    pub fn new(at_first: i16, changes: impl IntoIterator<Item = (NaiveDate, i16)>) -> Self {
        Self {
            at_first,
            changes: changes.into_iter().collect(),
        }
    }

    /// That of a day.
    pub fn on(&self, day: NaiveDate) -> i16 {
        let begun = self.changes.range(..=day).next_back();
        begun.map_or(self.at_first, |(_, slot_min)| *slot_min)
    }

    /// The longest of these days: a session that is shorter has a day without a slot.
    pub fn longest(&self, days: RangeInclusive<NaiveDate>) -> i16 {
        let first = self.on(*days.start());
        let later = self.changes.range(days).map(|(_, slot_min)| *slot_min);
        later.max().map_or(first, |later| later.max(first))
    }

    /// What changes after today, the next first.
    pub fn coming(&self, today: NaiveDate) -> impl Iterator<Item = SlotLength> + '_ {
        let changes = self.changes.iter();
        changes
            .filter(move |(first_on, _)| **first_on > today)
            .map(|(&first_on, &slot_min)| SlotLength { first_on, slot_min })
    }
}

/// What is wrong with the first day of a length. Slots of today may have begun, and stay as they are.
pub fn check_first_day(first_on: NaiveDate, today: NaiveDate) -> Option<FieldError> {
    if first_on <= today {
        return Some(FieldError::new(
            "#first_on",
            "PAST",
            "Độ dài khung giờ đổi sớm nhất từ ngày mai.",
            "The length of slots changes from tomorrow on, at the earliest.",
        ));
    }
    ((first_on - today).num_days() > DAYS_MAX).then(|| {
        FieldError::new(
            "#first_on",
            "SPAN",
            format!("Trong vòng {DAYS_MAX} ngày tới."),
            format!("Within the next {DAYS_MAX} days."),
        )
    })
}

/// What is wrong with a length that holds from a day on: it is none, or a session has no room for it.
pub fn check_length(
    slot_min: i16,
    first_on: NaiveDate,
    hours: &[OfficeHours],
    exceptions: &[Exception],
) -> Option<FieldError> {
    if !LENGTHS.contains(&slot_min) {
        let words = LENGTHS.map(|minutes| minutes.to_string()).join(", ");
        return Some(one_of("/slot_min", &words));
    }
    let weekly = hours.iter().map(|one| one.closes_min - one.opens_min);
    let coming = exceptions.iter().filter(|one| one.to_on >= first_on);
    let opened = coming.flat_map(|one| match &one.effect {
        Effect::Open(sessions, _) => sessions.as_slice(),
        Effect::Closed(_) | Effect::Capacity(..) => &[],
    });
    let opened = opened.map(|one| one.closes_min - one.opens_min);
    let shortest = weekly.chain(opened).min()?;
    (shortest < slot_min).then(|| {
        FieldError::new(
            "/slot_min",
            "TOO_LONG",
            format!(
                "Có buổi chỉ dài {shortest} phút: ngắn hơn một khung giờ. Hãy sửa buổi đó trước."
            ),
            format!(
                "A session takes {shortest} minutes, less than one slot. Change that session first."
            ),
        )
    })
}

/// The ends of weekly sessions that no slot fills, by the length of today and by each that is to come.
pub fn unfilled_ends(
    hours: &[OfficeHours],
    lengths: &Lengths,
    today: NaiveDate,
) -> Vec<UnfilledEnd> {
    let now = SlotLength {
        first_on: today,
        slot_min: lengths.on(today),
    };
    let all = std::iter::once(now).chain(lengths.coming(today));
    let ends = all.flat_map(|length| {
        hours.iter().map(move |one| UnfilledEnd {
            first_on: length.first_on,
            weekday: one.weekday,
            session: one.session,
            minutes: (one.closes_min - one.opens_min) % length.slot_min.max(1),
        })
    });
    ends.filter(|end| end.minutes > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mobile_contracts::opening::DaySession;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn session(weekday: i16, opens_min: i16, closes_min: i16) -> OfficeHours {
        OfficeHours {
            weekday,
            session: 1,
            opens_min,
            closes_min,
            capacity: 4,
        }
    }

    fn lengths() -> Lengths {
        Lengths::new(30, [(day("2027-01-04"), 60), (day("2027-02-01"), 20)])
    }

    #[test]
    fn the_latest_length_that_has_begun_holds() {
        let lengths = lengths();
        for (on, slot_min) in [
            ("2027-01-03", 30),
            ("2027-01-04", 60),
            ("2027-01-31", 60),
            ("2027-02-01", 20),
        ] {
            assert_eq!(lengths.on(day(on)), slot_min, "{on}");
        }
        let longest = |from, to| lengths.longest(day(from)..=day(to));
        assert_eq!(longest("2026-12-01", "2026-12-31"), 30);
        assert_eq!(longest("2026-12-01", "2027-03-01"), 60);
        assert_eq!(longest("2027-02-01", "2027-03-01"), 20);
        assert_eq!(lengths.coming(day("2027-01-04")).count(), 1, "not begun");
    }

    #[test]
    fn a_length_begins_tomorrow_or_within_a_year() {
        let code = |on| check_first_day(day(on), day("2027-01-04")).map(|fault| fault.code);
        assert_eq!(code("2027-01-04").as_deref(), Some("PAST"));
        assert_eq!(code("2027-01-05"), None);
        assert_eq!(code("2028-01-05"), None);
        assert_eq!(code("2028-01-06").as_deref(), Some("SPAN"));
    }

    #[test]
    fn no_session_is_left_without_a_slot() {
        let hours = [session(1, 450, 690), session(2, 450, 480)];
        let code = |slot_min, exceptions: &[Exception]| {
            let fault = check_length(slot_min, day("2027-01-04"), &hours, exceptions);
            fault.map(|fault| fault.code)
        };
        assert_eq!(code(25, &[]).as_deref(), Some("ONE_OF"));
        assert_eq!(code(60, &[]).as_deref(), Some("TOO_LONG"));
        assert_eq!(code(30, &[]), None);
        let short = DaySession {
            opens_min: 480,
            closes_min: 500,
            capacity: 1,
        };
        let opened = |to_on| Exception {
            from_on: day("2027-01-01"),
            to_on: day(to_on),
            effect: Effect::Open(vec![short], None),
            note: String::new(),
        };
        assert_eq!(
            code(30, &[opened("2027-01-04")]).as_deref(),
            Some("TOO_LONG")
        );
        assert_eq!(code(30, &[opened("2027-01-03")]), None, "it is over then");
    }

    #[test]
    fn what_no_slot_fills_is_told_by_each_length() {
        let hours = [session(1, 450, 690), session(2, 450, 680)];
        let told = unfilled_ends(&hours, &lengths(), day("2027-01-01"));
        let told: Vec<_> = told
            .iter()
            .map(|end| (end.first_on, end.weekday, end.minutes))
            .collect();
        assert_eq!(
            told,
            [
                (day("2027-01-01"), 2, 20),
                (day("2027-01-04"), 2, 50),
                (day("2027-02-01"), 2, 10),
            ]
        );
    }
}
