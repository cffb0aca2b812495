//! Sessions of browsers: the same pair of tokens, kept in cookies that no script reads. The pages of
//! the desk and the board use these; tabs of one browser share a session and take turns to renew it.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, delete, post, web};
use chrono::TimeDelta;
use mobile_contracts::identity::{BrowserSession, RefreshSession, SignIn};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::problem::IdentityProblem;
use super::super::rules;
use super::cookie::{Kept, require_own_page};
use super::store::{self, Families};
use super::{Opened, open, renew};
use crate::app::App;
use crate::http::extract::Json;
use crate::http::failure::Failure;

/// Browsers keep no cookie longer (RFC 6265bis, 5.5).
const DEVICE_TTL: TimeDelta = TimeDelta::days(400);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sign_in_browser)
        .service(refresh_browser_session)
        .service(sign_out_browser);
}

/// Sign in with a phone number and a password, in a browser.
///
/// The tokens come as cookies (`__Host-`, HttpOnly, SameSite=Strict) that stand for the `Authorization`
/// header on every operation. With them, whatever changes something must be sent by a page of this
/// server. For the rest like `POST /sessions`.
#[utoipa::path(tag = "identity", request_body = SignIn, responses(
    (status = CREATED, description = "Signed in; the cookies are set.", body = BrowserSession), IdentityProblem))]
#[post("/browser-sessions")]
async fn sign_in_browser(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<SignIn>,
) -> Result<HttpResponse, Failure> {
    require_own_page(&request, &app.config.http)?;
    let mut body = body.0;
    body.device_token = Kept::Device
        .read(&request, &app.config.http)
        .or(body.device_token);
    let (opened, device_token) = open(&app, &request, body).await?;
    let device = Kept::Device.write(&request, &app.config.http, device_token, DEVICE_TTL);
    let mut answer = HttpResponse::Created();
    answer.cookie(device);
    Ok(keep(&app, &request, answer, opened))
}

/// Renew a browser's session.
///
/// By its cookie; the next pair comes as cookies again. Two tabs must not ask at once (hold a Web
/// Lock around it), or one of them ends with the cookies of a pair that the other replaced.
#[utoipa::path(tag = "identity", responses(
    (status = OK, description = "Renewed; the cookies are set anew.", body = BrowserSession), IdentityProblem))]
#[post("/browser-sessions/refresh")]
async fn refresh_browser_session(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    require_own_page(&request, &app.config.http)?;
    let refresh_token = Kept::Refresh
        .read(&request, &app.config.http)
        .ok_or(IdentityProblem::SessionEnded)?;
    let asked = RefreshSession {
        refresh_token,
        proof: None,
    };
    let opened = renew(&app, &asked).await?;
    Ok(keep(&app, &request, HttpResponse::Ok(), opened))
}

/// Sign this browser out.
///
/// Ends the session that its cookies name, if they name one, and takes the cookies back.
#[utoipa::path(tag = "identity", responses(
    (status = NO_CONTENT, description = "Signed out; the cookies are gone."), IdentityProblem))]
#[delete("/browser-sessions")]
async fn sign_out_browser(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let http = &app.config.http;
    require_own_page(&request, http)?;
    if let Some(token) = Kept::Refresh.read(&request, http) {
        let mut conn = app.pool.get().await?;
        if let Some((account_id, family_id)) =
            store::find_family(&mut conn, &rules::hash_token(&token)).await?
        {
            let family = Families::One(family_id);
            store::end_families(&mut conn, account_id, family, "signed_out").await?;
        }
    }
    Ok(HttpResponse::NoContent()
        .cookie(Kept::Access.forget(&request, http))
        .cookie(Kept::Refresh.forget(&request, http))
        .finish())
}

/// Gives the browser its pair, and the page what it may know of it.
fn keep(
    app: &App,
    request: &HttpRequest,
    mut answer: HttpResponseBuilder,
    opened: Opened,
) -> HttpResponse {
    let Opened { account, pair } = opened;
    let http = &app.config.http;
    let now = app.clock.now();
    let lasting = pair.refresh_until - now;
    answer
        .cookie(Kept::Access.write(
            request,
            http,
            pair.access.into_inner(),
            pair.access_until - now,
        ))
        .cookie(Kept::Refresh.write(request, http, pair.refresh.into_inner(), lasting))
        .json(BrowserSession {
            access_until: pair.access_until,
            refresh_until: pair.refresh_until,
            must_change_password: account.must_change_password,
            account_id: account.account_id,
        })
}
