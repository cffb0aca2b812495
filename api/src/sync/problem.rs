//! What a pull may be refused for. After each of them the phone keeps its outbox, pulls everything
//! without a cursor into stores of its own, and then puts those in the place of the old ones.

use crate::http::failure::problems;

problems! {
    /// Refusals about pulling.
    pub enum SyncProblem {
        ScopeChanged = 410 "scope-changed", "Phạm vi của tài khoản hoặc danh sách đơn vị đã thay đổi. Ứng dụng cần tải lại dữ liệu từ đầu (không gửi cursor) vào kho tạm rồi thay kho cũ; việc chưa gửi vẫn được giữ nguyên.", "The account's scope or the tree of units has changed. Pull everything again without a cursor into shadow stores, then swap them in; what is not sent yet stays as it is.";
        CursorExpired = 410 "cursor-expired", "Lần đồng bộ trước đã quá 90 ngày. Ứng dụng cần tải lại dữ liệu từ đầu (không gửi cursor) vào kho tạm rồi thay kho cũ; việc chưa gửi vẫn được giữ nguyên.", "The last sync was 90 days ago or more. Pull everything again without a cursor into shadow stores, then swap them in; what is not sent yet stays as it is.";
        EpochChanged = 410 "epoch-changed", "Máy chủ đã được khôi phục từ bản sao lưu. Ứng dụng cần gửi lại những việc được xác nhận gần đây, rồi tải lại dữ liệu từ đầu (không gửi cursor) vào kho tạm và thay kho cũ.", "The server was restored from a backup. Send again what it confirmed lately, pull everything without a cursor into shadow stores, then swap them in.";
    }
}
