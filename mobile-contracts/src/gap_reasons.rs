//! Why people were visited and not moved.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// What came of the visits in a unit, and in the units within it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapReasons {
    pub unit_id: UnitId,
    /// First day counted.
    pub from: NaiveDate,
    /// Last day counted, in Vietnam.
    pub to: NaiveDate,
    /// Visits of these days, those that moved somebody too: the sum of all rows, of other pages too.
    #[schema(example = 412)]
    pub visits: i64,
    /// What kept people from it, the commonest first.
    pub reasons: Vec<GapReason>,
    /// Units beyond the reader's own are told in whole groups of so many visits, outcome by outcome: of what has come
    /// of a year only whole groups are let out, in the order of days, so that no difference of two answers is smaller.
    /// Absent where everything is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 2, maximum = 100, example = 10)]
    pub merged_to: Option<u32>,
    /// Communes, or villages of a commune, by name; those without a visit too.
    pub rows: Vec<UnitReasons>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// The same of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitReasons {
    pub unit_id: UnitId,
    #[schema(example = "Xã Bác Ái Tây")]
    pub name: String,
    #[schema(example = 40)]
    pub visits: i64,
    pub reasons: Vec<GapReason>,
    /// Told in whole groups, as `merged_to` says.
    #[serde(default)]
    pub merged: bool,
}

/// Visits that ended alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapReason {
    /// no_smartphone, sim_not_own, no_signal, otp_not_received, away, declined, over_seven_days or other; more may come.
    #[schema(example = "no_smartphone")]
    pub outcome: String,
    #[schema(example = 12)]
    pub n: i64,
}
