//! What campaigns may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals about targets and campaigns.
    pub enum CampaignProblem {
        TargetOverlaps = 409 "target-overlaps", "Đơn vị này đã có chỉ tiêu khác trong khoảng thời gian đó; hãy đặt ngày kết thúc cho chỉ tiêu cũ trước.", "This unit has another target within that period; give the old one a last day first.";
        CampaignClosed = 409 "campaign-closed", "Chiến dịch này đã đóng; hãy mở lại trước khi sửa.", "This campaign is closed; open it again before you change it.";
        CampaignNotClosed = 409 "campaign-not-closed", "Chiến dịch này đang mở.", "This campaign is not closed.";
        TeamNameTaken = 409 "team-name-taken", "Xã này đã có đội cùng tên trong chiến dịch.", "This commune has a team of that name in the campaign.";
        MemberTaken = 409 "team-member-taken", "Có người đã ở một đội khác của chiến dịch này; mỗi người chỉ ở một đội.", "Somebody is in another team of this campaign; everybody is in one team only.";
        TeamDisbanded = 409 "team-disbanded", "Đội này đã giải thể.", "This team was disbanded.";
    }
}

problems! {
    /// Refusals of whoever changes targets that are not as they were seen.
    pub enum SeenProblem {
        TargetsChanged = 412 "targets-changed", "Chỉ tiêu đã được người khác thay đổi từ lúc bạn mở trang; hãy xem lại rồi lưu lần nữa.", "Somebody else has changed the targets since you opened the page; look again, and save once more.";
    }
}
