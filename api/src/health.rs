//! Liveness and readiness. Redis is only reported: its death must never restart anything.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::db::{self, Conn, redis};
use crate::http::failure::Failure;
use crate::tracking::recounts::store::last_differences;

const DATABASE_WAIT: Duration = Duration::from_millis(500);
/// A database whose clock is further off than this decides deadlines wrongly.
const SKEW_MAX_MS: i64 = 2_000;
/// Phones are told nothing that is newer than the oldest transaction that writes: from so many seconds on they wait.
const WRITE_MAX_S: i64 = 30;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_liveness).service(show_readiness);
}

/// The process lives.
#[derive(Debug, Serialize, ToSchema)]
struct Liveness {
    #[schema(example = "ok")]
    status: &'static str,
}

/// What the program stands on.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// ok; a program that is not ready answers 503.
    #[schema(example = "ok")]
    status: &'static str,
    #[schema(example = "ok")]
    database: &'static str,
    /// ok; degraded: holds are kept in PostgreSQL until it is back; absent: always.
    #[schema(example = "ok")]
    redis: &'static str,
    /// ok; failing: no channel takes what people are to be told. Only reported, like Redis.
    #[schema(example = "ok")]
    notices: &'static str,
    /// ok; differing: the last nightly recount found numbers on boards that are not what the records say; unknown:
    /// none is through yet. Only reported.
    #[schema(example = "ok")]
    counts: &'static str,
    /// How many numbers differed then.
    #[schema(example = 0)]
    counts_differing: i64,
    /// ok; delayed: a transaction has been writing for more than half a minute, and phones are told nothing newer until
    /// it ends. Only reported.
    #[schema(example = "ok")]
    pulls: &'static str,
    /// For how long the oldest transaction has been writing, in seconds.
    #[schema(example = 0)]
    oldest_write_s: i64,
    /// ok; behind: the last night left windows of boards to the next one to close; unknown: this process had no night
    /// yet. Only reported.
    #[schema(example = "ok")]
    closings: &'static str,
    /// How many it left.
    #[schema(example = 0)]
    closings_left: i64,
    /// How far the database's clock is ahead of the program's, in milliseconds.
    #[schema(example = 0)]
    database_clock_skew_ms: i64,
}

/// Tell that the process lives.
#[utoipa::path(tag = "health", responses((status = OK, description = "It lives.", body = Liveness)))]
#[get("/health/live")]
async fn show_liveness() -> web::Json<Liveness> {
    web::Json(Liveness { status: "ok" })
}

/// Tell whether requests can be served.
#[utoipa::path(tag = "health", responses((status = OK, description = "Ready.", body = Readiness)))]
#[get("/health/ready")]
async fn show_readiness(app: web::Data<App>) -> Result<HttpResponse, Failure> {
    let redis = match app.redis.health().await {
        redis::Health::Ok => "ok",
        redis::Health::Degraded => "degraded",
        redis::Health::Absent => "absent",
    };
    let closings_left = app.closings_left.told();
    let Found {
        skew,
        counts,
        oldest_write_s,
    } = tokio::time::timeout(DATABASE_WAIT, ask(&app))
        .await
        .map_err(|_| Failure::unavailable("the database does not answer"))??;
    if skew.abs() > SKEW_MAX_MS {
        return Err(Failure::unavailable(format!(
            "the database's clock is {skew} ms off"
        )));
    }
    Ok(HttpResponse::Ok().json(Readiness {
        status: "ok",
        database: "ok",
        redis,
        notices: if app.channels.are_down() {
            "failing"
        } else {
            "ok"
        },
        counts: match counts {
            Some(0) => "ok",
            Some(_) => "differing",
            None => "unknown",
        },
        counts_differing: counts.unwrap_or(0),
        pulls: match oldest_write_s > WRITE_MAX_S {
            true => "delayed",
            false => "ok",
        },
        oldest_write_s,
        closings: match closings_left {
            Some(0) => "ok",
            Some(_) => "behind",
            None => "unknown",
        },
        closings_left: closings_left.unwrap_or(0) as i64,
        database_clock_skew_ms: skew,
    }))
}

/// What the database tells.
struct Found {
    /// How far its clock is ahead, in milliseconds.
    skew: i64,
    /// How many numbers the last recount found wrong.
    counts: Option<i64>,
    oldest_write_s: i64,
}

async fn ask(app: &App) -> Result<Found, Failure> {
    let mut conn = app.pool.get().await?;
    if !db::is_migrated(&mut conn).await? {
        return Err(Failure::unavailable(
            "the schema is not this program's: run `api migrate`",
        ));
    }
    let theirs = diesel::select(db::app_now())
        .get_result::<chrono::DateTime<chrono::Utc>>(&mut conn)
        .await?;
    Ok(Found {
        skew: (theirs - app.clock.now()).num_milliseconds(),
        counts: last_differences(&mut conn).await?,
        oldest_write_s: oldest_write_s(&mut conn).await?,
    })
}

/// A login sees its own sessions only: what the owner runs, such as a migration, is not seen.
async fn oldest_write_s(conn: &mut Conn) -> Result<i64, Failure> {
    #[derive(QueryableByName)]
    struct Age {
        #[diesel(sql_type = BigInt)]
        seconds: i64,
    }
    let age: Age = diesel::sql_query(
        "select coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0)::bigint as seconds
         from pg_stat_activity where backend_xid is not null",
    )
    .get_result(conn)
    .await?;
    Ok(age.seconds)
}
