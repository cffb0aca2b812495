//! What boards may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals of boards.
    pub enum LeaderboardProblem {
        BoardNotFound = 404 "board-not-found", "Không có bảng này, hoặc nằm ngoài phạm vi của bạn.", "There is no such board, or it lies beyond your unit.";
        RevisionNotFound = 404 "board-revision-not-found", "Kỳ này chưa chốt, hoặc không có bản bổ sung mang số đó.", "This window is not closed, or has no revision of that number.";
        BoardNotClosed = 409 "board-not-closed", "Bảng của kỳ này chưa chốt: số đến muộn vẫn được cộng vào, không cần bản bổ sung.", "The board of these days is not closed: what comes late still counts, and needs no revision.";
        BoardUnchanged = 409 "board-unchanged", "Từ lần chốt trước không có gì đến muộn: không có gì để bổ sung.", "Nothing came late since it was last kept: there is nothing to issue.";
        BoardRevised = 409 "board-revised", "Vừa có người phát hành bản bổ sung khác: hãy xem lại thay đổi rồi phát hành.", "Somebody else has just issued a revision: look at what changed, and issue again.";
    }
}
