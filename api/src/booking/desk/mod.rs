//! The desk: the person with the card wins. Everything here is audited, and holds within the
//! officer's own unit.

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::booking::{DeskAppointment, DeskDay, FindByCard, MoveAtDesk, ReissuedKey};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::app::App;
use crate::booking::appointments::change::Move;
use crate::booking::appointments::claims::Claim;
use crate::booking::appointments::secret::spell_code;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::appointments::{change, in_person, store};
use crate::booking::holds::mirror::mirror_all;
use crate::booking::offices::{OfficeEntry, own_office};
use crate::booking::problem::BookingProblem;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::permission::RunDesk;
use crate::identity::{self, Caller};
use crate::privacy::audit;
use crate::privacy::keys::Keys;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(find_by_card)
        .service(list_desk_day)
        .service(reissue_secret)
        .service(move_at_desk)
        .service(void_appointment);
}

/// The appointment, locked, if it is this office's.
async fn own_appointment(
    conn: &mut Conn,
    office: &OfficeEntry,
    id: AppointmentId,
) -> Result<AppointmentRow, Failure> {
    let found = store::lock_appointment(conn, id).await?;
    Ok(found
        .filter(|row| row.office_id == office.row.office_id)
        .ok_or(CommonProblem::NotFound)?)
}

/// An appointment as the desk sees it, with the names of whom it concerns.
///
/// # Errors
/// When the database cannot be asked, or the key of the row is not configured.
pub async fn tell(
    conn: &mut Conn,
    keys: &Keys,
    row: &AppointmentRow,
) -> Result<DeskAppointment, Failure> {
    let mut told = tell_all(conn, keys, std::slice::from_ref(row)).await?;
    Ok(told.remove(0))
}

/// [`tell`] of many.
///
/// # Errors
/// As [`tell`].
pub async fn tell_all(
    conn: &mut Conn,
    keys: &Keys,
    rows: &[AppointmentRow],
) -> Result<Vec<DeskAppointment>, Failure> {
    let helpers: Vec<AccountId> = rows.iter().filter_map(|row| row.helper_id).collect();
    let helpers = identity::names_of(conn, keys, &helpers).await?;
    rows.iter()
        .map(|row| {
            Ok(DeskAppointment {
                appointment_id: row.appointment_id,
                party_id: row.party_id,
                starts_at: row.starts_at,
                place_no: row.place_no,
                service_code: row.service_code.clone(),
                status: row.status.clone(),
                name: row.name(keys)?,
                id_tail: row.id_tail.clone(),
                birth_year: row.birth_year,
                phone_masked: row.phone(keys)?.map(|phone| phone.masked()),
                verified: row.verified,
                code: spell_code(&row.code),
                guardian_name: row.guardian_name(keys)?,
                booked_by: row.proxy(keys)?,
                helper_name: row.helper_id.and_then(|id| helpers.get(&id).cloned()),
            })
        })
        .collect()
}

/// Find a citizen's bookings by the card in hand.
///
/// Only this office's are told. The number is hashed and not kept; the look is audited.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = FindByCard,
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "The bookings of this office.", body = DeskDay)))]
#[post("/offices/{office_id}/desk/find")]
async fn find_by_card(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    body: Json<FindByCard>,
) -> Result<web::Json<DeskDay>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let now = app.clock.now();
    let blind = in_person::read_card(&app.keys, "/id_number", &body.id_number, now)?;
    let mut conn = app.pool.get().await?;
    let here = Some(office.row.office_id);
    let rows = in_person::find(&mut conn, &blind, here, caller.account_id).await?;
    let appointments = tell_all(&mut conn, &app.keys, &rows).await?;
    Ok(web::Json(DeskDay { appointments }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeskFilter {
    /// Which day; today if left out.
    on: Option<NaiveDate>,
}

/// List an office's appointments of one day, with names.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), DeskFilter),
    responses((status = OK, description = "The day, in order. The read is audited.", body = DeskDay)))]
