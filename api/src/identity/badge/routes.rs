//! Badges over HTTP: one to show, and who shows it.

use actix_web::{HttpRequest, HttpResponse, post, web};
use mobile_contracts::badge::{BADGE_TYPING_S, Badge, BadgeHolder, CheckBadge};
use mobile_contracts::ids::AccountId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::BadgeRow;
use super::{check, rules, store};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::Json;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::limit::Rate;
use crate::identity::Caller;
use crate::identity::permission::RecordWork;
use crate::identity::problem::IdentityProblem;

/// A phone that shows a badge asks about once a minute.
const BADGES: Rate = Rate {
    name: "badges",
    per_hour: 180,
    burst: 20,
};
/// How often another code is drawn before one gives up: with ten thousand badges shown at once, once in 10^32.
const DRAWS_MAX: usize = 16;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(issue_badge).service(check_badge);
}

/// Get a code to show at a door.
///
/// Good for 60 seconds; asked again, the same one is told until its last seconds, then the next one. Count
/// seconds down rather than reading a clock.
#[utoipa::path(tag = "identity", security(("session" = [])), responses(
    (status = CREATED, description = "The code.", body = Badge)))]
#[post("/badges")]
async fn issue_badge(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
) -> Result<HttpResponse, Failure> {
    app.limiter.admit(BADGES, &caller.actor()).await?;
    let mut conn = app.pool.get().await?;
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        if let Some(shown) = store::find_shown(conn, caller.account_id).await? {
            return Ok(shown);
        }
        store::delete_over(conn, caller.account_id).await?;
        give(conn, caller.account_id).await
    })
    .await?;
    Ok(HttpResponse::Created().json(Badge {
        code: rules::spell(row.code),
        good_for_s: row.good_for_s,
        next_in_s: (row.good_for_s - BADGE_TYPING_S).max(0),
    }))
}

/// A code that nobody else shows.
async fn give(conn: &mut Conn, account_id: AccountId) -> Result<BadgeRow, Failure> {
    for _ in 0..DRAWS_MAX {
        let drawn = store::insert_badge(conn, rules::draw(), account_id).await?;
        if let Some(row) = drawn {
            return Ok(row);
        }
    }
    Err(CommonProblem::Unavailable.into())
}

/// Find out who shows a code: the union, the commune and the given name, and nothing else.
///
/// Public. A wrong code and one whose minute is over are answered alike. Attempts are limited, for each address
/// and for everybody together.
#[utoipa::path(tag = "identity", request_body = CheckBadge, responses(
    (status = OK, description = "Who shows it now.", body = BadgeHolder), IdentityProblem))]
#[post("/badge-checks")]
async fn check_badge(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<CheckBadge>,
) -> Result<web::Json<BadgeHolder>, Failure> {
    check(&app, &request, &body.code).await.map(web::Json)
}
