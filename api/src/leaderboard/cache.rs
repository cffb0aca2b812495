//! Boards in memory for a second: many viewers of one board cost one reading of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mobile_contracts::leaderboard::Leaderboard;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use super::board::Question;
use crate::http::failure::Failure;

/// How old a board may be.
const TRUST: Duration = Duration::from_secs(1);
/// Most boards kept; past that the cache starts anew.
const BOARDS_MAX: usize = 500;

/// A board and the tag of what it says.
#[derive(Debug)]
pub struct Read {
    pub board: Leaderboard,
    /// Changes when a row changes, or its window is closed or revised; not with `as_of` alone.
    pub tag: String,
}

/// Which of the boards of a window is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edition {
    /// What was kept last where the window is closed, and what stands now where it is not.
    Newest,
    /// That revision of what was kept.
    Revision(i32),
    /// What stands now, closed or not.
    Live,
}

/// A board, and which edition of it.
pub type Wanted = (Question, Edition);
impl Read {
    pub fn new(board: Leaderboard) -> Self {
        let tag = tag(&board);
        Self { board, tag }
    }
}

type Slot = Arc<AsyncMutex<Option<(Instant, Arc<Read>)>>>;

/// One process's boards. Cheap to clone.
#[derive(Clone, Default)]
pub struct BoardCache(Arc<Mutex<HashMap<Wanted, Slot>>>);

impl BoardCache {
    /// The board at most a second old; while one request reads it, the others wait for that reading.
    ///
    /// # Errors
    /// Whatever the reading fails with; nothing is kept then.
    pub async fn get(
        &self,
        wanted: &Wanted,
        read: impl AsyncFnOnce() -> Result<Leaderboard, Failure>,
    ) -> Result<Arc<Read>, Failure> {
        let slot = self.slot(wanted);
        let mut slot = slot.lock().await;
        if let Some((at, board)) = slot.as_ref()
            && at.elapsed() < TRUST
        {
            return Ok(board.clone());
        }
        let asked = Instant::now();
        let board = read().await?;
        let fresh = Arc::new(Read::new(board));
        *slot = Some((asked, fresh.clone()));
        Ok(fresh)
    }

    fn slot(&self, wanted: &Wanted) -> Slot {
        // A map of slots is whole after any panic.
        let mut boards = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if boards.len() >= BOARDS_MAX && !boards.contains_key(wanted) {
            boards.clear();
        }
        boards.entry(wanted.clone()).or_default().clone()
    }
}

fn tag(board: &Leaderboard) -> String {
    let said = serde_json::to_vec(&(
        &board.total,
        &board.rows,
        board.to,
        board.units_as_of,
        &board.closing,
    ))
    .unwrap_or_default();
    let hash = Sha256::digest(said);
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
