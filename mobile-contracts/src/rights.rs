//! What people may ask about their own data (Law 91/2025/QH15, Decree 356/2025), and what becomes of it.
//!
//! Who stands before a volunteer, a lead or an officer shows the card, or says whom they are; who has the code
//! and secret of an appointment asks without anybody. A lead or a commander decides. Days are working days
//! of the Vietnamese calendar.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, PersonId, UnitId};

/// Longest words of a request, of its answer, of a reason; in characters.
pub const RIGHTS_WORDS_CHARS_MAX: usize = 500;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightsKind {
    /// A copy of everything that is kept.
    Access,
    /// That something wrong is put right.
    Correct,
    /// That everything is erased; counts stay.
    Erase,
    /// The consent is taken back: an anonymous count is left.
    Withdraw,
    /// That no more is done with it than keeping it.
    Restrict,
    /// That it is not used for what they object to.
    Object,
}

impl RightsKind {
    pub const ALL: [Self; 6] = [
        Self::Access,
        Self::Correct,
        Self::Erase,
        Self::Withdraw,
        Self::Restrict,
        Self::Object,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Correct => "correct",
            Self::Erase => "erase",
            Self::Withdraw => "withdraw",
            Self::Restrict => "restrict",
            Self::Object => "object",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What people are told before they agree to be recorded. An app shows it, and sends its version with the
/// consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentText {
    /// Goes into `consent.text_version` of an operation.
    #[schema(example = "2026-01")]
    pub version: String,
    /// In Vietnamese.
    pub text: String,
}

/// Receive a request from the person who stands there. Exactly one of `card_number` and
/// `recorded_person_id`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveRightsRequest {
    pub kind: RightsKind,
    /// The number on the card in hand. It is hashed and not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 50, example = "058190000001")]
    pub card_number: Option<String>,
    /// Somebody without a card, recorded within one's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub recorded_person_id: Option<PersonId>,
    /// What exactly: which word is wrong, what they object to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub words: Option<String>,
}

impl std::fmt::Debug for ReceiveRightsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReceiveRightsRequest({}, ***)", self.kind.as_str())
    }
}

/// Ask for something with the code and secret of one's own appointment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForRights {
    #[schema(max_length = 20, example = "K7QM-2XRT")]
    pub code: String,
    #[schema(max_length = 20, example = "9F3K2-M7QXA")]
    pub secret: String,
    pub kind: RightsKind,
    /// What exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub words: Option<String>,
}

impl std::fmt::Debug for AskForRights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AskForRights({}, ***)", self.kind.as_str())
    }
}

/// Take back what one asked for with the code and secret of one's appointment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBackRights {
    #[schema(max_length = 20, example = "K7QM-2XRT")]
    pub code: String,
    #[schema(max_length = 20, example = "9F3K2-M7QXA")]
    pub secret: String,
    pub kind: RightsKind,
}

impl std::fmt::Debug for TakeBackRights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TakeBackRights({}, ***)", self.kind.as_str())
    }
}

/// A request as whoever made it sees it. Says nothing of what is kept of them, or whether anything is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedRightsRequest {
    pub rights_request_id: Uuid,
    /// access, correct, erase, withdraw, restrict or object.
    #[schema(example = "erase")]
    pub kind: String,
    /// received, acknowledged, extended; done, refused, withdrawn.
    #[schema(example = "received")]
    pub state: String,
    pub received_at: DateTime<Utc>,
    /// Last day on which it is acknowledged.
    pub acknowledge_by: NaiveDate,
    /// Last day on which it is settled.
    pub due_on: NaiveDate,
    /// Of a refusal: identity_not_shown, law_requires_keeping, rights_of_others, security, not_kept_here,
    /// excessive; more may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// What is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<DateTime<Utc>>,
    /// How it goes on, in Vietnamese: to be read out or handed over.
    pub procedure: String,
}

impl std::fmt::Debug for ReceivedRightsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ReceivedRightsRequest({}, {})",
            self.rights_request_id, self.state
        )
    }
}

