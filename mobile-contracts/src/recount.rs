//! Whether the boards equal the records, as every night finds out.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a night's recount of all boards found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recount {
    /// Which night, by its local day.
    pub night: NaiveDate,
    pub began_at: DateTime<Utc>,
    /// Absent: it is being done, or was cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// Of how many records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 184_213)]
    pub facts: Option<i64>,
    /// How many numbers are other than the records say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    pub differences: Option<i64>,
    /// The first of them, in the words of `api verify-rollups`: places, ids and counts, no names.
    #[schema(max_items = 50)]
    pub first_differences: Vec<String>,
}
