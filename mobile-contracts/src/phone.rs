//! A Vietnamese mobile number.
//!
//! This module promises that a [`MobilePhone`] is exactly one number, written `+84` and nine digits
//! (E.164), however it was spelled, and that `Debug` and `Display` mask it.
//!
//! The `phonenumber` crate is left out on purpose. It takes `0912345678;0987654321` for the first number
//! and drops the second, and it refuses prefixes newer than its table, so every one of its answers would
//! be overruled here; and it costs a minute of build.
//!
//! Prefixes are those that the numbering plan gave to mobile networks; an unlisted one is accepted and
//! [`MobilePhone::prefix_known`] says so, since new ones appear every few years. Numbers of 11 digits were
//! replaced in 2018.

use std::fmt;

use crate::citizen_id::is_foreign_digit;

/// The longest text that is read, in bytes; two full spellings fit, so that they are named as two.
const TEXT_BYTES_MAX: usize = 64;

/// Digits of a national number without the 0.
const NATIONAL_DIGITS: usize = 9;

/// Prefixes, without the leading 0, that a mobile network is known to use.
const KNOWN_PREFIXES: [&str; 40] = [
    "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "51", "52", "55", "56", "58", "59",
    "70", "76", "77", "78", "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "90", "91",
    "92", "93", "94", "95", "96", "97", "98", "99",
];

/// The conversion of 2018: the prefix of an 11-digit number and what replaced it, both without the 0.
const CONVERTED_PREFIXES: [(&str, &str); 21] = [
    ("120", "70"),
    ("121", "79"),
    ("122", "77"),
    ("123", "83"),
    ("124", "84"),
    ("125", "85"),
    ("126", "76"),
    ("127", "81"),
    ("128", "78"),
    ("129", "82"),
    ("162", "32"),
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("186", "56"),
    ("188", "58"),
    ("199", "59"),
];

/// One mobile number of Vietnam.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MobilePhone(String);

impl MobilePhone {
    /// Reads a number as people write it: `0912345678`, `912345678`, `+84912345678`, `84912345678`,
    /// `0084912345678`, `+84 0912 345 678`, with spaces, dots, dashes and parentheses anywhere.
    ///
    /// # Errors
    /// The first fault, see [`MobilePhoneError`]. A field with two numbers is refused, never halved.
    pub fn parse(text: &str) -> Result<MobilePhone, MobilePhoneError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || is_direction_mark(c));
        if text.is_empty() {
            return Err(MobilePhoneError::Empty);
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err(MobilePhoneError::Length);
        }
        if text.chars().any(is_foreign_digit) {
            return Err(MobilePhoneError::ForeignDigits);
        }
        let digits = one_number(text)?;
        let national = strip_country(&digits, text.contains('+'))?;
        from_national(national)
    }

    /// `+84912345678`, the form that is encrypted, hashed and dialled.
    pub fn e164(&self) -> String {
        format!("+84{}", self.0)
    }

    /// `0912 345 678`, for a reader who may see it.
    pub fn national_display(&self) -> String {
        let (prefix, rest) = self.0.split_at(3);
        let (middle, end) = rest.split_at(3);
        format!("0{prefix} {middle} {end}")
    }

    /// `*** *** 678`, enough to ask "the number that ends in …?".
    pub fn masked(&self) -> String {
        format!("*** *** {}", &self.0[NATIONAL_DIGITS - 3..])
    }

    /// Whether a network is known to use the prefix. If not, ask again, and accept.
    pub fn prefix_known(&self) -> bool {
        KNOWN_PREFIXES.contains(&&self.0[..2])
    }
}

impl fmt::Display for MobilePhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for MobilePhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MobilePhone({self})")
    }
}

/// Invisible marks that a contact list puts around a number that is copied from it.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The digits of a text that spells at most one number.
fn one_number(text: &str) -> Result<String, MobilePhoneError> {
    let mut digits = String::with_capacity(text.len());
    let mut plus_seen = false;
    let mut stray = false;
    for (position, c) in text.char_indices() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '(' | ')' => {}
            '+' if digits.is_empty() && !plus_seen => plus_seen = true,
            // Whatever stands between digits separates numbers; at either end it is just a stray.
            _ => {
                let more = text[position..].bytes().any(|b| b.is_ascii_digit());
                if !digits.is_empty() && more {
                    return Err(MobilePhoneError::TwoNumbers);
                }
                stray = true;
            }
        }
    }
    if digits.len() >= 2 * NATIONAL_DIGITS {
        return Err(MobilePhoneError::TwoNumbers);
    }
    if stray || digits.is_empty() {
        return Err(MobilePhoneError::Character);
    }
    Ok(digits)
}

