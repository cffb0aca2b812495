//! Why an operation got its verdict: stable words for machines, a sentence for the volunteer.

use Code::{
    AppointmentNeedsPerson, AuthorMismatch, Busy, ClockLimited, ClockSkew, ClockUntrusted,
    ConsentMissing, DeviceLost, DupSubjectStep, FutureDated, GuardianMissing, HelperDevice,
    LegacySchema, OpIdMissing, OpIdReused, PersonFormat, Quota, ReplacedStays, ReviewRefused,
    Reviewed, RoleLost, SubjectDisagrees, SubjectFormat, SubjectKeyUnknown, SubjectMissing,
    SubjectPlainRefused, SubjectUnsealFailed, UnitOutOfScope, UnitRetired, UnitUnknown,
    VoidNotAllowed, VoidTargetUnknown, Voided,
};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $vi:literal, $en:literal;)+) => {
        /// A reason. Says nothing about a person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// What to tell the volunteer, in Vietnamese.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $vi),+ }
            }

            /// The same in English.
            pub fn english(self) -> &'static str {
                match self { $(Self::$name => $en),+ }
            }

            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    /// Merged: never says who or where.
    DupSubjectStep = "DUP_SUBJECT_STEP", "Công dân này đã được ghi nhận ở bước này.",
        "This citizen counts for this stage already.";
    /// Applied and not counted.
    HelperDevice = "HELPER_DEVICE", "Đã ghi, không tính thành tích: máy của người giúp.",
        "Recorded, and no merit: it is the helper's device.";
    /// Applied as an anonymous count.
    ConsentMissing = "CONSENT_MISSING", "Chưa có sự đồng ý: chỉ tính một lượt ẩn danh, không lưu thông tin cá nhân.",
        "No consent yet: counted anonymously, and nothing personal is kept.";
    /// Applied as an anonymous count.
    SubjectMissing = "SUBJECT_MISSING", "Không có số định danh: chỉ tính một lượt ẩn danh.",
        "No ID number: counted anonymously.";
    /// Applied: taken back before or with its coming.
    Voided = "VOIDED", "Đã được hủy.",
        "Taken back.";
    /// Applied: the target has not come yet.
    VoidTargetUnknown = "VOID_TARGET_UNKNOWN", "Đã ghi nhận việc hủy; bản ghi gốc chưa về tới máy chủ.",
        "The taking back is recorded; what it takes back has not come yet.";
    VoidNotAllowed = "VOID_NOT_ALLOWED", "Chỉ người ghi (trong 24 giờ) hoặc cán bộ phụ trách địa bàn mới được hủy.",
        "Only the recorder (for 24 hours) or whoever is in charge of the area may take it back.";
    /// Applied: what it was to replace is not the author's to take back any more.
    ReplacedStays = "REPLACED_STAYS", "Đã ghi bản mới; bản cũ chỉ cán bộ phụ trách địa bàn mới hủy được.",
        "The new one is recorded; only whoever is in charge of the area may take the old one back.";
    /// Applied: it was held, and somebody who answers for the place has approved it.
    Reviewed = "REVIEWED", "Cán bộ phụ trách đã xem và duyệt.",
        "Looked at and approved.";
    /// Rejected by somebody who looked at it.
    ReviewRefused = "REVIEW_REFUSED", "Cán bộ phụ trách đã xem và không duyệt.",
        "Looked at and not approved.";
    /// Applied with the time of receipt.
    ClockUntrusted = "CLOCK_UNTRUSTED", "Đồng hồ máy chưa đối chiếu được: tính theo giờ máy chủ nhận.",
        "The device's clock could not be compared: the time of receipt counts.";
    /// Applied with the earliest time that a record may claim.
    ClockLimited = "CLOCK_LIMITED", "Ghi quá 7 ngày trước khi gửi: tính theo ngày thứ bảy trước khi nhận.",
        "Recorded more than 7 days before it was sent: the seventh day before receipt counts.";
    /// Applied, corrected.
    ClockSkew = "CLOCK_SKEW", "Đồng hồ máy lệch hơn 5 phút: hãy bật giờ tự động.",
        "The device's clock is more than 5 minutes off: switch automatic time on.";
    FutureDated = "FUTURE_DATED", "Thời điểm ghi ở tương lai; chờ cán bộ xem lại.",
        "Recorded in the future; somebody must look at it.";
    UnitUnknown = "UNIT_UNKNOWN", "Không rõ thôn, khu phố này; chờ cán bộ xem lại.",
        "This village is not known; somebody must look at it.";
    UnitRetired = "UNIT_RETIRED", "Thôn, khu phố này đã chia tách hoặc không còn; chờ cán bộ chọn nơi tính.",
        "This village was split or is no more; somebody must say where it counts.";
    UnitOutOfScope = "UNIT_OUT_OF_SCOPE", "Thôn, khu phố ngoài địa bàn của bạn; chờ cán bộ xem lại.",
        "This village lies outside your area; somebody must look at it.";
    AuthorMismatch = "AUTHOR_MISMATCH", "Người ghi là tài khoản khác; người đó đăng nhập và gửi lại để xác nhận.",
        "Another account recorded it; that person signs in and sends it again.";
    /// Held: the phone was reported lost, so that nobody knows whose hands it is in.
    DeviceLost = "DEVICE_LOST", "Máy đã được báo mất; bản ghi chờ cán bộ xem lại.",
        "This device was reported lost; somebody must look at what comes from it.";
    /// Held: whoever sends it has another role by now.
    RoleLost = "ROLE_LOST", "Tài khoản nay có vai trò khác; bản ghi chờ cán bộ phụ trách địa bàn duyệt.",
        "The account has another role by now; whoever is in charge of the area must look at it.";
    LegacySchema = "LEGACY_SCHEMA", "Máy chủ chưa hiểu hết bản ghi này; đã giữ lại để xem xét.",
        "The server does not understand all of it yet; it is kept to be looked at.";
    PersonFormat = "PERSON_FORMAT", "Họ tên, số điện thoại hoặc năm sinh chưa hợp lệ; chờ xem lại.",
        "The name, phone number or birth year is not valid; somebody must look at it.";
    SubjectDisagrees = "SUBJECT_DISAGREES", "Năm sinh hoặc giới tính không khớp số định danh; chờ xem lại.",
        "The birth year or sex does not fit the ID number; somebody must look at it.";
    /// Held: somebody under 14 agrees through a parent or guardian. An approval says that one was asked.
    GuardianMissing = "GUARDIAN_MISSING", "Người dưới 14 tuổi: cần cha, mẹ hoặc người giám hộ đồng ý; cán bộ hỏi họ rồi duyệt.",
        "Under 14: a parent or guardian must agree; whoever is in charge asks them and approves it.";
    SubjectUnsealFailed = "SUBJECT_UNSEAL_FAILED", "Không mở được số định danh đã niêm phong. Hãy quét lại thẻ.",
        "The sealed ID number could not be opened. Scan the card again.";
    SubjectKeyUnknown = "SUBJECT_KEY_UNKNOWN", "Khóa niêm phong trên máy đã cũ. Hãy đồng bộ rồi quét lại thẻ.",
        "The sealing key on the device is old. Synchronise, then scan the card again.";
    SubjectFormat = "SUBJECT_FORMAT", "Số định danh chưa hợp lệ. Hãy quét hoặc nhập lại.",
        "The ID number is not valid. Scan or enter it again.";
    SubjectPlainRefused = "SUBJECT_PLAIN_REFUSED", "Máy chủ này chỉ nhận số định danh đã niêm phong. Hãy cập nhật ứng dụng rồi quét lại.",
        "This server takes sealed ID numbers only. Update the app, then scan again.";
    AppointmentNeedsPerson = "APPOINTMENT_NEEDS_PERSON", "Muốn đặt lịch hẹn hộ cần số định danh, họ tên và sự đồng ý của công dân. Hãy ghi lại cho đủ.",
        "To ask for an appointment takes the citizen's ID number, name and consent. Record it anew with all of them.";
    OpIdReused = "OP_ID_REUSED", "Mã thao tác đã dùng cho nội dung khác. Hãy báo quản trị viên.",
        "This operation id was used for something else. Tell the administrator.";
    OpIdMissing = "OP_ID_MISSING", "Bản ghi không có mã thao tác đọc được nên không lưu được.",
        "There is no readable operation id, so it could not be stored.";
    Quota = "QUOTA", "Đã đủ số người được ghi trong hôm nay; phần còn lại sẽ gửi vào ngày mai.",
        "Enough people for one day; the rest is sent tomorrow.";
    Busy = "BUSY", "Máy chủ đang bận; máy sẽ tự gửi lại.",
        "The server is busy; the device sends it again by itself.";
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
                | AppointmentNeedsPerson
        )
    }

    /// What the phone or its owner does about it, in the words of
    /// [`mobile_contracts::contract::ErrorCode`].
    pub fn remedy(self) -> &'static str {
        match self {
            SubjectFormat
            | SubjectUnsealFailed
            | SubjectKeyUnknown
            | PersonFormat
            | SubjectDisagrees
            | GuardianMissing
            | ClockSkew
            | ClockUntrusted
            | AppointmentNeedsPerson => "correct",
            SubjectPlainRefused | LegacySchema => "update",
            AuthorMismatch => "sign_in",
            Quota | Busy | VoidTargetUnknown => "wait",
            DeviceLost | RoleLost | FutureDated | UnitUnknown | UnitRetired | UnitOutOfScope
            | VoidNotAllowed | ReplacedStays | ReviewRefused => "ask",
            OpIdReused | OpIdMissing => "report",
            DupSubjectStep | HelperDevice | ConsentMissing | SubjectMissing | Voided | Reviewed
            | ClockLimited => "nothing",
        }
    }
}
