//! What a report may say and how it goes on. Pure.

use mobile_contracts::data_report::{DATA_REPORT_CHARS_MAX, DataReportState, WrongData};

use crate::http::failure::FieldError;

/// Longest reason of a step, in characters.
pub const REASON_CHARS_MAX: usize = 200;
/// As many digits as no phone has.
const ID_DIGITS: usize = 12;

pub fn parse_what(word: &str) -> Option<WrongData> {
    WrongData::ALL
        .into_iter()
        .find(|what| what.as_str() == word)
}

/// Whether this word is a state.
pub fn is_state(word: &str) -> bool {
    matches!(word, "open" | "forwarded" | "corrected" | "refused")
}

/// A word of the contract as people say it; one that is not known stays.
pub fn say(word: &str) -> &str {
    match word {
        "wrong_phone" => "Sai số điện thoại",
        "wrong_name" => "Sai họ tên",
        "wrong_birth_date" => "Sai ngày sinh",
        "wrong_sex" => "Sai giới tính",
        "wrong_address" => "Sai nơi ở",
        "moved_away" => "Đã chuyển đi",
        "deceased" => "Đã mất",
        "missing" => "Chưa có trong dữ liệu",
        "other" => "Khác",
        "open" => "Mới",
        "forwarded" => "Đã chuyển",
        "corrected" => "Đã sửa",
        "refused" => "Không sửa",
        other => other,
    }
}

/// Words that are short enough and hold no ID number, however it is spaced.
pub fn check_words(words: Option<&str>) -> Option<FieldError> {
    let words = words?.trim();
    if !(1..=DATA_REPORT_CHARS_MAX).contains(&words.chars().count()) {
        return Some(FieldError::new(
            "/words",
            "LENGTH",
            format!("Viết từ 1 đến {DATA_REPORT_CHARS_MAX} ký tự."),
            format!("Write 1 to {DATA_REPORT_CHARS_MAX} characters."),
        ));
    }
    holds_id_number(words).then(|| {
        FieldError::new(
            "/words",
            "ID_NUMBER",
            "Không ghi số định danh vào đây; công an tìm được người này qua tên, năm sinh và 4 số cuối.",
            "Never an ID number in here; the police find the person by name, year of birth and the last four digits.",
        )
    })
}

fn holds_id_number(words: &str) -> bool {
    let mut digits = 0;
    for letter in words.chars() {
        match letter {
            '0'..='9' => digits += 1,
            ' ' | '.' | '-' => {}
            _ => digits = 0,
        }
        if digits == ID_DIGITS {
            return true;
        }
    }
    false
}

/// A step that a report in this state takes. What was done is undone by opening it again.
pub fn may_go(from: &str, to: DataReportState) -> bool {
    match to {
        DataReportState::Open => from != "open",
        DataReportState::Forwarded => from == "open",
        DataReportState::Corrected | DataReportState::Refused => {
            matches!(from, "open" | "forwarded")
        }
    }
}

/// A refusal and opening again say why; others may.
pub fn check_reason(to: DataReportState, reason: Option<&str>) -> Option<FieldError> {
    let must = matches!(to, DataReportState::Open | DataReportState::Refused);
    let fits = match reason.map(|reason| reason.trim().chars().count()) {
        None => !must,
        Some(length) => (1..=REASON_CHARS_MAX).contains(&length),
    };
    (!fits).then(|| {
        FieldError::new(
            "/reason",
            "LENGTH",
            format!("Từ chối hoặc mở lại thì ghi lý do, tối đa {REASON_CHARS_MAX} ký tự."),
            format!(
                "To refuse or to open again say why, in at most {REASON_CHARS_MAX} characters."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataReportState::{Corrected, Forwarded, Open, Refused};

    #[test]
    fn a_report_ends_corrected_or_refused_and_can_be_opened_again() {
        for (from, to, may) in [
            ("open", Forwarded, true),
            ("open", Corrected, true),
            ("open", Refused, true),
            ("open", Open, false),
            ("forwarded", Forwarded, false),
            ("forwarded", Corrected, true),
            ("forwarded", Open, true),
            ("corrected", Refused, false),
            ("corrected", Open, true),
            ("refused", Corrected, false),
            ("refused", Open, true),
        ] {
            assert_eq!(may_go(from, to), may, "{from} to {to:?}");
        }
    }

    #[test]
    fn a_refusal_says_why_and_so_does_opening_again() {
        assert!(check_reason(Forwarded, None).is_none());
        assert!(check_reason(Corrected, Some("đã sửa")).is_none());
        for to in [Open, Refused] {
            assert!(check_reason(to, None).is_some());
            assert!(check_reason(to, Some("  ")).is_some());
            assert!(check_reason(to, Some("trùng")).is_none());
        }
    }

    #[test]
    fn words_hold_phones_and_dates_but_no_id_number() {
        for words in [
            "số đang dùng 0912 345 678",
            "sinh 12.03.1990, không phải 1991",
        ] {
            assert!(check_words(Some(words)).is_none(), "{words}");
        }
        for words in [
            "058190000001",
            "số 058 190 000 001 nhé",
            "058-190.000 001",
            " ",
        ] {
            assert!(check_words(Some(words)).is_some(), "{words}");
        }
        assert!(check_words(None).is_none());
    }
}
