//! The monthly report as it is composed, written into, issued, and kept as it was issued.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::Month;
use crate::ids::AccountId;

/// Longest text of a section, in characters.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// Where people write in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextSection {
    /// What the report begins with.
    Opening,
    /// I. What was done to carry the project out.
    Work,
    /// II.1. The essential services.
    Services,
    /// II.2. Digital citizens.
    Citizens,
    /// II.3. Connected data.
    Data,
    /// II.4. Residence.
    Residence,
    /// II.5. Outreach.
    Outreach,
    /// III.1. What went well.
    Strengths,
    /// III.2. What did not.
    Weaknesses,
    /// IV. What is asked for.
    Proposals,
    /// V. What is to be done.
    Tasks,
    /// The last paragraph.
    Closing,
    /// Who gets it, a line each.
    Recipients,
    /// Who signs: the office held, a line each, and the name in the last one.
    Signer,
}

impl TextSection {
    pub const ALL: [Self; 14] = [
        Self::Opening,
        Self::Work,
        Self::Services,
        Self::Citizens,
        Self::Data,
        Self::Residence,
        Self::Outreach,
        Self::Strengths,
        Self::Weaknesses,
        Self::Proposals,
        Self::Tasks,
        Self::Closing,
        Self::Recipients,
        Self::Signer,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Work => "work",
            Self::Services => "services",
            Self::Citizens => "citizens",
            Self::Data => "data",
            Self::Residence => "residence",
            Self::Outreach => "outreach",
            Self::Strengths => "strengths",
            Self::Weaknesses => "weaknesses",
            Self::Proposals => "proposals",
            Self::Tasks => "tasks",
            Self::Closing => "closing",
            Self::Recipients => "recipients",
            Self::Signer => "signer",
        }
    }
}

/// Write the text of a section anew; what stood there stays in its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteReportText {
    pub section: TextSection,
    /// Paragraphs divided by line feeds; empty: nothing stands there any more. No names of citizens.
    #[schema(
        example = "Các Sở, ban, ngành đã chủ động triển khai.",
        max_length = 20_000
    )]
    pub text: String,
    /// Why the text of a closed period is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 5, max_length = 300)]
    pub reason: Option<String>,
    /// The revision that stood when it was written, 0 for none: with another one standing nothing is written.
    /// Absent: whatever stands is written over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2, minimum = 0)]
    pub seen_revision: Option<i32>,
}

/// A revision of a section's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportText {
    /// opening, work, services, citizens, data, residence, outreach, strengths, weaknesses, proposals, tasks,
    /// closing, recipients or signer.
    #[schema(example = "strengths")]
    pub section: String,
    /// 1 for the first.
    pub revision: i32,
    pub text: String,
    pub written_by: AccountId,
    pub written_at: DateTime<Utc>,
}

/// Everything that a report tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// What the unit was called in the period.
    #[schema(example = "Tỉnh Ninh Thuận")]
    pub unit_name: String,
    pub month: Month,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub cumulative_from: NaiveDate,
    /// The number of the correction; 0: the report itself, or a draft.
    pub correction: i32,
    /// Since when it stands; absent: a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<NaiveDate>,
    /// Who issued it; absent: a draft, or issued before reports said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<AccountId>,
    /// Why it was issued again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub reason: Option<String>,
    /// What it says, in order.
    pub blocks: Vec<ReportBlock>,
    /// Every figure that it tells.
    pub figures: Vec<ReportFigure>,
    /// What its registers tell, as it stood on the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<ReportEntry>,
    /// Where the computed percentage is another than the one that a source states.
    pub differences: Vec<ReportDifference>,
    /// Where a source states a change, and the report tells none or another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stated_changes: Vec<ReportStatedChange>,
    /// Who gets it, a line each.
    pub recipients: Vec<String>,
    /// Who signs it, a line each.
    pub signer: Vec<String>,
}

/// A paragraph of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportBlock {
    /// part (I.), section (1.), paragraph, item (-) or subitem (+).
    #[schema(example = "paragraph")]
    pub kind: String,
    pub text: String,
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFigure {
    #[schema(example = "dvc25")]
    pub code: String,
    pub name: String,
    #[schema(example = "II.1")]
    pub section: String,
    pub counted_in: String,
    /// Who answered for it in the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// cumulative or in_period.
    #[schema(example = "cumulative")]
    pub span: String,
    pub value: i64,
    pub at_least: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<i64>,
    /// Computed, half up, two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "58.28")]
    pub percent: Option<String>,
    /// The same in the period before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Of how many, then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_denominator: Option<i64>,
    /// By how many percentage points it changed since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1.80")]
    pub change_points: Option<String>,
}

/// A directive, a difficulty, a proposal or a task, as the report tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportEntry {
    /// directive, difficulty, proposal or task.
    #[schema(example = "task")]
    pub kind: String,
    pub noted_on: NaiveDate,
    #[schema(example = "Công an tỉnh")]
    pub body: String,
    /// Which unit has to do it, of a task, by its name of then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_unit_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// open, done or dropped, on the last day.
    #[schema(example = "open")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_on: Option<NaiveDate>,
}

/// A percentage that the report tells otherwise than its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportDifference {
    #[schema(example = "dvc25")]
    pub code: String,
    #[schema(example = "cumulative")]
    pub span: String,
    #[schema(example = "58.3")]
    pub stated_percent: String,
    /// Absent: it cannot be computed without a denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "58.28")]
    pub percent: Option<String>,
}

/// A change that a source states, where the report tells none or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportStatedChange {
    #[schema(example = "dvc25")]
    pub code: String,
    #[schema(example = "cumulative")]
    pub span: String,
    #[schema(example = "1.8")]
    pub stated_change: String,
    /// percent or points, as the source states it.
    #[schema(example = "percent")]
    pub change_in: String,
    /// With which month the source compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<Month>,
    /// In points since the period before. Absent: it cannot be computed, for one of the percentages is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1.80")]
    pub change_points: Option<String>,
}

/// Issue the report of a closed period: what it says now is kept. Again: a numbered correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueReport {
    /// Which one this is to be: 0 for the report, 1 for its first correction. If there is another by now, nothing is
    /// issued: whoever presses twice, or beside somebody else, issues once. Absent: the next, whichever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, example = 0)]
    pub correction: Option<i32>,
    /// Why it is issued again; only then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 5, max_length = 300)]
    pub reason: Option<String>,
}

/// A report that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedReport {
    /// 0 for the report, then the number of the correction.
    pub correction: i32,
    /// SHA-256 of the report as compact JSON, in hexadecimal: whoever has the JSON can compute it again. It says who
    /// issued it, when and why.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub issued_by: AccountId,
    pub issued_at: DateTime<Utc>,
}

/// A picture (PNG).
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Picture(pub Vec<u8>);
