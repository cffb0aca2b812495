//! What time does to bookings: offers and unkept bookings lapse, saved answers grow old, and Redis is
//! set right where it has drifted. Every process sweeps; each step may run in several at once.

use std::convert::Infallible;
use std::time::Duration;

use crate::app::App;
use crate::booking::waitlist;
use crate::http::failure::Failure;

/// How often offers are looked at: no place idles longer while somebody waits.
const ROUND: Duration = Duration::from_secs(2);

/// Sweeps until it is dropped, and never ends by itself. A round that fails is logged, and the next
/// one goes on.
pub async fn run(app: App) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(failure) = round(&app).await {
            tracing::warn!(cause = ?failure.cause(), "a round of sweeping failed");
        }
    }
}

/// One round of everything.
///
/// # Errors
/// When the database cannot be asked.
pub async fn round(app: &App) -> Result<(), Failure> {
    waitlist::sweep::round(app).await
}
