//! How counts came, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// Most points of a trend.
pub const TREND_POINTS_MAX: usize = 400;

/// How many people reached a stage within a unit, step by step through some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trend {
    pub unit_id: UnitId,
    /// The unit, as it was called on the last day.
    #[schema(example = "Tỉnh Khánh Hòa")]
    pub name: String,
    #[schema(example = "level2_activated")]
    pub stage: String,
    /// youth or women; absent where everybody's work is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "women")]
    pub mass_union: Option<String>,
    /// day, week (from Monday) or month: what a point is.
    #[schema(example = "day")]
    pub step: String,
    /// First day counted.
    pub from: NaiveDate,
    /// Last day counted, in Vietnam.
    pub to: NaiveDate,
    /// Recognised records only: what is held for review does not count.
    #[schema(example = "recognised")]
    pub basis: String,
    /// A unit beyond the reader's own is told in whole groups of so many people, each in the step that
    /// completed it, as boards tell it. Absent where everything is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 2, maximum = 100, example = 10)]
    pub merged_to: Option<u32>,
    /// When the numbers were read; at most a second before the answer.
    pub as_of: DateTime<Utc>,
    /// People in all of these days.
    #[schema(example = 1204)]
    pub count: i64,
    /// Of them, confirmed at an office, by a police list or a call-back.
    pub confirmed: i64,
    /// Every step in order, those with nobody too; the first and the last may be cut by the days asked for.
    #[schema(min_items = 1, max_items = 400)]
    pub points: Vec<TrendPoint>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrendPoint {
    /// First day of the step that is counted.
    pub from: NaiveDate,
    /// Its last one.
    pub to: NaiveDate,
    /// People, each counted once in the province, on the day on which it was done.
    #[schema(example = 43)]
    pub count: i64,
    /// Of them, confirmed.
    pub confirmed: i64,
}
