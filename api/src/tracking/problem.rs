//! What a push as a whole may be refused for, and reading. Single operations are never refused by a status; see
//! [`super::code`].

use crate::http::failure::problems;

problems! {
    /// Refusals about recording.
    pub enum TrackingProblem {
        ProtocolUnknown = 400 "sync-protocol-unknown", "Ứng dụng dùng phiên bản đồng bộ mà máy chủ chưa biết. Dữ liệu vẫn nằm trên máy; hãy cập nhật rồi gửi lại.", "The app speaks a sync protocol that this server does not know. Nothing is lost; update and send again.";
        BatchTooLarge = 413 "batch-too-large", "Một lần gửi tối đa 200 thao tác; hãy chia đôi rồi gửi lại.", "At most 200 operations at once; halve the batch and send again.";
    }
}

problems! {
    /// Refusals of reading to an app that is too old. Sending is never refused for its age.
    pub enum ClientProblem {
        ClientTooOld = 426 "client-too-old", "Ứng dụng trên máy đã cũ. Hãy cập nhật để xem tiếp; việc đã ghi vẫn gửi được và không mất.", "This app is too old to read on. Update it; what was recorded may still be sent and is not lost.";
    }
}
