//! Why a request about one's own data cannot go on.

use crate::http::failure::problems;

problems! {
    /// Refusals about such requests.
    pub enum RightsProblem {
        Settled = 409 "rights-request-settled", "Yêu cầu này đã được giải quyết. Hãy tải lại danh sách.", "This request is settled already. Load the list again.";
        AlreadyExtended = 409 "rights-request-extended", "Yêu cầu này đã được gia hạn một lần; luật không cho gia hạn thêm.", "This request got more time already; the law allows it once.";
        SecondPersonNeeded = 409 "second-person-needed", "Người nhận yêu cầu, hay người đã đặt hẹn giúp, không tự mình xóa dữ liệu: nhờ người khác phụ trách nơi này, hoặc cấp trên, xem lại và thực hiện.", "Whoever received a request, or booked the appointment, does not erase by themselves: somebody else who answers for the place, or for what it belongs to, looks again and does it.";
        PersonAtDesk = 409 "person-at-desk", "Người này đang chờ hoặc đang được phục vụ ở điểm tiếp nhận. Hãy làm xong lượt phục vụ rồi xóa.", "This person waits or is served at a desk. Finish that first, then erase.";
        NotRestricted = 409 "not-restricted", "Người này không đang bị hạn chế xử lý theo yêu cầu này.", "Nothing is restricted by this request.";
        NobodyToCorrect = 409 "nobody-to-correct", "Không có dữ liệu nào của người này để sửa.", "Nothing is kept of this person that could be put right.";
    }
}
