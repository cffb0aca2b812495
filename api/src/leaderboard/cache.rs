//! Boards and trends in memory for a moment: many viewers of one cost one reading of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mobile_contracts::leaderboard::Leaderboard;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use super::board::Question;
use crate::http::failure::Failure;

/// How old an answer may be that is quickly read.
const TRUST: Duration = Duration::from_secs(1);
/// How old any other may be, in times of its reading: whoever asks for the board of a country again and
/// again costs half of the time at most.
const TRUST_READINGS: u32 = 2;
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

/// An answer, and until when it is given.
struct Kept<V> {
    until: Instant,
    answer: Arc<V>,
}

impl<V> Kept<V> {
    /// What was asked for then and is known now.
    fn new(asked: Instant, answer: V) -> Self {
        let trust = TRUST.max(asked.elapsed() * TRUST_READINGS);
        Self {
            until: asked + trust,
            answer: Arc::new(answer),
        }
    }

    fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

type Slot<V> = Arc<AsyncMutex<Option<Kept<V>>>>;

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
    /// The answer at most a second old, or as old as two readings of it take; while one request reads it, the
    /// others wait for that reading.
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
        if let Some(kept) = slot.as_ref().filter(|kept| kept.is_fresh()) {
            return Ok(kept.answer.clone());
        }
        let asked = Instant::now();
        let kept = slot.insert(Kept::new(asked, read().await?));
        Ok(kept.answer.clone())
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
    let Ok(kept) = slot.try_lock() else {
        return true;
    };
    kept.as_ref().is_some_and(Kept::is_fresh) || Arc::strong_count(slot) > 1
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

    #[test]
    fn an_answer_that_takes_longer_than_a_second_is_not_old_when_it_is_known() {
        let slow = Kept::new(Instant::now() - TRUST * 2, ());
        let quick = Kept::new(Instant::now(), ());
        assert!(slow.is_fresh() && slow.until < Instant::now() + TRUST * 3);
        assert!(quick.is_fresh() && quick.until <= Instant::now() + TRUST);
    }
}
