//! Boards and trends in memory for a second: many viewers of one cost one reading of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mobile_contracts::leaderboard::Leaderboard;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use super::board::Question;
use crate::http::failure::Failure;

/// How old an answer may be.
const TRUST: Duration = Duration::from_secs(1);
/// Most answers kept; past that the cache starts anew.
const ANSWERS_MAX: usize = 500;

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

type Slot<V> = Arc<AsyncMutex<Option<(Instant, Arc<V>)>>>;

/// One process's answers to one kind of question. Cheap to clone.
pub struct SecondCache<K, V>(Arc<Mutex<HashMap<K, Slot<V>>>>);

/// One process's boards.
pub type BoardCache = SecondCache<Wanted, Read>;

impl<K, V> Clone for SecondCache<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> Default for SecondCache<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash, V> SecondCache<K, V> {
    /// The answer at most a second old; while one request reads it, the others wait for that reading.
    ///
    /// # Errors
    /// Whatever the reading fails with; nothing is kept then.
    pub async fn get(
        &self,
        wanted: &K,
        read: impl AsyncFnOnce() -> Result<V, Failure>,
    ) -> Result<Arc<V>, Failure> {
        let slot = self.slot(wanted);
        let mut slot = slot.lock().await;
        if let Some((at, answer)) = slot.as_ref()
            && at.elapsed() < TRUST
        {
            return Ok(answer.clone());
        }
        let asked = Instant::now();
        let fresh = Arc::new(read().await?);
        *slot = Some((asked, fresh.clone()));
        Ok(fresh)
    }

    fn slot(&self, wanted: &K) -> Slot<V> {
        // A map of slots is whole after any panic.
        let mut answers = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if !answers.contains_key(wanted) {
            // What is too old to be given is not worth its memory either: a board of a whole country is large.
            answers.retain(|_, slot| is_in_use(slot));
            if answers.len() >= ANSWERS_MAX {
                answers.clear();
            }
        }
        answers.entry(wanted.clone()).or_default().clone()
    }
}

/// Whether somebody reads it now, or it is fresh.
fn is_in_use<V>(slot: &Slot<V>) -> bool {
    let Ok(answer) = slot.try_lock() else {
        return true;
    };
    let is_fresh = answer.as_ref().is_some_and(|(at, _)| at.elapsed() < TRUST);
    is_fresh || Arc::strong_count(slot) > 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_read_once_a_second_and_forgotten_when_another_is_asked_for() {
        let cache = SecondCache::<u32, u32>::default();
        let ask = async |key: u32, value: u32| {
            let read = cache.get(&key, async || Ok(value)).await;
            *read.unwrap_or_else(|_| panic!("nothing fails"))
        };
        assert_eq!((ask(1, 10).await, ask(1, 11).await), (10, 10));
        tokio::time::sleep(TRUST).await;
        assert_eq!(ask(2, 20).await, 20);
        let kept: Vec<u32> = cache.0.lock().unwrap().keys().copied().collect();
        assert_eq!(kept, [2]);
        assert_eq!(ask(1, 12).await, 12);
    }
}
