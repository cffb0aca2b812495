//! Tickets for those who come without an appointment here.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OfficeId, TicketId};
use mobile_contracts::queue::{DeskTicket, IssueTicket, WaitEstimate};
use serde_json::json;
use uuid::Uuid;

use super::door::{Arrived, elsewhere, write_ticket};
use super::person::encrypt_name;
use super::problem::QueueProblem;
use super::rules::{Arrival, class_of, turn};
use super::store;
use super::store::{NewPerson, NewTicket, TicketRow};
use super::tell::{once, tell};
use crate::app::App;
use crate::booking::appointments::change::cancel_appointment;
use crate::booking::appointments::party::{Checked, check_visitor};
use crate::booking::appointments::store::{By, list_of_citizen};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::{OfficeEntry, Offices, own_office};
use crate::booking::slots::routes::require_service;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::extract::{Json, Path};
use crate::http::failure::Failure;
use crate::http::idempotency::IdempotencyKey;
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::privacy::audit;
use crate::privacy::keys::Keys;

/// Give a ticket to somebody without an appointment here.
///
/// With the card shown, an appointment elsewhere or later is told first, and moved here on request:
/// that one is cancelled, its place freed, and the visit counts for the village as far as the person
/// agrees.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = IssueTicket,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "The ticket, with the wait that is expected.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/tickets")]
pub async fn issue_ticket(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    key: IdempotencyKey,
    body: Json<IssueTicket>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let geography = app.fresh_geography().await?;
    let offices = app.availability.offices(&app).await?;
    let now = app.clock.now();
    let wish = check_wish(&app.keys, &offices, &office, &geography, &body, now)?;
    let request = json!(["ticket", office.row.office_id, *body]);
    let officer = caller.account_id;
    once(
        &app,
        &caller,
        key,
        request,
        StatusCode::CREATED,
        async |conn| {
            let arrived = Arrived {
                class: body.class,
                at: store::now(conn).await?,
                later: false,
            };
            let (ticket, told, places) =
                issue(&app, conn, &office, &wish, &arrived, officer).await?;
            Ok::<(DeskTicket, Changes), Failure>((tell(&ticket, told), places))
        },
    )
    .await
}

/// Somebody without an appointment here, every field checked.
pub struct Wish<'a> {
    pub offices: &'a Offices,
    pub service_code: &'a str,
    pub person: Option<Checked>,
    pub move_here: bool,
}

/// # Errors
/// 422 with every fault.
pub fn check_wish<'a>(
    keys: &Keys,
    offices: &'a Offices,
    office: &OfficeEntry,
    geography: &Geography,
    body: &'a IssueTicket,
    now: DateTime<Utc>,
) -> Result<Wish<'a>, Failure> {
    require_service(office, &body.service_code, "/service_code")?;
    let mut faults = Vec::new();
    let person = body
        .visitor
        .as_ref()
        .and_then(|visitor| check_visitor(keys, geography, visitor, now, "/visitor", &mut faults));
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    Ok(Wish {
        offices,
        service_code: &body.service_code,
        person,
        move_here: body.move_here,
    })
}

/// Writes the ticket, after what the person has elsewhere.
///
/// # Errors
/// [`QueueProblem::AppointmentElsewhere`], [`QueueProblem::AppointmentHere`],
/// [`QueueProblem::AlreadyQueued`].
pub async fn issue(
    app: &App,
    conn: &mut Conn,
    office: &OfficeEntry,
    wish: &Wish<'_>,
    arrived: &Arrived,
    officer: AccountId,
) -> Result<(TicketRow, Option<WaitEstimate>, Changes), Failure> {
    let places = match &wish.person {
        Some(person) => give_up_others(app, conn, office, wish, person, arrived, officer).await?,
        None => Vec::new(),
    };
    let today = local_day(arrived.at);
    let born = wish
        .person
        .as_ref()
        .and_then(|person| i16::try_from(person.id.birth_year()).ok());
    let class = class_of(arrived.class, born, today);
    let arrival = Arrival {
        arrived_at: arrived.at,
        booked_for: None,
        class,
    };
    let ticket_id = TicketId(Uuid::now_v7());
    let new = NewTicket {
        ticket_id,
        office_id: office.row.office_id,
        on_day: today,
        appointment_id: None,
        citizen_blind: wish.person.as_ref().map(|person| person.blind.as_slice()),
        service_code: wish.service_code,
        class: class.as_str(),
        arrived_at: arrived.at,
        turn: turn(&arrival, TimeDelta::zero()),
        entered_later: arrived.later,
    };
    let (ticket, told) = write_ticket(conn, office, &new).await?;
    if let Some(person) = &wish.person {
        let row = NewPerson {
            id_tail: person.id.tail(),
            birth_year: born.unwrap_or_default(),
            name: encrypt_name(&app.keys, ticket_id, person.name.expose()),
            village_id: person.village_id,
            outside_province: person.outside_province,
            consent: person.consent,
        };
        store::insert_person(conn, ticket_id, &row).await?;
    }
    let object = format!("ticket:{ticket_id}");
    let detail = json!({ "office_id": ticket.office_id, "number": ticket.number(), "card_shown": wish.person.is_some() });
    audit::record(conn, Some(officer), "booking.issue_ticket", &object, detail).await?;
    Ok((ticket, told, places))
}

/// Appointments of this person for this service: told, or cancelled because they want it here.
async fn give_up_others(
    app: &App,
    conn: &mut Conn,
    office: &OfficeEntry,
    wish: &Wish<'_>,
    person: &Checked,
    arrived: &Arrived,
    officer: AccountId,
) -> Result<Changes, Failure> {
    let mut places = Vec::new();
    for row in list_of_citizen(conn, &person.blind).await? {
        if row.service_code != wish.service_code {
            continue;
        }
        let here = row.office_id == office.row.office_id
            && local_day(row.starts_at) == local_day(arrived.at);
        match row.status.as_str() {
            "booked" if here => {
                let refusal = Failure::from(QueueProblem::AppointmentHere);
                return Err(refusal.with("appointment_id", row.appointment_id));
            }
            "booked" | "conflict" if wish.move_here => {
                let id = row.appointment_id;
                let (_, freed) =
                    cancel_appointment(app, conn, id, By::Ticket, Some(officer)).await?;
                places.extend(freed);
            }
            "booked" | "conflict" => return Err(elsewhere(wish.offices, &row)),
            _ => return Err(QueueProblem::AlreadyQueued.into()),
        }
    }
    Ok(places)
}
