//! What a code is, and how little it tells. No database, no clock.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use crate::geography::Geography;
use crate::geography::rules::Level;
use crate::http::failure::{Failure, FieldError};

/// How many codes there are.
const CODES: u32 = 1_000_000;
/// The largest multiple of it that fits: what lies above is drawn again, so that every code is as likely.
const DRAWN_BELOW: u32 = u32::MAX - u32::MAX % CODES;

/// A code that nobody can foresee.
pub fn draw() -> i32 {
    loop {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        let number = u32::from_le_bytes(bytes);
        if number < DRAWN_BELOW {
            return (number % CODES) as i32;
        }
    }
}

/// As phones show it.
pub fn spell(code: i32) -> String {
    format!("{code:06}")
}

/// Reads six digits.
///
/// # Errors
/// 422 for anything else.
pub fn parse(text: &str) -> Result<i32, Failure> {
    let is_code = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let code = is_code.then(|| text.parse().ok()).flatten();
    code.ok_or_else(|| {
        Failure::invalid(vec![FieldError::new(
            "/code",
            "CODE",
            "Mã gồm đúng 6 chữ số.",
            "A code is six digits.",
        )])
    })
}

/// The last word of a Vietnamese name.
pub fn given_name(name: &str) -> String {
    name.split_whitespace()
        .last()
        .unwrap_or_default()
        .to_owned()
}

/// Never less than a commune: a village would say where a volunteer lives.
pub fn told_unit(geography: &Geography, unit_id: UnitId, today: NaiveDate) -> UnitId {
    let commune = geography.ancestor_on(unit_id, Level::Commune, today);
    commune.unwrap_or(unit_id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_is_six_ascii_digits_and_is_read_back() {
        for code in [0, 42_713, 999_999] {
            assert_eq!(parse(&spell(code)).unwrap(), code);
        }
        for odd in [
            "",
            "12345",
            "1234567",
            "12 456",
            "-12345",
            "١٢٣٤٥٦",
            "12345\0",
        ] {
            assert!(parse(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn codes_that_are_drawn_are_codes() {
        let drawn: Vec<i32> = (0..1_000).map(|_| draw()).collect();
        assert!(drawn.iter().all(|code| (0..=999_999).contains(code)));
        assert!(drawn.iter().any(|code| *code != drawn[0]));
    }

    #[test]
    fn only_the_given_name_is_told() {
        assert_eq!(given_name("Nguyễn Thị Hà"), "Hà");
        assert_eq!(given_name("Hà"), "Hà");
    }
}
