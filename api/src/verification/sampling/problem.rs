//! Why something about draws cannot be done.

use crate::http::failure::problems;

problems! {
    /// Refusals about draws and call-backs.
    pub enum SamplingProblem {
        LotNotFailed = 409 "lot-not-failed", "Lô này không ở trạng thái không đạt, nên không có gì phải xử lý.", "This lot has not failed, so there is nothing to act on.";
        OwnLot = 409 "own-lot", "Lô của chính tổ chức mình: nhờ trưởng nhóm của hội, đoàn kia hoặc Tổ công tác gỡ dấu.", "This lot is your own union's: a lead of the other union, or a commander, releases it.";
        CallBackClosed = 409 "call-back-closed", "Lượt gọi lại này đã xong hoặc lô đã có kết quả.", "This call-back is done, or its lot is decided.";
    }
}
