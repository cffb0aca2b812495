//! The catalogue of what is counted for reports, as it is edited, with its history.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::AccountId;

/// What kind of figure an indicator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// None: others stand under it.
    Heading,
    Count,
    /// A percentage that somebody states.
    Rate,
    /// A percentage that is aimed at.
    Target,
}

impl Measure {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Count => "count",
            Self::Rate => "rate",
            Self::Target => "target",
        }
    }
}

/// Which dossiers an indicator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DossierRole {
    Received,
    Eligible,
    Resolved,
    Pending,
}

impl DossierRole {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Eligible => "eligible",
            Self::Resolved => "resolved",
            Self::Pending => "pending",
        }
    }
}

/// An indicator as it shall be: a new one, or one that is written anew. What the program fills stays filled by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteIndicator {
    /// The revision that its sender has seen; 0: there is none of this code yet.
    #[schema(example = 0, minimum = 0)]
    pub revision: i32,
    /// As the report prints it, in Vietnamese.
    #[schema(
        example = "Cấp bản sao trích lục hộ tịch",
        min_length = 1,
        max_length = 200
    )]
    pub name: String,
    /// Under which indicator it stands.
    #[serde(default)]
    #[schema(example = "dvc25", max_length = 60)]
    pub parent_code: Option<String>,
    /// Whether it is added up in its parent: then parts and total must agree.
    #[serde(default)]
    pub is_part: bool,
    /// What is counted.
    #[schema(example = "hồ sơ", min_length = 1, max_length = 40)]
    pub counted_in: String,
    /// The section of the report that tells it: I.2, II.1 to II.5, III.2, V.5 or V.7.
    #[schema(example = "II.1", min_length = 1, max_length = 10)]
    pub section: String,
    pub measure: Measure,
    #[serde(default)]
    pub role: Option<DossierRole>,
    /// The indicator whose value must be its denominator.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub denominator_code: Option<String>,
    /// Whether the report tells a percentage of it.
    #[serde(default)]
    pub needs_denominator: bool,
    /// The indicator that counts the same thing in another section.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub same_as_code: Option<String>,
    /// After which indicator it stands in tables; a new one at the end and others where they are, if left out.
    #[serde(default)]
    #[schema(example = "dvc25.khai_tu", max_length = 60)]
    pub after_code: Option<String>,
    /// Periods that begin on this day or later do not have it; earlier ones keep it with all that was entered.
    #[serde(default)]
    pub retired_on: Option<NaiveDate>,
    /// Why it is written so.
    #[schema(
        example = "Bổ sung theo Quyết định của Thủ tướng",
        min_length = 5,
        max_length = 300
    )]
    pub reason: String,
}

/// One state of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorChange {
    #[schema(example = "dvc25.thuong_tru")]
    pub code: String,
    /// 1 for the first.
    pub revision: i32,
    #[schema(example = "Đăng ký thường trú")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_code: Option<String>,
    pub is_part: bool,
    #[schema(example = "hồ sơ")]
    pub counted_in: String,
    #[schema(example = "II.1")]
    pub section: String,
    /// heading, count, rate or target.
    #[schema(example = "count")]
    pub measure: String,
    /// received, eligible, resolved or pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator_code: Option<String>,
    pub needs_denominator: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_on: Option<NaiveDate>,
    #[schema(example = "Danh mục ban đầu")]
    pub reason: String,
    /// Absent: it came with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<AccountId>,
    pub changed_at: DateTime<Utc>,
}

/// Who answers for an indicator from some day on; whoever did before does until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetIndicatorOwner {
    /// The department, as the report names it.
    #[schema(example = "Sở Tư pháp", min_length = 1, max_length = 200)]
    pub owner: String,
    pub valid_from: NaiveDate,
}
