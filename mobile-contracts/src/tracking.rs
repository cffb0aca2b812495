//! Recording in the field: what a phone proposes, and what became of it.
//!
//! A push is read operation by operation, so that one from a newer or an older app never stops its
//! neighbours. Answers are flat and their words are open lists: a phone that meets an unknown
//! `result` shows it as `held`, and repeats an operation that no result names.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::citizen_id::Sex;
use crate::identity::Role;
use crate::ids::{AccountId, AppointmentId, DeviceId, OfficeId, OperationId, PersonId, UnitId};

/// The version of the push protocol that this crate describes. Older ones are accepted for ever.
pub const PROTOCOL: u32 = 1;
/// Most operations of one push.
pub const OPS_PER_PUSH_MAX: usize = 200;
/// Most ids of one lookup.
pub const OPS_PER_LOOKUP_MAX: usize = 200;
/// More operations than these, all unsent, are a phone that nobody should trust to keep them.
pub const OPS_WAITING_MAX: u32 = 5_000;
/// Phones keep what was decided this long, and send it again where the server was restored from a backup.
pub const DECIDED_KEPT_DAYS: u32 = 30;
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// Most people or leaflets that one activity may count.
pub const ACTIVITY_COUNT_MAX: i32 = 100_000;
/// Longest reason of a void, in characters.
pub const REASON_CHARS_MAX: usize = 200;

/// A stage of one citizen: a dated event, never a boolean.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Cài đặt VNeID.
    Installed,
    /// Kích hoạt mức 1.
    Level1Activated,
    /// Thu nhận hồ sơ mức 2. Not an activation.
    Level2Collected,
    /// Phê duyệt.
    Level2Approved,
    /// Kích hoạt mức 2.
    Level2Activated,
}

impl Stage {
    pub const ALL: [Self; 5] = [
        Self::Installed,
        Self::Level1Activated,
        Self::Level2Collected,
        Self::Level2Approved,
        Self::Level2Activated,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Level1Activated => "level1_activated",
            Self::Level2Collected => "level2_collected",
            Self::Level2Approved => "level2_approved",
            Self::Level2Activated => "level2_activated",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether it happens on a phone, so that it matters whose.
    pub fn is_on_a_phone(self) -> bool {
        matches!(
            self,
            Self::Installed | Self::Level1Activated | Self::Level2Activated
        )
    }
}

/// Whose phone it is (người giữ máy). A helper's is kept, flagged, and not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceHolder {
    Own,
    Family,
    Helper,
}

impl DeviceHolder {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Family => "family",
            Self::Helper => "helper",
        }
    }
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    Done,
    NoSmartphone,
    SimNotOwn,
    NoSignal,
    OtpNotReceived,
    Away,
    Declined,
    OverSevenDays,
    Other,
}

impl VisitOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NoSmartphone => "no_smartphone",
            Self::SimNotOwn => "sim_not_own",
            Self::NoSignal => "no_signal",
            Self::OtpNotReceived => "otp_not_received",
            Self::Away => "away",
            Self::Declined => "declined",
            Self::OverSevenDays => "over_seven_days",
            Self::Other => "other",
        }
    }

    /// Whether somebody was there who could agree to be recorded, and did not send the visitor away.
    pub fn may_bring_consent(self) -> bool {
        !matches!(self, Self::Away | Self::Declined)
    }
}

/// Whom an operation is about. Which fields are there depends on `kind`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// sealed: `kid` and `sealed`; plain: `id_number`, where the server takes it; provisional:
    /// `person_id`, made by the phone for somebody without an ID number; none.
    #[schema(example = "plain", max_length = 20)]
    pub kind: String,
    /// The key that it was sealed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 32)]
    pub kid: Option<String>,
    /// The ID number, sealed for this operation; see `examples/sealing-webcrypto.mjs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 168)]
    pub sealed: Option<String>,
    /// Twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "058190000001")]
    pub id_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subject({}, ***)", self.kind)
    }
}

