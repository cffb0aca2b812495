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
    RequestNames = "request_names", 7, 1, "Họ tên, số điện thoại trong yêu cầu đặt hẹn gửi từ điện thoại đã trả lời hoặc đã hủy",
        "Đã đặt được thì tên nằm ở lịch hẹn; đã hủy thì không ai cần nữa.";
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
        "Danh sách quá hai năm đã cũ, phải xin danh sách mới; ai đã gặp thì còn bản ghi của chính họ (chưa nói tên thì còn dòng có tên), số dòng của danh sách giữ nguyên.";
    UnmetPeople = "unmet_people", 730, 180, "Người chỉ có tên trong danh sách, chưa ai gặp, không còn gì khác ghi về họ",
        "Họ chưa đồng ý: hết danh sách căn cứ thì hết lý do giữ. Dọn sau các dòng của danh sách.";
    Notes = "notes", 365, 90, "Lời ghi chú về thôn và người dân",
        "Việc trong lời ghi đã xong sau một năm; thường nêu tên người. Việc đã ghi chú vẫn còn, không còn chữ.";
    DataReportWords = "data_report_words", 90, 30, "Nội dung báo dữ liệu công an chưa đúng đã sửa hoặc đã từ chối",
        "Một quý để đối chiếu với công an xã; loại sai, nơi và kết quả giữ nguyên để đếm.";
    WorkReasons = "work_reasons", 730, 180, "Lý do hủy, sửa, khôi phục, duyệt bản ghi, sửa buổi tuyên truyền, xử lý lời báo",
        "Trả lời vì sao số đổi trong hai năm; sau đó còn ai, lúc nào, thành gì. Lý do có khi nêu tên người.";
    ExportReasons = "export_reasons", 730, 180, "Lý do lấy bảng, danh sách ra tệp",
        "Trả lời vì sao lấy ra trong hai năm; sau đó nhật ký còn ai, bảng nào, bao nhiêu dòng. Lý do có khi nêu tên người.";
    TrustReasons = "trust_reasons", 730, 180, "Lời ghi khi đối soát với công an, khi rút danh sách của công an và khi xử lý lô không đạt",
        "Như lý do sửa bản ghi; kết quả và xếp loại giữ nguyên.";
    SignalNotes = "signal_notes", 365, 90, "Lời giải thích về dấu hiệu cần hỏi lại",
        "Một năm để hỏi lại cùng một người ghi; kết luận giữ nguyên. Lời giải thích có khi nêu tên người.";
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
    People = "people", 1_095, 365, "Người đã gặp: họ tên, số điện thoại, mã băm và bốn số cuối của số định danh, mọi lời ghi về họ",
        "Nhận ra người đã ghi để không đếm hai lần và giải đáp khiếu nại trong một giai đoạn của Đề án; ba năm không ai ghi, gặp, đặt hẹn thì quên, số đếm giữ nguyên. Ai xin hạn chế thì tính từ ngày đó.";
    StoppedAccounts = "stopped_accounts", 730, 180, "Họ tên, số điện thoại, mật khẩu của tài khoản đã dừng",
        "Trả lời ai đã ghi trong hai năm; bản ghi, số hiệu tài khoản, vai trò, đơn vị và thành tích giữ nguyên. Dùng lại thì mời mới.";
    RightsRequests = "rights_requests", 1_825, 730, "Yêu cầu về dữ liệu cá nhân đã giải quyết",
        "Chứng minh đã thực hiện đúng hạn khi bị khiếu nại, thanh tra; không còn ghi của ai.";
    Recounts = "recounts", 400, 30, "Kết quả đếm lại các bảng mỗi đêm",
        "Hơn một năm để đối chiếu khi thanh tra; chỉ có số đếm và mã, không có tên.";
    DeprecatedCalls = "deprecated_calls", 90, 30, "Số lần ứng dụng cũ gọi thao tác sắp bỏ, theo tên ứng dụng và ngày",
        "Một quý để quyết định khi nào bỏ được; chỉ có tên và phiên bản ứng dụng, không có tên người.";
    RetentionRuns = "retention_runs", 400, 30, "Kết quả các lần dọn",
        "Hơn một năm để đối chiếu khi thanh tra.";
}

/// What is kept for good, as far as the program goes.
#[derive(Debug, Clone, Copy)]
pub struct Lasting {
    pub word: &'static str,
    /// What it is, in Vietnamese.
    pub what: &'static str,
    /// Why, in Vietnamese.
    pub reason: &'static str,
}

/// Everything of that kind.
pub const LASTING: &[Lasting] = &[
    Lasting {
        word: "records",
        what: "Bản ghi không kèm người: bước, ngày, thôn, số hiệu tài khoản người ghi; lịch hẹn, phiếu đã bỏ tên",
        reason: "Mọi con số trên bảng đếm lại được từ đây. Người được ghi, lời ghi và lý do có hạn riêng ở trên.",
    },
    Lasting {
        word: "counts",
        what: "Số đếm, chỉ tiêu, bảng đã chốt, kết quả so danh sách công an, kết quả gọi lại, xếp loại, báo cáo đã phát hành",
        reason: "So sánh qua các năm; không có dữ liệu cá nhân.",
    },
    Lasting {
        word: "registers",
        what: "Sổ theo dõi văn bản chỉ đạo, vướng mắc, kiến nghị, nhiệm vụ và lời các phần của báo cáo, kèm mỗi lần sửa",
        reason: "Hồ sơ công việc của cơ quan, báo cáo đã phát hành dẫn lại. Không ghi tên công dân; số định danh gõ vào được che khi lưu.",
    },
    Lasting {
        word: "accounts",
        what: "Tài khoản đang dùng: họ tên, số điện thoại",
        reason: "Cần để đăng nhập và phân công; dừng rồi thì có hạn ở trên.",
    },
    Lasting {
        word: "audit",
        what: "Nhật ký truy cập và thay đổi dữ liệu",
        reason: "Chương trình chỉ được ghi thêm, không được xóa; luật yêu cầu giữ ít nhất hai năm. Không có dữ liệu cá nhân.",
    },
];

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
