//! One process's screens: who watches, and one question a second for all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::DisplayBoard;
use tokio::runtime::Handle;
use tokio::sync::{broadcast, watch};

use super::store::{self, Position, Shown};
use crate::db::Pool;
use crate::http::failure::{CommonProblem, Failure};

/// How often the table is asked.
const ROUND: Duration = Duration::from_secs(1);
/// How long the first screen waits for the asking to begin.
const READY_WAIT: Duration = Duration::from_secs(5);
/// How long a board is told again as it was.
pub const BOARD_TRUST: Duration = Duration::from_secs(1);
/// Changes that a slow screen may lag behind before it is told everything anew.
const BACKLOG: usize = 512;
/// Changes read at once.
const BATCH: i64 = 500;
/// One address may have this share of the places, so that one stranger does not take them all.
const SHARE_OF_ADDRESS: usize = 4;
/// A refused screen tries again after this.
const RETRY_S: u32 = 15;

/// The screens of this process. Cheap to clone.
#[derive(Clone)]
pub struct Displays(Arc<Inner>);

struct Inner {
    /// Lives as long as the program, unlike the runtime of an HTTP worker.
    runtime: Handle,
    changes: broadcast::Sender<Arc<Shown>>,
    viewers_max: usize,
    viewers: Mutex<Viewers>,
    boards: Mutex<HashMap<OfficeId, (Instant, Arc<DisplayBoard>)>>,
    closed: watch::Sender<bool>,
    /// The asking has a position to go on from.
    ready: watch::Sender<bool>,
}

#[derive(Default)]
struct Viewers {
    by_address: HashMap<Option<IpAddr>, usize>,
    all: usize,
    polling: bool,
}

/// One screen that watches; its place is free again when this is dropped.
pub struct Viewer {
    pub changes: broadcast::Receiver<Arc<Shown>>,
    pub closed: watch::Receiver<bool>,
    ready: watch::Receiver<bool>,
    address: Option<IpAddr>,
    displays: Displays,
}

impl Displays {
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(viewers_max: usize) -> Self {
        Self(Arc::new(Inner {
            runtime: Handle::current(),
            changes: broadcast::Sender::new(BACKLOG),
            viewers_max,
            viewers: Mutex::default(),
            boards: Mutex::default(),
            closed: watch::Sender::new(false),
            ready: watch::Sender::new(false),
        }))
    }

    /// Lets a screen watch from now on.
    ///
    /// # Errors
    /// 429 when too many do already.
    pub fn watch(&self, pool: &Pool, address: Option<IpAddr>) -> Result<Viewer, Failure> {
        let inner = &self.0;
        let mut viewers = lock(&inner.viewers);
        let of_address = viewers.by_address.get(&address).copied().unwrap_or(0);
        let share = (inner.viewers_max / SHARE_OF_ADDRESS).max(1);
        if viewers.all >= inner.viewers_max || (address.is_some() && of_address >= share) {
            return Err(Failure::from(CommonProblem::TooManyRequests).retry_after(RETRY_S));
        }
        viewers.all += 1;
        *viewers.by_address.entry(address).or_default() += 1;
        let viewer = Viewer {
            changes: inner.changes.subscribe(),
            closed: inner.closed.subscribe(),
            ready: inner.ready.subscribe(),
            address,
            displays: self.clone(),
        };
        if !viewers.polling {
            viewers.polling = true;
            inner.runtime.spawn(poll(self.clone(), pool.clone()));
        }
        Ok(viewer)
    }

    /// Ends every stream: the program is about to stop.
    pub fn close(&self) {
        let _ = self.0.closed.send(true);
    }

    /// A board that was made a moment ago.
    pub fn fresh_board(&self, office_id: OfficeId) -> Option<Arc<DisplayBoard>> {
        let boards = lock(&self.0.boards);
        let (made, board) = boards.get(&office_id)?;
        (made.elapsed() < BOARD_TRUST).then(|| board.clone())
    }

    pub fn keep_board(&self, made: Instant, board: Arc<DisplayBoard>) {
        lock(&self.0.boards).insert(board.office_id, (made, board));
    }

    /// Whether nobody watches any more; if so, the next who comes starts the asking anew.
    fn stop_if_unwatched(&self) -> bool {
        let mut viewers = lock(&self.0.viewers);
        if viewers.all == 0 {
            viewers.polling = false;
            self.0.ready.send_replace(false);
        }
        viewers.all == 0
    }
}

impl Viewer {
    /// Waits until whatever changes from now on will come: what is read after this joins on without
    /// a gap.
    ///
    /// # Errors
    /// 503 when the database cannot be asked.
    pub async fn listening(&mut self) -> Result<(), Failure> {
        let ready = self.ready.wait_for(|ready| *ready);
        match tokio::time::timeout(READY_WAIT, ready).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Failure::unavailable("nobody could ask what changes")),
        }
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut viewers = lock(&self.displays.0.viewers);
        viewers.all -= 1;
        if let Some(count) = viewers.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                viewers.by_address.remove(&self.address);
            }
        }
    }
}

/// What is kept here is counted in one step: a panic elsewhere leaves it valid.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks once a second while anybody watches. A database that is away is asked again; no screen is
/// told a guess.
async fn poll(displays: Displays, pool: Pool) {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut position: Option<Position> = None;
    while !displays.stop_if_unwatched() {
        rounds.tick().await;
        if let Err(failure) = round(&displays, &pool, &mut position).await {
            tracing::warn!(cause = ?failure.cause(), "screens were not told what changed");
        }
    }
}

async fn round(
    displays: &Displays,
    pool: &Pool,
    position: &mut Option<Position>,
) -> Result<(), Failure> {
    let mut conn = pool.get().await?;
    let Some(mut after) = *position else {
        *position = Some(store::head(&mut conn).await?);
        displays.0.ready.send_replace(true);
        return Ok(());
    };
    loop {
        let shown = store::list_after(&mut conn, after, None, BATCH).await?;
        let full = shown.len() as i64 == BATCH;
        for one in shown {
            after = one.position;
            // Nobody may be listening just now.
            let _ = displays.0.changes.send(Arc::new(one));
        }
        *position = Some(after);
        if !full {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_free_again_when_its_screen_is_gone() {
        let displays = Displays::new(8);
        let pool = Pool::new("postgres://nobody@127.0.0.1:1/none", 1);
        let address = |last: u8| Some(IpAddr::from([127, 0, 0, last]));
        let watch = |last: u8| displays.watch(&pool, address(last));
        let first = watch(1).unwrap();
        let _second = watch(1).unwrap();
        assert!(watch(1).is_err(), "a quarter of eight");
        drop(first);
        let mut all = vec![watch(1).unwrap()];
        for last in 2..=7 {
            all.push(watch(last).unwrap());
        }
        assert!(watch(8).is_err(), "eight");
        all.clear();
        assert!(watch(8).is_ok());
    }
}
