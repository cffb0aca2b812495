//! Percentages by one rule, and figures as Vietnamese reports write them.

use chrono::NaiveDate;

/// The percentage in hundredths, half up; none of nothing. The only place where one is computed.
pub fn percent_hundredths(value: i64, denominator: i64) -> Option<i64> {
    if denominator <= 0 || value < 0 {
        return None;
    }
    let (value, whole) = (i128::from(value), i128::from(denominator));
    i64::try_from((value * 20_000 + whole) / (2 * whole)).ok()
}

/// Hundredths as the wire has them: `58.28`.
pub fn wire_percent(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// `319.914`; below ten as `08`, and nothing as `0`.
pub fn count_vi(count: i64) -> String {
    if (1..10).contains(&count) {
        return format!("{count:02}");
    }
    let digits = count.unsigned_abs().to_string();
    let mut text = String::from(if count < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// Nothing, as a report says it of what is counted so: `chưa phát sinh hồ sơ`. None of percentages.
pub fn nothing_vi(counted_in: &str) -> Option<String> {
    match counted_in {
        "%" => None,
        "hồ sơ" => Some("chưa phát sinh hồ sơ".to_owned()),
        // What happens; anything else is or is not there.
        "trường hợp" | "lượt" | "tin" | "buổi" => {
            Some(format!("chưa phát sinh {counted_in} nào"))
        }
        other => Some(format!("chưa có {other} nào")),
    }
}

/// `58,28%`.
pub fn percent_vi(hundredths: i64) -> String {
    format!("{}%", points_vi(hundredths))
}

/// Hundredths with a comma: `1,80`.
pub fn points_vi(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{},{:02}", size / 100, size % 100)
}

/// `19/02/2023`.
pub fn day_vi(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentages_are_rounded_half_up_to_hundredths() {
        for (value, denominator, hundredths, words) in [
            (319_914, 548_950, 5_828, "58,28%"),
            (32_483, 40_428, 8_035, "80,35%"),
            (1, 3, 3_333, "33,33%"),
            (1, 800, 13, "0,13%"),
            (2, 1, 20_000, "200,00%"),
        ] {
            assert_eq!(percent_hundredths(value, denominator), Some(hundredths));
            assert_eq!(percent_vi(hundredths), words);
        }
        assert_eq!(percent_hundredths(1, 0), None);
    }

    #[test]
    fn figures_have_dots_and_small_ones_a_zero_before() {
        for (count, words) in [
            (319_914, "319.914"),
            (8, "08"),
            (0, "0"),
            (10, "10"),
            (1_000, "1.000"),
            (-12_345, "-12.345"),
            (1_000_000, "1.000.000"),
        ] {
            assert_eq!(count_vi(count), words);
        }
        assert_eq!(points_vi(-180), "-1,80");
    }

    #[test]
    fn nothing_is_said_in_words_of_what_is_counted() {
        for (counted_in, words) in [
            ("hồ sơ", Some("chưa phát sinh hồ sơ")),
            ("trường hợp", Some("chưa phát sinh trường hợp nào")),
            ("lượt", Some("chưa phát sinh lượt nào")),
            ("tài khoản", Some("chưa có tài khoản nào")),
            ("người", Some("chưa có người nào")),
            ("%", None),
        ] {
            assert_eq!(nothing_vi(counted_in).as_deref(), words);
        }
    }

    proptest! {
        #[test]
        fn a_percentage_is_at_most_half_a_hundredth_away(value in 0i64..1_000_000_000, denominator in 1i64..1_000_000_000) {
            let hundredths = i128::from(percent_hundredths(value, denominator).unwrap());
            let off = hundredths * i128::from(denominator) - i128::from(value) * 10_000;
            prop_assert!(2 * off.abs() <= i128::from(denominator));
        }
    }
}
