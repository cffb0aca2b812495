//! The personal identification number (số định danh cá nhân) printed on the thẻ Căn cước and the CCCD.
//!
//! This module promises that a [`CitizenId`] has the right shape, and that it never prints itself: `Debug`
//! and `Display` show the last four digits only, and there is no `Serialize`. The number has no check
//! digit, so a valid shape is not proof that the number was issued.
//!
//! The structure is `PPP G YY RRRRRR` (Nghị định 137/2015/NĐ-CP art. 13, Thông tư 59/2021/TT-BCA art. 4):
//! place of birth *registration*, century and sex, year of birth, six random digits. Mergers of provinces
//! renumber nobody, so the 63 old provinces remain the table.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many digits a number has.
pub const CITIZEN_ID_DIGITS: usize = 12;

/// The digits of the old identity card (CMND), not a document since 2025-01-01.
const CMND_DIGITS: usize = 9;

/// Province codes that numbers begin with, by ascending code: the two-digit code of the statistics
/// office with a 0 in front. Names as they were before 2025-07-01.
const PROVINCES: [(&str, &str); 63] = [
    ("001", "Hà Nội"),
    ("002", "Hà Giang"),
    ("004", "Cao Bằng"),
    ("006", "Bắc Kạn"),
    ("008", "Tuyên Quang"),
    ("010", "Lào Cai"),
    ("011", "Điện Biên"),
    ("012", "Lai Châu"),
    ("014", "Sơn La"),
    ("015", "Yên Bái"),
    ("017", "Hòa Bình"),
    ("019", "Thái Nguyên"),
    ("020", "Lạng Sơn"),
    ("022", "Quảng Ninh"),
    ("024", "Bắc Giang"),
    ("025", "Phú Thọ"),
    ("026", "Vĩnh Phúc"),
    ("027", "Bắc Ninh"),
    ("030", "Hải Dương"),
    ("031", "Hải Phòng"),
    ("033", "Hưng Yên"),
    ("034", "Thái Bình"),
    ("035", "Hà Nam"),
    ("036", "Nam Định"),
    ("037", "Ninh Bình"),
    ("038", "Thanh Hóa"),
    ("040", "Nghệ An"),
    ("042", "Hà Tĩnh"),
    ("044", "Quảng Bình"),
    ("045", "Quảng Trị"),
    ("046", "Thừa Thiên Huế"),
    ("048", "Đà Nẵng"),
    ("049", "Quảng Nam"),
    ("051", "Quảng Ngãi"),
    ("052", "Bình Định"),
    ("054", "Phú Yên"),
    ("056", "Khánh Hòa"),
    ("058", "Ninh Thuận"),
    ("060", "Bình Thuận"),
    ("062", "Kon Tum"),
    ("064", "Gia Lai"),
    ("066", "Đắk Lắk"),
    ("067", "Đắk Nông"),
    ("068", "Lâm Đồng"),
    ("070", "Bình Phước"),
    ("072", "Tây Ninh"),
    ("074", "Bình Dương"),
    ("075", "Đồng Nai"),
    ("077", "Bà Rịa - Vũng Tàu"),
    ("079", "Thành phố Hồ Chí Minh"),
    ("080", "Long An"),
    ("082", "Tiền Giang"),
    ("083", "Bến Tre"),
    ("084", "Trà Vinh"),
    ("086", "Vĩnh Long"),
    ("087", "Đồng Tháp"),
    ("089", "An Giang"),
    ("091", "Kiên Giang"),
    ("092", "Cần Thơ"),
    ("093", "Hậu Giang"),
    ("094", "Sóc Trăng"),
    ("095", "Bạc Liêu"),
    ("096", "Cà Mau"),
];

/// Sex as the law records it; on the wire `male` or `female`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Sex {
    /// The Vietnamese word printed on the card.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Sex::Male => "Nam",
            Sex::Female => "Nữ",
        }
    }
}

/// A well-formed personal identification number: 12 ASCII digits whose fourth digit is 0 to 3 and whose
/// birth year had begun on the day it was read.
///
/// It is kept only as long as it takes to hash or seal it, and cannot be serialized:
///
/// ```compile_fail
/// fn on_the_wire<T: serde::Serialize>() {}
/// on_the_wire::<mobile_contracts::citizen_id::CitizenId>();
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenId(String);