/// The citizen agreed to be recorded. Without it, only an anonymous count is kept; a visit is kept as one to whoever
/// is known already, with no word of them. With the outcomes away and declined it is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// signed, spoken, sms; guardian_signed, guardian_spoken: a parent or guardian agreed, as for anybody under 14.
    /// More may come.
    #[schema(min_length = 1, max_length = 30, example = "spoken")]
    pub method: String,
    /// Which text the citizen was told before they agreed, as `GET /rights/consent-text` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9._-]{1,20}$", example = "2026-01")]
    pub text_version: Option<String>,
}

impl Consent {
    /// Whether a parent or guardian agreed for them.
    pub fn is_guardians(&self) -> bool {
        matches!(self.method.as_str(), "guardian_signed" | "guardian_spoken")
    }

    /// The same agreement as a parent or guardian gave it.
    pub fn of_guardian(self) -> Self {
        let method = match self.method.as_str() {
            "signed" => "guardian_signed",
            _ => "guardian_spoken",
        };
        Self {
            method: method.to_owned(),
            ..self
        }
    }
}

/// One act, as the phone saved it. Never changed afterwards: a mistake is voided, or replaced by a
/// record that voids it.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub op_id: OperationId,
    /// record, visit, void, note; replace: a record that takes another one's place;
    /// request_appointment: asks for one, which the server books when the phone speaks to it again;
    /// activity: an outreach activity, of which only counts are told and never a person.
    #[schema(example = "record", max_length = 40)]
    pub kind: String,
    /// Who was signed in at Save.
    pub author_id: AccountId,
    /// The phone's own count, from 1, to notice gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub seq: Option<i64>,
    /// When Save was pressed, by the phone's clock.
    pub recorded_at: DateTime<Utc>,
    /// How far the server's clock was ahead of the phone's when they last met; absent if they never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// How long before Save they met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub clock_offset_age_s: Option<i64>,
    /// Where; every kind but void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    /// Of a record or a replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Of a record or a replace of something that happens on a phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_holder: Option<DeviceHolder>,
    /// Of a visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<VisitOutcome>,
    /// Of a visit: the day on which its author promised to come again. It holds until the next visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<NaiveDate>,
    /// Of a visit to somebody of a worklist also without `consent`: provisional, with the `person_id` of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30)]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1900, maximum = 2100)]
    pub birth_year: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Of a void or a replace: what is taken back. It may come later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_op_id: Option<OperationId>,
    /// Of a void or a replace: why. No names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: Option<String>,
    /// Of a note; of an activity if there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub text: Option<String>,
    /// Of an activity: meeting, leaflet, loudspeaker, mobile_team, school, market, other. More may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9_]{1,30}$", max_length = 30, example = "meeting")]
    pub activity: Option<String>,
    /// Of an activity: how many came. Left out if nobody counted; so are the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub attended: Option<i32>,
    /// Of an activity: how many leaflets were given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub leaflets: Option<i32>,
    /// Of an activity: how many were helped on their phones there. Each counts by a record of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub helped: Option<i32>,
    /// Of a request_appointment, which also needs an ID number, a name and consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<AppointmentWish>,
}

/// Which appointment suits somebody whom a volunteer met without a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentWish {
    #[schema(min_length = 1, max_length = 40, example = "cccd_new")]
    pub service_code: String,
    /// The nearest if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_id: Option<OfficeId>,
    /// First day that suits; the day of the answer if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveDate>,
    /// Last day that suits; 30 days after it was asked for if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<NaiveDate>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Operation({}, {}, ***)", self.op_id, self.kind)
    }
}

/// Which app sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    #[schema(max_length = 40, example = "pwa")]
    pub app: String,
    #[schema(max_length = 40, example = "1.0.0")]
    pub version: String,
}

