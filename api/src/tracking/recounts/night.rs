//! A night's recount, done by one process.

use super::store;
use crate::app::App;
use crate::db::Pool;
use crate::http::failure::Failure;
use crate::nightly::night_of;
use crate::tracking::verify;

/// One night's work: recounts, and keeps what differs. Another process that has begun is left to it.
/// Counting takes minutes, on a connection of `patient` that may take them.
///
/// # Errors
/// When the database cannot.
pub async fn once(app: &App, patient: &Pool) -> Result<(), Failure> {
    let night = night_of(app.clock.now());
    // A connection that serves is not kept while it is counted.
    let is_ours = store::begin(&mut *app.pool.get().await?, night).await?;
    if !is_ours {
        return Ok(());
    }
    let mut slow = patient.get().await?;
    let found = verify::first_differences(&mut slow, store::KEPT_MAX).await?;
    let facts = verify::count_facts(&mut slow).await?;
    let first: Vec<String> = found.first.iter().map(ToString::to_string).collect();
    let conn = &mut *app.pool.get().await?;
    store::finish(conn, night, facts, found.all, &first).await?;
    match found.all {
        0 => tracing::info!(facts, "boards equal a recount"),
        differences => tracing::error!(
            facts,
            differences,
            "boards differ from a recount: see GET /recounts and `api verify-rollups`"
        ),
    }
    Ok(())
}
