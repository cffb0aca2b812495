//! Whether the numbers can be trusted: signals and what is said about them.
//!
//! A signal says that something in recorded work looks odd, why, and by which numbers. It is a question to
//! people, never a verdict, and it changes no count.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, OperationId, UnitId};

/// Longest note of an answer, in characters.
pub const SIGNAL_NOTE_CHARS_MAX: usize = 500;
/// Most days that one look at recorded work may span.
pub const SIGNAL_DAYS_MAX: i64 = 31;

/// Something that looks odd, for who answers for the place. Never a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signal {
    pub signal_id: Uuid,
    /// Which rule raised it. More may come.
    #[schema(example = "identical_seconds")]
    pub rule: String,
    /// info, flag or high.
    #[schema(example = "high")]
    pub severity: String,
    /// What it is called, in Vietnamese.
    #[schema(example = "Nhiều công dân trong cùng một giây")]
    pub title: String,
    /// What was seen, in Vietnamese, with the numbers and the thresholds.
    pub explanation: String,
    /// open; answered: its author said something; explained, confirmed_wrong, withdrawn: what a lead said last.
    #[schema(example = "open")]
    pub state: String,
    /// Whose work it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<AccountId>,
    /// Or which village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub village_id: Option<UnitId>,
    /// The commune in which it is asked about.
    pub commune_id: UnitId,
    /// The first day of what it is about, in Vietnam.
    pub on_day: NaiveDate,
    /// How many records it is about.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub acts: u32,
    pub raised_at: DateTime<Utc>,
    /// When its evidence or state changed last.
    pub changed_at: DateTime<Utc>,
}

/// The same with its records and everything that was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignalDetail {
    pub signal: Signal,
    /// The records it is about, at most 200.
    pub op_ids: Vec<OperationId>,
    /// What was said, the first thing first.
    pub answers: Vec<SignalAnswer>,
}

/// What was said about a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignalAnswer {
    /// explained, confirmed_wrong or withdrawn.
    #[schema(example = "explained")]
    pub answer: String,
    pub note: String,
    pub answered_by: AccountId,
    /// Whether it was said by who the signal is about.
    pub by_author: bool,
    pub answered_at: DateTime<Utc>,
}

/// A signal that concerns one's own work: a question, and no accusation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnSignal {
    pub signal_id: Uuid,
    /// What it is called, in Vietnamese.
    pub title: String,
    /// What was seen, and that one may explain it, in Vietnamese.
    pub explanation: String,
    /// As of [`Signal`].
    #[schema(example = "open")]
    pub state: String,
    pub on_day: NaiveDate,
    /// How many records it is about.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub acts: u32,
    pub raised_at: DateTime<Utc>,
}

/// What somebody says about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalVerdict {
    /// There is a good reason, told in the note.
    Explained,
    /// The records are wrong.
    ConfirmedWrong,
    /// The records were taken back, or there is nothing to ask about any more.
    Withdrawn,
}

impl SignalVerdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::ConfirmedWrong => "confirmed_wrong",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Answer a signal about one's own work, or within one's unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerSignal {
    pub answer: SignalVerdict,
    /// How it came about. No names of citizens.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Ghi trên giấy ở chợ, tối nhập lại"
    )]
    pub note: String,
}

/// A rule with its thresholds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignalRule {
    #[schema(example = "identical_seconds")]
    pub rule: String,
    /// info, flag or high.
    #[schema(example = "high")]
    pub severity: String,
    /// In Vietnamese.
    pub title: String,
    pub thresholds: Vec<SignalThreshold>,
}

/// A threshold, and why it stands where it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignalThreshold {
    #[schema(example = "persons")]
    pub name: String,
    /// What holds.
    pub value: i64,
    pub default_value: i64,
    /// The smallest value that it may be given.
    pub least: i64,
    /// And the largest.
    pub most: i64,
    /// What it means, and why the default is what it is, in Vietnamese.
    pub reason: String,
}

/// Set a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSignalThreshold {
    #[schema(example = "identical_seconds", max_length = 40)]
    pub rule: String,
    #[schema(example = "persons", max_length = 40)]
    pub name: String,
    #[schema(minimum = 0, maximum = 100_000, example = 4)]
    pub value: i64,
    /// Why.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Thống nhất tại họp giao ban"
    )]
    pub reason: String,
}

/// Look at the recorded work of some days now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RaiseSignals {
    /// Of which unit: a commune, or what holds a few of them.
    pub within: UnitId,
    /// The first day, in Vietnam.
    pub from: NaiveDate,
    /// The last day; at most 31 days in all.
    pub to: NaiveDate,
}

/// What a look at recorded work has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RaisedSignals {
    /// Signals that are new.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub raised: u32,
    /// Signals that have more to show than before.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub grown: u32,
    /// Signals that are as they were.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub unchanged: u32,
}
