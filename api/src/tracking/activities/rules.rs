//! What a correction may say, and how activities are summed. Pure.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use mobile_contracts::outreach::{CorrectActivity, OutreachSum};
use mobile_contracts::tracking::{ACTIVITY_COUNT_MAX, REASON_CHARS_MAX};

use crate::http::failure::FieldError;

/// Days that are shown and summed if nobody says which.
const DAYS_DEFAULT: Days = Days::new(29);
/// Longest span of a list or a sum.
const DAYS_MAX: i64 = 366;

/// By what activities are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Unit,
    Union,
    Kind,
    Month,
}

impl By {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "unit" => Some(Self::Unit),
            "union" => Some(Self::Union),
            "kind" => Some(Self::Kind),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Union => "union",
            Self::Kind => "kind",
            Self::Month => "month",
        }
    }
}

/// The days that are meant, both included: the last thirty if nobody says.
pub fn days(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), FieldError> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.checked_sub_days(DAYS_DEFAULT).unwrap_or(to));
    match (to - from).num_days() {
        0..DAYS_MAX => Ok((from, to)),
        _ => Err(FieldError::new(
            "?from",
            "RANGE",
            "Ngày đầu không sau ngày cuối, cả khoảng không quá một năm.",
            "The first day is not after the last, and both are within a year.",
        )),
    }
}

/// A reason that is there and not too long.
pub fn check_reason(reason: &str) -> Option<FieldError> {
    let fits = (1..=REASON_CHARS_MAX).contains(&reason.trim().chars().count());
    (!fits).then(|| {
        FieldError::new(
            "/reason",
            "LENGTH",
            format!("Ghi lý do, tối đa {REASON_CHARS_MAX} ký tự."),
            format!("Say why, in at most {REASON_CHARS_MAX} characters."),
        )
    })
}

/// All that is wrong with a correction.
pub fn check(said: &CorrectActivity) -> Vec<FieldError> {
    let mut faults: Vec<FieldError> = check_reason(&said.reason).into_iter().collect();
    let is_letter = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if !(1..=30).contains(&said.activity.len()) || !said.activity.bytes().all(is_letter) {
        faults.push(FieldError::new(
            "/activity",
            "FORMAT",
            "Loại hoạt động là meeting, leaflet, loudspeaker, mobile_team, school, market hoặc other.",
            "The kind is meeting, leaflet, loudspeaker, mobile_team, school, market or other.",
        ));
    }
    let counts = [
        ("/attended", said.attended),
        ("/leaflets", said.leaflets),
        ("/helped", said.helped),
    ];
    for (pointer, count) in counts {
        if count.is_some_and(|count| !(0..=ACTIVITY_COUNT_MAX).contains(&count)) {
            faults.push(FieldError::new(
                pointer,
                "RANGE",
                "Số đếm từ 0 đến 100.000.",
                "A count is 0 to 100,000.",
            ));
        }
    }
    faults
}

/// Adds one to another; whose they are stays.
pub fn add(sum: &mut OutreachSum, other: &OutreachSum) {
    sum.activities += other.activities;
    sum.attended += other.attended;
    sum.leaflets += other.leaflets;
    sum.helped += other.helped;
}

/// Sums under the names that they get, in the order of these.
pub fn fold<K: Ord>(rows: impl IntoIterator<Item = (K, OutreachSum)>) -> BTreeMap<K, OutreachSum> {
    let mut sums = BTreeMap::new();
    for (key, row) in rows {
        match sums.get_mut(&key) {
            Some(sum) => add(sum, &row),
            None => {
                sums.insert(key, row);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_thirty_days_are_meant_unless_others_are_named() {
        let today = day("2026-11-30");
        assert_eq!(days(None, None, today).unwrap(), (day("2026-11-01"), today));
        assert_eq!(
            days(Some(today), Some(today), today).unwrap(),
            (today, today)
        );
        assert!(days(Some(day("2026-12-01")), None, today).is_err());
        assert!(days(Some(day("2025-11-30")), None, today).is_ok());
        assert!(days(Some(day("2025-11-29")), None, today).is_err());
    }

    #[test]
    fn a_correction_tells_all_that_is_wrong_with_it() {
        let said = CorrectActivity {
            activity: "Họp thôn".to_owned(),
            attended: Some(-1),
            leaflets: Some(100_001),
            helped: None,
            reason: "  ".to_owned(),
        };
        assert_eq!(check(&said).len(), 4);
        let said = CorrectActivity {
            activity: "boat_ride".to_owned(),
            attended: Some(0),
            leaflets: None,
            helped: Some(100_000),
            reason: "đếm lại".to_owned(),
        };
        assert!(check(&said).is_empty());
    }
}
