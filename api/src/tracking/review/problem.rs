//! Why a decision about a held operation cannot be taken.

use crate::http::failure::problems;

problems! {
    /// Refusals about what is held.
    pub enum ReviewProblem {
        AlreadyDecided = 409 "already-decided", "Bản ghi này đã được xử lý. Hãy tải lại danh sách chờ duyệt.", "This operation is decided already. Load the list again.";
        NoLongerKept = 409 "operation-not-kept", "Nội dung bản ghi đã được xóa vì quá thời hạn lưu. Chỉ còn từ chối được; tình nguyện viên ghi lại nếu cần.", "What was sent was deleted when its time was over. It can only be refused, and recorded anew.";
        NotUnderstood = 409 "operation-not-understood", "Máy chủ chưa hiểu hết bản ghi này nên chưa duyệt được. Có thể từ chối để tình nguyện viên ghi lại.", "The server does not understand this operation, so it cannot be approved. It may be refused and recorded anew.";
        AuthorMustConfirm = 409 "author-must-confirm", "Bản ghi do tài khoản khác lưu: người đó đăng nhập và gửi lại thì được ghi nhận. Ở đây chỉ từ chối được.", "Another account saved this: it counts once that person signs in and sends it again. Here it can only be refused.";
        OwnHeldRecord = 409 "own-held-record", "Không ai tự quyết định về bản ghi của mình. Người khác phụ trách nơi này, hoặc cấp trên, xem và quyết định.", "Nobody decides about their own record. Somebody else who answers for the place, or for what it belongs to, does.";
        GuardianNeeded = 409 "guardian-needed", "Người này dưới 14 tuổi và bản ghi chưa có sự đồng ý của cha, mẹ hoặc người giám hộ. Hãy hỏi họ: nếu đồng ý thì đánh dấu đã hỏi rồi duyệt lại, nếu không thì từ chối.", "This person is under 14, and no parent or guardian is said to have agreed. Ask one: if they agree, say so and approve it again; if not, refuse it.";
        VillageNeeded = 409 "village-needed", "Hãy chọn thôn, khu phố thuộc địa bàn của bạn cho bản ghi này, hoặc để cán bộ nơi đó duyệt.", "Name a village within your unit for it, or leave it to who leads that place.";
    }
}
