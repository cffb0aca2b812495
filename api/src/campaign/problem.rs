//! What campaigns may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals about targets.
    pub enum CampaignProblem {
        TargetOverlaps = 409 "target-overlaps", "Đơn vị này đã có chỉ tiêu khác trong khoảng thời gian đó; hãy đặt ngày kết thúc cho chỉ tiêu cũ trước.", "This unit has another target within that period; give the old one a last day first.";
    }
}
