//! What was held or refused, and is not kept for ever: its words are deleted some weeks after they
//! came. Verdict, code and hash stay, so that whoever sends it again is answered as before, and every
//! count stays what it was.
//!
//! What a lost phone sent is held, and so is emptied too. A stopped account sends nothing: its phone
//! keeps what it has.

pub mod rules;
pub mod store;

use std::convert::Infallible;
use std::time::Duration;

use serde_json::json;

use self::store::Emptied;
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::privacy::audit;

/// How often the clock is looked at.
const ROUND: Duration = Duration::from_secs(600);
/// Operations that one transaction empties.
const BATCH: i64 = 1_000;

/// Empties once a night until it is dropped, and never ends by itself. A night that fails is logged,
/// and tried again in the next round.
pub async fn run(app: App) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // A machine that is switched off at night does its nightly work as soon as it is on.
    let mut last = None;
    loop {
        rounds.tick().await;
        let tonight = rules::night_of(app.clock.now());
        if last == Some(tonight) {
            continue;
        }
        match empty_in(&app).await {
            Ok(_) => last = Some(tonight),
            Err(failure) => {
                tracing::warn!(cause = ?failure.cause(), "the quarantine could not be emptied");
            }
        }
    }
}

async fn empty_in(app: &App) -> Result<Emptied, Failure> {
    let mut conn = app.pool.get().await?;
    empty(&mut conn, app.config.sync.quarantine_days).await
}

/// Deletes the words of everything that is older than so many days, batch by batch, each with its line
/// in the audit trail. Several processes may do so at once.
///
/// # Errors
/// When the database cannot; what was emptied until then stays so.
pub async fn empty(conn: &mut Conn, days: u32) -> Result<Emptied, Failure> {
    let mut sum = Emptied::default();
    loop {
        let emptied = db::transaction::<_, Failure>(conn, async |conn| {
            let emptied = store::empty_oldest(conn, days, BATCH).await?;
            if emptied.all() > 0 {
                let detail = json!({
                    "held": emptied.held, "rejected": emptied.rejected, "days": days,
                });
                let action = "tracking.empty_quarantine";
                audit::record(conn, None, action, "quarantine:all", detail).await?;
            }
            Ok(emptied)
        })
        .await?;
        sum.held += emptied.held;
        sum.rejected += emptied.rejected;
        if emptied.all() < BATCH {
            return Ok(sum);
        }
    }
}
