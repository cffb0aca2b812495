//! What is refused about phones.

use crate::http::failure::problems;

problems! {
    /// Refusals about phones.
    pub enum DeviceProblem {
        DeviceNotFound = 404 "device-not-found", "Không có thiết bị này, hoặc chữ ký không phải của nó.", "There is no such device, or it did not sign this.";
        DeviceTaken = 409 "device-taken", "Mã thiết bị này đã đăng ký với khóa hoặc tài khoản khác. Hãy cài lại ứng dụng để có mã mới.", "This device is registered with another key or account. Install the app anew to get another id.";
        DeviceLost = 409 "device-lost", "Máy này đã được báo mất. Nếu tìm lại được, hãy nhờ trưởng nhóm gỡ báo mất.", "This device was reported lost. If it was found, ask your lead to say so.";
    }
}
