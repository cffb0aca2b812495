//! How a stated percentage may have come of a figure.

use mobile_contracts::reporting_percent::StatedPercent;

/// What a stated percentage is to the true one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// The nearest: half up, or half to even.
    Nearest,
    /// Its digits are the first of the true one: cut off, not rounded.
    CutOff,
    /// No common rounding gives it.
    None,
}

/// Compares a stated percentage with value / denominator, digit by digit.
pub fn rounding(stated: StatedPercent, value: i64, denominator: i64) -> Rounding {
    let (whole, scale) = (i128::from(denominator), scale(stated));
    // In units of the last stated digit, times the denominator.
    let truth = i128::from(value) * 100 * scale;
    let off = i128::from(stated.digits()) * whole - truth;
    if 2 * off.abs() <= whole {
        Rounding::Nearest
    } else if off < 0 && -off < whole {
        Rounding::CutOff
    } else {
        Rounding::None
    }
}

/// The denominators of which `value` is this percentage, rounded to the nearest.
pub fn denominators(stated: StatedPercent, value: i64) -> Option<(i64, i64)> {
    if stated.digits() <= 0 || value <= 0 {
        return None;
    }
    let digits = i128::from(stated.digits());
    let truth = i128::from(value) * 100 * scale(stated) * 2;
    // 2 digits - 1 <= truth / denominator <= 2 digits + 1.
    let (low, high) = (2 * digits - 1, 2 * digits + 1);
    let least = (truth + high - 1) / high;
    let most = truth / low;
    (least <= most)
        .then(|| Some((i64::try_from(least).ok()?, i64::try_from(most).ok()?)))
        .flatten()
}

fn scale(stated: StatedPercent) -> i128 {
    10_i128.pow(u32::from(stated.decimals()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounded(text: &str, value: i64, denominator: i64) -> Rounding {
        rounding(text.parse().unwrap(), value, denominator)
    }

    #[test]
    fn a_percentage_is_rounded_cut_off_or_neither() {
        for (text, value, denominator, expected) in [
            ("58.3", 319_914, 548_950, Rounding::Nearest),
            ("80.35", 32_483, 40_428, Rounding::Nearest),
            ("98.97", 584_023, 590_042, Rounding::CutOff),
            ("75.4", 55_313, 73_307, Rounding::CutOff),
            ("56.3", 178_682, 317_683, Rounding::None),
            ("100", 79, 79, Rounding::Nearest),
            ("12.5", 1, 8, Rounding::Nearest),
            ("12", 1, 8, Rounding::Nearest),
            ("99", 1, 8, Rounding::None),
        ] {
            assert_eq!(rounded(text, value, denominator), expected, "{text}");
        }
    }

    #[test]
    fn half_goes_up_or_to_even_and_both_are_common() {
        assert_eq!(rounded("0.13", 1, 800), Rounding::Nearest);
        assert_eq!(rounded("0.12", 1, 800), Rounding::Nearest);
    }

    #[test]
    fn the_denominators_of_a_percentage_are_told() {
        assert_eq!(denominators("3.17".parse().unwrap(), 12), Some((378, 379)));
        assert_eq!(denominators("0.90".parse().unwrap(), 6), Some((663, 670)));
        assert_eq!(denominators("0".parse().unwrap(), 6), None);
    }

    proptest! {
        #[test]
        fn whatever_is_rounded_half_up_is_never_doubted(value in 0i64..1_000_000, denominator in 1i64..1_000_000, decimals in 0u8..=3) {
            let scale = 10_i64.pow(u32::from(decimals));
            let digits = (value * 200 * scale + denominator) / (2 * denominator);
            let stated = StatedPercent::new(digits, decimals);
            prop_assert_eq!(rounding(stated, value, denominator), Rounding::Nearest);
            let wrong = StatedPercent::new(digits + 2, decimals);
            prop_assert_eq!(rounding(wrong, value, denominator), Rounding::None);
        }

        #[test]
        fn the_true_denominator_is_among_those_that_are_told(value in 1i64..10_000, denominator in 1i64..10_000) {
            let digits = (value * 20_000 + denominator) / (2 * denominator);
            prop_assume!(digits > 0);
            let (least, most) = denominators(StatedPercent::new(digits, 2), value).unwrap();
            prop_assert!((least..=most).contains(&denominator));
        }
    }
}
