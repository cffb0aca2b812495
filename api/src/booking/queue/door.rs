//! The door: who comes with an appointment is checked in, who comes without takes a ticket. The
//! person with the card wins.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::booking::{DeskDay, PARTY_MAX};
use mobile_contracts::calendar::local_day;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::{AppointmentId, OfficeId, TicketId};
use mobile_contracts::queue::{CheckIn, DeskTicket, FindByName, WaitEstimate, code_of_scan};
use mobile_contracts::waitlist::PriorityClass;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::booked::check_in;
use super::problem::QueueProblem;
use super::rules::{Arrival, class_of, turn};
use super::store::{NewTicket, TicketRow};
use super::tell::{once, tell};
use super::walk_in::issue_ticket;
use super::{scene, store};
use crate::app::App;
use crate::booking::appointments::party::blind_of;
use crate::booking::appointments::store::{
    AppointmentRow, find_by_code, list_of_citizen, list_of_day, lock_appointment,
};
use crate::booking::desk;
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::{OfficeEntry, Offices, own_office};
use crate::db::Conn;
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::IdempotencyKey;
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::identity::rules::normalise_code;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(check_in_visitor)
        .service(find_by_name)
        .service(issue_ticket);
}

/// By what somebody with an appointment is known.
enum Known {
    Code(String),
    Card(Vec<u8>),
    Listed(AppointmentId),
}

/// Check in somebody with an appointment of today, by code, QR, card, or picked from the list.
///
/// They are called at their hour, not in the order of the door.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = CheckIn,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "The ticket, with the wait that is expected.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/check-ins")]
async fn check_in_visitor(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    key: IdempotencyKey,
    body: Json<CheckIn>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let known = read_known(&app, &body)?;
    let offices = app.availability.offices(&app).await?;
    let request = json!(["check_in", office.row.office_id, *body]);
    let (class, officer) = (body.class, caller.account_id);
    once(&app, &caller, key, request, StatusCode::CREATED, async |conn| {
        let now = store::now(conn).await?;
        let row = find_booked(&offices, conn, &office, &known, now).await?;
        let arrival = Arrived {
            class,
            at: now,
            later: false,
        };
        let (ticket, estimate) = admit(conn, &office, &row, &arrival).await?;
        let object = format!("ticket:{}", ticket.ticket_id);
        let detail = json!({ "office_id": ticket.office_id, "number": ticket.number(), "appointment_id": row.appointment_id });
        audit::record(conn, Some(officer), "booking.check_in", &object, detail).await?;
        Ok::<(DeskTicket, Changes), Failure>((tell(&ticket, estimate), Vec::new()))
    })
    .await
}

fn read_known(app: &App, body: &CheckIn) -> Result<Known, Failure> {
    match (&body.code, &body.id_number, body.appointment_id) {
        (Some(code), None, None) => Ok(Known::Code(normalise_code(code_of_scan(code)))),
        (None, Some(number), None) => blind_of(&app.keys, number, app.clock.now())
            .map(Known::Card)
            .map_err(|(code, vi, en)| {
                Failure::invalid(vec![FieldError::new("/id_number", code, vi, en)])
            }),
        (None, None, Some(id)) => Ok(Known::Listed(id)),
        _ => Err(Failure::invalid(vec![FieldError::new(
            "",
            "ONE_OF",
            "Cho biết đúng một trong: mã lịch hẹn, số định danh, lịch hẹn trong danh sách.",
            "Give exactly one of code, id_number and appointment_id.",
        )])),
    }
}

/// Whether an appointment is for this office on this day.
fn is_here(row: &AppointmentRow, office: &OfficeEntry, now: DateTime<Utc>) -> bool {
    row.office_id == office.row.office_id && local_day(row.starts_at) == local_day(now)
}