/// What the first three digits say about where the birth was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BirthPlace {
    /// One of the 63 provinces, by its name before the mergers of 2025.
    Province(&'static str),
    /// No province has this code. People whose birth was registered abroad carry a country's code, so
    /// the number is accepted once somebody has looked at it again.
    RegisteredAbroad,
}

impl BirthPlace {
    /// Whether to ask "is this number right?" before going on. Never a reason to refuse.
    pub fn needs_confirmation(self) -> bool {
        self == BirthPlace::RegisteredAbroad
    }
}

impl CitizenId {
    /// Reads a number as somebody typed, scanned or imported it. Space around it is ignored; nothing
    /// else is repaired, because a repaired number would be somebody else's.
    ///
    /// `today` is the local day in Vietnam. A year of birth before 1900 cannot be written in a number:
    /// the lowest century digits stand for the years 1900 to 1999.
    ///
    /// # Errors
    /// The first fault, see [`CitizenIdError`]. An error never contains the number.
    pub fn parse(text: &str, today: NaiveDate) -> Result<CitizenId, CitizenIdError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CitizenIdError::Empty);
        }
        if text.chars().any(is_foreign_digit) {
            return Err(CitizenIdError::ForeignDigits);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CitizenIdError::NotDigits);
        }
        if text.len() != CITIZEN_ID_DIGITS {
            return Err(explain_length(text, today));
        }
        let id = CitizenId(text.to_owned());
        if id.digit(3) > 3 {
            return Err(CitizenIdError::CenturyDigit);
        }
        if id.birth_year() > today.year() {
            return Err(CitizenIdError::BirthYearInFuture);
        }
        Ok(id)
    }

    /// The whole number, for the one place that hashes it and the one that seals it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The four-digit year of birth, 1900 to 2099.
    pub fn birth_year(&self) -> i32 {
        1900 + 100 * (self.digit(3) / 2) + 10 * self.digit(4) + self.digit(5)
    }

    /// The sex recorded when the number was given: an even century digit is male.
    pub fn sex(&self) -> Sex {
        if self.digit(3) % 2 == 0 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The first three digits, `058` for Ninh Thuận.
    pub fn province_code(&self) -> &str {
        &self.0[..3]
    }

    /// Where the birth was registered, which says nothing about where the person lives.
    pub fn place(&self) -> BirthPlace {
        match PROVINCES.binary_search_by_key(&self.province_code(), |(code, _)| code) {
            Ok(found) => BirthPlace::Province(PROVINCES[found].1),
            Err(_) => BirthPlace::RegisteredAbroad,
        }
    }

    /// The last four digits, the only part that may be stored or shown.
    pub fn tail(&self) -> &str {
        &self.0[CITIZEN_ID_DIGITS - 4..]
    }

    /// Compares the number with a year of birth and a sex that came from elsewhere.
    ///
    /// # Errors
    /// Says which of the two differ. An officer may override it with a reason: sex and birth year of a
    /// person can be corrected by law while the number stays.
    pub fn agrees_with(&self, birth_year: i32, sex: Sex) -> Result<(), Disagreement> {
        match (self.birth_year() == birth_year, self.sex() == sex) {
            (true, true) => Ok(()),
            (false, true) => Err(Disagreement::BirthYear),
            (true, false) => Err(Disagreement::Sex),
            (false, false) => Err(Disagreement::BirthYearAndSex),
        }
    }

    fn digit(&self, index: usize) -> i32 {
        i32::from(self.0.as_bytes()[index] - b'0')
    }
}

impl fmt::Display for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "***…{}", self.tail())
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({self})")
    }
}

/// A digit of another script or width. A phone keyboard or a document can produce one that looks right.
pub(crate) fn is_foreign_digit(c: char) -> bool {
    c.is_numeric() && !c.is_ascii_digit()
}

/// Says what a number of the wrong length probably is.
fn explain_length(digits: &str, today: NaiveDate) -> CitizenIdError {
    let found = digits.len();
    // A spreadsheet that takes the number for a quantity drops every leading 0, so what is left never
    // begins with 0. Two are lost only from the codes 001 to 008.
    let restored = |zeros: &str| CitizenId::parse(&format!("{zeros}{digits}"), today);
    match found {
        CMND_DIGITS => CitizenIdError::OldIdentityCard,
        11 if !digits.starts_with('0') => CitizenIdError::LostLeadingZero,
        10 if !digits.starts_with('0')
            && restored("00").is_ok_and(|id| !id.place().needs_confirmation()) =>
        {
            CitizenIdError::LostLeadingZero
        }
        _ => CitizenIdError::WrongLength { found },
    }
}

