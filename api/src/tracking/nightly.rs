//! One night's work of recording, and the first of a new release: what no contact of its author will do.

use super::held::again::judge_again;
use super::requests::answer::lapse_overdue;
use crate::app::App;
use crate::http::failure::Failure;

/// # Errors
/// When the database cannot; what was done until then stays so.
pub async fn once(app: &App) -> Result<(), Failure> {
    lapse_overdue(app).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    judge_again(&mut conn, &app.keys, &geography).await?;
    Ok(())
}
