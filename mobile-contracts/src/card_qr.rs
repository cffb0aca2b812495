//! What may be kept of the QR code on a CCCD chip card (from 2021) or a thẻ Căn cước (from 2024-07-01).
//!
//! This module promises that of a scanned payload only ID number, name, birth year and sex leave it;
//! address, day of birth, CMND number, issue date and the parents' names of the newer card are looked at
//! and dropped (Luật 91/2025/QH15: no more than the purpose needs). The payload is never stored, and no
//! error repeats any of it.
//!
//! Seven fields are separated by `|`: ID number, CMND number or nothing, name, birth date DDMMYYYY, Nam or
//! Nữ, address, issue date DDMMYYYY. The 2024 card (Thông tư 16/2024/TT-BCA) appends more, which are not
//! read. The code is not signed: it saves typing and proves nothing.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::citizen_id::{CitizenId, CitizenIdError, Disagreement, Sex};
use crate::person_name::{PersonName, PersonNameError};

/// More than the largest QR code holds in bytes; longer texts were not scanned.
const PAYLOAD_BYTES_MAX: usize = 2953;

/// The four facts of a card that may be kept. `Debug` masks the number and the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardQr {
    id: CitizenId,
    name: PersonName,
    birth_year: i32,
    sex: Sex,
}

impl CardQr {
    /// Reads what a scanner delivered. A scanner that types like a keyboard ends with CR, LF or Tab, some
    /// cards end with a pipe: both are ignored. Day and month of birth may be 00, for people of whom only
    /// the year is known; nothing is invented for them.
    ///
    /// `today` is the local day in Vietnam.
    ///
    /// # Errors
    /// The first fault; codes that are not identity cards are named ([`CardQrError`]).
    pub fn parse(payload: &str, today: NaiveDate) -> Result<CardQr, CardQrError> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(CardQrError::NotACard);
        }
        let payload = payload.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if payload.is_empty() {
            return Err(CardQrError::Empty);
        }
        if is_link_or_vneid(payload) {
            return Err(CardQrError::LinkOrVneid);
        }
        let fields: Vec<&str> = payload.split('|').map(str::trim).collect();
        if is_health_insurance(&fields) {
            return Err(CardQrError::HealthInsurance);
        }
        if is_six_field_imitation(&fields) {
            return Err(CardQrError::SixFields);
        }
        let [id, cmnd, name, birth_date, sex, _address, issued, ..] = fields[..] else {
            return Err(CardQrError::NotACard);
        };

        let id = CitizenId::parse(id, today).map_err(CardQrError::Id)?;
        check_cmnd(cmnd)?;
        let name = PersonName::parse(name).map_err(CardQrError::Name)?;
        let birth_year = read_birth_year(birth_date, today)?;
        let sex = read_sex(sex)?;
        check_issued(issued)?;
        id.agrees_with(birth_year, sex)
            .map_err(CardQrError::Disagrees)?;
        Ok(CardQr {
            id,
            name,
            birth_year,
            sex,
        })
    }

    /// The ID number, to be sealed or hashed at once.
    pub fn id(&self) -> &CitizenId {
        &self.id
    }

    /// The name, in NFC.
    pub fn name(&self) -> &PersonName {
        &self.name
    }

    /// The year of birth; day and month are dropped.
    pub fn birth_year(&self) -> i32 {
        self.birth_year
    }

    /// The sex printed on the card.
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Hands the four facts over.
    pub fn into_parts(self) -> (CitizenId, PersonName, i32, Sex) {
        (self.id, self.name, self.birth_year, self.sex)
    }
}

fn is_link_or_vneid(payload: &str) -> bool {
    let lower = payload.to_ascii_lowercase();
    lower.contains("://")
        || lower.starts_with("www.")
        // The app's own code is opaque and short-lived; a signed token begins like this.
        || (!lower.contains('|') && (lower.contains("vneid") || lower.starts_with("eyj")))
}