/// Why a text is not a personal identification number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitizenIdError {
    /// Nothing was entered.
    Empty,
    /// Full-width, Arabic or other digits that are not 0 to 9.
    ForeignDigits,
    /// A letter, a space inside, or punctuation.
    NotDigits,
    /// Eleven digits, or ten from a code below 010: a spreadsheet dropped the 0 in front.
    LostLeadingZero,
    /// Nine digits: an old CMND.
    OldIdentityCard,
    /// Any other length.
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
    /// The fourth digit stands for a century that has not begun.
    CenturyDigit,
    /// The year of birth is later than this year.
    BirthYearInFuture,
}

impl CitizenIdError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            CitizenIdError::Empty => "CITIZEN_ID_EMPTY",
            CitizenIdError::ForeignDigits => "CITIZEN_ID_FOREIGN_DIGITS",
            CitizenIdError::NotDigits => "CITIZEN_ID_NOT_DIGITS",
            CitizenIdError::LostLeadingZero => "CITIZEN_ID_LOST_LEADING_ZERO",
            CitizenIdError::OldIdentityCard => "CITIZEN_ID_IS_CMND",
            CitizenIdError::WrongLength { .. } => "CITIZEN_ID_WRONG_LENGTH",
            CitizenIdError::CenturyDigit => "CITIZEN_ID_CENTURY_DIGIT",
            CitizenIdError::BirthYearInFuture => "CITIZEN_ID_BIRTH_YEAR_IN_FUTURE",
        }
    }

    /// What to tell the person who entered it, in Vietnamese.
    pub fn message(&self) -> String {
        match self {
            CitizenIdError::Empty => "Chưa nhập số định danh cá nhân.".into(),
            CitizenIdError::ForeignDigits => {
                "Số có chữ số không phải 0–9 thường (chữ số toàn khổ hoặc chữ số Ả Rập). Hãy gõ lại bằng bàn phím số.".into()
            }
            CitizenIdError::NotDigits => {
                "Số định danh chỉ gồm chữ số, không có chữ cái, dấu cách hay dấu chấm.".into()
            }
            CitizenIdError::LostLeadingZero => {
                "Số thiếu chữ số 0 ở đầu, có lẽ do bảng tính tự bỏ. Hãy thêm lại và để cột ở dạng văn bản.".into()
            }
            CitizenIdError::OldIdentityCard => {
                "Đây là số CMND 9 số, đã hết giá trị sử dụng từ 01/01/2025. Hãy nhập số 12 chữ số trên thẻ Căn cước hoặc CCCD.".into()
            }
            CitizenIdError::WrongLength { found } => {
                format!("Số định danh phải có 12 chữ số, số này có {found}.")
            }
            CitizenIdError::CenturyDigit => {
                "Chữ số thứ tư phải là 0, 1, 2 hoặc 3. Hãy xem lại số trên thẻ.".into()
            }
            CitizenIdError::BirthYearInFuture => {
                "Năm sinh trong số định danh ở tương lai. Hãy xem lại số trên thẻ.".into()
            }
        }
    }

    /// The same in English.
    pub fn message_en(&self) -> String {
        match self {
            CitizenIdError::Empty => "No ID number was entered.".into(),
            CitizenIdError::ForeignDigits => {
                "The number holds digits other than plain 0 to 9 (full-width or Arabic). Type it again.".into()
            }
            CitizenIdError::NotDigits => {
                "An ID number is digits only, without letters, spaces or dots.".into()
            }
            CitizenIdError::LostLeadingZero => {
                "The leading 0 was lost, probably in a spreadsheet. Put it back and keep the column as text.".into()
            }
            CitizenIdError::OldIdentityCard => {
                "This is a 9-digit CMND number, not valid since 2025-01-01. Enter the 12 digits of the card.".into()
            }
            CitizenIdError::WrongLength { found } => {
                format!("An ID number has 12 digits, this one has {found}.")
            }
            CitizenIdError::CenturyDigit => {
                "The fourth digit must be 0, 1, 2 or 3. Check the number on the card.".into()
            }
            CitizenIdError::BirthYearInFuture => {
                "The birth year in the number lies in the future. Check the number on the card.".into()
            }
        }
    }
}

