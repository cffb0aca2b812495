//! What does not hold together in a report, and who took it upon themselves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::AccountId;

/// Something that does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFinding {
    /// Stands for the rule, the place and the figures: with other figures it is another finding.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015")]
    pub fingerprint: String,
    /// parts_total, part_above_whole, period_above_cumulative, above_denominator, denominator_wrong,
    /// denominator_missing, eligible_split, percent_wrong, percent_cut_off, cumulative_fell, self_comparison,
    /// two_values, fed_differs or percent_for_points. More may come.
    #[schema(example = "parts_total")]
    pub rule: String,
    /// error: to be mended or overruled before the period is closed; warning: it may be right.
    #[schema(example = "error")]
    pub severity: String,
    #[schema(example = "dvc25")]
    pub code: String,
    /// cumulative or in_period.
    #[schema(example = "cumulative")]
    pub span: String,
    /// What is wrong, where, by how much, and what mends it.
    pub message: String,
    /// Who answers for the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Sở Tư pháp")]
    pub owner: Option<String>,
    /// Who took it upon themselves, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<FindingRuling>,
}

/// Why a finding is right nevertheless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingRuling {
    pub reason: String,
    pub ruled_by: AccountId,
    pub ruled_at: DateTime<Utc>,
}

/// Overrule a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverruleFinding {
    /// As the list of findings tells it.
    #[schema(
        example = "9f86d081884c7d659a2feaa0c55ad015",
        pattern = "^[0-9a-f]{32}$",
        min_length = 32,
        max_length = 32
    )]
    pub fingerprint: String,
    /// Why it is right nevertheless.
    #[schema(
        example = "Hai nguồn khác nhau: Cổng dịch vụ công và CSDL quốc gia",
        min_length = 5,
        max_length = 300
    )]
    pub reason: String,
}
