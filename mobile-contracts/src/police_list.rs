//! What the police have of a commune, compared with what was recorded, and what is done where the two differ.
//!
//! The list is compared in memory by keyed hash and kept nowhere; only counts are.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::campaign::RefusedLine;
use crate::ids::{AccountId, UnitId};

/// Most lines of a list.
pub const POLICE_LINES_MAX: usize = 20_000;
/// How far, in a hundred of theirs, the numbers may lie apart before somebody must find out why.
pub const POLICE_APART_PERCENT: u32 = 10;
/// Longest reason why a list is taken back, in characters.
pub const UNDO_REASON_CHARS_MAX: usize = 200;
/// Longest note of a task, in characters.
pub const TASK_NOTE_CHARS_MAX: usize = 300;

/// What a commune's list and our records have in common, for one stage and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoliceReport {
    pub commune_id: UnitId,
    /// The first day of the month.
    pub month: NaiveDate,
    /// level2_collected or level2_activated.
    #[schema(example = "level2_activated")]
    pub stage: String,
    /// Citizens in the list.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub theirs: u32,
    /// Citizens whom we count here in that month.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub ours: u32,
    /// Citizens in the list whom we count in this commune, whenever: confirmed from now on.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub matched: u32,
    /// Citizens in the list whom we count in another commune.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub elsewhere: u32,
    /// Citizens in the list whom we do not count.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub only_theirs: u32,
    /// Citizens of ours with an ID number who are not in the list.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub only_ours: u32,
    /// Citizens of ours without an ID number, whom no list can match.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub without_number: u32,
    /// Whether the two numbers lie more than a tenth apart.
    pub is_apart: bool,
}

/// What became, or would become, of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedPoliceList {
    /// True: nothing was written, because it was asked so or because a line is wrong.
    pub dry_run: bool,
    /// By stage.
    pub reports: Vec<PoliceReport>,
    /// Records that became, or would become, confirmed.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub confirmed: u32,
    /// Lines that repeat another one; they count once.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub repeated: u32,
    /// Lines whose number had lost the zeros that it begins with, as in a spreadsheet: it was read with them.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub repaired: u32,
    /// Lines with a mistake. With any, nothing at all is written.
    pub refused: Vec<RefusedLine>,
}

/// A list that was imported, for one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoliceList {
    pub police_list_id: Uuid,
    /// What it and our records had in common when it came.
    pub report: PoliceReport,
    pub imported_by: AccountId,
    pub imported_at: DateTime<Utc>,
    /// stands; replaced: by a later list of the month; undone: somebody took it back. Neither of these confirms
    /// anything. More may come.
    #[schema(example = "stands")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<AccountId>,
    /// Why it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A list with what depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoliceListDetail {
    pub list: PoliceList,
    /// Records that are confirmed by it and by no other list: taking it back makes them self-reported again, but for
    /// those whom somebody has called.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub confirms_alone: u32,
}

/// Take a list back: it was another commune's, another month's, or wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoPoliceList {
    /// Why. No names of citizens.
    #[schema(min_length = 1, max_length = 200, example = "Nhập nhầm tệp của xã bên")]
    pub reason: String,
}

/// A commune whose numbers lie apart from the police's: somebody finds out why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationTask {
    pub task_id: Uuid,
    /// As of the last list.
    pub report: PoliceReport,
    /// open, in_progress, explained, corrected; agrees: a later list did; withdrawn: the list was taken back.
    #[schema(example = "open")]
    pub state: String,
    /// Who finds out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Until when.
    pub due_on: NaiveDate,
    pub opened_at: DateTime<Utc>,
}

/// A task with everything that was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationTaskDetail {
    pub task: ReconciliationTask,
    /// The first thing first.
    pub history: Vec<ReconciliationStep>,
}

/// How a task stood after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationStep {
    #[schema(example = "in_progress")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub due_on: NaiveDate,
    pub note: String,
    pub taken_by: AccountId,
    pub taken_at: DateTime<Utc>,
}

/// Where a task stands, as people say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Open,
    InProgress,
    /// The difference has a reason, told in the note.
    Explained,
    /// What was wrong with us was corrected.
    Corrected,
}

impl TaskState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Explained => "explained",
            Self::Corrected => "corrected",
        }
    }
}

/// Change a task. What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeReconciliationTask {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TaskState>,
    /// Who is to find out: somebody of one's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Why. No names of citizens.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Danh sách tháng này gồm cả người thu nhận ở tỉnh"
    )]
    pub note: String,
}
