//! A volunteer who has the person and their card before them: finding what is booked in that name,
//! giving out the key anew, moving it, voiding it. Wherever it is booked, for the person with the card
//! wins; each act carries the number that was scanned, and is audited and counted.

use actix_web::{HttpRequest, HttpResponse, post, web};
use mobile_contracts::booking::{
    ActWithCard, Appointment, CardAppointments, FindWithCard, MoveWithCard, ReissuedKey,
};
use mobile_contracts::ids::AppointmentId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::appointments::in_person;
use crate::booking::appointments::own::{move_held, tell};
use crate::booking::appointments::routes::asker;
use crate::booking::appointments::store::{self, AppointmentRow};
use crate::booking::holds::mirror::mirror_all;
use crate::booking::limits;
use crate::booking::problem::BookingProblem;
use crate::db::{self, Conn};
use crate::http::extract::Json;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::IdempotencyKey;
use crate::http::limit::Rate;
use crate::identity::Caller;
use crate::identity::permission::BookForOthers;

/// Mounts what a volunteer does with a card.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(find_with_card)
        .service(reissue_with_card)
        .service(move_with_card)
        .service(void_with_card);
}

/// Where a body says the number on the card.
const CARD: &str = "/card_number";

const ACTS_PER_HELPER: Rate = Rate {
    name: "by-card",
    per_hour: 60,
    burst: 20,
};

/// A helper meets few people an hour who need this; more would be a list being tried. A lead lifts the
/// limit as that on holds.
async fn admit(app: &App, caller: &Caller<BookForOthers>) -> Result<(), Failure> {
    let Err(too_many) = app.limiter.admit(ACTS_PER_HELPER, &caller.actor()).await else {
        return Ok(());
    };
    let mut conn = app.pool.get().await?;
    if limits::store::is_lifted_for_helper(&mut conn, caller.account_id).await? {
        return Ok(());
    }
    Err(too_many)
}

/// The appointment, locked, if it is in the name on the card. Anybody else's answers like a missing one.
async fn lock_of_card(
    conn: &mut Conn,
    blind: &[u8],
    id: AppointmentId,
) -> Result<AppointmentRow, Failure> {
    let found = store::lock_appointment(conn, id).await?;
    let own = found.filter(|row| row.citizen_blind == blind);
    Ok(own.ok_or(CommonProblem::NotFound)?)
}

/// Find what is booked in the name on the card in hand, in any office.
///
/// The number is hashed and not kept; the look is audited, and counted per hour.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = FindWithCard,
    responses((status = OK, description = "What its owner may see.", body = CardAppointments)))]
#[post("/appointments/by-card/find")]
async fn find_with_card(
    app: web::Data<App>,
    caller: Caller<BookForOthers>,
    body: Json<FindWithCard>,
) -> Result<web::Json<CardAppointments>, Failure> {
    admit(&app, &caller).await?;
    let now = app.clock.now();
    let blind = in_person::read_card(&app.keys, CARD, &body.card_number, now)?;
    let mut conn = app.pool.get().await?;
    let rows = in_person::find(&mut conn, &blind, None, caller.account_id).await?;
    drop(conn);
    let mut appointments = Vec::with_capacity(rows.len());
    for row in &rows {
        appointments.push(tell(&app, row).await?);
    }
    Ok(web::Json(CardAppointments { appointments }))
}

/// Give code and a new secret to the person with the card. The old secret ends.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = ActWithCard,
    responses((status = OK, description = "The new secret.", body = ReissuedKey), BookingProblem))]
#[post("/appointments/by-card/reissue")]
async fn reissue_with_card(
    app: web::Data<App>,
    caller: Caller<BookForOthers>,
    body: Json<ActWithCard>,
) -> Result<web::Json<ReissuedKey>, Failure> {
    admit(&app, &caller).await?;
    let now = app.clock.now();
    let blind = in_person::read_card(&app.keys, CARD, &body.card_number, now)?;
    let mut conn = app.pool.get().await?;
    let key = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = lock_of_card(conn, &blind, body.appointment_id).await?;
        in_person::reissue(&app, conn, &row, caller.account_id).await
    })
    .await?;
    Ok(web::Json(key))
}

/// Move an appointment of the person with the card to a slot that the helper holds for them.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = MoveWithCard,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Moved.", body = Appointment), BookingProblem))]
#[post("/appointments/by-card/move")]
async fn move_with_card(
    app: web::Data<App>,
    caller: Caller<BookForOthers>,
    key: IdempotencyKey,
    body: Json<MoveWithCard>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    admit(&app, &caller).await?;
    let now = app.clock.now();
    let blind = in_person::read_card(&app.keys, CARD, &body.card_number, now)?;
    let mut conn = app.pool.get().await?;
    let row = lock_of_card(&mut conn, &blind, body.appointment_id).await?;
    drop(conn);
    let asker = asker(&request, Some(caller.account_id));
    let said = serde_json::to_vec(&body.0).unwrap_or_default();
    let outcome = move_held(&app, key, &row, &body.hold_token, &said, &asker).await?;
    Ok(outcome.answer.answer(outcome.replayed))
}

/// Void a booking that the person with the card did not make.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = ActWithCard,
    responses((status = OK, description = "Voided.", body = Appointment), BookingProblem))]
#[post("/appointments/by-card/void")]
async fn void_with_card(
    app: web::Data<App>,
    caller: Caller<BookForOthers>,
    body: Json<ActWithCard>,
) -> Result<web::Json<Appointment>, Failure> {
    admit(&app, &caller).await?;
    let now = app.clock.now();
    let blind = in_person::read_card(&app.keys, CARD, &body.card_number, now)?;
    let mut conn = app.pool.get().await?;
    let (row, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = lock_of_card(conn, &blind, body.appointment_id).await?;
        in_person::void(&app, conn, &row, caller.account_id).await
    })
    .await?;
    drop(conn);
    mirror_all(&app, &changes).await;
    Ok(web::Json(tell(&app, &row).await?))
}
