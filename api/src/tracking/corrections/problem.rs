//! Why a record cannot be corrected, or reinstated.

use crate::http::failure::problems;

problems! {
    /// Refusals about correcting what somebody recorded.
    pub enum CorrectionProblem {
        RecordNotVoided = 409 "record-not-voided", "Bản ghi này không bị hủy.", "This record is not taken back.";
        RecordVoided = 409 "record-voided", "Bản ghi này đã bị hủy hoặc đã được sửa. Hãy sửa bản đang có hiệu lực, hoặc khôi phục trước.", "This record is taken back or corrected. Correct the one that stands, or reinstate this one first.";
        VoidedByAuthor = 409 "voided-by-author", "Chính người ghi đã hủy bản ghi này nên không khôi phục được; họ ghi lại nếu cần.", "Its author took it back, so that nobody else reinstates it; they record it anew.";
        RecordReplaced = 409 "record-replaced", "Bản ghi này đã được thay bằng bản khác gửi từ điện thoại. Hãy hủy bản đó và ghi lại.", "Another record that came from a phone stands in its place. Take that one back and record anew.";
        CorrectedSince = 409 "corrected-since", "Bản ghi thay cho bản này đã được sửa hoặc hủy tiếp. Hãy khôi phục lần sau cùng trước.", "The record in its place was corrected or taken back itself. Undo the last step first.";
        OfficeRecord = 409 "office-record", "Bản ghi này do điểm tiếp nhận ghi; hãy sửa tại điểm tiếp nhận.", "An office recorded this: it is corrected there.";
        RecordErased = 409 "record-erased", "Công dân đã yêu cầu xóa dữ liệu: bản ghi chỉ còn là số đếm, không sửa nữa.", "The person had themselves erased: the record is only a count, and is not changed any more.";
        NothingChanges = 409 "nothing-changes", "Nội dung sửa giống hệt bản ghi hiện có.", "The correction says what the record says already.";
    }
}
