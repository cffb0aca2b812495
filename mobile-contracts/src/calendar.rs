//! The local day and the month, in Vietnam.
//!
//! This module promises that "today" is the day on a wall calendar in Ninh Thuận: +07:00 all year, no
//! daylight saving (Asia/Ho_Chi_Minh). A clock in UTC turns its day at 07:00 local. Nothing here reads a
//! clock.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Local time minus UTC, in seconds.
const LOCAL_OFFSET_S: i64 = 7 * 3600;

/// The day in Vietnam at an instant. The last seven hours that chrono can count stay in their UTC day.
pub fn local_day(instant: DateTime<Utc>) -> NaiveDate {
    instant
        .checked_add_signed(TimeDelta::seconds(LOCAL_OFFSET_S))
        .unwrap_or(instant)
        .date_naive()
}

/// The instants of a local day: from its midnight up to, not including, the next.
///
/// At the very ends of what chrono can count, the range is cut short.
pub fn local_day_bounds(day: NaiveDate) -> Range<DateTime<Utc>> {
    let midnight = |day: NaiveDate| {
        day.and_time(NaiveTime::MIN)
            .and_utc()
            .checked_sub_signed(TimeDelta::seconds(LOCAL_OFFSET_S))
    };
    let start = midnight(day).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let end = day
        .checked_add_days(Days::new(1))
        .and_then(midnight)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    start..end
}

/// A Vietnamese calendar month, `2026-11` on the wire; years 1 to 9999.
///
/// A reporting period has free dates and is something else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\d{4}-(0[1-9]|1[0-2])$", example = "2026-11")]
pub struct Month(NaiveDate);

impl Month {
    /// Reads `2026-11`, exactly seven ASCII characters.
    ///
    /// # Errors
    /// [`MonthError`] for anything else.
    pub fn parse(text: &str) -> Result<Month, MonthError> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 7
            && bytes[4] == b'-'
            && bytes[..4].iter().chain(&bytes[5..]).all(u8::is_ascii_digit);
        if !shaped {
            return Err(MonthError);
        }
        let year = text[..4].parse().map_err(|_| MonthError)?;
        let month = text[5..].parse().map_err(|_| MonthError)?;
        Month::starting(year, month).ok_or(MonthError)
    }

    /// The month of a day; `None` outside the years 1 to 9999, where no clock of ours stands.
    pub fn of(day: NaiveDate) -> Option<Month> {
        Month::starting(day.year(), day.month())
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.0
    }

    /// Its last day, 28 to 31.
    pub fn last(self) -> NaiveDate {
        let last = self.0.num_days_in_month().into();
        self.0.with_day(last).unwrap_or(self.0)
    }

    /// The month after, `None` after 9999-12.
    pub fn next(self) -> Option<Month> {
        Month::of(self.0.checked_add_months(Months::new(1))?)
    }

    /// The month before, `None` before 0001-01.
    pub fn previous(self) -> Option<Month> {
        Month::of(self.0.checked_sub_months(Months::new(1))?)
    }

    /// Whether a day falls in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        Month::of(day) == Some(self)
    }

    fn starting(year: i32, month: u32) -> Option<Month> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, 1).map(Month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Month({self})")
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Month, MonthError> {
        Month::parse(text)
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Month, MonthError> {
        Month::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// The text is not a month such as `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthError;

impl MonthError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        "MONTH_FORMAT"
    }

    /// What to tell the person who entered it, in Vietnamese.
    pub fn message(&self) -> &'static str {
        "Tháng phải viết dạng năm-tháng, ví dụ 2026-11."
    }

    /// The same in English.
    pub fn message_en(&self) -> &'static str {
        "A month is written as year and month, for example 2026-11."
    }
}

impl fmt::Display for MonthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_en())
    }
}

impl std::error::Error for MonthError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_local_day_turns_at_seventeen_hours_utc() {
        assert_eq!(
            local_day(instant("2026-11-22T16:59:59.999Z")),
            day("2026-11-22")
        );
        assert_eq!(
            local_day(instant("2026-11-22T17:00:00Z")),
            day("2026-11-23")
        );
        assert_eq!(
            local_day(instant("2026-12-31T23:00:00Z")),
            day("2027-01-01")
        );
    }

    #[test]
    fn a_day_has_24_hours_and_its_end_is_not_in_it() {
        let bounds = local_day_bounds(day("2026-11-23"));
        assert_eq!(bounds.start, instant("2026-11-22T17:00:00Z"));
        assert_eq!(bounds.end, instant("2026-11-23T17:00:00Z"));
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            let bounds = local_day_bounds(day);
            assert!(bounds.start < bounds.end);
        }
        assert!(local_day(DateTime::<Utc>::MIN_UTC) <= local_day(DateTime::<Utc>::MAX_UTC));
    }

    #[test]
    fn a_month_knows_its_days_and_neighbours() {
        let february = Month::parse("2028-02").unwrap();
        assert_eq!(
            (february.first(), february.last()),
            (day("2028-02-01"), day("2028-02-29"))
        );
        let december = Month::parse("2026-12").unwrap();
        assert_eq!(december.next().unwrap().to_string(), "2027-01");
        assert_eq!(december.previous().unwrap().to_string(), "2026-11");
        assert_eq!(Month::parse("9999-12").unwrap().next(), None);
        assert_eq!(Month::parse("0001-01").unwrap().previous(), None);
    }

    #[test]
    fn other_spellings_of_a_month_are_refused() {
        for text in [
            "",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026/11",
            "11-2026",
            " 2026-11",
            "+026-11",
            "0000-01",
            "2026-+1",
            "２０２６-11",
            "2026-1１",
        ] {
            assert_eq!(Month::parse(text), Err(MonthError), "{text}");
        }
    }

    #[test]
    fn a_month_is_a_string_on_the_wire() {
        let month: Month = serde_json::from_str("\"2026-11\"").unwrap();
        assert_eq!(serde_json::to_string(&month).unwrap(), "\"2026-11\"");
        assert!(serde_json::from_str::<Month>("\"2026-11-01\"").is_err());
    }

    proptest! {
        #[test]
        fn every_instant_lies_within_its_own_local_day(seconds in -60_000_000_000i64..250_000_000_000) {
            let instant = DateTime::from_timestamp(seconds, 0).unwrap();
            let bounds = local_day_bounds(local_day(instant));
            prop_assert!(bounds.contains(&instant));
            prop_assert_eq!(bounds.end - bounds.start, TimeDelta::hours(24));
        }

        #[test]
        fn a_month_is_read_back_as_it_was_written(year in 1i32..=9999, month in 1u32..=12) {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let month = Month::of(first).unwrap();
            prop_assert_eq!(Month::parse(&month.to_string()), Ok(month));
            if let Some(next) = month.next() {
                prop_assert_eq!(month.last().succ_opt(), Some(next.first()));
                prop_assert_eq!(next.previous(), Some(month));
                prop_assert!(month.to_string() < next.to_string());
            }
        }

        #[test]
        fn no_text_makes_reading_a_month_panic(text in "\\PC{0,9}|[0-9]{4}.[0-9]{2}") {
            if let Ok(month) = Month::parse(&text) {
                prop_assert_eq!(month.to_string(), text);
            }
        }
    }
}
