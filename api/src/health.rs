//! Liveness and readiness. Redis is only reported: its death must never restart anything.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::db;
use crate::db::redis;
use crate::http::failure::Failure;

const DATABASE_WAIT: Duration = Duration::from_millis(500);
/// A database whose clock is further off than this decides deadlines wrongly.
const SKEW_MAX_MS: i64 = 2_000;

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
    let skew = tokio::time::timeout(DATABASE_WAIT, skew_ms(&app))
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
        database_clock_skew_ms: skew,
    }))
}

async fn skew_ms(app: &App) -> Result<i64, Failure> {
    let mut conn = app.pool.get().await?;
    if !db::is_migrated(&mut conn).await? {
        return Err(Failure::unavailable(
            "the schema is not this program's: run `api migrate`",
        ));
    }
    let theirs = diesel::select(db::app_now())
        .get_result::<chrono::DateTime<chrono::Utc>>(&mut conn)
        .await?;
    Ok((theirs - app.clock.now()).num_milliseconds())
}
