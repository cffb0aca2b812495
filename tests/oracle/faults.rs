//! What was wrong, and when.

use serde::Serialize;

use super::history::Ms;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    RedisEmptied,
    RedisPaused,
    RedisKilled,
    RedisUnreachable,
    ProcessKilled,
    ProcessPaused,
    PostgresKilled,
    PostgresUnreachable,
    SessionsEnded,
    CommitsCut,
    ClockMoved,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::RedisEmptied,
        Self::RedisPaused,
        Self::RedisKilled,
        Self::RedisUnreachable,
        Self::ProcessKilled,
        Self::ProcessPaused,
        Self::PostgresKilled,
        Self::PostgresUnreachable,
        Self::SessionsEnded,
        Self::CommitsCut,
        Self::ClockMoved,
    ];

    pub fn is_of_redis(self) -> bool {
        matches!(
            self,
            Self::RedisEmptied | Self::RedisPaused | Self::RedisKilled | Self::RedisUnreachable
        )
    }
}

/// Something that was wrong for a while.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Fault {
    pub kind: Kind,
    pub process: usize,
    pub from: Ms,
    /// When what broke it was over; what it broke may need a moment more.
    pub to: Ms,
}

/// A time without faults, and long enough after the last.
#[derive(Debug, Clone, Copy)]
pub struct Calm {
    pub from: Ms,
    pub to: Ms,
}
