//! What boards may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals of boards.
    pub enum LeaderboardProblem {
        BoardNotFound = 404 "board-not-found", "Không có bảng này, hoặc nằm ngoài phạm vi của bạn.", "There is no such board, or it lies beyond your unit.";
    }
}
