//! Work under an idempotency key, whose answer survives a COMMIT that nobody heard of.

use mobile_contracts::ids::OfficeId;

use crate::app::App;
use crate::booking::holds::mirror::Change;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::http::idempotency::SavedAnswer;

/// An answer, and what became of places on the way to it.
pub struct Outcome {
    pub answer: SavedAnswer,
    pub replayed: bool,
    pub changes: Vec<(OfficeId, Change)>,
}

impl Outcome {
    /// What was answered before.
    pub fn replayed(answer: SavedAnswer) -> Self {
        Self {
            answer,
            replayed: true,
            changes: Vec::new(),
        }
    }

    /// What was done now, and the places that it changed.
    pub fn fresh(answer: SavedAnswer, changes: Vec<(OfficeId, Change)>) -> Self {
        Self {
            answer,
            replayed: false,
            changes,
        }
    }
}

/// Runs work that carries its own idempotency key; when the answer of COMMIT is lost, once more on a
/// fresh connection, where the key tells what became of the first.
///
/// # Errors
/// 503 when it is still not known: the same key settles it later.
pub async fn settle(
    app: &App,
    work: impl AsyncFn(&mut Conn) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let mut last = None;
    for _ in 0..2 {
        let mut conn = app.pool.get().await?;
        match db::transaction(&mut conn, async |conn: &mut Conn| work(conn).await).await {
            Err(failure) if is_connection_lost(&failure) => last = Some(failure),
            outcome => return outcome,
        }
    }
    let cause = last.map_or_else(String::new, |failure| format!("{failure:?}"));
    Err(Failure::unavailable(cause))
}

/// Whether nobody knows if it was committed.
fn is_connection_lost(failure: &Failure) -> bool {
    use diesel::result::{DatabaseErrorKind, Error};
    let cause = failure.cause().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => true,
        Some(Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. }) => true,
        Some(Error::DatabaseError(_, info)) => {
            let words = info.message();
            words.contains("connection closed") || words.contains("terminating connection")
        }
        _ => false,
    }
}
