//! Working days in Vietnam: weekly rest, public holidays, substitute days, and days that were
//! swapped.
//!
//! Public holidays are those of the Labour Code (art. 112): New Year; Tết, five days of which the
//! government says each year which; the Hùng Kings' day, 10/3 of the lunar calendar; 30/4 and 1/5;
//! National Day, two days; and from 2026 the day of Vietnamese culture, 24/11. Tết and the Hùng Kings'
//! day follow the *Vietnamese* lunar calendar (UTC+7), which is not always the Chinese one: Tết 2030 is
//! 2 February. A holiday on a Saturday or Sunday is made up for on the next working day.
//!
//! The years 2022 to 2035 are a table. What the government decides later, or decides otherwise, is an
//! override of a single day, in either direction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};

/// First and last year whose public holidays stand in the table.
pub const KNOWN_YEARS: std::ops::RangeInclusive<i32> = 2022..=2035;

/// What moves from year to year.
struct Year {
    year: i32,
    /// Month and day of the first day of the lunar year.
    tet: (u32, u32),
    /// How many of the five days off lie before it.
    days_before_tet: u64,
    /// Month and day of 10/3 of the lunar year.
    hung_kings: (u32, u32),
    /// The second day of National Day: 1 or 3 September.
    beside_national_day: u32,
}

const fn year(
    year: i32,
    tet: (u32, u32),
    days_before_tet: u64,
    hung_kings: (u32, u32),
    beside_national_day: u32,
) -> Year {
    Year {
        year,
        tet,
        days_before_tet,
        hung_kings,
        beside_national_day,
    }
}

/// Decided up to 2026; after that the days that give the longest rest, as was decided so far.
const YEARS: [Year; 14] = [
    year(2022, (2, 1), 1, (4, 10), 1),
    year(2023, (1, 22), 2, (4, 29), 1),
    year(2024, (2, 10), 2, (4, 18), 3),
    year(2025, (1, 29), 2, (4, 7), 1),
    year(2026, (2, 17), 1, (4, 26), 1),
    year(2027, (2, 6), 2, (4, 16), 3),
    year(2028, (1, 26), 2, (4, 4), 1),
    year(2029, (2, 13), 1, (4, 23), 3),
    year(2030, (2, 2), 2, (4, 12), 3),
    year(2031, (1, 23), 2, (4, 1), 1),
    year(2032, (2, 11), 2, (4, 19), 3),
    year(2033, (1, 31), 1, (4, 9), 1),
    year(2034, (2, 19), 2, (4, 28), 1),
    year(2035, (2, 8), 2, (4, 17), 3),
];

/// Year, month and day.
type Date = (i32, u32, u32);

/// A working day that was swapped for a Saturday: which day is off, and which Saturday is worked.
const SWAPS: [(Date, Date); 4] = [
    ((2024, 4, 29), (2024, 5, 4)),
    ((2025, 5, 2), (2025, 4, 26)),
    ((2026, 1, 2), (2026, 1, 10)),
    ((2026, 8, 31), (2026, 8, 22)),
];

const TET: &str = "Tết Nguyên đán";
const HUNG_KINGS: &str = "Giỗ Tổ Hùng Vương";
const NATIONAL_DAY: &str = "Quốc khánh";
const CULTURE_DAY: &str = "Ngày Văn hóa Việt Nam";

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// Worked as on this weekday, 1 Monday to 7 Sunday: its own, but for a worked Saturday.
    Working { like_weekday: u8, because: String },
    /// Saturday or Sunday, and nothing else.
    WeeklyRest,
    /// A public holiday, a substitute day, or a day that was swapped away.
    Off { because: String },
}

/// One day as it was decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOverride {
    /// Nobody works.
    Off { because: String },
    /// It is worked like this weekday, 1 to 7.
    Working { like_weekday: u8, because: String },
}

/// The calendar with the overrides of an administrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    overrides: BTreeMap<NaiveDate, DayOverride>,
}

impl WorkingCalendar {
    /// The calendar of the law, with these days decided otherwise.
    pub fn new(overrides: impl IntoIterator<Item = (NaiveDate, DayOverride)>) -> Self {
        Self {
            overrides: overrides.into_iter().collect(),
        }
    }

    /// What a day is.
    pub fn kind_of(&self, day: NaiveDate) -> DayKind {
        match self.overrides.get(&day).or_else(|| BY_LAW.get(&day)) {
            Some(DayOverride::Off { because }) => DayKind::Off {
                because: because.clone(),
            },
            Some(DayOverride::Working {
                like_weekday,
                because,
            }) => DayKind::Working {
                like_weekday: *like_weekday,
                because: because.clone(),
            },
            None if is_weekly_rest(day) => DayKind::WeeklyRest,
            None => DayKind::Working {
                like_weekday: weekday_of(day),
                because: String::new(),
            },
        }
    }

