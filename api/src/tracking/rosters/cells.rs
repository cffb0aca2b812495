//! What stands in a cell, and what spreadsheets do to it. Nothing is guessed: a zero that must have been lost
//! is put back and said, everything else is refused with what mends it. No database, no clock.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::citizen_id::{CitizenId, CitizenIdError, Disagreement, Sex};
use mobile_contracts::fold::fold;
use mobile_contracts::phone::MobilePhone;

use crate::http::table::Cell;

/// A value that may have been repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    pub value: T,
    pub repaired: bool,
}

const SHORTENED: &str = "đã bị bảng tính đổi thành dạng rút gọn như 5,8E+10 và mất các chữ số cuối: định dạng cột là Văn bản (Text), rồi nhập lại từ danh sách gốc.";

/// 5.8191E+10, as a spreadsheet shows a long number and then writes it.
fn is_shortened(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let number = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b".,".contains(&byte))
    };
    let power = power.strip_prefix('+').unwrap_or(power);
    !digits.is_empty()
        && number(digits)
        && !power.is_empty()
        && power.bytes().all(|b| b.is_ascii_digit())
}

/// An ID number. One that a spreadsheet took for a quantity has lost the zeros it began with.
///
/// # Errors
/// What is wrong and what mends it.
pub fn read_id(cell: &Cell, today: NaiveDate) -> Result<Option<Read<CitizenId>>, String> {
    if *cell == Cell::Unreadable {
        return Err("Ô số định danh báo lỗi hoặc quá dài: nhập lại số.".to_owned());
    }
    let text = cell.text();
    // Excel's own mark of a text.
    let text = text.trim().trim_start_matches('\'');
    if text.is_empty() {
        return Ok(None);
    }
    if is_shortened(text) {
        return Err(format!("Số định danh {SHORTENED}"));
    }
    let (id, repaired) = match CitizenId::parse(text, today) {
        Ok(id) => (id, false),
        Err(CitizenIdError::LostLeadingZero) => {
            let id = CitizenId::parse(&format!("{text:0>12}"), today);
            let id = id.map_err(|why| {
                format!(
                    "{} {}",
                    CitizenIdError::LostLeadingZero.message(),
                    why.message()
                )
            })?;
            if id.place().needs_confirmation() {
                return Err("Số định danh thiếu chữ số, và thêm số 0 ở đầu không ra mã tỉnh nào: xem lại số trên thẻ.".to_owned());
            }
            (id, true)
        }
        Err(why) => return Err(why.message()),
    };
    // No card ends like this; a number that was shortened and written out again does.
    if id.expose().ends_with("000000") {
        return Err(format!(
            "Số định danh kết thúc bằng sáu số 0: có lẽ {SHORTENED}"
        ));
    }
    Ok(Some(Read {
        value: id,
        repaired,
    }))
}

/// Year of birth, and the day if it is said: 1990, 31/12/2008, 2008-12-31, 12/2008, 00/00/1990.
///
/// # Errors
/// What is wrong and what mends it.
pub fn read_birth(
    cell: &Cell,
    today: NaiveDate,
) -> Result<Option<(i16, Option<NaiveDate>)>, String> {
    const HOW: &str = "Ngày sinh không đọc được: ghi 31/12/2008, 2008-12-31 hoặc chỉ năm 2008.";
    let (year, day) = match cell {
        Cell::Empty => return Ok(None),
        Cell::Unreadable => return Err(HOW.to_owned()),
        Cell::Day(day) => (day.year(), Some(*day)),
        Cell::Number(_) | Cell::Text(_) => {
            let text = cell.text();
            let day = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
                .iter()
                .find_map(|format| NaiveDate::parse_from_str(text.trim(), format).ok());
            let year = match day {
                Some(day) => Some(day.year()),
                None => year_of(text.trim()),
            };
            (year.ok_or_else(|| HOW.to_owned())?, day)
        }
    };
    if !(1900..=today.year()).contains(&year) {
        return Err(format!(
            "Năm sinh phải từ 1900 đến {}: xem lại cột ngày sinh.",
            today.year()
        ));
    }
    let year = i16::try_from(year).map_err(|_| HOW.to_owned())?;
    Ok(Some((year, day)))
}

