//! Why something about signals cannot be done.

use crate::http::failure::problems;

problems! {
    /// Refusals about signals.
    pub enum SignalProblem {
        SignalSettled = 409 "signal-settled", "Trưởng nhóm đã kết luận về dấu hiệu này; ý kiến thêm xin trao đổi trực tiếp.", "A lead has settled this signal; talk to them if there is more to say.";
    }
}
