//! Who must come with whom.

use chrono::{Datelike, NaiveDate};

/// A child under this age comes with a guardian.
pub const GUARDED_UNTIL_AGE: i32 = 14;

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
