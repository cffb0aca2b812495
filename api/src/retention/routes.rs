//! The schedule, and what the next purge would do, for administrators.

use actix_web::{get, web};
use mobile_contracts::retention::{RetentionKind, RetentionSchedule};
use utoipa_actix_web::service_config::ServiceConfig;

use super::purge::count_all;
use super::rules::LASTING;
use super::store::list_last_runs;
use crate::app::App;
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::identity::permission::ManageRetention;
use crate::nightly::next_night;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_retention);
}

/// Show how long each kind of record is kept and why, when it was purged last, and what the next purge would
/// do. Numbers only.
#[utoipa::path(tag = "rights", security(("session" = [])), responses(
    (status = OK, description = "The schedule.", body = RetentionSchedule)))]
#[get("/retention")]
async fn show_retention(
    app: web::Data<App>,
    _caller: Caller<ManageRetention>,
) -> Result<web::Json<RetentionSchedule>, Failure> {
    let (schedule, now) = (&app.config.retention, app.clock.now());
    let mut conn = app.pool.get().await?;
    let due = count_all(&mut conn, schedule, now).await?;
    let mut last = list_last_runs(&mut conn).await?;
    let told = due.into_iter().map(|(kind, due)| {
        let run = last.remove(kind.as_str());
        RetentionKind {
            kind: kind.as_str().to_owned(),
            what: kind.what().to_owned(),
            reason: kind.reason().to_owned(),
            days: Some(schedule.days(kind)),
            days_min: Some(kind.days_min()),
            due: Some(due.due),
            oldest_at: due.oldest_at,
            last_run_at: run.map(|(at, _)| at),
            last_purged: run.map(|(_, purged)| purged),
        }
    });
    let mut kinds: Vec<RetentionKind> = told.collect();
    kinds.extend(LASTING.iter().map(|lasting| RetentionKind {
        kind: lasting.word.to_owned(),
        what: lasting.what.to_owned(),
        reason: lasting.reason.to_owned(),
        days: None,
        days_min: None,
        due: None,
        oldest_at: None,
        last_run_at: None,
        last_purged: None,
    }));
    Ok(web::Json(RetentionSchedule {
        kinds,
        next_run_at: next_night(now),
    }))
}