/// Push a batch. Its order and its cut mean nothing, and it may be repeated as often as needed.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushOperations {
    /// 1.
    #[schema(minimum = 1, maximum = 1, example = 1)]
    pub protocol: u32,
    pub device_id: DeviceId,
    /// Names this attempt in logs, nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_id: Option<Uuid>,
    /// The last epoch seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "e1")]
    pub epoch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    /// The phone's clock as it sends.
    pub client_time: DateTime<Utc>,
    /// Operations that wait behind this batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_u32)]
    pub pending_after: Option<u32>,
    /// At most 200. Each is read alone.
    #[schema(value_type = Vec<Operation>, max_items = 200)]
    pub ops: Vec<Box<RawValue>>,
}

/// Record one operation at once. Its `op_id` makes it safe to repeat.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordOperation {
    pub device_id: DeviceId,
    /// The phone's clock as it sends.
    pub client_time: DateTime<Utc>,
    #[schema(value_type = Operation)]
    pub operation: Box<RawValue>,
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationResult {
    /// Absent only where the operation itself had none that could be read: results stand in the
    /// order of the operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_id: Option<OperationId>,
    /// applied: stored; replayed: stored before, the same answer again; merged: that citizen and
    /// stage count already; held: stored, a person must decide; rejected: refused for good; retry:
    /// not stored, send again later.
    #[schema(example = "applied")]
    pub result: String,
    /// What it was the first time, when replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_result: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DUP_SUBJECT_STEP")]
    pub code: Option<String>,
    /// Whether it holds the credit now. It may pass on later; pull tells.
    pub counted: bool,
    /// The day it counts for, in Vietnam, as the server decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_on: Option<NaiveDate>,
    /// What to tell the volunteer, in Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Of `retry`: sending it again before then is of no use. Absent: at the next sync.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 3600)]
    pub retry_after_s: Option<u32>,
}

/// The answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushedOperations {
    pub server_time: DateTime<Utc>,
    /// Another one than before: the database was restored; send again what it confirmed since.
    #[schema(example = "e1")]
    pub epoch: String,
    /// One for each operation, in their order.
    pub results: Vec<OperationResult>,
}

/// Ask what became of operations, after a lost answer or a new installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpOperations {
    #[schema(max_items = 200)]
    pub op_ids: Vec<OperationId>,
}

/// One's own operations as they are stored. An id that is not here was never stored, or is not yours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookedUpOperations {
    pub results: Vec<LedgerEntry>,
}

/// One of one's own operations and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    pub op_id: OperationId,
    /// record, visit, void, note, replace, request_appointment, activity, correct (written by the server when a
    /// person had something put right) or unknown.
    pub kind: String,
    /// Of a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    /// applied, merged, held or rejected.
    pub result: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Whether it holds the credit now.
    pub counted: bool,
    /// Of a record: by whom else it was seen to be so: office, police_list or call_back. More may come. Absent: by nobody
    /// yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "police_list")]
    pub confirmed_by: Option<String>,
    /// Whether it was taken back.
    pub voided: bool,
    /// Whether the person it was about had themselves erased, or took their consent back: delete on the phone
    /// every name, phone and number that belongs to it, and keep the rest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_on: Option<NaiveDate>,
    pub received_at: DateTime<Utc>,
    /// Why, in Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Of a request_appointment: what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<RequestedAppointment>,
    /// What a lead decided about it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<LedgerDecision>,
}

/// What a lead decided about somebody's operation, as things stand now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerDecision {
    /// voided: it was taken back; corrected: another record stands in its place; correction: it stands in the place
    /// of another one, with its author's credit; reinstated: it stands again; approved or refused: it was held, and
    /// looked at. More may come.
    #[schema(example = "corrected")]
    pub decision: String,
    /// Why.
    #[schema(example = "Ghi nhầm thôn, đã hỏi lại")]
    pub reason: String,
    pub decided_at: DateTime<Utc>,
    /// As what whoever decided it works here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by_role: Option<Role>,
    /// The record in its place, or the one in whose place it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_op_id: Option<OperationId>,
}

/// The answer to a request for an appointment, as things stand now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestedAppointment {
    /// open: no place was free yet; booked; refused; lapsed: none was until the last day that suits;
    /// withdrawn: taken back before it was answered.
    #[schema(example = "booked")]
    pub state: String,
    /// Why not: ALREADY_BOOKED, OFFICE_UNKNOWN, SERVICE_UNKNOWN, NO_PLACE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Of what was booked; it may have been moved since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<RequestedSlip>,
}

