//! What a report tells beside figures: directives, difficulties, proposals, and tasks until they are done.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, UnitId};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A document that was issued (văn bản chỉ đạo).
    Directive,
    /// Something that stands in the way (khó khăn, vướng mắc).
    Difficulty,
    /// Something that is asked of those above (đề xuất, kiến nghị).
    Proposal,
    /// Something to be done in the time to come (nhiệm vụ).
    Task,
}

impl EntryKind {
    pub const ALL: [Self; 4] = [
        Self::Directive,
        Self::Difficulty,
        Self::Proposal,
        Self::Task,
    ];

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Directive => "directive",
            Self::Difficulty => "difficulty",
            Self::Proposal => "proposal",
            Self::Task => "task",
        }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    Open,
    /// Solved, granted, carried out.
    Done,
    /// No longer needed.
    Dropped,
}

impl EntryState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

/// Write an entry. A directive is issued once; everything else is told in every report until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteEntry {
    /// Whose report tells it.
    pub unit_id: UnitId,
    pub kind: EntryKind,
    /// Date of the directive; otherwise the day from which on it is told.
    #[schema(example = "2026-11-05")]
    pub noted_on: NaiveDate,
    /// Who issued it, meets it, is asked, or has to do it.
    #[schema(example = "Công an tỉnh", min_length = 1, max_length = 200)]
    pub body: String,
    /// Number and symbol, of a directive only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "73/KH-CAT-PC06", min_length = 1, max_length = 60)]
    pub number: Option<String>,
    /// What it is about. No names of citizens.
    #[schema(
        example = "Trang cấp thiết bị đọc mã QR cho bộ phận một cửa",
        min_length = 1,
        max_length = 1000
    )]
    pub subject: String,
    /// Until when, of a task only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Which unit within has to do it, of a task only: it stands in that unit's register and evening brief too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_unit_id: Option<UnitId>,
}

/// Change where an entry stands, correct what was written down wrongly, take it out of the register or put it back.
/// What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EntryState>,
    /// Of a task only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// The right date, where a wrong one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_on: Option<NaiveDate>,
    /// The right body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Công an tỉnh", min_length = 1, max_length = 200)]
    pub body: Option<String>,
    /// The right number and symbol, of a directive only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "73/KH-CAT-PC06", min_length = 1, max_length = 60)]
    pub number: Option<String>,
    /// The right words. No names of citizens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "Trang cấp thiết bị đọc mã QR cho bộ phận một cửa",
        min_length = 1,
        max_length = 1000
    )]
    pub subject: Option<String>,
    /// true: it should never have stood there, and no report tells it from now on; false: it should after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<bool>,
    /// Why. No names of citizens.
    #[schema(example = "Đã cấp 65 thiết bị", min_length = 1, max_length = 300)]
    pub note: String,
}

/// An entry of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterEntry {
    pub entry_id: Uuid,
    pub unit_id: UnitId,
    /// directive, difficulty, proposal or task.
    #[schema(example = "task")]
    pub kind: String,
    pub noted_on: NaiveDate,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// open, done or dropped.
    #[schema(example = "open")]
    pub state: String,
    /// The day on which it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_on: Option<NaiveDate>,
    /// When it was taken out of the register, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Which unit has to do it, of a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_unit_id: Option<UnitId>,
    /// What that unit was called then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Xã Bác Ái Tây")]
    pub assigned_unit_name: Option<String>,
}

/// An entry with everything that became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterEntryDetail {
    pub entry: RegisterEntry,
    /// The first thing first.
    pub history: Vec<RegisterChange>,
}

/// How an entry stood after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterChange {
    #[schema(example = "done")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    pub note: String,
    pub changed_by: AccountId,
    pub changed_at: DateTime<Utc>,
    /// Whether it was out of the register from then on.
    #[serde(default)]
    pub withdrawn: bool,
    /// What it said until then, where words were corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_before: Option<RegisterWords>,
}

/// What an entry said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterWords {
    pub noted_on: NaiveDate,
    #[schema(example = "Công an tỉnh")]
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub subject: String,
}