/// What follows the country code and the 0 of the trunk.
fn strip_country(digits: &str, plus: bool) -> Result<&str, MobilePhoneError> {
    let national = if plus {
        digits.strip_prefix("84").ok_or(MobilePhoneError::Foreign)?
    } else if let Some(international) = digits.strip_prefix("00") {
        international
            .strip_prefix("84")
            .ok_or(MobilePhoneError::Foreign)?
    } else if digits.starts_with("84") && digits.len() > NATIONAL_DIGITS {
        // Nine digits that begin with 84 are a number of the prefix 084 without its 0.
        &digits[2..]
    } else {
        digits
    };
    Ok(national.strip_prefix('0').unwrap_or(national))
}

fn from_national(national: &str) -> Result<MobilePhone, MobilePhoneError> {
    let first = national.bytes().next().unwrap_or(b'0');
    if national.starts_with("1900") || national.starts_with("1800") {
        return Err(MobilePhoneError::Service);
    }
    match (first, national.len()) {
        (b'3' | b'5' | b'7' | b'8' | b'9', NATIONAL_DIGITS) => Ok(MobilePhone(national.to_owned())),
        (b'1', 10) => match convert_of_2018(national) {
            Some(now) => Err(MobilePhoneError::ElevenDigits { now }),
            None => Err(MobilePhoneError::Length),
        },
        (b'2', 9..=10) => Err(MobilePhoneError::Landline),
        (b'4' | b'6', NATIONAL_DIGITS) => Err(MobilePhoneError::NotMobile),
        _ => Err(MobilePhoneError::Length),
    }
}

/// The number that replaced one of 11 digits.
fn convert_of_2018(national: &str) -> Option<MobilePhone> {
    let (old, subscriber) = national.split_at_checked(3)?;
    let (_, new) = CONVERTED_PREFIXES.iter().find(|(from, _)| *from == old)?;
    Some(MobilePhone(format!("{new}{subscriber}")))
}

/// Why a text is not one mobile number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MobilePhoneError {
    /// Nothing was entered.
    Empty,
    /// Full-width, Arabic or other digits that are not 0 to 9.
    ForeignDigits,
    /// A letter or a sign that no number has.
    Character,
    /// More than one number in one field.
    TwoNumbers,
    /// A number of another country.
    Foreign,
    /// Too few or too many digits.
    Length,
    /// A fixed line (02…), which receives no SMS.
    Landline,
    /// A premium or toll-free service (1900…, 1800…).
    Service,
    /// Nine digits of a block that is not mobile: 04…, 06….
    NotMobile,
    /// A number from before 2018.
    ElevenDigits {
        /// The number that replaced it; offer it, do not take it unasked.
        now: MobilePhone,
    },
}