/// What the citizen is handed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestedSlip {
    pub appointment_id: AppointmentId,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// booked, cancelled, served and so on.
    #[schema(example = "booked")]
    pub status: String,
    /// For the desk.
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    /// With the code it moves or cancels the appointment.
    #[schema(example = "9F3K2-M7QXA")]
    pub secret: String,
}

impl std::fmt::Debug for RequestedSlip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RequestedSlip({}, ***)", self.appointment_id)
    }
}

/// Three numbers that are always apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerCounts {
    /// Applied or merged, and not taken back. A void is no work of its own.
    pub recognised: i64,
    /// Held.
    pub under_review: i64,
    /// Rejected.
    pub refused: i64,
}

/// A page of one's own operations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ledger {
    pub counts: LedgerCounts,
    pub items: Vec<LedgerEntry>,
    /// Give this as `cursor` for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    pub as_of: DateTime<Utc>,
}

/// What the server knows of one phone's operations, by the phone's own count: "1 to 812 decided, 3
/// held, 0 missing".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceStatement {
    pub device_id: DeviceId,
    /// All up to this one have come, from the first on; 0: the first has not.
    pub complete_to: i64,
    /// The highest that has come; 0: none has.
    pub highest: i64,
    /// Applied, merged or rejected.
    pub decided: i64,
    /// Waiting for a person.
    pub held: i64,
    /// Not come, below the highest: still on the phone, or lost.
    pub missing: i64,
    /// Where they are missing, from the lowest on; at most 20 spans.
    pub gaps: Vec<MissingSpan>,
    /// The same as a sentence in Vietnamese.
    #[schema(example = "Thao tác 1 đến 812: 809 đã xử lý, 3 chờ duyệt, 0 thiếu.")]
    pub sentence: String,
    pub as_of: DateTime<Utc>,
}

/// Numbers that have not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingSpan {
    pub from: i64,
    pub to: i64,
}

/// What a phone must know before it signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerMeta {
    pub server_time: DateTime<Utc>,
    #[schema(example = "e1")]
    pub epoch: String,
    #[schema(example = "v1")]
    pub api_version: String,
    /// Version of the contract; `GET /api/v1/contract` tells more.
    #[schema(example = "1.0.0")]
    pub contract_version: String,
    /// An app older than this asks its owner to update it, and is refused what it pulls (426) if it names
    /// itself in `X-Client`. What it has not sent yet it may send for ever.
    #[schema(example = "0.0.0")]
    pub client_min: String,
    /// Something that everybody is to read now, in Vietnamese: works announced, an outage. Show it above
    /// everything else, as plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// Protocols that push takes.
    pub protocols: Vec<u32>,
    pub limits: SyncLimits,
    /// The key that ID numbers are sealed to.
    pub sealing_key: SealingKey,
}

/// Limits and intervals come from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncLimits {
    pub ops_per_push: u32,
    pub bytes_per_push: u32,
    pub ops_per_lookup: u32,
    /// Different ID numbers that one volunteer may record in a day.
    pub subjects_per_day: u32,
    /// An app that is open pushes and pulls this often, besides whenever something was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 10, example = 300)]
    pub sync_every_s: Option<u32>,
    /// After failures it waits longer and longer, at random, and never longer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 10, example = 900)]
    pub backoff_max_s: Option<u32>,
    /// It compares checksums, and asks for texts that rarely change, this often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 60, example = 86400)]
    pub check_every_s: Option<u32>,
    /// With more operations than this unsent it takes no new ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 5000)]
    pub ops_waiting_max: Option<u32>,
    /// What was decided it keeps this long, to send it again after a restore from a backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 30)]
    pub decided_kept_days: Option<u32>,
}

/// A public key with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealingKey {
    #[schema(example = "k1")]
    pub kid: String,
    /// 65 bytes, uncompressed P-256, base64url.
    pub public_key: String,
}
