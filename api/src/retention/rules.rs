//! How long each kind of record is kept, and why. No database, no clock.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// Declares the kinds: a word, the days it is kept, the fewest that may be set, what it is, and why.
macro_rules! kinds {
    ($($kind:ident = $word:literal, $days:literal, $min:literal, $what:literal, $reason:literal;)+) => {
        /// A kind of record that is purged.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $(#[doc = $word] $kind),+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }

            /// Days that it is kept if nothing else is set.
            pub fn days(self) -> u32 {
                match self { $(Self::$kind => $days),+ }
            }

            /// The fewest days that may be set.
            pub fn days_min(self) -> u32 {
                match self { $(Self::$kind => $min),+ }
            }

            /// What it is, in Vietnamese.
            pub fn what(self) -> &'static str {
                match self { $(Self::$kind => $what),+ }
            }

            /// Why so long and not longer, in Vietnamese.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$kind => $reason),+ }
            }
        }
    };
}

kinds! {
    AppointmentNames = "appointment_names", 30, 8, "Họ tên, số điện thoại, mã băm của lịch hẹn đã xong hoặc đã hủy",
        "Nhập lại danh sách giấy trong bảy ngày và giải đáp thắc mắc trong tháng; sau đó chỉ cần số đếm.";
    TicketNames = "ticket_names", 30, 8, "Họ tên, mã băm của người lấy phiếu ở điểm tiếp nhận",
        "Như lịch hẹn: sau một tháng chỉ cần số đếm.";
    Notices = "notices", 90, 30, "Tin nhắn đã gửi, đã hủy hoặc không gửi được",
        "Đối soát với nhà mạng theo quý; số điện thoại đã xóa ngay khi gửi xong.";
    Waitlist = "waitlist", 30, 7, "Lượt chờ đã kết thúc",
        "Giải đáp vì sao không được mời; sau đó không cần nữa.";
    Holds = "holds", 1, 1, "Mã băm của lượt giữ chỗ đã hết hạn",
        "Lượt giữ chỗ chỉ có nghĩa trong vài phút.";
    LimitLifts = "limit_lifts", 30, 7, "Lượt gỡ hạn chế đã hết hạn, kèm lý do",
        "Trưởng nhóm xem lại trong tháng.";
    SavedAnswers = "saved_answers", 3, 1, "Câu trả lời lưu để gửi lặp không thành hai",
        "Không máy nào gửi lại sau ba ngày.";
    Sessions = "sessions", 30, 1, "Phiên đăng nhập đã kết thúc",
        "Tra cứu khi nghi lộ tài khoản.";
    SignInBrakes = "sign_in_brakes", 7, 1, "Lần đăng nhập sai",
        "Sau một ngày không còn tác dụng hãm.";
    KnownDevices = "known_devices", 365, 30, "Dấu vết máy từng đăng nhập",
        "Một năm không dùng thì coi như máy lạ.";
    OneTimeCodes = "one_time_codes", 7, 1, "Mã một lần đã hết hạn",
        "Hết hạn là vô dụng.";
    Devices = "devices", 730, 180, "Điện thoại tình nguyện viên không còn báo về",
        "Bản kê thao tác còn cần khi đối chiếu hai năm; máy mất chưa xóa được thì giữ.";
    Quarantine = "quarantine", 30, 1, "Nội dung bản ghi chờ duyệt hoặc bị từ chối",
        "Đủ để trưởng nhóm duyệt; có tên người mà không được tính (TO06_QUARANTINE_DAYS).";
    Tombstones = "tombstones", 90, 90, "Dấu đã xóa để điện thoại xóa theo",
        "Con trỏ đồng bộ có hạn 90 ngày; ngắn hơn thì điện thoại giữ lại thứ đã xóa.";
    RosterEntries = "roster_entries", 730, 180, "Từng dòng của danh sách thôn đã nhập: họ tên, số điện thoại, năm sinh",
        "Danh sách quá hai năm đã cũ, phải xin danh sách mới; ai đã gặp thì còn bản ghi của chính họ, số dòng của danh sách giữ nguyên.";
    UnmetPeople = "unmet_people", 730, 180, "Người chỉ có tên trong danh sách, chưa ai gặp, không còn gì khác ghi về họ",
        "Họ chưa đồng ý: hết danh sách căn cứ thì hết lý do giữ. Dọn sau các dòng của danh sách.";
    DataReportWords = "data_report_words", 90, 30, "Nội dung báo dữ liệu công an chưa đúng đã sửa hoặc đã từ chối",
        "Một quý để đối chiếu với công an xã; loại sai, nơi và kết quả giữ nguyên để đếm.";
    ActivityTexts = "activity_texts", 365, 90, "Lời ghi tự do của buổi tuyên truyền",
        "Đủ cho báo cáo năm; số người dự, tờ rơi, người được giúp giữ nguyên. Lời ghi có khi nêu tên người.";
    MemberCounts = "member_counts", 1_825, 730, "Số đoàn viên, hội viên đã có số mới hơn thay",
        "So sánh qua các năm của một nhiệm kỳ; số mới nhất luôn giữ, không có dữ liệu cá nhân.";
    VillageAssignments = "village_assignments", 730, 90, "Phân công thôn đã kết thúc",
        "Trả lời ai phụ trách thôn nào khi có khiếu nại; bản ghi và thành tích ở nơi khác, không đổi.";
    PersonAssignments = "person_assignments", 365, 90, "Phân công phụ trách riêng một người dân đã kết thúc",
        "Nói về một người dân cụ thể nên giữ ngắn hơn phân công thôn.";
    Transfers = "transfers", 730, 90, "Lần chuyển giao công việc không còn phân công nào nhắc tới",
        "Giữ cùng phân công; sau đó nhật ký vẫn cho biết ai đã chuyển giao.";
    RightsRequests = "rights_requests", 1_825, 730, "Yêu cầu về dữ liệu cá nhân đã giải quyết",
        "Chứng minh đã thực hiện đúng hạn khi bị khiếu nại, thanh tra; không còn ghi của ai.";
    RetentionRuns = "retention_runs", 400, 30, "Kết quả các lần dọn",
        "Hơn một năm để đối chiếu khi thanh tra.";
}

