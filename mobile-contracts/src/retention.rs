//! How long each kind of record is kept, and what the next purge would do.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long each kind of record is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionSchedule {
    pub kinds: Vec<RetentionKind>,
    /// When the next purge begins by itself.
    pub next_run_at: DateTime<Utc>,
}

/// One kind of record. Numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionKind {
    /// appointment_names, ticket_names, notices; more will come.
    #[schema(example = "notices")]
    pub kind: String,
    /// What it is, in Vietnamese.
    pub what: String,
    /// Why so long and not longer, in Vietnamese.
    pub reason: String,
    /// Days that it is kept. Absent: it is never purged by the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The fewest days that may be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_min: Option<u32>,
    /// How many the next purge would delete or empty, as of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<i64>,
    /// The oldest of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<DateTime<Utc>>,
    /// When it was purged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run_at: Option<DateTime<Utc>>,
    /// How many that purge deleted or emptied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_purged: Option<i64>,
}
