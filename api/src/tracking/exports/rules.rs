//! What the tables are called, what their columns are, and the words in them. No database, no clock. The columns of
//! what another feature lists stand beside its cells.

use crate::campaign::{drives, mobilisation, teams};
use crate::identity::permission::{
    AssignWork, CorrectWork, DecideRights, ImportRosters, ManageAccounts, ManageCampaigns,
    Permission as _, ReadBoards, ReadReports, ReadWorklists, ReconcileNumbers, Role,
};
use crate::reporting::registers;
use crate::tracking::assignments::{self, transfers};
use crate::tracking::{devices, review, rosters};
use crate::verification::{grades, police_list, sampling, signals};
use crate::{identity, leaderboard, rights};

/// A table that can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    People,
    Records,
    Visits,
    Activities,
    Worklist,
    Targets,
    Campaigns,
    CampaignProgress,
    Teams,
    Mobilisation,
    WaitingMembers,
    Held,
    Signals,
    Draws,
    Grades,
    Tasks,
    Rights,
    Board,
    Assignments,
    Transfers,
    Reconciliation,
    PoliceLists,
    Devices,
    Accounts,
    Rosters,
}

impl Kind {
    const ALL: [(Self, &'static str); 25] = [
        (Self::People, "people"),
        (Self::Records, "records"),
        (Self::Visits, "visits"),
        (Self::Activities, "activities"),
        (Self::Worklist, "worklist"),
        (Self::Targets, "targets"),
        (Self::Campaigns, "campaigns"),
        (Self::CampaignProgress, "campaign_progress"),
        (Self::Teams, "teams"),
        (Self::Mobilisation, "mobilisation"),
        (Self::WaitingMembers, "waiting_members"),
        (Self::Held, "held"),
        (Self::Signals, "signals"),
        (Self::Draws, "draws"),
        (Self::Grades, "grades"),
        (Self::Tasks, "tasks"),
        (Self::Rights, "rights"),
        (Self::Board, "board"),
        (Self::Assignments, "assignments"),
        (Self::Transfers, "transfers"),
        (Self::Reconciliation, "reconciliation"),
        (Self::PoliceLists, "police_lists"),
        (Self::Devices, "devices"),
        (Self::Accounts, "accounts"),
        (Self::Rosters, "rosters"),
    ];

    /// Every word that may be asked for, for whoever is told which there are.
    pub fn words() -> String {
        let words: Vec<&str> = Self::ALL.iter().map(|(_, word)| *word).collect();
        words.join(", ")
    }

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
        matches!(self, Self::People | Self::Worklist | Self::WaitingMembers)
    }

    /// Whether it is of one campaign.
    pub fn of_campaign(self) -> bool {
        matches!(self, Self::CampaignProgress | Self::Teams)
    }