    /// Whether the day was decided by an override, and not by law and weekday.
    pub fn is_overridden(&self, day: NaiveDate) -> bool {
        self.overrides.contains_key(&day)
    }

    /// Whether state offices work on this day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        matches!(self.kind_of(day), DayKind::Working { .. })
    }

    /// The day that is this many working days after `day`, which itself does not count. `None` at the
    /// end of what chrono can count.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = day.succ_opt()?;
            left -= u32::from(self.is_working_day(day));
        }
        Some(day)
    }
}

/// 1 Monday to 7 Sunday.
pub fn weekday_of(day: NaiveDate) -> u8 {
    // 1 to 7 fits.
    day.weekday().number_from_monday() as u8
}

fn is_weekly_rest(day: NaiveDate) -> bool {
    weekday_of(day) >= 6
}

/// Days that the law or a published swap makes other than their weekday.
static BY_LAW: LazyLock<BTreeMap<NaiveDate, DayOverride>> = LazyLock::new(|| {
    let holidays: BTreeMap<NaiveDate, &str> = YEARS.iter().flat_map(holidays_of).collect();
    let mut days: BTreeMap<NaiveDate, DayOverride> = holidays
        .iter()
        .map(|(day, name)| (*day, off((*name).to_owned())))
        .collect();
    for (day, name) in holidays.iter().filter(|(day, _)| is_weekly_rest(**day)) {
        let taken: BTreeSet<NaiveDate> = days.keys().copied().collect();
        let later = day.iter_days().skip(1);
        let mut free = later.filter(|day| !is_weekly_rest(*day) && !taken.contains(day));
        if let Some(substitute) = free.next() {
            days.insert(substitute, off(format!("Nghỉ bù {name}")));
        }
    }
    let date = |(year, month, day): Date| NaiveDate::from_ymd_opt(year, month, day);
    for (away, worked) in SWAPS {
        if let (Some(away), Some(worked)) = (date(away), date(worked)) {
            let because = format!("Nghỉ hoán đổi, làm bù ngày {}", worked.format("%d/%m/%Y"));
            days.insert(away, off(because));
            let because = format!("Làm bù cho ngày {}", away.format("%d/%m/%Y"));
            let like_weekday = weekday_of(away);
            days.insert(
                worked,
                DayOverride::Working {
                    like_weekday,
                    because,
                },
            );
        }
    }
    days
});

fn off(because: String) -> DayOverride {
    DayOverride::Off { because }
}

