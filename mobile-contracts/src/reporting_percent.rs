//! A decimal as a document states it: `58,3` and `0,90` keep how many digits were written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most decimals that are read.
const DECIMALS_MAX: usize = 3;
/// Most digits before them.
const DIGITS_MAX: usize = 5;

/// A stated percentage, or a stated change of one: up to 99999.999. Read with a comma or a point, written with
/// a point; `0.90` is not `0.9`, for it claims more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^-?\d{1,5}([.,]\d{1,3})?$", example = "58.3")]
pub struct StatedPercent(Written);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    digits: i64,
    decimals: u8,
}

impl StatedPercent {
    /// `digits` divided by ten to the power of `decimals`.
    pub fn new(digits: i64, decimals: u8) -> Self {
        Self(Written { digits, decimals })
    }

    /// All digits as one whole number: 583 for `58.3`.
    pub fn digits(self) -> i64 {
        self.0.digits
    }

    /// How many of them stand after the point.
    pub fn decimals(self) -> u8 {
        self.0.decimals
    }

    /// Reads one, with a comma or a point.
    ///
    /// # Errors
    /// [`PercentError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PercentError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = match unsigned.split_once(['.', ',']) {
            Some((_, "")) => return Err(PercentError),
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=DIGITS_MAX).contains(&whole.len()) && decimals.len() <= DECIMALS_MAX;
        if !fits || !is_digits(whole) || !is_digits(decimals) {
            return Err(PercentError);
        }
        let digits: i64 = format!("{whole}{decimals}")
            .parse()
            .map_err(|_| PercentError)?;
        let digits = if negative { -digits } else { digits };
        Ok(Self::new(digits, decimals.len() as u8))
    }
}

impl fmt::Display for StatedPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.0.decimals);
        let text = format!("{:0width$}", self.0.digits.abs(), width = decimals + 1);
        let (whole, part) = text.split_at(text.len() - decimals);
        let sign = if self.0.digits < 0 { "-" } else { "" };
        match part {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

impl FromStr for StatedPercent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for StatedPercent {
    type Error = PercentError;

    fn try_from(text: String) -> Result<Self, PercentError> {
        Self::parse(&text)
    }
}

impl From<StatedPercent> for String {
    fn from(percent: StatedPercent) -> String {
        percent.to_string()
    }
}

/// The text is no percentage such as `58,3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PercentError;

impl fmt::Display for PercentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a percentage is written like 58,3 or 58.3")
    }
}

impl std::error::Error for PercentError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_written_is_kept_digit_by_digit() {
        for (text, digits, decimals, again) in [
            ("58,3", 583, 1, "58.3"),
            ("0,90", 90, 2, "0.90"),
            ("100", 100, 0, "100"),
            ("-1.8", -18, 1, "-1.8"),
            ("109,73", 10_973, 2, "109.73"),
        ] {
            let percent = StatedPercent::parse(text).unwrap();
            assert_eq!(percent, StatedPercent::new(digits, decimals));
            assert_eq!(percent.to_string(), again);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "", "%", "58,", ",5", "58.3.1", "1e3", "٥٨", "+1", "58 ,3", "1,2345",
        ] {
            assert!(StatedPercent::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_percentage_is_read_back_as_it_was_written(digits in -99_999i64..=99_999, decimals in 0u8..=3) {
            let percent = StatedPercent::new(digits, decimals);
            prop_assert_eq!(StatedPercent::parse(&percent.to_string()), Ok(percent));
        }
    }
}
