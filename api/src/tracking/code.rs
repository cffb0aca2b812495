//! Why an operation got its verdict: stable words for machines, a sentence for the volunteer.

use Code::{
    OpIdMissing, OpIdReused, ReviewRefused, SubjectFormat, SubjectKeyUnknown, SubjectPlainRefused,
    SubjectUnsealFailed, VoidNotAllowed,
};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $vi:literal;)+) => {
        /// A reason. Says nothing about a person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// What to tell the volunteer, in Vietnamese.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $vi),+ }
            }

            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    /// Merged: never says who or where.
    DupSubjectStep = "DUP_SUBJECT_STEP", "Công dân này đã được ghi nhận ở bước này.";
    /// Applied and not counted.
    HelperDevice = "HELPER_DEVICE", "Đã ghi, không tính thành tích: máy của người giúp.";
    /// Applied as an anonymous count.
    ConsentMissing = "CONSENT_MISSING", "Chưa có sự đồng ý: chỉ tính một lượt ẩn danh, không lưu thông tin cá nhân.";
    /// Applied as an anonymous count.
    SubjectMissing = "SUBJECT_MISSING", "Không có số định danh: chỉ tính một lượt ẩn danh.";
    /// Applied: taken back before or with its coming.
    Voided = "VOIDED", "Đã được hủy.";
    /// Applied: the target has not come yet.
    VoidTargetUnknown = "VOID_TARGET_UNKNOWN", "Đã ghi nhận việc hủy; bản ghi gốc chưa về tới máy chủ.";
    VoidNotAllowed = "VOID_NOT_ALLOWED", "Chỉ người ghi (trong 24 giờ) hoặc cán bộ phụ trách địa bàn mới được hủy.";
    /// Applied: what it was to replace is not the author's to take back any more.
    ReplacedStays = "REPLACED_STAYS", "Đã ghi bản mới; bản cũ chỉ cán bộ phụ trách địa bàn mới hủy được.";
    /// Applied: it was held, and somebody who answers for the place has approved it.
    Reviewed = "REVIEWED", "Cán bộ phụ trách đã xem và duyệt.";
    /// Rejected by somebody who looked at it.
    ReviewRefused = "REVIEW_REFUSED", "Cán bộ phụ trách đã xem và không duyệt.";
    /// Applied with the time of receipt.
    ClockUntrusted = "CLOCK_UNTRUSTED", "Đồng hồ máy chưa đối chiếu được: tính theo giờ máy chủ nhận.";
    /// Applied with the earliest time that a record may claim.
    ClockLimited = "CLOCK_LIMITED", "Ghi quá 7 ngày trước khi gửi: tính theo ngày thứ bảy trước khi nhận.";
    /// Applied, corrected.
    ClockSkew = "CLOCK_SKEW", "Đồng hồ máy lệch hơn 5 phút: hãy bật giờ tự động.";
    FutureDated = "FUTURE_DATED", "Thời điểm ghi ở tương lai; chờ cán bộ xem lại.";
    UnitUnknown = "UNIT_UNKNOWN", "Không rõ thôn, khu phố này; chờ cán bộ xem lại.";
    UnitOutOfScope = "UNIT_OUT_OF_SCOPE", "Thôn, khu phố ngoài địa bàn của bạn; chờ cán bộ xem lại.";
    AuthorMismatch = "AUTHOR_MISMATCH", "Người ghi là tài khoản khác; người đó đăng nhập và gửi lại để xác nhận.";
    LegacySchema = "LEGACY_SCHEMA", "Máy chủ chưa hiểu hết bản ghi này; đã giữ lại để xem xét.";
    PersonFormat = "PERSON_FORMAT", "Họ tên, số điện thoại hoặc năm sinh chưa hợp lệ; chờ xem lại.";
    SubjectDisagrees = "SUBJECT_DISAGREES", "Năm sinh hoặc giới tính không khớp số định danh; chờ xem lại.";
    SubjectUnsealFailed = "SUBJECT_UNSEAL_FAILED", "Không mở được số định danh đã niêm phong. Hãy quét lại thẻ.";
    SubjectKeyUnknown = "SUBJECT_KEY_UNKNOWN", "Khóa niêm phong trên máy đã cũ. Hãy đồng bộ rồi quét lại thẻ.";
    SubjectFormat = "SUBJECT_FORMAT", "Số định danh chưa hợp lệ. Hãy quét hoặc nhập lại.";
    SubjectPlainRefused = "SUBJECT_PLAIN_REFUSED", "Máy chủ này chỉ nhận số định danh đã niêm phong. Hãy cập nhật ứng dụng rồi quét lại.";
    OpIdReused = "OP_ID_REUSED", "Mã thao tác đã dùng cho nội dung khác. Hãy báo quản trị viên.";
    OpIdMissing = "OP_ID_MISSING", "Bản ghi không có mã thao tác đọc được nên không lưu được.";
    Quota = "QUOTA", "Đã đủ số người được ghi trong hôm nay; phần còn lại sẽ gửi vào ngày mai.";
    Busy = "BUSY", "Máy chủ đang bận; máy sẽ tự gửi lại.";
}

impl Code {
    /// Whether it ends in a refusal, which the volunteer remedies with a new operation. Everything
    /// else that stops an operation keeps it for a person to decide.
    pub fn refuses(self) -> bool {
        matches!(
            self,
            SubjectUnsealFailed
                | SubjectKeyUnknown
                | SubjectFormat
                | SubjectPlainRefused
                | OpIdReused
                | OpIdMissing
                | VoidNotAllowed
                | ReviewRefused
        )
    }
}
