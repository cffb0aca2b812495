//! Targets: numbers set for a unit, a stage and a period.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// Most targets of one request.
pub const TARGETS_MAX: usize = 500;

/// What a target counts as a hundred per cent. A rate never goes without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Denominator {
    /// Chỉ tiêu giao: assigned by a plan.
    Assigned,
    /// People who could reach the stage.
    Eligible,
    /// Dossiers that the police have approved.
    Approved,
}

impl Denominator {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Eligible => "eligible",
            Self::Approved => "approved",
        }
    }
}

/// A number set for a unit, a stage and a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub unit_id: UnitId,
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated.
    #[schema(example = "level2_activated")]
    pub stage: String,
    /// First day of the period.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Last day of the period; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    /// How many people.
    #[schema(example = 1250, minimum = 1, maximum = 10_000_000)]
    pub people: u32,
    pub denominator: Denominator,
    /// The plan or list that it comes from.
    #[schema(example = "Kế hoạch 73/KH-CAT-PC06", min_length = 1, max_length = 200)]
    pub source: String,
}

/// Sets targets, all or none. One for the same unit, stage and first day is replaced.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTargets {
    #[schema(min_items = 1, max_items = 500)]
    pub targets: Vec<Target>,
}

/// Which target: there is one of a unit, a stage and a first day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetKey {
    pub unit_id: UnitId,
    #[schema(example = "level2_activated", max_length = 30)]
    pub stage: String,
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
}

/// Removes targets, all or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTargets {
    #[schema(min_items = 1, max_items = 500)]
    pub targets: Vec<TargetKey>,
}

/// What became, or would become, of a file of targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedTargets {
    /// True: nothing was written, because it was asked so or because a line is wrong.
    pub dry_run: bool,
    /// Targets that are, or would be, set.
    pub set: u32,
    /// Lines with a mistake. With any, nothing at all is written.
    pub refused: Vec<RefusedLine>,
}

/// A line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedLine {
    /// Line number in the file; the header is line 1.
    #[schema(example = 2)]
    pub line: u32,
    #[schema(example = "Không có đơn vị mã 99999 vào ngày 2026-01-01.")]
    pub message: String,
}
