//! What the tables are called, what their columns are, and the words in them. No database, no clock.

/// A table that can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    People,
    Records,
    Visits,
    Activities,
    Worklist,
    Targets,
}

impl Kind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::People, "people"),
        (Self::Records, "records"),
        (Self::Visits, "visits"),
        (Self::Activities, "activities"),
        (Self::Worklist, "worklist"),
        (Self::Targets, "targets"),
    ];

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, own)| *own == word)
            .map(|(kind, _)| *kind)
    }

    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, word)| word)
    }

    /// Whether it names people village by village.
    pub fn names_people(self) -> bool {
        matches!(self, Self::People | Self::Worklist)
    }

    /// Of a file and of its sheet.
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "Công dân",
            Self::Records => "Bản ghi",
            Self::Visits => "Lượt vận động",
            Self::Activities => "Tuyên truyền",
            Self::Worklist => "Việc cần làm",
            Self::Targets => "Chỉ tiêu",
        }
    }

    pub fn headers(self) -> &'static [&'static str] {
        match self {
            Self::People => &[
                "Thôn, khu phố",
                "Họ và tên",
                "Năm sinh",
                "Giới tính",
                "4 số cuối định danh",
                "Điện thoại",
                "Cài đặt",
                "Kích hoạt mức 1",
                "Thu nhận mức 2",
                "Phê duyệt",
                "Kích hoạt mức 2",
                "Nhóm",
                "Kết quả lần gặp cuối",
                "Ngày gặp cuối",
            ],
            Self::Records => &[
                "Ngày",
                "Thôn, khu phố",
                "Bước",
                "Máy của",
                "Đoàn thể",
                "Người ghi",
                "Được tính",
                "Xác nhận bởi",
                "Đã thu hồi",
                "Mã thao tác",
            ],
            Self::Visits => &[
                "Ngày",
                "Thôn, khu phố",
                "Kết quả",
                "Hẹn lại ngày",
                "Đoàn thể",
                "Người ghi",
                "Đã thu hồi",
                "Mã thao tác",
            ],
            Self::Activities => &[
                "Ngày",
                "Thôn, khu phố",
                "Hoạt động",
                "Số người dự",
                "Số tờ rơi",
                "Số người được giúp",
                "Đoàn thể",
                "Người ghi",
                "Đã thu hồi",
                "Mã thao tác",
            ],
            Self::Worklist => &[
                "Thôn, khu phố",
                "Họ và tên",
                "Năm sinh",
                "Giới tính",
                "4 số cuối định danh",
                "Điện thoại",
                "Việc tiếp theo",
                "Hạn",
                "Số ngày còn lại",
                "Kết quả lần gặp cuối",
                "Ngày gặp cuối",
            ],
            Self::Targets => &[
                "Đơn vị",
                "Bước",
                "Từ ngày",
                "Đến ngày",
                "Chỉ tiêu",
                "Loại mẫu số",
                "Đã đạt",
                "Tỷ lệ %",
                "Căn cứ",
            ],
        }
    }
}

/// A word of the contract as people say it; one that is not known stays.
pub fn say(word: &str) -> &str {
    match word {
        "installed" => "Cài đặt",
        "level1_activated" => "Kích hoạt mức 1",
        "level2_collected" => "Thu nhận mức 2",
        "level2_approved" => "Phê duyệt",
        "level2_activated" => "Kích hoạt mức 2",
        "own" => "Chính chủ",
        "family" => "Người nhà",
        "helper" => "Người giúp",
        "youth" => "Đoàn Thanh niên",
        "women" => "Hội LHPN",
        "none" => "Không",
        "office" => "Điểm tiếp nhận",
        "police_list" => "Danh sách công an",
        "call_back" => "Gọi lại",
        "male" => "Nam",
        "female" => "Nữ",
        "done" => "Đã xong",
        "no_smartphone" => "Không có điện thoại thông minh",
        "sim_not_own" => "SIM không chính chủ",
        "no_signal" => "Không có sóng",
        "otp_not_received" => "Không nhận được OTP",
        "away" => "Đi vắng",
        "declined" => "Từ chối",
        "over_seven_days" => "Quá bảy ngày",
        "other" => "Khác",
        "official" => "Cán bộ, công chức, viên chức",
        "youth_member" => "Đoàn viên",
        "women_member" => "Hội viên",
        "party_member" => "Đảng viên",
        "student" => "Học sinh, sinh viên",
        "assigned" => "Chỉ tiêu giao",
        "eligible" => "Người đủ điều kiện",
        "approved" => "Hồ sơ đã phê duyệt",
        "meeting" => "Họp thôn",
        "leaflet" => "Phát tờ rơi",
        "loudspeaker" => "Phát thanh",
        "mobile_team" => "Tổ lưu động",
        "school" => "Trường học",
        "market" => "Chợ",
        other => other,
    }
}

/// Four digits, spelled so that no spreadsheet takes them for a number and drops their zeros.
pub fn tail(digits: &str) -> String {
    format!("********{digits}")
}

/// How many of a hundred, by one decimal, half up.
pub fn percent(part: i64, whole: i64) -> String {
    let tenths = (part * 2_000 + whole) / (2 * whole.max(1));
    format!("{},{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_columns_and_its_word() {
        for (kind, word) in Kind::ALL {
            assert_eq!(Kind::parse(word), Some(kind));
            assert!(kind.headers().len() > 5 && kind.title().chars().count() <= 31);
        }
        assert_eq!(Kind::parse("accounts"), None);
    }

    #[test]
    fn a_rate_is_rounded_half_up_and_written_with_a_comma() {
        for (part, whole, words) in [
            (1, 3, "33,3"),
            (2, 3, "66,7"),
            (1, 2, "50,0"),
            (3, 2, "150,0"),
            (1, 2000, "0,1"),
        ] {
            assert_eq!(percent(part, whole), words);
        }
        assert_eq!(tail("0123"), "********0123");
    }
}