impl fmt::Display for CitizenIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for CitizenIdError {}

/// Where a number and what else is known of the person differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Only the birth year differs.
    BirthYear,
    /// Only the sex differs.
    Sex,
    /// Both differ: most likely it is somebody else's number.
    BirthYearAndSex,
}

impl Disagreement {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Disagreement::BirthYear => "CITIZEN_ID_BIRTH_YEAR_DIFFERS",
            Disagreement::Sex => "CITIZEN_ID_SEX_DIFFERS",
            Disagreement::BirthYearAndSex => "CITIZEN_ID_BIRTH_YEAR_AND_SEX_DIFFER",
        }
    }

    /// What to tell the person who entered it, in Vietnamese.
    pub fn message(&self) -> &'static str {
        match self {
            Disagreement::BirthYear => "Năm sinh không khớp với số định danh.",
            Disagreement::Sex => "Giới tính không khớp với số định danh.",
            Disagreement::BirthYearAndSex => {
                "Năm sinh và giới tính đều không khớp với số định danh. Có thể đây là số của người khác."
            }
        }
    }

    /// The same in English.
    pub fn message_en(&self) -> &'static str {
        match self {
            Disagreement::BirthYear => "The birth year does not match the ID number.",
            Disagreement::Sex => "The sex does not match the ID number.",
            Disagreement::BirthYearAndSex => {
                "Neither birth year nor sex match the ID number. It may be another person's."
            }
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_en())
    }
}

impl std::error::Error for Disagreement {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    fn refusal(text: &str) -> CitizenIdError {
        CitizenId::parse(text, today()).unwrap_err()
    }

    #[test]
    fn a_number_tells_birth_year_sex_and_place() {
        let id = CitizenId::parse(" 058090000001\n", today()).unwrap();
        assert_eq!(id.expose(), "058090000001");
        assert_eq!(
            (id.birth_year(), id.sex(), id.tail()),
            (1990, Sex::Male, "0001")
        );
        assert_eq!(id.province_code(), "058");
        assert_eq!(id.place(), BirthPlace::Province("Ninh Thuận"));
    }

    #[test]
    fn the_fourth_digit_gives_century_and_sex() {
        for (digit, year, sex) in [
            (0, 1905, Sex::Male),
            (1, 1905, Sex::Female),
            (2, 2005, Sex::Male),
            (3, 2005, Sex::Female),
        ] {
            let id = CitizenId::parse(&format!("058{digit}05000001"), today()).unwrap();
            assert_eq!((id.birth_year(), id.sex()), (year, sex));
        }
        for digit in 4..=9 {
            assert_eq!(
                refusal(&format!("058{digit}05000001")),
                CitizenIdError::CenturyDigit
            );
        }
    }

    #[test]
    fn a_child_born_this_year_has_a_number_and_one_born_next_year_has_none() {
        assert!(CitizenId::parse("058226000001", today()).is_ok());
        assert_eq!(refusal("058227000001"), CitizenIdError::BirthYearInFuture);
    }

    #[test]
    fn people_born_elsewhere_or_abroad_are_accepted() {
        let saigon = CitizenId::parse("079190000001", today()).unwrap();
        assert_eq!(
            saigon.place(),
            BirthPlace::Province("Thành phố Hồ Chí Minh")
        );
        for code in ["003", "032", "090", "097", "000", "116", "999"] {
            let id = CitizenId::parse(&format!("{code}190000001"), today()).unwrap();
            assert!(id.place().needs_confirmation(), "{code}");
        }
    }

