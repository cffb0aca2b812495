//! One's own appointment, with its code and secret: view, cancel, move.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::booking::{Appointment, AppointmentKey, MoveAppointment};
use mobile_contracts::calendar::local_day;

use crate::app::App;
use crate::booking::appointments::change;
use crate::booking::appointments::change::Move;
use crate::booking::appointments::claims::Claim;
use crate::booking::appointments::confirm::Asker;
use crate::booking::appointments::routes::{admit_lookup, asker, open_appointment};
use crate::booking::appointments::rules::KEEP_FROM;
use crate::booking::appointments::secret::spell_code;
use crate::booking::appointments::settle::{Outcome, settle};
use crate::booking::appointments::store::{self, AppointmentRow, By};
use crate::booking::holds;
use crate::booking::holds::mirror::mirror_all;
use crate::booking::holds::token::{HoldToken, people_hash};
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::{planned, require_service};
use crate::db::{self, Conn};
use crate::http::extract::Json;
use crate::http::failure::Failure;
use crate::http::idempotency::{IdempotencyKey, Press, SavedAnswer};
use crate::privacy::audit;

/// An appointment as its owner sees it.
///
/// # Errors
/// When its office cannot be read.
pub async fn tell(app: &App, row: &AppointmentRow) -> Result<Appointment, Failure> {
    let office = app.availability.office(app, row.office_id).await?;
    let slot_min = office.timetable.lengths.on(local_day(row.starts_at));
    Ok(tell_of(
        &office,
        row,
        row.starts_at + TimeDelta::minutes(slot_min.into()),
    ))
}

/// [`tell`] without asking anybody: inside a transaction only SQL is.
fn tell_of(office: &OfficeEntry, row: &AppointmentRow, ends_at: DateTime<Utc>) -> Appointment {
    let service = office.service(&row.service_code);
    let place = office.place_on(local_day(row.starts_at));
    Appointment {
        appointment_id: row.appointment_id,
        office_id: row.office_id,
        office_name: office.row.name.clone(),
        address: place.address,
        directions: place.directions,
        starts_at: row.starts_at,
        ends_at,
        place_no: row.place_no,
        service_code: row.service_code.clone(),
        status: row.status.clone(),
        verified: row.verified,
        keep_by: row.keep_by,
        code: spell_code(&row.code),
        documents: service.map_or_else(Vec::new, |service| service.documents.clone()),
        note: service.map_or_else(String::new, |service| service.note.clone()),
    }
}

/// Does something with an appointment for whoever has its code and secret, at a rate at which nobody
/// guesses them, and shows it as it is then. For the API and the forms.
///
/// # Errors
/// 429, 404, and what the deed refuses.
pub async fn with_key(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
    deed: impl AsyncFnOnce(&App, AppointmentRow) -> Result<AppointmentRow, Failure>,
) -> Result<Appointment, Failure> {
    admit_lookup(app, request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, key).await?;
    drop(conn);
    tell(app, &deed(app, row).await?).await
}

/// Show an appointment to whoever has its code and secret.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "The appointment.", body = Appointment), BookingProblem))]
#[post("/appointments/lookup")]
pub async fn show_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    let look = async |_: &App, row| Ok(row);
    Ok(web::Json(with_key(&app, &request, &body, look).await?))
}

/// Cancel an appointment. Cancelling again changes nothing.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Cancelled.", body = Appointment), BookingProblem))]
#[post("/appointments/cancel")]
pub async fn cancel_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    Ok(web::Json(with_key(&app, &request, &body, cancel).await?))
}

/// Cancels one's own.
///
/// # Errors
/// 409.
pub async fn cancel(app: &App, row: AppointmentRow) -> Result<AppointmentRow, Failure> {
    let mut conn = app.pool.get().await?;
    let (row, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        change::cancel_appointment(app, conn, row.appointment_id, By::Owner, None).await
    })
    .await?;
    drop(conn);
    mirror_all(app, &changes).await;
    Ok(row)
}

/// Say that one comes, to keep an appointment for which nobody vouches.
///
/// It lapses at `keep_by` without this. Within 24 hours before the start; saying it again changes
/// nothing.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Kept.", body = Appointment), BookingProblem))]
#[post("/appointments/keep")]
pub async fn keep_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    Ok(web::Json(with_key(&app, &request, &body, keep).await?))
}