/// What is kept for good, as far as the program goes: the trail is append-only for it.
pub const AUDIT_WHAT: &str = "Nhật ký truy cập và thay đổi dữ liệu";
/// Why.
pub const AUDIT_REASON: &str = "Chương trình chỉ được ghi thêm, không được xóa; luật yêu cầu giữ ít nhất hai năm. Không có dữ liệu cá nhân.";

/// How long each kind is kept here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule(BTreeMap<Kind, u32>);

/// The longest that may be set: some ten years.
const DAYS_MAX: u32 = 3_660;

impl Schedule {
    /// Reads `notices=90,waitlist=60`; what is not named is kept as usual.
    ///
    /// # Errors
    /// One sentence that says what may be written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut days = BTreeMap::new();
        let parts = text.split(',').map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            let (word, number) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not kind=days"))?;
            let kind = Kind::ALL.iter().find(|kind| kind.as_str() == word.trim());
            let kind = *kind.ok_or_else(|| {
                let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
                format!("{word:?} is none of {}", words.join(", "))
            })?;
            if kind == Kind::Quarantine {
                return Err("quarantine is set by TO06_QUARANTINE_DAYS".to_owned());
            }
            let range = kind.days_min()..=DAYS_MAX;
            let number = number.trim().parse().ok();
            let number = number
                .filter(|days| range.contains(days))
                .ok_or_else(|| format!("{word} is kept {} to {DAYS_MAX} days", kind.days_min()))?;
            days.insert(kind, number);
        }
        Ok(Self(days))
    }

    /// The same with the days of the quarantine, which has a variable of its own.
    pub fn with_quarantine(mut self, days: u32) -> Self {
        self.0.insert(Kind::Quarantine, days);
        self
    }

    pub fn days(&self, kind: Kind) -> u32 {
        self.0.get(&kind).copied().unwrap_or_else(|| kind.days())
    }

    /// What is older goes.
    pub fn before(&self, kind: Kind, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.days(kind).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_says_what_differs_and_never_less_than_needed() {
        let schedule = Schedule::parse("notices=120, waitlist=7").unwrap();
        assert_eq!(schedule.days(Kind::Notices), 120);
        assert_eq!(schedule.days(Kind::Waitlist), 7);
        assert_eq!(schedule.days(Kind::Sessions), 30);
        assert_eq!(Schedule::parse("").unwrap(), Schedule::default());
        for wrong in [
            "notices",
            "persons=3",
            "rights_requests=100",
            "tombstones=89",
            "notices=99999",
            "quarantine=1",
            "notices=-1",
        ] {
            assert!(Schedule::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_kind_is_kept_shorter_than_it_may_be() {
        for kind in Kind::ALL {
            assert!(
                kind.days_min() <= kind.days() && kind.days() <= DAYS_MAX,
                "{kind:?}"
            );
        }
    }
}
