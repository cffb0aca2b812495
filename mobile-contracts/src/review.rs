//! What was held in the field, and what a lead decides about it.
//!
//! An operation that a rule could not accept by itself waits for somebody who answers for the place.
//! They approve it, in another village if need be, or refuse it; its author pulls the verdict.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::ids::{AccountId, OperationId, UnitId};

/// Longest reason of a decision, in characters.
pub const REVIEW_REASON_CHARS_MAX: usize = 200;

/// An operation that waits for somebody's decision. Says nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldOperation {
    pub op_id: OperationId,
    /// record, replace, visit, void, note, request_appointment, activity or unknown.
    #[schema(example = "record")]
    pub kind: String,
    /// Why it is held.
    #[schema(example = "UNIT_OUT_OF_SCOPE")]
    pub code: String,
    /// The same in Vietnamese.
    pub message: String,
    /// Whose account sent it.
    pub author_id: AccountId,
    /// Where they work.
    pub author_unit_id: UnitId,
    /// Where it was done, if that was understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    pub received_at: DateTime<Utc>,
    /// Decide until then: what was sent is deleted afterwards. Absent: it is, and can only be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<DateTime<Utc>>,
}

/// The same with everything that was sent, but the ID number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HeldOperationDetail {
    pub held: HeldOperation,
    /// What was sent, as it was sent; `subject` holds four digits of the ID number at most. Names and
    /// phones of citizens may stand here: showing it is written to the audit trail.
    #[schema(value_type = Object)]
    pub sent: Value,
}

/// What is decided about a held operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewDecision {
    /// It stands as if it had never been held.
    Approve,
    /// It is kept and never counts.
    Refuse,
}

impl ReviewDecision {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
        }
    }
}

/// Decide about a held operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewOperation {
    pub decision: ReviewDecision,
    /// Why. No names.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Đã xác minh với tình nguyện viên"
    )]
    pub reason: String,
    /// Where it belongs, when it was sent for a village that is unknown or not the author's. Only of
    /// an approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    /// A parent or guardian was asked and agreed, of somebody under 14 who agreed alone. Only of an approval; of what
    /// is held as GUARDIAN_MISSING the approval itself says so.
    #[serde(default)]
    pub guardian_agreed: bool,
}

/// What became of a held operation. Its author pulls the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewedOperation {
    pub op_id: OperationId,
    /// applied, merged or rejected.
    #[schema(example = "applied")]
    pub result: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "REVIEWED")]
    pub code: Option<String>,
    /// Whether it holds the credit now.
    pub counted: bool,
    /// The day it counts for, in Vietnam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_on: Option<NaiveDate>,
}