/// What was asked for with one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedRightsRequests {
    /// The newest first, at most 20.
    pub requests: Vec<ReceivedRightsRequest>,
}

/// A request as those who decide see it. Says nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RightsRequest {
    pub rights_request_id: Uuid,
    /// access, correct, erase, withdraw, restrict or object.
    #[schema(example = "erase")]
    pub kind: String,
    /// received, acknowledged, extended; done, refused, withdrawn.
    #[schema(example = "received")]
    pub state: String,
    /// Who answers for this unit decides.
    pub unit_id: UnitId,
    /// Whom it is about, if recording knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// card, code or staff: look again at who they are before you do what a code asks for.
    #[schema(example = "card")]
    pub shown_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<AccountId>,
    pub received_at: DateTime<Utc>,
    pub acknowledge_by: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub due_on: NaiveDate,
    /// Working days left for the next step, to acknowledge or to settle; 0: today is the last; below: it is
    /// overdue by so many. Absent: it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    pub days_left: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<AccountId>,
    /// How whoever settled it saw who asks: card or vouched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_shown: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
}

/// The same with whom it is about. Showing it is written to the audit trail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RightsRequestDetail {
    pub request: RightsRequest,
    /// Last four digits of the ID number, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0001")]
    pub id_tail: Option<String>,
    /// The name under which they are recorded or booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What exactly they ask for, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Why it got more time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension_reason: Option<String>,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl std::fmt::Debug for RightsRequestDetail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "RightsRequestDetail({}, ***)",
            self.request.rights_request_id
        )
    }
}

/// Give a request more time, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendRightsRequest {
    /// Why; the person is told.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Cần đối chiếu với điểm tiếp nhận"
    )]
    pub reason: String,
}

/// How a request is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightsDecision {
    /// What was asked for is done, by this very call where the program can do it.
    Done,
    /// It is refused, on a ground of the law.
    Refuse,
    /// The person wants it no more.
    Withdrawn,
}

impl RightsDecision {
    pub fn state(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refuse => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How whoever settles a request saw who asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityShown {
    /// They held their card in hand.
    Card,
    /// They have no card, and somebody of their village stood up for them.
    Vouched,
}

impl IdentityShown {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Vouched => "vouched",
        }
    }
}

/// Settle a request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleRightsRequest {
    pub decision: RightsDecision,
    /// What the person is answered: what was done, or why not. No names.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Đã thực hiện theo yêu cầu"
    )]
    pub answer: String,
    /// Of a refusal, and only of one: identity_not_shown, law_requires_keeping, rights_of_others, security,
    /// not_kept_here or excessive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub ground: Option<String>,
    /// Of a correction that is done, and only of one: the words that are right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<PersonCorrection>,
    /// How you saw who asks. Needed to do what came by a code (card only: a relative may have the slip) or was
    /// received without a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_shown: Option<IdentityShown>,
}

impl std::fmt::Debug for SettleRightsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SettleRightsRequest({:?}, ***)", self.decision)
    }
}

/// What a person should show; what is left out stays. Birth year and sex of somebody with an ID number are
/// those of the number.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonCorrection {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "Nguyễn Thị Thử")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, example = "0912 345 678")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1900, maximum = 2100)]
    pub birth_year: Option<i16>,
    /// male or female.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10)]
    pub sex: Option<String>,
}

impl std::fmt::Debug for PersonCorrection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonCorrection(***)")
    }
}

/// Everything that is kept of one person, for the person. Keyed hashes are not told: they say nothing.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonCopy {
    pub as_of: DateTime<Utc>,
    /// Each thing that is kept, in the order of when it was.
    pub entries: Vec<CopyEntry>,
    /// What for, by whom, and what may be asked for; in Vietnamese.
    pub notice: String,
}

impl std::fmt::Debug for PersonCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonCopy({} entries)", self.entries.len())
    }
}