#[get("/offices/{office_id}/desk/day")]
async fn list_desk_day(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    filter: Query<DeskFilter>,
) -> Result<web::Json<DeskDay>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let on = filter.on.unwrap_or_else(|| local_day(app.clock.now()));
    let mut conn = app.pool.get().await?;
    let rows = store::list_of_day(&mut conn, office.row.office_id, on).await?;
    let object = format!("office:{}", office.row.office_id);
    let detail = json!({ "on": on, "rows": rows.len() });
    audit::record(
        &mut conn,
        Some(caller.account_id),
        "booking.list_desk_day",
        &object,
        detail,
    )
    .await?;
    let appointments = tell_all(&mut conn, &app.keys, &rows).await?;
    Ok(web::Json(DeskDay { appointments }))
}

/// Give out a new secret to the person with the card. The old one ends.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("appointment_id" = AppointmentId, Path, description = "Which appointment.")),
    responses((status = OK, description = "The new secret.", body = ReissuedKey), BookingProblem))]
#[post("/offices/{office_id}/desk/appointments/{appointment_id}/reissue")]
async fn reissue_secret(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, AppointmentId)>,
) -> Result<web::Json<ReissuedKey>, Failure> {
    let (office_id, id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let mut conn = app.pool.get().await?;
    let key = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = own_appointment(conn, &office, id).await?;
        in_person::reissue(&app, conn, &row, caller.account_id).await
    })
    .await?;
    Ok(web::Json(key))
}

/// Move an appointment at the desk, into walk-in places too.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = MoveAtDesk,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("appointment_id" = AppointmentId, Path, description = "Which appointment.")),
    responses((status = OK, description = "Moved.", body = DeskAppointment), BookingProblem))]
#[post("/offices/{office_id}/desk/appointments/{appointment_id}/move")]
async fn move_at_desk(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, AppointmentId)>,
    body: Json<MoveAtDesk>,
) -> Result<web::Json<DeskAppointment>, Failure> {
    let (office_id, id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let plan = office
        .timetable
        .slot_at(body.starts_at)
        .ok_or(BookingProblem::SlotNotFound)?;
    let to = Move {
        claim: desk_claim(&office, body.starts_at, plan.ends_at, app.clock.now()),
        office: &office,
        plan,
        materialised: false,
        actor_id: Some(caller.account_id),
    };
    let mut conn = app.pool.get().await?;
    let (row, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        own_appointment(conn, &office, id).await?;
        change::move_appointment(&app, conn, id, &to).await
    })
    .await?;
    drop(conn);
    mirror_all(&app, &changes).await;
    let mut conn = app.pool.get().await?;
    Ok(web::Json(tell(&mut conn, &app.keys, &row).await?))
}

/// A claim of the desk: any free place until the slot ends, but none that is held.
pub fn desk_claim(
    office: &OfficeEntry,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Claim {
    Claim {
        office_id: office.row.office_id,
        starts_at,
        place_nos: Vec::new(),
        hold_id: Uuid::new_v4(),
        vouched: true,
        until: ends_at.min(now + TimeDelta::seconds(10)),
        at_desk: true,
    }
}

/// Void a booking that the person with the card did not make.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("appointment_id" = AppointmentId, Path, description = "Which appointment.")),
    responses((status = OK, description = "Voided.", body = DeskAppointment), BookingProblem))]
#[post("/offices/{office_id}/desk/appointments/{appointment_id}/void")]
async fn void_appointment(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, AppointmentId)>,
) -> Result<web::Json<DeskAppointment>, Failure> {
    let (office_id, id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let mut conn = app.pool.get().await?;
    let (row, changes) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = own_appointment(conn, &office, id).await?;
        in_person::void(&app, conn, &row, caller.account_id).await
    })
    .await?;
    drop(conn);
    mirror_all(&app, &changes).await;
    let mut conn = app.pool.get().await?;
    Ok(web::Json(tell(&mut conn, &app.keys, &row).await?))
}
