//! What a member recorded, as a lead sees it, corrects it, and takes back that it was taken back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AccountId, OperationId, UnitId};
use crate::tracking::{DeviceHolder, Stage, VisitOutcome};

/// Longest reason, in characters.
pub const CORRECTION_REASON_CHARS_MAX: usize = 200;

/// A stage or a visit that somebody recorded. Says nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedAct {
    pub op_id: OperationId,
    /// record, replace or visit.
    #[schema(example = "record")]
    pub kind: String,
    pub author_id: AccountId,
    /// youth, women or none: whom its author worked for.
    #[schema(example = "youth")]
    pub mass_union: String,
    pub village_id: UnitId,
    /// Of a record: installed, level1_activated, level2_collected, level2_approved or level2_activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "level2_activated")]
    pub stage: Option<String>,
    /// Of a record on a phone: own, family or helper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "own")]
    pub device_holder: Option<String>,
    /// Of a visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "away")]
    pub outcome: Option<String>,
    pub on_day: NaiveDate,
    pub received_at: DateTime<Utc>,
    /// Whether it holds the credit now.
    pub counted: bool,
    /// Whether it is taken back now.
    pub voided: bool,
}

/// A recorded act with everything that was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedActDetail {
    pub act: RecordedAct,
    /// The record in whose place a lead put this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<OperationId>,
    /// Everybody who took it back, the first one first.
    pub voids: Vec<RecordVoid>,
}

/// Somebody took a record back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordVoid {
    pub void_op_id: OperationId,
    pub voided_by: AccountId,
    pub voided_at: DateTime<Utc>,
    pub reason: String,
    /// The record that stands instead, if it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<OperationId>,
    /// That it was taken back was taken back: by whom, when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_reason: Option<String>,
}

/// Put a record right. What is left out stays; the person and the author always do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectRecord {
    /// Where it really was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    /// Which stage it really was; of a record only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Whose phone it really was; of a stage that is on a phone only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_holder: Option<DeviceHolder>,
    /// What really came of it; of a visit only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<VisitOutcome>,
    /// On which day it really was: at most seven days before it was received, as in a record itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_day: Option<NaiveDate>,
    /// Why. No names. The author reads it.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Ghi nhầm thôn, đã hỏi lại"
    )]
    pub reason: String,
}

/// Let a record stand again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReinstateRecord {
    /// Why. No names. The author reads it.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Hủy nhầm, đã gọi lại công dân"
    )]
    pub reason: String,
}
