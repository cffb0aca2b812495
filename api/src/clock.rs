//! The only place that reads the time.
//!
//! Rules take the time as an argument; SQL asks `app_now()`, which is the database's clock plus the
//! offset in the table `app_clock`. The offset is zero in production (a start refuses any other), and
//! tests move their own database and this clock together.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The server's idea of now. Clones share one offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that is `offset_ms` ahead of the machine's.
    pub fn shifted(offset_ms: i64) -> Self {
        Self {
            offset_ms: Arc::new(AtomicI64::new(offset_ms)),
        }
    }

    /// Now, in UTC. The day in Vietnam is `mobile_contracts::calendar::local_day` of it.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the time"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.offset_ms())
    }

    /// How far ahead of the machine's clock this one is, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves this clock and all its clones; the caller moves the database's offset with it.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_ms
            .fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
