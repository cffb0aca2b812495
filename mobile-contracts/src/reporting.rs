//! What a province counts for its monthly report: indicators, periods of free days, values with their history,
//! and the registers of what was issued, met, proposed and given to do.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::calendar::Month;
use crate::campaign::RefusedLine;
use crate::ids::{AccountId, UnitId};
use crate::reporting_percent::StatedPercent;

/// Most values of one request, and of one file.
pub const VALUES_MAX: usize = 500;
/// Largest file of values, in bytes.
pub const VALUES_BYTES_MAX: usize = 1024 * 1024;
/// Largest value.
pub const VALUE_MAX: i64 = 1_000_000_000_000;

/// Something that is counted for the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Indicator {
    #[schema(example = "dvc25.thuong_tru")]
    pub code: String,
    #[schema(example = "Đăng ký thường trú")]
    pub name: String,
    /// Under which indicator it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_code: Option<String>,
    /// Whether it is added up in its parent.
    pub is_part: bool,
    /// What is counted.
    #[schema(example = "hồ sơ")]
    pub counted_in: String,
    /// The section of the report that tells it.
    #[schema(example = "II.1")]
    pub section: String,
    /// heading (has no value), count, rate or target.
    #[schema(example = "count")]
    pub measure: String,
    /// The indicator whose value must be its denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator_code: Option<String>,
    /// The indicator that counts the same thing in another section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as_code: Option<String>,
    /// Which part of the program fills it; absent: people enter it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "tracking.installed")]
    pub fed_by: Option<String>,
    /// Among dossiers: received, eligible, resolved or pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Whether the report tells a percentage of it.
    #[serde(default)]
    pub needs_denominator: bool,
    /// Periods that begin on this day or later do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_on: Option<NaiveDate>,
    /// How often it was written: whoever writes it anew says which one they saw.
    #[serde(default)]
    #[schema(example = 1)]
    pub revision: i32,
    /// Who answered for it, the first one first.
    pub owners: Vec<IndicatorOwner>,
}

/// Who answers for an indicator, for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorOwner {
    #[schema(example = "Công an tỉnh")]
    pub owner: String,
    pub valid_from: NaiveDate,
    /// The day after the last; absent: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

/// The days of which a unit reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportingPeriod {
    pub period_id: Uuid,
    pub unit_id: UnitId,
    /// What the unit was called in the period.
    #[schema(example = "Tỉnh Ninh Thuận")]
    pub unit_name: String,
    /// The month that the report is named after.
    pub month: Month,
    #[schema(example = "2023-01-17")]
    pub starts_on: NaiveDate,
    #[schema(example = "2023-02-19")]
    pub ends_on: NaiveDate,
    /// First day of cumulative figures.
    #[schema(example = "2022-01-18")]
    pub cumulative_from: NaiveDate,
    /// How many numbered corrections came after closing.
    pub corrections: i32,
    /// Since when every change is a numbered correction; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
}

/// Open a period. A unit's periods do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenReportingPeriod {
    pub unit_id: UnitId,
    pub month: Month,
    #[schema(example = "2026-10-17")]
    pub starts_on: NaiveDate,
    /// At most 366 days after the first.
    #[schema(example = "2026-11-16")]
    pub ends_on: NaiveDate,
    #[schema(example = "2022-01-18")]
    pub cumulative_from: NaiveDate,
}

/// Since the beginning, or in the period alone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    Cumulative,
    InPeriod,
}

impl Span {
    pub const ALL: [Self; 2] = [Self::Cumulative, Self::InPeriod];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cumulative => "cumulative",
            Self::InPeriod => "in_period",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == word)
    }
}

/// How a source states a change of a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeIn {
    Percent,
    /// Percentage points (điểm %).
    Points,
}

impl ChangeIn {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Points => "points",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Percent, Self::Points]
            .into_iter()
            .find(|own| own.as_str() == word)
    }
}

/// What is entered for an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnteredValue {
    #[schema(example = "dvc25.thuong_tru", min_length = 1, max_length = 60)]
    pub code: String,
    pub span: Span,
    /// Absent: what was entered is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3680, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub value: Option<i64>,
    /// The source says "more than".
    #[serde(default)]
    pub at_least: bool,
    /// Of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub denominator: Option<i64>,
    /// The percentage as the source states it; the one that is reported is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_percent: Option<StatedPercent>,
    /// By how much it grew, as the source states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_change: Option<StatedPercent>,
    /// Goes with a stated change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_in: Option<ChangeIn>,
    /// The month with which the source compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<Month>,
    /// The document or system that it comes from.
    #[schema(
        example = "Cổng dịch vụ công quản lý cư trú",
        min_length = 1,
        max_length = 200
    )]
    pub source: String,
    /// The revision that stood when it was entered, 0 for none: with another one standing nothing is written.
    /// Absent: whatever stands is written over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2, minimum = 0)]
    pub seen_revision: Option<i32>,
}

/// Enter values, all or none. What is the same already is not written again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterValues {
    #[schema(min_items = 1, max_items = 500)]
    pub values: Vec<EnteredValue>,
    /// Why a closed period is corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 5, max_length = 300)]
    pub reason: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnteredValues {
    /// True: nothing was written, because it was asked so or because a line is wrong.
    pub dry_run: bool,
    /// How many are, or would be, other than before.
    #[schema(value_type = i32, minimum = 0)]
    pub changed: u32,
    /// How many were the same already.
    #[schema(value_type = i32, minimum = 0)]
    pub unchanged: u32,
    /// How many the program counts too, and left to who typed them.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0)]
    pub kept: u32,
    /// The number of the correction that this is, in a closed period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<i32>,
    /// Lines of a file with a mistake. With any, nothing at all is written.
    pub refused: Vec<RefusedLine>,
}

/// A value, or one of its earlier revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorValue {
    #[schema(example = "dvc25.thuong_tru")]
    pub code: String,
    /// cumulative or in_period.
    #[schema(example = "in_period")]
    pub span: String,
    /// 1 for the first.
    pub revision: i32,
    /// Absent: it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    pub at_least: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<i64>,
    /// Computed from both, half up, with two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "58.28")]
    pub percent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_percent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_change: Option<String>,
    /// percent or points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<Month>,
    pub source: String,
    /// The number of the correction that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub entered_by: AccountId,
    pub entered_at: DateTime<Utc>,
    /// The program counted it; else somebody typed it, and the program never writes over it.
    #[serde(default)]
    pub fed: bool,
}
