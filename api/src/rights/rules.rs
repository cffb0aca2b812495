//! Days and words of requests. No database, no clock.

use chrono::NaiveDate;
use mobile_contracts::rights::{
    ConsentText, IdentityShown, RIGHTS_WORDS_CHARS_MAX, RightsDecision, RightsKind,
    SettleRightsRequest,
};
use mobile_contracts::working_calendar::WorkingCalendar;

use crate::http::failure::FieldError;

/// Working days within which a request is acknowledged.
const ACKNOWLEDGE_DAYS: u32 = 2;

/// Working days within which a request is settled, and by how many it may be extended, once (Decree
/// 356/2025).
fn terms(kind: RightsKind) -> (u32, u32) {
    match kind {
        RightsKind::Access | RightsKind::Correct => (10, 10),
        RightsKind::Withdraw | RightsKind::Restrict | RightsKind::Object => (15, 15),
        RightsKind::Erase => (20, 10),
    }
}

/// Last days of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub acknowledge_by: NaiveDate,
    pub due_on: NaiveDate,
}

/// Until when a request is acknowledged and settled that came on this day, which itself does not count.
pub fn due(calendar: &WorkingCalendar, kind: RightsKind, received_on: NaiveDate) -> Due {
    let add = |days| {
        let day = calendar.add_working_days(received_on, days);
        day.unwrap_or(NaiveDate::MAX)
    };
    Due {
        acknowledge_by: add(ACKNOWLEDGE_DAYS),
        due_on: add(terms(kind).0),
    }
}

/// Until when it is settled after an extension.
pub fn extended(calendar: &WorkingCalendar, kind: RightsKind, due_on: NaiveDate) -> NaiveDate {
    let day = calendar.add_working_days(due_on, terms(kind).1);
    day.unwrap_or(NaiveDate::MAX)
}

/// More than any request is ever late or early by; a request that was forgotten for years is late enough.
const DAYS_COUNTED_MAX: i64 = 1_000;

/// Working days from today to a last day: 0 on the day itself, or on days of rest after which it comes;
/// below 0 when it is over.
pub fn days_left(calendar: &WorkingCalendar, today: NaiveDate, last: NaiveDate) -> i32 {
    let (from, to, sign) = match last >= today {
        true => (today, last, 1),
        false => (last, today, -1),
    };
    let length = (to - from).num_days().min(DAYS_COUNTED_MAX);
    let days = from.iter_days().skip(1).take(length as usize);
    let worked = days.filter(|day| calendar.is_working_day(*day)).count();
    let worked = i32::try_from(worked).unwrap_or(i32::MAX);
    match (sign, worked) {
        // Late by a day of rest is late.
        (-1, 0) => -1,
        _ => sign * worked,
    }
}

/// Why the law lets a request be refused.
pub const GROUNDS: [&str; 6] = [
    "identity_not_shown",
    "law_requires_keeping",
    "rights_of_others",
    "security",
    "not_kept_here",
    "excessive",
];

/// How it goes on, for the person who asked.
pub fn procedure(kind: RightsKind, due: Due) -> String {
    let asked = match kind {
        RightsKind::Access => "cấp bản sao dữ liệu",
        RightsKind::Correct => "sửa dữ liệu",
        RightsKind::Erase => "xóa dữ liệu",
        RightsKind::Withdraw => "rút lại sự đồng ý",
        RightsKind::Restrict => "hạn chế xử lý dữ liệu",
        RightsKind::Object => "phản đối xử lý dữ liệu",
    };
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    format!(
        "Yêu cầu {asked} đã được ghi nhận. Tổ công tác xác nhận chậm nhất ngày {} và trả lời chậm nhất ngày \
         {}; nếu cần gia hạn sẽ báo lý do. Khi nhận kết quả, hãy mang theo thẻ Căn cước. Có thể rút yêu cầu bất cứ lúc nào.",
        day(due.acknowledge_by),
        day(due.due_on),
    )
}

/// What people are told before they agree, as it is now. A changed text gets a new version.
pub fn consent_text() -> ConsentText {
    ConsentText {
        version: "2026-01".to_owned(),
        text: "Tổ công tác Đề án 06 của tỉnh xin ghi lại họ tên, năm sinh, giới tính, số điện thoại, thôn và \
               bốn số cuối của số định danh để giúp ông/bà cài đặt, kích hoạt VNeID và đặt hẹn làm thẻ Căn \
               cước; không ghi ảnh, mật khẩu, mã OTP. Dữ liệu chỉ người phụ trách địa bàn và điểm tiếp nhận \
               được xem. Ông/bà có quyền không đồng ý, rút lại, xem, sửa, xóa bất cứ lúc nào; không đồng ý \
               thì chỉ đếm một lượt, không ghi ai."
            .to_owned(),
    }
}

/// What is wrong with words that are optional.
pub fn check_words(words: Option<&str>) -> Vec<FieldError> {
    let is_fine = words.is_none_or(|words| has_length(words, RIGHTS_WORDS_CHARS_MAX));
    match is_fine {
        true => Vec::new(),
        false => vec![too_long("/words")],
    }
}

/// What is wrong with a reason.
pub fn check_reason(pointer: &'static str, reason: &str) -> Vec<FieldError> {
    match has_length(reason, RIGHTS_WORDS_CHARS_MAX) {
        true => Vec::new(),
        false => vec![too_long(pointer)],
    }
}