    #[test]
    fn the_table_has_63_ascending_codes_that_binary_search_finds() {
        assert!(PROVINCES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (code, name) in PROVINCES {
            let id = CitizenId::parse(&format!("{code}190000001"), today()).unwrap();
            assert_eq!(id.place(), BirthPlace::Province(name));
        }
    }

    #[test]
    fn each_fault_is_told_by_its_own_name() {
        assert_eq!(refusal(""), CitizenIdError::Empty);
        assert_eq!(refusal(" \t"), CitizenIdError::Empty);
        assert_eq!(
            refusal("０５８０９００００００１"),
            CitizenIdError::ForeignDigits
        );
        assert_eq!(refusal("٠٥٨٠٩٠٠٠٠٠٠١"), CitizenIdError::ForeignDigits);
        assert_eq!(refusal("05809000000１"), CitizenIdError::ForeignDigits);
        assert_eq!(refusal("058 090 000 001"), CitizenIdError::NotDigits);
        assert_eq!(refusal("5.809E+10"), CitizenIdError::NotDigits);
        assert_eq!(refusal("058090000001\0"), CitizenIdError::NotDigits);
        assert_eq!(refusal("264000001"), CitizenIdError::OldIdentityCard);
        assert_eq!(
            refusal("0580900000011"),
            CitizenIdError::WrongLength { found: 13 }
        );
    }

    #[test]
    fn a_zero_lost_in_a_spreadsheet_is_named() {
        assert_eq!(refusal("58090000001"), CitizenIdError::LostLeadingZero);
        assert!(
            refusal("58090000001")
                .message()
                .contains("thiếu chữ số 0 ở đầu")
        );
        assert_eq!(refusal("1090000001"), CitizenIdError::LostLeadingZero);
        // Ten digits with a 0 in front are a phone number, and a spreadsheet leaves no 0 in front.
        assert_eq!(
            refusal("0912345678"),
            CitizenIdError::WrongLength { found: 10 }
        );
        assert_eq!(
            refusal("05809000001"),
            CitizenIdError::WrongLength { found: 11 }
        );
    }

    #[test]
    fn year_and_sex_must_agree() {
        let id = CitizenId::parse("058190000001", today()).unwrap();
        assert_eq!(id.agrees_with(1990, Sex::Female), Ok(()));
        assert_eq!(
            id.agrees_with(2090, Sex::Female),
            Err(Disagreement::BirthYear)
        );
        assert_eq!(id.agrees_with(1990, Sex::Male), Err(Disagreement::Sex));
        assert_eq!(
            id.agrees_with(1991, Sex::Male),
            Err(Disagreement::BirthYearAndSex)
        );
    }

    #[test]
    fn what_is_printed_is_masked() {
        let id = CitizenId::parse("058090012345", today()).unwrap();
        assert_eq!(format!("{id}"), "***…2345");
        assert_eq!(format!("{id:?}"), "CitizenId(***…2345)");
    }

    #[test]
    fn sex_is_snake_case_on_the_wire() {
        assert_eq!(serde_json::to_string(&Sex::Female).unwrap(), "\"female\"");
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic_and_only_twelve_ascii_digits_pass(text in "\\PC*|[0-9]{8,14}|[0-9０-９٠-٩ ]{9,14}") {
            if let Ok(id) = CitizenId::parse(&text, today()) {
                prop_assert_eq!(id.expose(), text.trim());
                prop_assert_eq!(id.expose().len(), 12);
                prop_assert!(id.expose().bytes().all(|b| b.is_ascii_digit()));
                prop_assert!((1900..=2026).contains(&id.birth_year()));
            }
        }

        #[test]
        fn every_number_put_together_from_its_parts_is_read_back(
            place in 0u32..1000, sex in 0i32..2, year in 1900i32..=2026, random in 0u32..1_000_000,
        ) {
            let century = 2 * ((year - 1900) / 100) + sex;
            let text = format!("{place:03}{century}{:02}{random:06}", year % 100);
            let id = CitizenId::parse(&text, today()).unwrap();
            prop_assert_eq!(id.birth_year(), year);
            prop_assert_eq!(id.sex() == Sex::Female, sex == 1);
            prop_assert_eq!(id.province_code(), &text[..3]);
        }

        #[test]
        fn printing_shows_no_more_than_four_digits(text in "0[0-9]{2}[01][0-9]{8}") {
            let id = CitizenId::parse(&text, today()).unwrap();
            let printed = format!("{id} {id:?} {id:#?}");
            let longest = printed.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            prop_assert_eq!(longest, Some(4));
        }

        #[test]
        fn no_error_repeats_what_was_entered(text in "[4-9]{5,20}") {
            let error = refusal(&text);
            let printed = format!("{error:?} {error} {} {}", error.message(), error.message_en());
            prop_assert!(!printed.contains(&text));
        }
    }
}