impl MobilePhoneError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            MobilePhoneError::Empty => "PHONE_EMPTY",
            MobilePhoneError::ForeignDigits => "PHONE_FOREIGN_DIGITS",
            MobilePhoneError::Character => "PHONE_CHARACTER",
            MobilePhoneError::TwoNumbers => "PHONE_TWO_NUMBERS",
            MobilePhoneError::Foreign => "PHONE_FOREIGN",
            MobilePhoneError::Length => "PHONE_LENGTH",
            MobilePhoneError::Landline => "PHONE_LANDLINE",
            MobilePhoneError::Service => "PHONE_SERVICE",
            MobilePhoneError::NotMobile => "PHONE_NOT_MOBILE",
            MobilePhoneError::ElevenDigits { .. } => "PHONE_ELEVEN_DIGITS",
        }
    }

    /// What to tell the person who entered it, in Vietnamese. For an old number it names the new one in
    /// full, so it goes to that person and into no log; `Display` and `Debug` are for logs.
    pub fn message(&self) -> String {
        match self {
            MobilePhoneError::Empty => "Chưa nhập số điện thoại.".into(),
            MobilePhoneError::ForeignDigits => {
                "Số có chữ số không phải 0–9 thường (chữ số toàn khổ hoặc chữ số Ả Rập). Hãy gõ lại bằng bàn phím số.".into()
            }
            MobilePhoneError::Character => "Số điện thoại có ký tự lạ.".into(),
            MobilePhoneError::TwoNumbers => "Mỗi ô chỉ ghi một số điện thoại.".into(),
            MobilePhoneError::Foreign => "Chỉ nhận số di động của Việt Nam (+84).".into(),
            MobilePhoneError::Length => "Số di động có 10 chữ số, bắt đầu bằng 0.".into(),
            MobilePhoneError::Landline => {
                "Đây là số điện thoại cố định, không nhận được tin nhắn. Hãy nhập số di động.".into()
            }
            MobilePhoneError::Service => "Đây là số tổng đài dịch vụ, không phải số của cá nhân.".into(),
            MobilePhoneError::NotMobile => "Số di động bắt đầu bằng 03, 05, 07, 08 hoặc 09.".into(),
            MobilePhoneError::ElevenDigits { now } => format!(
                "Số 11 chữ số đã đổi từ năm 2018. Số mới có thể là {}, hãy hỏi lại công dân.",
                now.national_display()
            ),
        }
    }

    /// The same in English, with the same caution.
    pub fn message_en(&self) -> String {
        match self {
            MobilePhoneError::ElevenDigits { now } => format!(
                "Numbers of 11 digits were replaced in 2018. It may now be {}; ask the citizen.",
                now.national_display()
            ),
            other => other.plain_english().into(),
        }
    }

    fn plain_english(&self) -> &'static str {
        match self {
            MobilePhoneError::Empty => "No phone number was entered.",
            MobilePhoneError::ForeignDigits => {
                "The number holds digits other than plain 0 to 9 (full-width or Arabic). Type it again."
            }
            MobilePhoneError::Character => "The phone number holds a character that no number has.",
            MobilePhoneError::TwoNumbers => "One field takes one phone number.",
            MobilePhoneError::Foreign => "Only mobile numbers of Vietnam (+84) are taken.",
            MobilePhoneError::Length => "A mobile number has 10 digits and begins with 0.",
            MobilePhoneError::Landline => "This is a fixed line, which receives no SMS.",
            MobilePhoneError::Service => "This is a service hotline, not a person's number.",
            MobilePhoneError::NotMobile => "A mobile number begins with 03, 05, 07, 08 or 09.",
            MobilePhoneError::ElevenDigits { .. } => "Numbers of 11 digits were replaced in 2018.",
        }
    }
}

impl fmt::Display for MobilePhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.plain_english())
    }
}

