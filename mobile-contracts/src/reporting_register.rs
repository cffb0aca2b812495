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
}

/// Change where an entry stands. What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EntryState>,
    /// Of a task only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
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
}
