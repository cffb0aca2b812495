//! Sessions of phones, which keep their tokens themselves.

use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use mobile_contracts::identity::{RefreshSession, Session, SignIn};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::Caller;
use super::super::permission::OwnAccount;
use super::super::problem::IdentityProblem;
use super::store::{self, Families};
use super::{Opened, browser, open, renew};
use crate::app::App;
use crate::http::extract::Json;
use crate::http::failure::Failure;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sign_in)
        .service(refresh_session)
        .service(sign_out)
        .service(sign_out_everywhere)
        .configure(browser::routes);
}

/// Sign in with a phone number and a password.
///
/// A wrong number, a wrong password and a stopped account get the same answer, as slowly. After ten
/// failures each further one makes the next wait longer, per phone number and device.
#[utoipa::path(tag = "identity", request_body = SignIn, responses(
    (status = CREATED, description = "Signed in.", body = Session), IdentityProblem))]
#[post("/sessions")]
async fn sign_in(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<SignIn>,
) -> Result<HttpResponse, Failure> {
    let (opened, device_token) = open(&app, &request, body.0).await?;
    Ok(HttpResponse::Created().json(session(opened, Some(device_token))))
}

/// Exchange a refresh token for the next pair.
///
/// Each refresh token works once. The one before the current may ask again for ten minutes while its
/// successor is unused, for that answer may have been lost; an older one ends the whole sign-in.
/// A phone that registered its key with `proves_refreshes` signs each time, and may ask again for 24
/// hours; without its signature nothing is given out and nothing ends.
#[utoipa::path(tag = "identity", request_body = RefreshSession, responses(
    (status = OK, description = "The next pair.", body = Session), IdentityProblem))]
#[post("/sessions/refresh")]
async fn refresh_session(
    app: web::Data<App>,
    body: Json<RefreshSession>,
) -> Result<web::Json<Session>, Failure> {
    let opened = renew(&app, &body).await?;
    Ok(web::Json(session(opened, None)))
}

/// Sign out on this device.
#[utoipa::path(tag = "identity", security(("session" = [])), responses(
    (status = NO_CONTENT, description = "Signed out.")))]
#[delete("/sessions/current")]
async fn sign_out(
    app: web::Data<App>,
    caller: Caller<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let family = Families::One(caller.family_id);
    store::end_families(&mut conn, caller.account_id, family, "signed_out").await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign out on every device.
#[utoipa::path(tag = "identity", security(("session" = [])), responses(
    (status = NO_CONTENT, description = "Signed out everywhere.")))]
#[delete("/sessions")]
async fn sign_out_everywhere(
    app: web::Data<App>,
    caller: Caller<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    store::end_families(
        &mut conn,
        caller.account_id,
        Families::All,
        "ended_elsewhere",
    )
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn session(opened: Opened, device_token: Option<String>) -> Session {
    let Opened { account, pair } = opened;
    Session {
        access_token: pair.access.into_inner(),
        access_until: pair.access_until,
        refresh_token: pair.refresh.into_inner(),
        refresh_until: pair.refresh_until,
        device_token,
        must_change_password: account.must_change_password,
        account_id: account.account_id,
    }
}