impl std::error::Error for MobilePhoneError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> MobilePhoneError {
        MobilePhone::parse(text).unwrap_err()
    }

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for text in [
            "0912345678",
            "912345678",
            "+84912345678",
            "84912345678",
            "+84 0912345678",
            "84 0912345678",
            "0084912345678",
            "00840912345678",
            "0912 345 678",
            "0912.345.678",
            "0912-345-678",
            "(0912) 345 678",
            "(+84) 912 345 678",
            "+84 (0) 912 345 678",
            "  0912\u{a0}345\u{a0}678\n",
            "\u{202d}0912 345 678\u{202c}",
        ] {
            let phone = MobilePhone::parse(text).unwrap();
            assert_eq!(phone.e164(), "+84912345678", "{text}");
            assert_eq!(phone.national_display(), "0912 345 678");
        }
    }

    #[test]
    fn a_prefix_that_looks_like_the_country_code_is_kept() {
        let phone = MobilePhone::parse("0841234567").unwrap();
        assert_eq!(MobilePhone::parse("841234567"), Ok(phone.clone()));
        assert_eq!(MobilePhone::parse("84841234567"), Ok(phone));
    }

    #[test]
    fn two_numbers_in_one_field_are_refused() {
        for text in [
            "0912345678;0987654321",
            "0912345678, 0987654321",
            "0912345678/0987654321",
            "0912345678/79",
            "0912345678 0987654321",
            "0912345678-0987654321",
            "0912345678\n0987654321",
            "0912345678 hoặc 0987654321",
            "+84912345678+84987654321",
            "912345678987654321",
        ] {
            assert_eq!(refusal(text), MobilePhoneError::TwoNumbers, "{text}");
        }
    }

    #[test]
    fn each_fault_is_told_by_its_own_name() {
        assert_eq!(refusal(" "), MobilePhoneError::Empty);
        assert_eq!(
            refusal("０９１２３４５６７８"),
            MobilePhoneError::ForeignDigits
        );
        assert_eq!(refusal("٠٩١٢٣٤٥٦٧٨"), MobilePhoneError::ForeignDigits);
        assert_eq!(refusal("không có"), MobilePhoneError::Character);
        assert_eq!(refusal("0912345678;"), MobilePhoneError::Character);
        assert_eq!(refusal("++84912345678"), MobilePhoneError::Character);
        assert_eq!(refusal("-"), MobilePhoneError::Character);
        assert_eq!(refusal("+12025550123"), MobilePhoneError::Foreign);
        assert_eq!(refusal("0012025550123"), MobilePhoneError::Foreign);
        assert_eq!(refusal("091234567"), MobilePhoneError::Length);
        assert_eq!(refusal("09123456789"), MobilePhoneError::Length);
        assert_eq!(refusal("113"), MobilePhoneError::Length);
        assert_eq!(refusal("0259 3822 333"), MobilePhoneError::Landline);
        assert_eq!(refusal("+84 259 3822 333"), MobilePhoneError::Landline);
        assert_eq!(refusal("19000368"), MobilePhoneError::Service);
        assert_eq!(refusal("1900.0368"), MobilePhoneError::Service);
        assert_eq!(refusal("1800545436"), MobilePhoneError::Service);
        assert_eq!(refusal("0612345678"), MobilePhoneError::NotMobile);
        assert_eq!(refusal(&"0".repeat(10_000)), MobilePhoneError::Length);
    }

    #[test]
    fn an_old_number_of_eleven_digits_gets_the_new_one_as_a_hint() {
        for (old, new) in [
            ("01623456789", "0323 456 789"),
            ("0169 345 6789", "0393 456 789"),
            ("01203456789", "0703 456 789"),
            ("+84 127 345 6789", "0813 456 789"),
            ("1993456789", "0593 456 789"),
        ] {
            let error = refusal(old);
            assert!(error.message().contains(new), "{}", error.message());
            assert!(error.message_en().contains(new));
            assert!(!format!("{error} {error:?}").contains(&new[5..]));
        }
        assert_eq!(refusal("01613456789"), MobilePhoneError::Length);
    }

    #[test]
    fn every_converted_prefix_leads_to_a_known_one() {
        for (old, _) in CONVERTED_PREFIXES {
            let now = convert_of_2018(&format!("{old}3456789")).unwrap();
            assert!(now.prefix_known());
            assert_eq!(MobilePhone::parse(&now.e164()), Ok(now));
        }
    }

    #[test]
    fn an_unlisted_prefix_is_accepted_and_told() {
        assert!(MobilePhone::parse("0871234567").unwrap().prefix_known());
        for prefix in ["050", "053", "057", "071", "075", "080"] {
            let phone = MobilePhone::parse(&format!("{prefix}1234567")).unwrap();
            assert!(!phone.prefix_known(), "{prefix}");
        }
    }

    #[test]
    fn what_is_printed_is_masked() {
        let phone = MobilePhone::parse("0912345678").unwrap();
        assert_eq!(phone.masked(), "*** *** 678");
        assert_eq!(
            format!("{phone} {phone:?}"),
            "*** *** 678 MobilePhone(*** *** 678)"
        );
    }

    /// A mobile number without its 0.
    fn national() -> impl Strategy<Value = String> {
        "[35789][0-9]{8}"
    }

    proptest! {
        #[test]
        fn a_number_is_read_back_from_every_form_it_is_shown_in(national in national()) {
            let phone = MobilePhone::parse(&national).unwrap();
            prop_assert_eq!(phone.e164(), format!("+84{national}"));
            for text in [phone.e164(), phone.national_display(), format!("0084{national}"), format!("84{national}")] {
                prop_assert_eq!(MobilePhone::parse(&text), Ok(phone.clone()));
            }
        }

        #[test]
        fn two_numbers_never_slip_through(
            first in national(), second in national(),
            lead in "(0|\\+84|84|0084|)", between in "[ .,;/|&+()\n-]{0,3}|hoặc| và ",
            lead_again in "(0|\\+84|84|0084|)",
        ) {
            let text = format!("{lead}{first}{between}{lead_again}{second}");
            prop_assert_eq!(refusal(&text), MobilePhoneError::TwoNumbers);
        }

        #[test]
        fn no_text_makes_parsing_panic_and_what_passes_is_one_number(text in ".*|[0-9+ .()-]{0,20}") {
            if let Ok(phone) = MobilePhone::parse(&text) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(digits.ends_with(&phone.e164()[3..]));
                prop_assert!(digits.len() <= 14);
                prop_assert_eq!(phone.e164().len(), 12);
            }
        }

        #[test]
        fn masked_forms_hold_three_digits_at_most(national in national()) {
            let phone = MobilePhone::parse(&national).unwrap();
            let printed = format!("{phone} {phone:?} {}", phone.masked());
            prop_assert!(printed.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() <= 3));
            prop_assert!(!printed.contains(&national[..6]));
        }
    }
}