/// The health-insurance card (thẻ BHYT): the insurance code (two letters and 13 digits, or the 10 digits of
/// the social-insurance number), then the name as hexadecimal UTF-8.
fn is_health_insurance(fields: &[&str]) -> bool {
    let [code, name, ..] = fields else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let long_code = code.len() == 15
        && code.is_char_boundary(2)
        && code[..2].bytes().all(|b| b.is_ascii_alphabetic())
        && digits(&code[2..]);
    let short_code = code.len() == 10 && digits(code);
    long_code || ((short_code || !digits(name)) && is_hexadecimal_name(name))
}

fn is_hexadecimal_name(text: &str) -> bool {
    if text.len() < 4 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16)
                .ok()
                .filter(|_| pair.len() == 2)
        })
        .collect();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .is_some_and(|name| PersonName::parse(&name).is_ok())
}

/// Six fields without the CMND, as some documents of software makers describe the code: everything after
/// the ID number stands one place too early, also when a pipe at the end makes seven.
fn is_six_field_imitation(fields: &[&str]) -> bool {
    let [id, name, birth_date, sex, ..] = fields else {
        return false;
    };
    let digits = id.bytes().all(|b| b.is_ascii_digit());
    digits
        && PersonName::parse(name).is_ok()
        && looks_like_date(birth_date)
        && read_sex(sex).is_ok()
}

fn looks_like_date(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || is_date_separator(b))
}

fn is_date_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'-' | b'.')
}

fn check_cmnd(text: &str) -> Result<(), CardQrError> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits = text.bytes().all(|b| b.is_ascii_digit() || b == b' ');
    // Cards of 12 digits were called CMND too before 2016.
    match (only_digits, digits) {
        (true, 0 | 9 | 12) => Ok(()),
        _ => Err(CardQrError::Cmnd),
    }
}

fn read_birth_year(text: &str, today: NaiveDate) -> Result<i32, CardQrError> {
    let (day, month, year) = read_date(text, CardQrError::BirthDate)?;
    let born = if day > 0 && month > 0 {
        NaiveDate::from_ymd_opt(year, month, day)
    } else if day <= 31 && month <= 12 {
        // The earliest day it can have been, only to compare with today.
        NaiveDate::from_ymd_opt(year, month.max(1), 1)
    } else {
        None
    };
    match born {
        Some(born) if born <= today => Ok(born.year()),
        _ => Err(CardQrError::BirthDate),
    }
}

/// A scan that broke off ends in the issue date, which is why it is looked at although it is not kept.
fn check_issued(text: &str) -> Result<(), CardQrError> {
    let (day, month, year) = read_date(text, CardQrError::IssueDate)?;
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(_) => Ok(()),
        None => Err(CardQrError::IssueDate),
    }
}

/// Day, month and year of eight digits.
fn read_date(text: &str, fault: CardQrError) -> Result<(u32, u32, i32), CardQrError> {
    if looks_like_date(text) && text.bytes().any(is_date_separator) {
        return Err(CardQrError::DateWithSeparators);
    }
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(fault);
    }
    match (text[..2].parse(), text[2..4].parse(), text[4..].parse()) {
        (Ok(day), Ok(month), Ok(year)) => Ok((day, month, year)),
        _ => Err(fault),
    }
}

fn read_sex(text: &str) -> Result<Sex, CardQrError> {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    match lower.as_str() {
        "nam" => Ok(Sex::Male),
        "nữ" => Ok(Sex::Female),
        _ => Err(CardQrError::Sex),
    }
}

/// Why a scanned text is not an identity card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardQrError {
    /// Nothing was scanned.
    Empty,
    /// A link, or the code that the VNeID app shows.
    LinkOrVneid,
    /// A health-insurance card.
    HealthInsurance,
    /// Six fields without the CMND: not made by the police.
    SixFields,
    /// Something else, or fewer than seven fields.
    NotACard,
    /// The first field is not an ID number.
    Id(CitizenIdError),
    /// The second field is neither empty nor 9 or 12 digits.
    Cmnd,
    /// The third field is not a name.
    Name(PersonNameError),
    /// A date written with `/`, `-` or `.`: typed by hand, a card has eight digits.
    DateWithSeparators,
    /// The birth date is no date, or lies in the future.
    BirthDate,
    /// The fifth field is neither Nam nor Nữ.
    Sex,
    /// The issue date is no date: the scan probably broke off.
    IssueDate,
    /// ID number, birth date and sex contradict each other.
    Disagrees(Disagreement),
}

