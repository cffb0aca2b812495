//! Why something about draws cannot be done.

use crate::http::failure::problems;

problems! {
    /// Refusals about draws and call-backs.
    pub enum SamplingProblem {
        LotNotFailed = 409 "lot-not-failed", "Lô này không ở trạng thái không đạt, nên không có gì phải xử lý.", "This lot has not failed, so there is nothing to act on.";
        OwnLot = 409 "own-lot", "Lô của chính tổ chức mình: nhờ trưởng nhóm của hội, đoàn kia hoặc Tổ công tác.", "This lot is your own union's: a lead of the other union, or a commander, does that.";
        NotToBeAsked = 409 "citizen-not-to-be-asked", "Công dân này đã xin xóa hoặc hạn chế dữ liệu của mình, nên không ai hỏi nữa. Hãy ghi kết quả như vậy.", "This citizen had their data erased or its use restricted, so that nobody asks them any more. Tell it as that.";
        MayBeAsked = 409 "citizen-may-be-asked", "Công dân này không xin xóa hay hạn chế dữ liệu: hãy gọi hoặc đến gặp.", "This citizen asked for no erasure and no restriction: call them, or go and see them.";
        CallBackClosed = 409 "call-back-closed", "Lượt gọi lại này đã xong hoặc lô đã có kết quả.", "This call-back is done, or its lot is decided.";
    }
}