    /// Who sees the list that it is a table of: a table takes away what one may see, and no more.
    pub fn seen_by(self) -> &'static [Role] {
        match self {
            Self::People | Self::Worklist => ReadWorklists::ROLES,
            Self::Records
            | Self::Visits
            | Self::Activities
            | Self::Held
            | Self::Signals
            | Self::Devices => CorrectWork::ROLES,
            Self::Targets
            | Self::Campaigns
            | Self::CampaignProgress
            | Self::Draws
            | Self::Grades
            | Self::Board => ReadBoards::ROLES,
            Self::Teams | Self::Mobilisation | Self::WaitingMembers => ManageCampaigns::ROLES,
            Self::Tasks => ReadReports::ROLES,
            Self::Rights => DecideRights::ROLES,
            Self::Assignments | Self::Transfers => AssignWork::ROLES,
            Self::Reconciliation | Self::PoliceLists => ReconcileNumbers::ROLES,
            Self::Accounts => ManageAccounts::ROLES,
            Self::Rosters => ImportRosters::ROLES,
        }
    }

    /// What its file is called.
    pub fn file_word(self) -> &'static str {
        match self {
            Self::People => "cong-dan",
            Self::Records => "ban-ghi",
            Self::Visits => "luot-van-dong",
            Self::Activities => "tuyen-truyen",
            Self::Worklist => "viec-can-lam",
            Self::Targets => "chi-tieu",
            Self::Campaigns => "dot-ra-quan",
            Self::CampaignProgress => "ket-qua-ra-quan",
            Self::Teams => "doi-ra-quan",
            Self::Mobilisation => "huy-dong",
            Self::WaitingMembers => "chua-bat-dau",
            Self::Held => "cho-duyet",
            Self::Signals => "dau-hieu",
            Self::Draws => "rut-mau",
            Self::Grades => "xep-loai",
            Self::Tasks => "nhiem-vu",
            Self::Rights => "yeu-cau-du-lieu",
            Self::Board => "xep-hang",
            Self::Assignments => "phan-cong",
            Self::Transfers => "ban-giao",
            Self::Reconciliation => "doi-soat",
            Self::PoliceLists => "danh-sach-cong-an",
            Self::Devices => "dien-thoai",
            Self::Accounts => "tai-khoan",
            Self::Rosters => "danh-sach-da-nhap",
        }
    }

    /// Of its sheet.
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "Công dân",
            Self::Records => "Bản ghi",
            Self::Visits => "Lượt vận động",
            Self::Activities => "Tuyên truyền",
            Self::Worklist => "Việc cần làm",
            Self::Targets => "Chỉ tiêu",
            Self::Campaigns => "Đợt ra quân",
            Self::CampaignProgress => "Kết quả ra quân",
            Self::Teams => "Các đội",
            Self::Mobilisation => "Huy động đoàn viên, hội viên",
            Self::WaitingMembers => "Chưa bắt đầu",
            Self::Held => "Chờ duyệt",
            Self::Signals => "Dấu hiệu",
            Self::Draws => "Rút mẫu hằng tuần",
            Self::Grades => "Xếp loại",
            Self::Tasks => "Nhiệm vụ",
            Self::Rights => "Yêu cầu về dữ liệu",
            Self::Board => "Xếp hạng",
            Self::Assignments => "Phân công",
            Self::Transfers => "Bàn giao",
            Self::Reconciliation => "Đối soát với công an",
            Self::PoliceLists => "Danh sách công an",
            Self::Devices => "Điện thoại",
            Self::Accounts => "Tài khoản",
            Self::Rosters => "Danh sách đã nhập",
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
            Self::Campaigns => drives::table::CAMPAIGNS,
            Self::CampaignProgress => drives::table::PROGRESS,
            Self::Teams => teams::table::HEADERS,
            Self::Mobilisation => mobilisation::table::HEADERS,
            Self::WaitingMembers => mobilisation::table::WAITING,
            Self::Held => review::table::HEADERS,
            Self::Signals => signals::table::HEADERS,
            Self::Draws => sampling::table::HEADERS,
            Self::Grades => grades::table::HEADERS,
            Self::Tasks => registers::table::TASKS,
            Self::Rights => rights::table::HEADERS,
            Self::Board => leaderboard::table::HEADERS,
            Self::Assignments => assignments::table::HEADERS,
            Self::Transfers => transfers::table::HEADERS,
            Self::Reconciliation => police_list::table::TASKS,
            Self::PoliceLists => police_list::table::LISTS,
            Self::Devices => devices::table::HEADERS,
            Self::Accounts => identity::table::HEADERS,
            Self::Rosters => rosters::table::HEADERS,
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
        "all" => "Mọi lực lượng",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::identity::permission::ExportTables;

    #[test]
    fn every_table_has_its_columns_its_words_and_a_file_of_its_own() {
        let mut files = BTreeSet::new();
        for (kind, word) in Kind::ALL {
            assert_eq!(Kind::parse(word), Some(kind));
            assert!(kind.headers().len() > 5 && kind.title().chars().count() <= 31);
            assert!(files.insert(kind.file_word()), "{}", kind.file_word());
        }
        assert_eq!(Kind::parse("passwords"), None);
        assert_eq!(tail("0123"), "********0123");
    }

    #[test]
    fn whoever_may_take_tables_away_sees_the_list_of_each() {
        for (kind, word) in Kind::ALL {
            for role in ExportTables::ROLES {
                assert!(kind.seen_by().contains(role), "{word}: {role:?}");
            }
        }
    }
}