impl CardQrError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            CardQrError::Empty => "CARD_QR_EMPTY",
            CardQrError::LinkOrVneid => "CARD_QR_LINK_OR_VNEID",
            CardQrError::HealthInsurance => "CARD_QR_HEALTH_INSURANCE",
            CardQrError::SixFields => "CARD_QR_SIX_FIELDS",
            CardQrError::NotACard => "CARD_QR_NOT_A_CARD",
            CardQrError::Id(fault) => fault.code(),
            CardQrError::Cmnd => "CARD_QR_CMND",
            CardQrError::Name(fault) => fault.code(),
            CardQrError::DateWithSeparators => "CARD_QR_DATE_WITH_SEPARATORS",
            CardQrError::BirthDate => "CARD_QR_BIRTH_DATE",
            CardQrError::Sex => "CARD_QR_SEX",
            CardQrError::IssueDate => "CARD_QR_ISSUE_DATE",
            CardQrError::Disagrees(fault) => fault.code(),
        }
    }

    /// What to tell the person who scanned, in Vietnamese.
    pub fn message(&self) -> String {
        match self {
            CardQrError::Empty => "Chưa quét được mã nào.".into(),
            CardQrError::LinkOrVneid => {
                "Đây là đường dẫn hoặc mã của ứng dụng VNeID. Hãy quét mã QR in trên thẻ.".into()
            }
            CardQrError::HealthInsurance => {
                "Đây là thẻ BHYT. Hãy quét mã QR trên thẻ Căn cước hoặc CCCD gắn chip.".into()
            }
            CardQrError::SixFields => {
                "Mã này có 6 trường, thiếu ô số CMND, không phải mã do cơ quan Công an in. Hãy quét thẻ gốc.".into()
            }
            CardQrError::NotACard => "Mã này không phải của thẻ Căn cước hoặc CCCD gắn chip.".into(),
            CardQrError::Id(fault) => fault.message(),
            CardQrError::Name(fault) => fault.message().into(),
            CardQrError::DateWithSeparators => {
                "Ngày trên thẻ viết liền 8 chữ số, ví dụ 01011990, không có dấu gạch chéo. Mã này có lẽ được gõ tay.".into()
            }
            CardQrError::BirthDate => "Ngày sinh trong mã không đúng. Hãy quét lại.".into(),
            CardQrError::Sex => "Giới tính trong mã không phải Nam hoặc Nữ. Hãy quét lại.".into(),
            CardQrError::Cmnd => "Ô số CMND trong mã không đúng. Hãy quét lại.".into(),
            CardQrError::IssueDate => "Mã quét bị thiếu phần cuối. Hãy quét lại.".into(),
            CardQrError::Disagrees(fault) => fault.message().into(),
        }
    }

    /// The same in English.
    pub fn message_en(&self) -> String {
        match self {
            CardQrError::Empty => "Nothing was scanned.".into(),
            CardQrError::LinkOrVneid => {
                "This is a link or a code of the VNeID app. Scan the QR code printed on the card.".into()
            }
            CardQrError::HealthInsurance => {
                "This is a health-insurance card. Scan the QR code on the identity card.".into()
            }
            CardQrError::SixFields => {
                "This code has 6 fields and lacks that of the CMND; the police did not print it. Scan the card itself.".into()
            }
            CardQrError::NotACard => "This code is not that of a chip identity card.".into(),
            CardQrError::Id(fault) => fault.message_en(),
            CardQrError::Name(fault) => fault.message_en().into(),
            CardQrError::DateWithSeparators => {
                "Dates on a card are 8 digits, such as 01011990, without slashes. This code was probably typed by hand.".into()
            }
            CardQrError::BirthDate => "The birth date in the code is wrong. Scan again.".into(),
            CardQrError::Sex => "The sex in the code is neither Nam nor Nữ. Scan again.".into(),
            CardQrError::Cmnd => "The CMND number in the code is wrong. Scan again.".into(),
            CardQrError::IssueDate => "The end of the code is missing. Scan again.".into(),
            CardQrError::Disagrees(fault) => fault.message_en().into(),
        }
    }
}

