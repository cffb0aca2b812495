//! What time does to bookings: offers and unkept bookings lapse, saved answers grow old, and Redis is
//! set right where it has drifted. Every process sweeps; each step may run in several at once.

use std::convert::Infallible;
use std::time::Duration;

use chrono::TimeDelta;
use mobile_contracts::calendar::local_day;

use crate::app::App;
use crate::booking::appointments::change::cancel_appointment;
use crate::booking::appointments::store::{By, lock_unkept};
use crate::booking::holds::mirror::{mirror_all, set_right};
use crate::booking::slots::store::list_open_days;
use crate::booking::{queue, waitlist};
use crate::db;
use crate::http::failure::Failure;
use crate::http::idempotency;

/// How often offers are looked at: no place idles longer while somebody waits.
const ROUND: Duration = Duration::from_secs(2);
/// How often Redis is compared and old answers are forgotten: every so many rounds.
const TIDY_EVERY: u32 = 30;
/// A saved answer is kept this long: nobody repeats a request later.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(72);
/// Bookings that one transaction lapses.
const BATCH: i64 = 50;

/// Sweeps until it is dropped, and never ends by itself. A round that fails is logged, and the next
/// one goes on.
pub async fn run(app: App) -> Infallible {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut count: u32 = 0;
    loop {
        rounds.tick().await;
        let mut swept = round(&app).await;
        count = count.wrapping_add(1);
        if swept.is_ok() && count.is_multiple_of(TIDY_EVERY) {
            swept = tidy(&app).await;
        }
        if let Err(failure) = swept {
            tracing::warn!(cause = ?failure.cause(), "a round of sweeping failed");
        }
    }
}

/// One round of what must come soon.
///
/// # Errors
/// When the database cannot be asked.
pub async fn round(app: &App) -> Result<(), Failure> {
    lapse_unkept(app).await?;
    waitlist::sweep::round(app).await
}

/// Cancels the bookings that nobody kept; whoever waits is offered their places.
async fn lapse_unkept(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let changes = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let mut changes = Vec::new();
        for row in lock_unkept(conn, BATCH).await? {
            let id = row.appointment_id;
            changes.extend(cancel_appointment(app, conn, id, By::Time, None).await?.1);
        }
        Ok(changes)
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(())
}

/// One round of what may come late: Redis compared with PostgreSQL, which is right, and answers
/// forgotten that nobody will ask for again.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tidy(app: &App) -> Result<(), Failure> {
    let days = {
        let mut conn = app.pool.get().await?;
        let before = app.clock.now() - ANSWERS_KEPT;
        idempotency::forget(&mut conn, before).await?;
        list_open_days(&mut conn, local_day(app.clock.now())).await?
    };
    queue::sweep::end_days(app).await?;
    let mut drifted = 0;
    for (office_id, on) in days {
        drifted += set_right(app, office_id, on).await?;
    }
    if drifted > 0 {
        tracing::info!(drifted, "places were told to Redis again");
    }
    Ok(())
}
