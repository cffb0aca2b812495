//! Who watches boards at this process: so many at once, and nobody with most of the places.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mobile_contracts::ids::AccountId;
use tokio::sync::watch;

use crate::http::failure::{CommonProblem, Failure};

/// Streams of one account: a few screens of an office, with a tab or two each.
const OF_ACCOUNT_MAX: usize = 20;
/// Whoever is refused tries again after this.
const RETRY_S: u32 = 15;

/// The viewers of this process. Cheap to clone.
#[derive(Clone)]
pub struct Viewers(Arc<Inner>);

struct Inner {
    most: usize,
    watching: Mutex<Watching>,
    closed: watch::Sender<bool>,
}

#[derive(Default)]
struct Watching {
    all: usize,
    by_account: HashMap<AccountId, usize>,
}

/// One that watches; its place is free again when this is dropped.
pub struct Viewer {
    /// True when the program is about to stop.
    pub closed: watch::Receiver<bool>,
    account: AccountId,
    viewers: Viewers,
}

impl Viewers {
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Inner {
            most,
            watching: Mutex::default(),
            closed: watch::Sender::new(false),
        }))
    }

    /// Lets somebody watch from now on.
    ///
    /// # Errors
    /// 429 when too many do already.
    pub fn watch(&self, account: AccountId) -> Result<Viewer, Failure> {
        let mut watching = self.watching();
        let own = watching.by_account.get(&account).copied().unwrap_or(0);
        if watching.all >= self.0.most || own >= OF_ACCOUNT_MAX {
            return Err(Failure::from(CommonProblem::TooManyRequests).retry_after(RETRY_S));
        }
        watching.all += 1;
        watching.by_account.insert(account, own + 1);
        Ok(Viewer {
            closed: self.0.closed.subscribe(),
            account,
            viewers: self.clone(),
        })
    }

    /// Ends every stream: the program is about to stop.
    pub fn close(&self) {
        self.0.closed.send_replace(true);
    }

    fn watching(&self) -> std::sync::MutexGuard<'_, Watching> {
        // Two numbers are whole after any panic.
        let watching = self.0.watching.lock();
        watching.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut watching = self.viewers.watching();
        watching.all -= 1;
        if let Some(own) = watching.by_account.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                watching.by_account.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_place_is_free_again_when_its_viewer_goes() {
        let viewers = Viewers::new(2);
        let account = || AccountId(Uuid::now_v7());
        let first = viewers.watch(account()).unwrap_or_else(|_| panic!("free"));
        let _second = viewers.watch(account()).unwrap_or_else(|_| panic!("free"));
        assert!(viewers.watch(account()).is_err(), "two places");
        drop(first);
        assert!(viewers.watch(account()).is_ok());
    }

    #[tokio::test]
    async fn one_account_does_not_take_all_places() {
        let viewers = Viewers::new(1000);
        let account = AccountId(Uuid::now_v7());
        let own: Vec<_> = (0..OF_ACCOUNT_MAX)
            .map(|_| viewers.watch(account))
            .collect();
        assert!(own.iter().all(Result::is_ok) && viewers.watch(account).is_err());
        assert!(viewers.watch(AccountId(Uuid::now_v7())).is_ok());
    }
}
