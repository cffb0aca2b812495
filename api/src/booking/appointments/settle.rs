//! Work under an idempotency key, whose answer survives a COMMIT that nobody heard of.

use crate::app::App;
use crate::booking::holds::mirror::Changes;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::http::idempotency::{self, Press, Pressed, SavedAnswer};

/// An answer, and what became of places on the way to it.
pub struct Outcome {
    pub answer: SavedAnswer,
    pub replayed: bool,
    pub changes: Changes,
}

impl From<Pressed<Changes>> for Outcome {
    fn from(pressed: Pressed<Changes>) -> Self {
        let (answer, replayed, changes) = match pressed {
            Pressed::Fresh(answer, changes) => (answer, false, changes),
            Pressed::Replayed(answer) => (answer, true, Vec::new()),
        };
        Self {
            answer,
            replayed,
            changes,
        }
    }
}

/// Works once for each press; when the answer of COMMIT is lost, once more on a fresh connection, where
/// the key tells what became of the first.
///
/// # Errors
/// 422 when the key stands for another request, whatever the work is refused with, and 503 when it is
/// still not known: the same key settles it later.
pub async fn settle(
    app: &App,
    press: Press<'_>,
    work: impl AsyncFn(&mut Conn) -> Result<(SavedAnswer, Changes), Failure>,
) -> Result<Outcome, Failure> {
    let mut last = None;
    for _ in 0..2 {
        let mut conn = app.pool.get().await?;
        let pressed = db::transaction(&mut conn, async |conn: &mut Conn| {
            idempotency::once(conn, &app.keys, press, &work).await
        });
        match pressed.await {
            Err(failure) if is_connection_lost(&failure) => last = Some(failure),
            pressed => return pressed.map(Outcome::from),
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