/// The year of a text whose day or month nobody knows: 2008, 12/2008, 00/00/2008.
fn year_of(text: &str) -> Option<i32> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let (year, others) = parts.split_last()?;
    let short = |part: &&str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let unknown = others.len() == 1 || others.iter().any(|part| part.trim_matches('0').is_empty());
    let fits = others.is_empty() || others.len() <= 2 && unknown && others.iter().all(short);
    (fits && year.len() == 4)
        .then(|| year.parse().ok())
        .flatten()
}

/// # Errors
/// What is wrong and what mends it.
pub fn read_sex(cell: &Cell) -> Result<Option<Sex>, String> {
    match fold(&cell.text()).as_str() {
        "" => Ok(None),
        "nam" | "male" | "m" => Ok(Some(Sex::Male)),
        "nu" | "female" | "f" => Ok(Some(Sex::Female)),
        _ => Err("Giới tính: ghi Nam hoặc Nữ, hoặc để trống.".to_owned()),
    }
}

/// Yes or no, if it is said.
///
/// # Errors
/// What is wrong and what mends it.
pub fn read_yes(cell: &Cell, what: &str) -> Result<Option<bool>, String> {
    match fold(&cell.text()).as_str() {
        "" => Ok(None),
        "co" | "x" | "1" | "yes" | "true" | "dong y" | "da dong y" => Ok(Some(true)),
        "khong" | "0" | "no" | "false" | "chua" | "khong dong y" => Ok(Some(false)),
        _ => Err(format!("{what}: ghi Có hoặc Không, hoặc để trống.")),
    }
}

/// A mobile number. Nine digits are one whose zero a spreadsheet has dropped.
///
/// # Errors
/// What is wrong and what mends it.
pub fn read_phone(cell: &Cell) -> Result<Option<Read<MobilePhone>>, String> {
    let text = cell.text();
    let text = text.trim().trim_start_matches('\'');
    if text.is_empty() {
        return Ok(None);
    }
    if is_shortened(text) {
        return Err(format!("Số điện thoại {SHORTENED}"));
    }
    let digits = text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let lost = digits && !text.starts_with('0');
    let whole = if lost {
        format!("0{text}")
    } else {
        text.to_owned()
    };
    let value = MobilePhone::parse(&whole).map_err(|why| why.message())?;
    Ok(Some(Read {
        value,
        repaired: lost,
    }))
}

/// A group that reports name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Official,
    YouthMember,
    WomenMember,
    PartyMember,
    Student,
}

impl Group {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::YouthMember => "youth_member",
            Self::WomenMember => "women_member",
            Self::PartyMember => "party_member",
            Self::Student => "student",
        }
    }

    fn read(words: &str) -> Option<Self> {
        let words = words.trim();
        let begins = |all: &[&str]| all.iter().any(|word| words.starts_with(word));
        if begins(&["can bo", "cong chuc", "vien chuc", "cbcc", "official"]) {
            Some(Self::Official)
        } else if begins(&["doan vien", "youth_member"]) {
            Some(Self::YouthMember)
        } else if begins(&["hoi vien", "women_member"]) {
            Some(Self::WomenMember)
        } else if begins(&["dang vien", "party_member"]) {
            Some(Self::PartyMember)
        } else if begins(&["hoc sinh", "sinh vien", "student"]) {
            Some(Self::Student)
        } else {
            None
        }
    }
}

/// The groups of a cell, between commas or semicolons, and whether some of it is no group that we know.
pub fn read_groups(cell: &Cell) -> (BTreeSet<Group>, bool) {
    let text = fold(&cell.text());
    let words = text
        .split([',', ';', '+', '/'])
        .filter(|word| !word.trim().is_empty());
    let read: Vec<Option<Group>> = words.map(Group::read).collect();
    let is_strange = read.contains(&None);
    (read.into_iter().flatten().collect(), is_strange)
}

