//! The tree in memory, asked at most once a second whether it still holds.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::{Geography, store};
use crate::db::Conn;

const TRUST: Duration = Duration::from_secs(1);

/// One process's copy of the tree. Cheap to clone.
#[derive(Clone, Default)]
pub struct GeographyCache(Arc<Mutex<Option<Copy>>>);

#[derive(Clone)]
struct Copy {
    tree: Arc<Geography>,
    revision: i64,
    asked: Instant,
}

impl GeographyCache {
    /// The tree if it was asked for within the last second.
    pub fn fresh(&self) -> Option<Arc<Geography>> {
        let copy = self.lock();
        copy.as_ref()
            .filter(|copy| copy.asked.elapsed() < TRUST)
            .map(|copy| copy.tree.clone())
    }

    /// The tree, at most a second old.
    ///
    /// # Errors
    /// When the database cannot be asked and no fresh copy is at hand.
    pub async fn get(&self, conn: &mut Conn) -> QueryResult<Arc<Geography>> {
        match self.fresh() {
            Some(tree) => Ok(tree),
            None => self.newest(conn).await,
        }
    }

    /// The tree as the database has it now.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn newest(&self, conn: &mut Conn) -> QueryResult<Arc<Geography>> {
        let known = self.lock().clone();
        let asked = Instant::now();
        let revision = store::get_revision(conn).await?;
        let tree = match known {
            Some(copy) if copy.revision == revision => copy.tree,
            _ => Arc::new(store::load_geography(conn).await?),
        };
        *self.lock() = Some(Copy {
            tree: tree.clone(),
            revision,
            asked,
        });
        Ok(tree)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Copy>> {
        // The copy is replaced whole: a panic elsewhere leaves it valid.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
