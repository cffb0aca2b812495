//! What is done once a night, as long as the program runs.

use std::convert::Infallible;
use std::time::Duration;

use chrono::Days;
use mobile_contracts::calendar::local_day;

use super::{sampling, signals};
use crate::app::App;
use crate::geography::Level;
use crate::http::failure::Failure;
use crate::retention::rules::night_of;

/// How often the clock is looked at.
const ROUND: Duration = Duration::from_secs(600);
/// A record may come a week after it was made.
const LATE_DAYS: Days = Days::new(8);

/// Looks at the work of the last days once a night until it is dropped, and never ends by itself. A night that
/// fails is logged, and tried again in the next round.
pub async fn run(app: App) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = None;
    loop {
        rounds.tick().await;
        let tonight = night_of(app.clock.now());
        if last == Some(tonight) {
            continue;
        }
        match once(&app).await {
            Ok(()) => last = Some(tonight),
            Err(failure) => {
                tracing::warn!(cause = ?failure.cause(), "recorded work could not be looked at");
            }
        }
    }
}

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
    tracing::info!(
        raised = raised.raised,
        grown = raised.grown,
        "recorded work was looked at"
    );
    Ok(())
}