fn has_length(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.trim().chars().count())
}

fn too_long(pointer: &'static str) -> FieldError {
    FieldError::new(
        pointer,
        "LENGTH",
        format!("Viết từ 1 đến {RIGHTS_WORDS_CHARS_MAX} ký tự."),
        format!("Write 1 to {RIGHTS_WORDS_CHARS_MAX} characters."),
    )
}

/// Whether doing what was asked for erases somebody.
pub fn erases(kind: RightsKind) -> bool {
    matches!(
        kind,
        RightsKind::Erase | RightsKind::Withdraw | RightsKind::Object
    )
}

/// What is missing to do what was asked for: whoever holds a slip, and whoever was received without a card, may be
/// anybody.
pub fn check_identity(body: &SettleRightsRequest, shown_by: &str) -> Vec<FieldError> {
    let is_seen = matches!(
        (shown_by, body.identity_shown),
        ("card", _) | (_, Some(IdentityShown::Card)) | ("staff", Some(IdentityShown::Vouched))
    );
    if is_seen || body.decision != RightsDecision::Done {
        return Vec::new();
    }
    vec![FieldError::new(
        "/identity_shown",
        "REQUIRED",
        "Hãy xem thẻ Căn cước của người yêu cầu rồi ghi card; người chưa có thẻ được nhận trực tiếp thì trưởng thôn xác nhận và ghi vouched. Ứng dụng cũ chưa có mục này: cập nhật rồi làm lại.",
        "See the card of whoever asks, and say card; of somebody received without one the village head stands up for them: say vouched. An older app has no such field: update it.",
    )]
}

/// What is wrong with a settlement, apart from the words of a correction.
pub fn check_settlement(body: &SettleRightsRequest, kind: RightsKind) -> Vec<FieldError> {
    let mut faults = check_reason("/answer", &body.answer);
    let is_refusal = body.decision == RightsDecision::Refuse;
    let is_ground = |ground: &str| GROUNDS.contains(&ground);
    if body.ground.as_deref().is_some_and(is_ground) != is_refusal
        || body.ground.is_some() != is_refusal
    {
        faults.push(FieldError::new(
            "/ground",
            "ONE_OF",
            format!(
                "Khi từ chối (và chỉ khi đó) hãy nêu căn cứ: {}.",
                GROUNDS.join(", ")
            ),
            format!(
                "A refusal, and only one, says on which ground: {}.",
                GROUNDS.join(", ")
            ),
        ));
    }
    let is_correction = kind == RightsKind::Correct && body.decision == RightsDecision::Done;
    if body.correction.is_some() && !is_correction {
        faults.push(FieldError::new(
            "/correction",
            "NOT_HERE",
            "Chỉ ghi nội dung sửa khi thực hiện yêu cầu sửa dữ liệu.",
            "Only a correction that is done has words that are right.",
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use mobile_contracts::working_calendar::DayOverride;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_counted_by_the_working_calendar_of_vietnam() {
        let calendar = WorkingCalendar::default();
        // Wednesday before Tết 2027: the next working day comes after the holidays.
        let before_tet = due(&calendar, RightsKind::Access, day("2027-02-03"));
        assert_eq!(before_tet.acknowledge_by, day("2027-02-12"));
        // An ordinary Monday.
        let access = due(&calendar, RightsKind::Access, day("2026-06-01"));
        assert_eq!(access.acknowledge_by, day("2026-06-03"));
        assert_eq!(access.due_on, day("2026-06-15"));
        let erase = due(&calendar, RightsKind::Erase, day("2026-06-01"));
        assert_eq!(erase.due_on, day("2026-06-29"));
        let withdraw = due(&calendar, RightsKind::Withdraw, day("2026-06-01"));
        assert_eq!(withdraw.due_on, day("2026-06-22"));
        assert_eq!(
            extended(&calendar, RightsKind::Erase, erase.due_on),
            day("2026-07-13")
        );
        assert_eq!(
            extended(&calendar, RightsKind::Access, access.due_on),
            day("2026-06-29")
        );
    }

    #[test]
    fn a_day_that_was_decided_otherwise_counts_as_decided() {
        let off = DayOverride::Off {
            because: "Bão".to_owned(),
        };
        let calendar = WorkingCalendar::new([(day("2026-06-02"), off)]);
        let access = due(&calendar, RightsKind::Access, day("2026-06-01"));
        assert_eq!(access.acknowledge_by, day("2026-06-04"));
        assert_eq!(access.due_on, day("2026-06-16"));
    }

    #[test]
    fn what_is_late_is_late_by_working_days() {
        let calendar = WorkingCalendar::default();
        for (today, last, left) in [
            ("2026-06-01", "2026-06-03", 2),
            ("2026-06-03", "2026-06-03", 0),
            ("2026-06-05", "2026-06-08", 1),
            ("2026-06-06", "2026-06-05", -1),
            ("2026-06-08", "2026-06-05", -1),
            ("2026-06-09", "2026-06-05", -2),
        ] {
            assert_eq!(
                days_left(&calendar, day(today), day(last)),
                left,
                "{today} {last}"
            );
        }
    }
}
