//! What identity may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals of signing in and of managing accounts.
    pub enum IdentityProblem {
        /// The same for a wrong number, a wrong password and a stopped account.
        WrongCredentials = 401 "wrong-credentials", "Số điện thoại hoặc mật khẩu không đúng.", "The phone number or the password is wrong.";
        SessionEnded = 401 "session-ended", "Phiên đăng nhập đã kết thúc. Hãy đăng nhập lại; việc chưa gửi vẫn được giữ trên máy.", "This session has ended. Sign in again; unsent work stays on the device.";
        OtherSite = 403 "other-site", "Yêu cầu này không đến từ trang của Tổ 06. Hãy mở trang của Tổ 06 và làm lại.", "This request does not come from a page of Tổ 06. Open its own page and try again.";
        ProofNeeded = 401 "refresh-proof", "Phiên này chỉ máy đã đăng ký mới gia hạn được. Hãy lấy giờ máy chủ, ký lại rồi gửi; không được thì đăng nhập lại.", "Only the phone that registered for this sign-in refreshes it. Take the server's time, sign anew and send; or sign in again.";
        PasswordMustChange = 403 "password-must-change", "Hãy đổi mật khẩu được cấp trước khi làm việc khác.", "Change the password you were given before anything else.";
        DeviceRevoked = 403 "device-revoked", "Máy này đã được báo mất nên không đọc được dữ liệu nữa; việc đã ghi vẫn gửi được và chờ duyệt. Hãy liên hệ trưởng nhóm.", "This device was reported lost and reads nothing any more; what it recorded is still taken, and held. Call your lead.";
        CodeWrong = 422 "code-wrong", "Mã không đúng hoặc đã hết hạn. Hãy xin cán bộ phụ trách cấp mã mới.", "The code is wrong or has expired. Ask your lead for a new one.";
        /// The same for a code that nobody showed and for one whose minute is over.
        BadgeUnknown = 404 "badge-unknown", "Không ai đang dùng mã này.", "Nobody shows this code now.";
        CurrentPasswordWrong = 422 "current-password-wrong", "Mật khẩu hiện tại không đúng.", "The current password is wrong.";
        PhoneTaken = 409 "phone-taken", "Số điện thoại này đã có tài khoản.", "This phone number has an account already.";
        OwnAccountChange = 409 "own-account-change", "Không thể tự đổi vai trò, đơn vị hoặc tự khóa tài khoản của mình.", "Nobody changes their own role or unit, or stops their own account.";
        UnionNeeded = 422 "union-needed", "Tình nguyện viên và trưởng nhóm phải thuộc Đoàn Thanh niên hoặc Hội Phụ nữ.", "Volunteers and leads belong to the Youth Union or the Women's Union.";
    }
}
