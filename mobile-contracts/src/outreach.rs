//! Outreach activities (tuyên truyền) as whoever leads sees them: the list, the sums, and what is corrected.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, OperationId, UnitId};

/// An activity as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutreachActivity {
    /// The operation that told of it.
    pub activity_id: OperationId,
    pub village_id: UnitId,
    /// youth, women or none: whom its author worked for.
    #[schema(example = "youth")]
    pub mass_union: String,
    pub author_id: AccountId,
    pub on_day: NaiveDate,
    /// meeting, leaflet, loudspeaker, mobile_team, school, market, other. More may come.
    #[schema(example = "meeting")]
    pub activity: String,
    /// How many came; absent: not counted. So are the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaflets: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<i32>,
    /// Taken back by its author or a lead: it counts nowhere.
    pub is_voided: bool,
    /// The correction that holds, if somebody corrected or voided what was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_id: Option<Uuid>,
}

/// An activity with its author's words and everything that was said about it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutreachActivityDetail {
    pub activity: OutreachActivity,
    #[schema(example = "Hồ Thị Thử")]
    pub author_name: String,
    /// What the author wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The first correction first.
    pub corrections: Vec<ActivityCorrection>,
}

/// What somebody said about an activity instead of its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityCorrection {
    pub correction_id: Uuid,
    /// It did not happen, or was told twice.
    pub voids: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaflets: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<i32>,
    pub reason: String,
    pub corrected_by: AccountId,
    pub corrected_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<DateTime<Utc>>,
}

/// Say what an activity was: all of it, for a count that is left out was not counted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectActivity {
    #[schema(pattern = "^[a-z0-9_]{1,30}$", max_length = 30, example = "meeting")]
    pub activity: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub attended: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub leaflets: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub helped: Option<i32>,
    /// Why. No names.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Biên bản ghi 26 người, không phải 62"
    )]
    pub reason: String,
}

/// Say that an activity does not count.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidActivity {
    /// Why. No names.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Hai người cùng báo một buổi họp"
    )]
    pub reason: String,
}

/// What the activities of one unit, union, kind or month come to. Those that are voided are in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutreachSum {
    /// Of a sum by unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// Of a sum by union: youth, women or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "youth")]
    pub mass_union: Option<String>,
    /// Of a sum by kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "meeting")]
    pub activity: Option<String>,
    /// Of a sum by month: its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<NaiveDate>,
    /// How many there were.
    pub activities: i64,
    pub attended: i64,
    pub leaflets: i64,
    pub helped: i64,
}

/// Sums of a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutreachSums {
    pub unit_id: UnitId,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// unit, union, kind or month.
    #[schema(example = "unit")]
    pub by: String,
    pub sums: Vec<OutreachSum>,
    pub total: OutreachSum,
}