/// One thing that is kept of a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CopyEntry {
    /// What it is: shown, word, consent, stage, visit, note, appointment, ticket, waiting, request,
    /// list, data_report, caretaker, held, call_back, rights_request; more will come.
    #[schema(example = "word")]
    pub kind: String,
    /// Which, as a word of this contract: name, level1_activated, booked.
    #[schema(example = "name")]
    pub field: String,
    /// What it says.
    #[schema(example = "Nguyễn Thị Thử")]
    pub value: String,
    /// When it was said, done or booked; absent: as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// The same as a line in Vietnamese.
    #[schema(example = "Họ tên: Nguyễn Thị Thử")]
    pub line: String,
}

impl std::fmt::Debug for CopyEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CopyEntry({}, {}, ***)", self.kind, self.field)
    }
}

impl CopyEntry {
    /// An entry with its line.
    pub fn new(kind: &str, field: &str, value: &str, at: Option<DateTime<Utc>>) -> Self {
        let what = match (kind, field) {
            (_, "name") => "Họ tên",
            (_, "phone") => "Số điện thoại",
            (_, "birth_year") => "Năm sinh",
            (_, "sex") => "Giới tính",
            (_, "id_tail") => "Bốn số cuối của số định danh",
            (_, "village") => "Thôn, khu phố",
            ("consent", "withdrawn") => "Đã rút lại sự đồng ý",
            ("consent", _) => "Đã đồng ý",
            ("stage", "installed") => "Đã cài đặt VNeID",
            ("stage", "level1_activated") => "Đã kích hoạt mức 1",
            ("stage", "level2_collected") => "Đã thu nhận hồ sơ mức 2",
            ("stage", "level2_approved") => "Đã được phê duyệt mức 2",
            ("stage", "level2_activated") => "Đã kích hoạt mức 2",
            ("visit", _) => "Lượt vận động",
            ("note", _) => "Ghi chú",
            ("request", _) => "Đã nhờ đặt hẹn",
            ("appointment", _) => "Lịch hẹn",
            ("ticket", _) => "Phiếu số ở điểm tiếp nhận",
            ("waiting", _) => "Danh sách chờ",
            ("data_report", _) => "Đã báo công an: thông tin chưa đúng",
            ("caretaker", "begun") => "Một tình nguyện viên được giao phụ trách riêng",
            ("caretaker", _) => "Tình nguyện viên thôi phụ trách riêng",
            ("list", "list") => "Có tên trong danh sách",
            ("held", "text") => "Ghi chú của một bản ghi chưa được nhận",
            ("held", _) => "Một bản ghi chờ xem lại hoặc không được nhận",
            ("call_back", "confirmed") => "Đã được hỏi lại và xác nhận",
            ("call_back", "not_confirmed") => "Đã được hỏi lại: việc ghi chưa đúng",
            ("call_back", "never_met") => "Đã được hỏi lại: chưa từng gặp ai của chúng tôi",
            ("call_back", "not_reachable") => "Đã gọi lại, chưa gặp được",
            ("call_back", _) => "Không hỏi lại nữa",
            ("rights_request", "access") => "Đã yêu cầu bản sao dữ liệu",
            ("rights_request", "correct") => "Đã yêu cầu sửa dữ liệu",
            ("rights_request", "erase") => "Đã yêu cầu xóa dữ liệu",
            ("rights_request", "restrict") => "Đã yêu cầu hạn chế xử lý",
            ("rights_request", "object") => "Đã phản đối việc xử lý",
            ("rights_request", "withdraw") => "Đã rút lại sự đồng ý",
            ("rights_request", _) => "Đã có yêu cầu về dữ liệu",
            _ => "Thông tin khác",
        };
        let shown = match value {
            "male" => "Nam",
            "female" => "Nữ",
            other => other,
        };
        Self {
            kind: kind.to_owned(),
            field: field.to_owned(),
            value: value.to_owned(),
            at,
            line: match shown {
                "" => what.to_owned(),
                shown => format!("{what}: {shown}"),
            },
        }
    }
}
