//! Confirming a hold.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, post, web};
use mobile_contracts::booking::{AppointmentKey, ConfirmHold};
use mobile_contracts::calendar::local_day;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::confirm::{Asker, Confirmation};
use crate::booking::appointments::party::{check_party, is_party};
use crate::booking::appointments::secret::{is_secret, with_secrets};
use crate::booking::appointments::settle::Outcome;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::appointments::{confirm, store};
use crate::booking::holds;
use crate::booking::holds::token::HoldToken;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::{planned, require_service};
use crate::booking::slots::search::{Search, find_nearest};
use crate::db::Conn;
use crate::http::client;
use crate::http::extract::Json;
use crate::http::failure::{Failure, Language};
use crate::http::idempotency::IdempotencyKey;
use crate::http::limit::Rate;
use crate::http::observe::RequestId;
use crate::identity::caller::MaybeCaller;
use crate::identity::permission::BookForOthers;
use crate::identity::rules::normalise_code;

/// Turn a hold into appointments, one a person, all or none.
///
/// The same key gives the same answer. When the held place was lost, another of the slot is taken.
#[utoipa::path(tag = "booking", security((), ("session" = [])), request_body = ConfirmHold, params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses(
        (status = CREATED, description = "Booked.", body = mobile_contracts::booking::BookedParty),
        BookingProblem))]
#[post("/appointments")]
pub async fn confirm_hold(
    app: web::Data<App>,
    caller: MaybeCaller<BookForOthers>,
    key: IdempotencyKey,
    body: Json<ConfirmHold>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let helper_id = caller.0.map(|caller| caller.account_id);
    let outcome = confirm_for(&app, key, &body, asker(&request, helper_id)).await?;
    Ok(with_secrets(&app.keys, outcome.answer).answer(outcome.replayed))
}

/// Confirms, for the API and the forms.
///
/// # Errors
/// Whatever refuses before the key is claimed, or may pass.
pub async fn confirm_for(
    app: &App,
    key: IdempotencyKey,
    body: &ConfirmHold,
    asker: Asker,
) -> Result<Outcome, Failure> {
    let token = HoldToken::open(&app.keys, &body.hold_token).ok_or(BookingProblem::HoldForeign)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    let now = app.clock.now();
    let (visitors, proxy) = check_party(&app.keys, &geography, body, now)?;
    let foreign = token.vouched && !token.offered && asker.helper_id.is_none();
    if foreign || !is_party(&app.keys, &token, &visitors) {
        return Err(BookingProblem::HoldForeign.into());
    }
    let office = app.availability.office(app, token.office_id).await?;
    require_service(&office, &body.service_code, "/service_code")?;
    let mut slots = Vec::new();
    for (starts_at, _) in token.slots() {
        slots.push(planned(app, &office, starts_at).await?);
    }
    let holder = holds::prolong(app, &token).await;
    let asked = Confirmation {
        office: &office,
        slots,
        service_code: &body.service_code,
        visitors,
        proxy,
        asker,
        token,
    };
    let request = serde_json::to_vec(body).unwrap_or_default();
    let party = u16::try_from(asked.visitors.len()).unwrap_or(u16::MAX);
    let mut outcome = confirm::confirm(app, key, &request, &asked).await?;
    if outcome.answer.status == 201 {
        holds::used(app, holder).await;
    }
    add_alternatives(app, &mut outcome, &asked, party).await;
    Ok(outcome)
}

/// A saved refusal of a full slot is answered with what is free now, which is not saved.
async fn add_alternatives(app: &App, outcome: &mut Outcome, asked: &Confirmation<'_>, party: u16) {
    let full = format!("/problems/{}", BookingProblem::SlotFull.kind().slug);
    if outcome
        .answer
        .body
        .get("type")
        .and_then(|kind| kind.as_str())
        != Some(full.as_str())
    {
        return;
    }
    let search = Search {
        commune: Some(asked.office.row.unit_id),
        service_code: Some(asked.service_code),
        from: local_day(app.clock.now()),
        wanted: 3,
        for_strangers: !asked.token.vouched,
        party,
    };
    if let (Ok(slots), Some(body)) = (
        find_nearest(app, search).await,
        outcome.answer.body.as_object_mut(),
    ) {
        body.insert("alternatives".to_owned(), serde_json::json!(slots));
    }
}

/// Who asks, and in which language they read.
pub fn asker(request: &HttpRequest, helper_id: Option<mobile_contracts::ids::AccountId>) -> Asker {
    let language = request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let request_id = request.extensions().get::<RequestId>().copied();
    Asker {
        helper_id,
        language: Language::accepted(language),
        request_id: request_id.unwrap_or(RequestId(Uuid::nil())),
    }
}

const LOOKUPS_PER_ADDRESS: Rate = Rate {
    name: "lookup",
    per_hour: 1200,
    burst: 60,
};

/// The limit on trying codes.
///
/// # Errors
/// 429.
pub async fn admit_lookup(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let address = client::of(request, &app.config.http).map(|address| address.to_string());
    app.limiter
        .admit(LOOKUPS_PER_ADDRESS, address.as_deref().unwrap_or("local"))
        .await
}

/// The appointment of a code and its secret. A wrong code and a wrong secret answer alike, after the
/// same work.
///
/// # Errors
/// 404.
pub async fn open_appointment(
    app: &App,
    conn: &mut Conn,
    key: &AppointmentKey,
) -> Result<AppointmentRow, Failure> {
    let found = store::find_by_code(conn, &normalise_code(&key.code)).await?;
    let (id, version) = found.as_ref().map_or(
        (mobile_contracts::ids::AppointmentId(Uuid::nil()), 0),
        |row| (row.appointment_id, row.secret_version),
    );
    let right = is_secret(&app.keys, id, version, &key.secret);
    Ok(found
        .filter(|_| right)
        .ok_or(BookingProblem::AppointmentNotFound)?)
}