fn holidays_of(year: &Year) -> Vec<(NaiveDate, &'static str)> {
    let on = |(month, day): (u32, u32)| NaiveDate::from_ymd_opt(year.year, month, day);
    let tet = on(year.tet);
    let tet_days = (0..5).map(|day| {
        tet?.checked_sub_days(Days::new(year.days_before_tet))?
            .checked_add_days(Days::new(day))
    });
    let mut days: Vec<(Option<NaiveDate>, &str)> = vec![
        (on((1, 1)), "Tết Dương lịch"),
        (on(year.hung_kings), HUNG_KINGS),
        (on((4, 30)), "Ngày Giải phóng miền Nam"),
        (on((5, 1)), "Ngày Quốc tế Lao động"),
        (on((9, year.beside_national_day)), NATIONAL_DAY),
        (on((9, 2)), NATIONAL_DAY),
    ];
    days.extend(tet_days.map(|day| (day, TET)));
    if year.year >= 2026 {
        days.push((on((11, 24)), CULTURE_DAY));
    }
    days.into_iter()
        .filter_map(|(day, name)| Some((day?, name)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Days from Monday to Friday on which nobody works, as `MM-DD`.
    fn weekdays_off(year: i32) -> Vec<String> {
        let calendar = WorkingCalendar::default();
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| !is_weekly_rest(*day) && !calendar.is_working_day(*day))
            .map(|day| day.format("%m-%d").to_string())
            .collect()
    }

    #[test]
    fn the_weekdays_off_from_2022_to_2031_are_those_of_the_gazette() {
        // Published up to 2026; from 2027 as two other calendars compute them.
        for (year, days) in [
            (
                2022,
                "01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02",
            ),
            (
                2023,
                "01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04",
            ),
            (
                2024,
                "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03",
            ),
            (
                2025,
                "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
            ),
            (
                2026,
                "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
            ),
            (
                2027,
                "01-01 02-04 02-05 02-08 02-09 02-10 04-16 04-30 05-03 09-02 09-03 11-24",
            ),
            (
                2028,
                "01-03 01-24 01-25 01-26 01-27 01-28 04-04 05-01 05-02 09-01 09-04 11-24",
            ),
            (
                2029,
                "01-01 02-12 02-13 02-14 02-15 02-16 04-23 04-30 05-01 09-03 09-04 11-26",
            ),
            (
                2030,
                "01-01 01-31 02-01 02-04 02-05 02-06 04-12 04-30 05-01 09-02 09-03 11-25",
            ),
            (
                2031,
                "01-01 01-21 01-22 01-23 01-24 01-27 04-01 04-30 05-01 09-01 09-02 11-24",
            ),
        ] {
            assert_eq!(weekdays_off(year).join(" "), days, "{year}");
        }
    }

    #[test]
    fn lunar_days_are_the_vietnamese_ones() {
        let calendar = WorkingCalendar::default();
        let tet = [
            "2022-02-01",
            "2023-01-22",
            "2024-02-10",
            "2025-01-29",
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-02",
            "2031-01-23",
        ];
        let hung_kings = [
            "2022-04-10",
            "2023-04-29",
            "2024-04-18",
            "2025-04-07",
            "2026-04-26",
            "2027-04-16",
            "2028-04-04",
            "2029-04-23",
            "2030-04-12",
            "2031-04-01",
        ];
        for (days, name) in [(tet, TET), (hung_kings, HUNG_KINGS)] {
            for on in days {
                let because = name.to_owned();
                assert_eq!(calendar.kind_of(day(on)), DayKind::Off { because }, "{on}");
            }
        }
    }

    #[test]
    fn a_swapped_saturday_is_worked_like_the_day_that_it_stands_for() {
        let calendar = WorkingCalendar::default();
        for (away, worked, like) in [
            ("2024-04-29", "2024-05-04", 1),
            ("2025-05-02", "2025-04-26", 5),
            ("2026-01-02", "2026-01-10", 5),
            ("2026-08-31", "2026-08-22", 1),
        ] {
            assert!(!calendar.is_working_day(day(away)), "{away}");
            match calendar.kind_of(day(worked)) {
                DayKind::Working { like_weekday, .. } => assert_eq!(like_weekday, like),
                other => panic!("{worked}: {other:?}"),
            }
        }
        assert_eq!(calendar.kind_of(day("2026-08-29")), DayKind::WeeklyRest);
    }

    #[test]
    fn an_override_stands_over_the_law_both_ways() {
        let off = DayOverride::Off {
            because: "Bão".to_owned(),
        };
        let worked = DayOverride::Working {
            like_weekday: 2,
            because: "Cao điểm".to_owned(),
        };
        let calendar = WorkingCalendar::new([
            (day("2026-11-23"), off),
            (day("2026-11-24"), worked.clone()),
            (day("2026-11-28"), worked),
        ]);
        assert!(!calendar.is_working_day(day("2026-11-23")));
        assert!(calendar.is_working_day(day("2026-11-24")));
        assert!(calendar.is_working_day(day("2026-11-28")));
        assert!(calendar.is_overridden(day("2026-11-24")));
        assert!(!calendar.is_overridden(day("2026-11-25")));
    }

    #[test]
    fn working_days_are_counted_over_tet() {
        let calendar = WorkingCalendar::default();
        // Friday the 13th, then Tết from Monday to Friday.
        let due = calendar.add_working_days(day("2026-02-13"), 2);
        assert_eq!(due, Some(day("2026-02-24")));
        assert_eq!(
            calendar.add_working_days(day("2026-02-14"), 0),
            Some(day("2026-02-14"))
        );
        assert_eq!(calendar.add_working_days(NaiveDate::MAX, 1), None);
    }

    #[test]
    fn years_outside_the_table_have_their_weekends_only() {
        let calendar = WorkingCalendar::default();
        assert!(calendar.is_working_day(day("2021-09-02")));
        assert!(calendar.is_working_day(day("2036-01-01")));
        for year in KNOWN_YEARS {
            assert!(YEARS.iter().any(|known| known.year == year), "{year}");
        }
    }

    proptest! {
        #[test]
        fn the_day_found_is_worked_and_no_earlier_one_would_do(
            offset in 0_i64..5000, count in 1_u32..40,
        ) {
            let calendar = WorkingCalendar::default();
            let from = day("2022-01-01") + chrono::TimeDelta::days(offset);
            let due = calendar.add_working_days(from, count).unwrap();
            prop_assert!(calendar.is_working_day(due));
            let between = from.iter_days().skip(1).take_while(|day| *day <= due);
            let worked = between.filter(|day| calendar.is_working_day(*day)).count();
            prop_assert_eq!(worked as u32, count);
        }
    }
}
