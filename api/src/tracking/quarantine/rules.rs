//! Until when something is kept. No database, no clock.

use chrono::{DateTime, TimeDelta, Utc};

/// When the words of something are deleted at the earliest.
pub fn kept_until(received_at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    received_at + TimeDelta::days(days.into())
}