/// The appointment with which somebody is here; where it is, if it is elsewhere.
async fn find_booked(
    offices: &Offices,
    conn: &mut Conn,
    office: &OfficeEntry,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<AppointmentRow, Failure> {
    let found = match known {
        Known::Code(code) => find_by_code(conn, code).await?,
        Known::Listed(id) => {
            let row = lock_appointment(conn, *id).await?;
            let own = row.filter(|row| row.office_id == office.row.office_id);
            Some(own.ok_or(CommonProblem::NotFound)?)
        }
        Known::Card(blind) => {
            let rows = list_of_citizen(conn, blind).await?;
            let here = rows.iter().find(|row| {
                is_here(row, office, now) && matches!(row.status.as_str(), "booked" | "conflict")
            });
            here.or(rows.first()).cloned()
        }
    };
    let row = found.ok_or(QueueProblem::AppointmentUnknown)?;
    if is_here(&row, office, now) {
        Ok(row)
    } else {
        Err(elsewhere(offices, &row))
    }
}

/// Tells where somebody's appointment is. Only for whoever brought its code or the card.
pub fn elsewhere(offices: &Offices, row: &AppointmentRow) -> Failure {
    let office = offices.all.get(&row.office_id);
    Failure::from(QueueProblem::AppointmentElsewhere)
        .with("starts_at", row.starts_at)
        .with("service_code", &row.service_code)
        .with("office_name", office.map(|office| &office.row.name))
}

/// How somebody came.
pub struct Arrived {
    pub class: PriorityClass,
    pub at: DateTime<Utc>,
    /// Entered from a printed list: nobody was told a wait.
    pub later: bool,
}

/// Gives somebody with an appointment a ticket, and tells the wait.
///
/// # Errors
/// [`QueueProblem::NotToCheckIn`], [`QueueProblem::AlreadyQueued`].
pub async fn admit(
    conn: &mut Conn,
    office: &OfficeEntry,
    row: &AppointmentRow,
    arrived: &Arrived,
) -> Result<(TicketRow, Option<WaitEstimate>), Failure> {
    check_in(conn, row.appointment_id).await?;
    let today = local_day(arrived.at);
    let rules = store::get_rules(conn, office.row.office_id).await?;
    let class = class_of(arrived.class, Some(row.birth_year), today);
    let arrival = Arrival {
        arrived_at: arrived.at,
        booked_for: Some(row.starts_at),
        class,
    };
    let new = NewTicket {
        ticket_id: TicketId(Uuid::now_v7()),
        office_id: office.row.office_id,
        on_day: today,
        appointment_id: Some(row.appointment_id),
        citizen_blind: Some(&row.citizen_blind),
        service_code: &row.service_code,
        class: class.as_str(),
        arrived_at: arrived.at,
        turn: turn(&arrival, TimeDelta::minutes(rules.grace_min.into())),
        entered_later: arrived.later,
    };
    write_ticket(conn, office, &new).await
}

/// Writes a ticket and, unless it is entered later, the wait that is told with it.
///
/// # Errors
/// As [`store::insert_ticket`].
pub async fn write_ticket(
    conn: &mut Conn,
    office: &OfficeEntry,
    new: &NewTicket<'_>,
) -> Result<(TicketRow, Option<WaitEstimate>), Failure> {
    if new.entered_later {
        return Ok((store::insert_ticket(conn, new).await?, None));
    }
    let now = new.arrived_at;
    let scene = scene::load_scene(conn, office, now).await?;
    let told = scene::tell(&scene, &new.turn, now);
    let ticket = store::insert_ticket(conn, new).await?;
    scene::keep_estimate(conn, ticket.ticket_id, &told, now).await?;
    Ok((ticket, Some(told)))
}

/// Find somebody in the office's own list of one day by name, with or without diacritics.
///
/// The list is read whole and compared here; the read is audited, the name is not kept.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = FindByName,
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "Who is called so, in the order of the day.", body = DeskDay)))]
#[post("/offices/{office_id}/desk/find-by-name")]
async fn find_by_name(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    body: Json<FindByName>,
) -> Result<web::Json<DeskDay>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let wanted = fold(&body.name);
    if !(2..=100).contains(&wanted.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/name",
            "LENGTH",
            "Gõ ít nhất hai chữ cái của tên.",
            "Type at least two letters of the name.",
        )]));
    }
    let on = body.on.unwrap_or_else(|| local_day(app.clock.now()));
    let mut conn = app.pool.get().await?;
    let rows = list_of_day(&mut conn, office.row.office_id, on).await?;
    let mut found = Vec::new();
    for row in &rows {
        let guardian = row.guardian_name(&app.keys)?.unwrap_or_default();
        if is_called(&row.name(&app.keys)?, &wanted) || is_called(&guardian, &wanted) {
            found.push(row.clone());
        }
    }
    found.truncate(PARTY_MAX * 10);
    let found = desk::tell_all(&mut conn, &app.keys, &found).await?;
    let object = format!("office:{}", office.row.office_id);
    let detail = json!({ "on": on, "read": rows.len(), "found": found.len() });
    let actor = Some(caller.account_id);
    audit::record(&mut conn, actor, "booking.find_by_name", &object, detail).await?;
    Ok(web::Json(DeskDay {
        appointments: found,
    }))
}

/// Whether every word that was typed begins a word of the name.
fn is_called(name: &str, wanted: &str) -> bool {
    let name = fold(name);
    wanted
        .split(' ')
        .all(|typed| name.split(' ').any(|word| word.starts_with(typed)))
}
