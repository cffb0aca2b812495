//! What verification does once a night: promise, draw, assign, look.

use chrono::Days;
use mobile_contracts::calendar::local_day;

use super::{sampling, signals};
use crate::app::App;
use crate::geography::Level;
use crate::http::failure::Failure;

/// A record may come a week after it was made.
const LATE_DAYS: Days = Days::new(8);

/// One night's work.
///
/// # Errors
/// When the database cannot; what was done until then stays.
pub async fn once(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let communes: Vec<_> = geography
        .roots_on(today)
        .into_iter()
        .flat_map(|province| geography.within(province, Level::Commune, today))
        .collect();
    sampling::weekly::promise(&mut conn, &app.keys, &communes, today).await?;
    sampling::weekly::draw_due(&mut conn, &app.keys, &geography, app.clock.now()).await?;
    sampling::weekly::assign_open(&mut conn, &geography, today).await?;
    let days = (today - LATE_DAYS)..=today;
    let raised = signals::raise(&mut conn, &app.keys, &geography, &communes, &days).await?;
    let late = signals::raise_late(&mut conn, &app.keys, &geography, &days).await?;
    tracing::info!(
        raised = raised.raised + late.raised,
        grown = raised.grown + late.grown,
        "recorded work was looked at"
    );
    Ok(())
}