impl fmt::Display for CardQrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for CardQrError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// Nobody's card: the number ends in 000001.
    const CARD: &str =
        "058090000001|264000001|Nguyễn Văn A|15031990|Nam|Thôn A, Phước Đại, Bác Ái|15042021";

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    fn read(payload: &str) -> Result<CardQr, CardQrError> {
        CardQr::parse(payload, today())
    }

    /// The card with one field replaced.
    fn with(index: usize, field: &str) -> String {
        let mut fields: Vec<&str> = CARD.split('|').collect();
        fields[index] = field;
        fields.join("|")
    }

    #[test]
    fn a_card_of_2021_gives_four_facts() {
        let card = read(CARD).unwrap();
        assert_eq!(card.id().expose(), "058090000001");
        assert_eq!(card.name().expose(), "Nguyễn Văn A");
        assert_eq!((card.birth_year(), card.sex()), (1990, Sex::Male));
    }

    #[test]
    fn a_card_of_2024_gives_the_same_four_facts() {
        let longer = format!("{CARD}||Nguyễn Văn B|Trần Thị C|058090000009|");
        assert_eq!(read(&longer), read(CARD));
    }

    #[test]
    fn what_scanners_add_at_the_end_is_ignored() {
        for end in ["|", "\r\n", "\n", "\t", "\r", "|\t", " "] {
            assert_eq!(read(&format!("{CARD}{end}")), read(CARD), "{end:?}");
        }
        assert_eq!(read(&format!("\u{feff}{CARD}")), read(CARD));
    }

    #[test]
    fn the_old_number_may_be_missing_or_spaced() {
        for cmnd in ["", " ", "264 000 001", "058090000001", "414243444546"] {
            assert!(read(&with(1, cmnd)).is_ok(), "{cmnd}");
        }
        for cmnd in ["26400000", "26400000A", "2640000011"] {
            assert_eq!(read(&with(1, cmnd)), Err(CardQrError::Cmnd), "{cmnd}");
        }
    }

    #[test]
    fn an_unknown_day_or_month_of_birth_leaves_the_year() {
        for date in ["00001990", "00031990", "15001990"] {
            assert_eq!(read(&with(3, date)).unwrap().birth_year(), 1990, "{date}");
        }
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused() {
        for date in [
            "31021990",
            "32011990",
            "01131990",
            "00991990",
            "99001990",
            "0101199",
            "1990",
            "",
            "24112026",
            "0101199０",
        ] {
            assert_eq!(read(&with(3, date)), Err(CardQrError::BirthDate), "{date}");
        }
        for date in ["00002021", "31022021", "1504", ""] {
            assert_eq!(read(&with(6, date)), Err(CardQrError::IssueDate), "{date}");
        }
    }

    #[test]
    fn a_date_with_slashes_is_refused_with_a_hint() {
        for date in ["15/03/1990", "15-03-1990", "15.03.1990"] {
            assert_eq!(read(&with(3, date)), Err(CardQrError::DateWithSeparators));
            assert_eq!(read(&with(6, date)), Err(CardQrError::DateWithSeparators));
        }
        assert!(
            CardQrError::DateWithSeparators
                .message()
                .contains("01011990")
        );
    }

    #[test]
    fn a_decomposed_payload_gives_a_composed_name_and_is_understood() {
        let payload = "058190000001||Trần Thị Đẹp|15031990|Nữ|Thôn A|15042021";
        let nfd: String = payload.nfd().collect();
        let card = read(&nfd).unwrap();
        assert_eq!(card.name().expose(), "Trần Thị Đẹp");
        assert_eq!(card.sex(), Sex::Female);
    }

    #[test]
    fn other_codes_are_refused_by_name() {
        let name = "4e677579e1bb856e2056c4836e2041";
        for insurance in [
            format!(
                "GD4580000000001|{name}|15/03/1990|1|{name}|58 - 001|01/01/2024|-|02/01/2024|x|-|4|$"
            ),
            format!(
                "5800000001|{name}|15/03/1990|1|{name}|58 - 001|01/01/2024|-|02/01/2024|x|-|4|$"
            ),
            format!("058090000001|{name}|15/03/1990|1|{name}|58 - 001|01/01/2024|-|02/01/2024"),
            "GD4580000000001|".into(),
        ] {
            assert_eq!(
                read(&insurance),
                Err(CardQrError::HealthInsurance),
                "{insurance}"
            );
        }
        for link in [
            "https://vneid.gov.vn/",
            "HTTP://EXAMPLE.VN/a|b|c|d|e|f|g",
            "vneid:abc",
            "www.example.vn",
            "eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        ] {
            assert_eq!(read(link), Err(CardQrError::LinkOrVneid), "{link}");
        }
        for six in [
            "058090000001|Nguyễn Văn A|15031990|Nam|Thôn A|15042021",
            "058090000001|Nguyễn Văn A|15/03/1990|Nam|Thôn A|15/04/2021|",
        ] {
            assert_eq!(read(six), Err(CardQrError::SixFields), "{six}");
        }
        for empty in ["", " \r\n", "\u{feff}"] {
            assert_eq!(read(empty), Err(CardQrError::Empty));
        }
        for other in ["058090000001", "|||", "xin chào", "a|b|c|d|e|f"] {
            assert_eq!(read(other), Err(CardQrError::NotACard), "{other}");
        }
        assert_eq!(read(&"1|".repeat(2000)), Err(CardQrError::NotACard));
    }

    #[test]
    fn number_birth_date_and_sex_must_agree() {
        assert_eq!(
            read(&with(3, "15031991")),
            Err(CardQrError::Disagrees(Disagreement::BirthYear))
        );
        assert_eq!(
            read(&with(4, "Nữ")),
            Err(CardQrError::Disagrees(Disagreement::Sex))
        );
        assert_eq!(
            read(&with(0, "058191000001")),
            Err(CardQrError::Disagrees(Disagreement::BirthYearAndSex))
        );
    }

    #[test]
    fn a_fault_of_a_field_keeps_its_own_name() {
        assert_eq!(
            read(&with(0, "58090000001")),
            Err(CardQrError::Id(CitizenIdError::LostLeadingZero))
        );
        assert_eq!(
            read(&with(2, "<b>A</b>")),
            Err(CardQrError::Name(PersonNameError::Character))
        );
        assert_eq!(read(&with(4, "Male")), Err(CardQrError::Sex));
    }

    #[test]
    fn what_is_dropped_is_nowhere_in_the_value() {
        let printed = format!("{:?}", read(CARD).unwrap());
        for secret in [
            "05809000",
            "264000001",
            "Nguyễn",
            "1503",
            "Phước",
            "15042021",
        ] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }

    proptest! {
        #[test]
        fn no_payload_makes_parsing_panic(text in ".*|(\\PC{0,12}\\|){0,9}\\PC{0,12}|[0-9a-fA-F]{0,20}\\|[0-9a-fA-F]{0,20}(\\|[0-9/]{0,10}){0,8}") {
            let _ = read(&text);
        }

        #[test]
        fn every_synthetic_card_is_read_and_its_tail_ignored(
            random in 0u32..1_000_000, day in 1u32..=28, month in 0u32..=12, year in 1900i32..=2025,
            female: bool, tail in "(\\|[a-zA-Z0-9 ]{0,12}){0,4}",
        ) {
            let century = 2 * ((year - 1900) / 100) + i32::from(female);
            let sex = if female { "Nữ" } else { "Nam" };
            let payload = format!(
                "058{century}{:02}{random:06}||Nguyễn Văn A|{day:02}{month:02}{year}|{sex}|Thôn A|15042021{tail}",
                year % 100
            );
            let card = read(&payload).unwrap();
            prop_assert_eq!(card.birth_year(), year);
            prop_assert_eq!(card.sex() == Sex::Female, female);
            prop_assert_eq!(card.id().expose(), &payload[..12]);
        }

        #[test]
        fn a_card_cut_short_is_never_read(cut in 1usize..CARD.chars().count()) {
            let short: String = CARD.chars().take(cut).collect();
            prop_assert!(read(&short).is_err());
        }

        #[test]
        fn no_error_repeats_the_payload(secret in "[A-Z]{6,10}", field in 0usize..7) {
            if let Err(error) = read(&with(field, &format!("{secret}1"))) {
                let printed = format!("{error:?} {error} {} {}", error.message(), error.code());
                prop_assert!(!printed.contains(&secret));
            }
        }
    }
}