/// Keeps one's own.
///
/// # Errors
/// 409.
pub async fn keep(app: &App, row: AppointmentRow) -> Result<AppointmentRow, Failure> {
    let id = row.appointment_id;
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let locked = store::lock_appointment(conn, id).await?;
        let mut row = locked.ok_or(BookingProblem::AppointmentNotFound)?;
        if row.status != "booked" {
            return Err(BookingProblem::NotMovable.into());
        }
        if row.keep_by.is_some() && app.clock.now() < row.starts_at - KEEP_FROM {
            return Err(BookingProblem::TooEarlyToKeep.into());
        }
        store::set_kept(conn, id).await?;
        audit::record(conn, None, "booking.keep", &format!("appointment:{id}"), ()).await?;
        row.keep_by = None;
        Ok(row)
    })
    .await
}

/// Move an appointment to a slot that is held for it.
///
/// The new place is taken and the old one freed at once, or neither.
#[utoipa::path(tag = "booking", request_body = MoveAppointment,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Moved.", body = Appointment), BookingProblem))]
#[post("/appointments/reschedule")]
pub async fn move_appointment(
    app: web::Data<App>,
    key: IdempotencyKey,
    body: Json<MoveAppointment>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    admit_lookup(&app, &request).await?;
    let outcome = move_for(&app, key, &body, &asker(&request, None)).await?;
    Ok(outcome.answer.answer(outcome.replayed))
}

/// Moves, for the API and the forms.
///
/// # Errors
/// Whatever refuses before the key is claimed, or may pass.
pub async fn move_for(
    app: &App,
    key: IdempotencyKey,
    body: &MoveAppointment,
    asker: &Asker,
) -> Result<Outcome, Failure> {
    let own = AppointmentKey {
        code: body.code.clone(),
        secret: body.secret.clone(),
    };
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, &own).await?;
    drop(conn);
    let request = serde_json::to_vec(body).unwrap_or_default();
    move_held(app, key, &row, &body.hold_token, &request, asker).await
}

/// Moves to the slot of a hold, for the owner or for a helper who has the card before them.
///
/// # Errors
/// Whatever refuses before the key is claimed, or may pass.
pub async fn move_held(
    app: &App,
    key: IdempotencyKey,
    row: &AppointmentRow,
    hold_token: &str,
    request: &[u8],
    asker: &Asker,
) -> Result<Outcome, Failure> {
    let token = HoldToken::open(&app.keys, hold_token).ok_or(BookingProblem::HoldForeign)?;
    let people = people_hash(&app.keys, std::slice::from_ref(&row.citizen_blind));
    let [place] = token.places[..] else {
        return Err(BookingProblem::HoldForeign.into());
    };
    if people != token.people {
        return Err(BookingProblem::HoldForeign.into());
    }
    let office = app.availability.office(app, token.office_id).await?;
    require_service(&office, &row.service_code, "/hold_token")?;
    let (plan, materialised) = planned(app, &office, place.starts_at).await?;
    let holder = holds::prolong(app, &token).await;
    let deadline = app.clock.now() + TimeDelta::seconds(10);
    let to = Move {
        claim: Claim {
            office_id: token.office_id,
            starts_at: place.starts_at,
            place_nos: vec![place.place_no],
            hold_id: token.hold_id,
            vouched: token.vouched || row.verified,
            until: token.ends_at.min(place.starts_at).min(deadline),
            at_desk: false,
        },
        office: &office,
        plan,
        materialised,
        actor_id: asker.helper_id,
    };
    let actor = token.actor();
    let press = Press {
        actor: &actor,
        key,
        request,
    };
    let outcome = settle(app, press, async |conn| {
        let mut work = async |conn: &mut Conn| {
            change::move_appointment(app, conn, row.appointment_id, &to).await
        };
        let (answer, changes) = match db::attempt(conn, &mut work).await {
            Ok((moved, changes)) => {
                let told = tell_of(to.office, &moved, to.plan.ends_at);
                (SavedAnswer::new(StatusCode::OK, told), changes)
            }
            Err(refusal) if matches!(refusal.status().as_u16(), 404 | 409 | 410 | 422) => {
                let answer = SavedAnswer::refusal(&refusal, asker.language, asker.request_id);
                (answer, Vec::new())
            }
            Err(failure) => return Err(failure),
        };
        Ok((answer, changes))
    })
    .await?;
    mirror_all(app, &outcome.changes).await;
    if outcome.answer.status == 200 {
        holds::used(app, holder).await;
    }
    Ok(outcome)
}