/// What a number says of birth and sex must agree with what stands beside it.
///
/// # Errors
/// What is wrong.
pub fn agree(id: &CitizenId, birth_year: Option<i16>, sex: Option<Sex>) -> Result<(), String> {
    let year = birth_year.map_or(id.birth_year(), i32::from);
    id.agrees_with(year, sex.unwrap_or(id.sex()))
        .map_err(|why: Disagreement| format!("{} Xem lại thẻ và sửa ô sai.", why.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn a_zero_that_a_spreadsheet_dropped_is_put_back_and_said() {
        let whole = read_id(&text("058190000123"), today()).unwrap().unwrap();
        assert!(!whole.repaired);
        for cell in [
            Cell::Number(58_190_000_123.0),
            text("58190000123"),
            text("'058190000123"),
        ] {
            let read = read_id(&cell, today()).unwrap().unwrap();
            assert_eq!(read.value, whole.value);
            assert_eq!(read.repaired, !cell.text().starts_with('\''));
        }
        let two = read_id(&Cell::Number(1_190_000_123.0), today())
            .unwrap()
            .unwrap();
        assert_eq!((two.value.province_code(), two.repaired), ("001", true));
        assert!(read_id(&text("95190000123"), today()).is_ok());
        assert!(
            read_id(&text("97190000123"), today()).is_err(),
            "097 is no province"
        );
        let phone = read_phone(&Cell::Number(912_345_678.0)).unwrap().unwrap();
        assert_eq!(
            (phone.value.e164().as_str(), phone.repaired),
            ("+84912345678", true)
        );
    }

    #[test]
    fn what_lost_its_last_digits_is_refused_with_what_mends_it() {
        for cell in [
            text("5.8191E+10"),
            text("5,8191E+10"),
            text("5.8E10"),
            Cell::Number(58_191_000_000.0),
        ] {
            let why = read_id(&cell, today()).unwrap_err();
            assert!(why.contains("Văn bản"), "{why}");
        }
        assert!(
            read_phone(&text("9.12E+08"))
                .unwrap_err()
                .contains("Văn bản")
        );
        assert!(read_phone(&text("0912345678;0987654321")).is_err());
        assert_eq!(read_id(&Cell::Empty, today()), Ok(None));
        assert!(
            read_id(&Cell::Number(264_123_456.0), today())
                .unwrap_err()
                .contains("CMND")
        );
    }

    #[test]
    fn a_birth_is_read_as_people_write_it() {
        let day = NaiveDate::from_ymd_opt(2008, 12, 31).unwrap();
        for (cell, read) in [
            (text("31/12/2008"), (2008, Some(day))),
            (text("2008-12-31"), (2008, Some(day))),
            (Cell::Day(day), (2008, Some(day))),
            (Cell::Number(2008.0), (2008, None)),
            (text("00/00/1958"), (1958, None)),
            (text("12/2008"), (2008, None)),
        ] {
            assert_eq!(read_birth(&cell, today()), Ok(Some(read)), "{cell:?}");
        }
        // 39813 is a day to Excel, and a number to everybody else.
        for cell in [
            Cell::Number(39_813.0),
            text("31/12/08"),
            text("2030"),
            text("31/02/2008"),
            Cell::Unreadable,
        ] {
            assert!(read_birth(&cell, today()).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn groups_and_answers_are_known_by_their_words() {
        let (groups, strange) = read_groups(&text("Đoàn viên, Cán bộ công chức"));
        assert_eq!((groups.len(), strange), (2, false));
        assert!(read_groups(&text("Nông dân")).1);
        assert_eq!(read_yes(&text("Có"), ""), Ok(Some(true)));
        assert_eq!(read_yes(&text("khong"), ""), Ok(Some(false)));
        assert!(read_yes(&text("đang mượn"), "Điện thoại").is_err());
        assert_eq!(read_sex(&text("NỮ")), Ok(Some(Sex::Female)));
    }

    #[test]
    fn a_number_agrees_with_what_stands_beside_it() {
        let id = CitizenId::parse("058190000123", today()).unwrap();
        assert!(agree(&id, None, None).is_ok());
        assert!(agree(&id, Some(1990), Some(Sex::Female)).is_ok());
        assert!(agree(&id, Some(1991), None).is_err());
        assert!(agree(&id, None, Some(Sex::Male)).is_err());
    }
}
