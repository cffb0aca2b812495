//! The desk: call the next, and everything that becomes of a call.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, TicketId};
use mobile_contracts::queue::{ActOnTicket, CallNext, DeskTicket, ParkTicket, RedirectTicket};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::acts::{Step, step};
use super::booked::follow;
use super::finish::{finish_ticket, void_stage};
use super::machine::{Act, State};
use super::problem::QueueProblem;
use super::store::Change;
use super::tell::{once, tell};
use super::{display, scene, store};
use crate::app::App;
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::own_office;
use crate::booking::slots::routes::require_service;
use crate::http::extract::{Json, Path};
use crate::http::failure::{Failure, FieldError};
use crate::http::idempotency::IdempotencyKey;
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(call_next)
        .service(act_on_ticket)
        .service(park_ticket)
        .service(redirect_ticket)
        .service(finish_ticket);
}

/// Most services that a desk calls for.
const SERVICES_MAX: usize = 20;

/// 422 for a desk that is no number over a desk.
pub fn check_desk(desk_no: i16) -> Result<(), Failure> {
    if (1..=99).contains(&desk_no) {
        return Ok(());
    }
    Err(Failure::invalid(vec![FieldError::new(
        "/desk_no",
        "RANGE",
        "Số quầy từ 1 đến 99.",
        "1 to 99.",
    )]))
}

/// Call the next person to a desk.
///
/// The order is minutes waited plus a bonus of at most 20; two desks never call the same person. A
/// desk has one person at a time.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = CallNext,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Called.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/calls")]
async fn call_next(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    key: IdempotencyKey,
    body: Json<CallNext>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    check_desk(body.desk_no)?;
    if body.service_codes.len() > SERVICES_MAX {
        return Err(Failure::invalid(vec![FieldError::new(
            "/service_codes",
            "LENGTH",
            format!("Tối đa {SERVICES_MAX} thủ tục."),
            format!("At most {SERVICES_MAX} services."),
        )]));
    }
    let (office_id, desk_no) = (office.row.office_id, body.desk_no);
    let request = json!(["call", office_id, *body]);
    once(&app, &caller, key, request, StatusCode::OK, async |conn| {
        let on = local_day(store::now(conn).await?);
        let row = store::call_next(conn, office_id, on, desk_no, &body.service_codes).await?;
        let places = follow(conn, &row, State::Waiting, State::Called).await?;
        if let (1, Some(called_at)) = (row.calls, row.first_called_at) {
            scene::judge_estimate(conn, row.ticket_id, called_at).await?;
        }
        display::store::insert_event(conn, &row, "call", row.desk_no).await?;
        let detail = json!({ "office_id": office_id, "number": row.number(), "desk_no": desk_no });
        let object = format!("ticket:{}", row.ticket_id);
        let actor = Some(caller.account_id);
        audit::record(conn, actor, Act::Call.audited_as(), &object, detail).await?;
        Ok((tell(&row, None), places))
    })
    .await
}

/// Do something to a ticket that needs no more words: call again, skip, start, no-show, undo…
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = ActOnTicket,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("ticket_id" = TicketId, Path, description = "Which ticket."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "As it is now.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/tickets/{ticket_id}/acts")]
async fn act_on_ticket(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, TicketId)>,
    key: IdempotencyKey,
    body: Json<ActOnTicket>,
) -> Result<HttpResponse, Failure> {
    let (office_id, ticket_id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let geography = app.fresh_geography().await?;
    let one = Step {
        office: &office,
        officer_id: caller.account_id,
        ticket_id,
        act: body.act.into(),
    };
    let request = json!(["act", office_id, ticket_id, *body]);
    once(&app, &caller, key, request, StatusCode::OK, async |conn| {
        let (seen, row, places) = step(conn, &one, Change::default()).await?;
        if one.act == Act::Undo {
            void_stage(conn, &app, &geography, caller.account_id, &seen).await?;
        }
        Ok((tell(&row, None), places))
    })
    .await
}

/// Put somebody aside, with the reason; `return` puts them back where they were.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = ParkTicket,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("ticket_id" = TicketId, Path, description = "Which ticket."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Parked.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/tickets/{ticket_id}/park")]
async fn park_ticket(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, TicketId)>,
    key: IdempotencyKey,
    body: Json<ParkTicket>,
) -> Result<HttpResponse, Failure> {
    let (office_id, ticket_id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let one = Step {
        office: &office,
        officer_id: caller.account_id,
        ticket_id,
        act: Act::Park,
    };
    let request = json!(["park", office_id, ticket_id, *body]);
    once(&app, &caller, key, request, StatusCode::OK, async |conn| {
        let with = Change {
            parked_for: Some(Some(body.reason.as_str())),
            back_at: Some(body.back_at),
            ..Change::default()
        };
        let (_, row, places) = step(conn, &one, with).await?;
        Ok((tell(&row, None), places))
    })
    .await
}

/// Send somebody to another desk, service or office, with the time waited so far.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = RedirectTicket,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("ticket_id" = TicketId, Path, description = "Which ticket."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Waiting there.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/tickets/{ticket_id}/redirect")]
async fn redirect_ticket(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, TicketId)>,
    key: IdempotencyKey,
    body: Json<RedirectTicket>,
) -> Result<HttpResponse, Failure> {
    let (office_id, ticket_id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let there = match body.office_id {
        Some(other) => own_office(&app, &caller, other).await?,
        None => office.clone(),
    };
    body.desk_no.map_or(Ok(()), check_desk)?;
    if let Some(code) = &body.service_code {
        require_service(&there, code, "/service_code")?;
    }
    let one = Step {
        office: &office,
        officer_id: caller.account_id,
        ticket_id,
        act: Act::Redirect,
    };
    let request = json!(["redirect", office_id, ticket_id, *body]);
    once(&app, &caller, key, request, StatusCode::OK, async |conn| {
        let mut with = Change {
            for_desk: Some(body.desk_no),
            service_code: body.service_code.clone(),
            ..Change::default()
        };
        if there.row.office_id != office_id {
            let seen = store::find_ticket(conn, office_id, ticket_id).await?;
            if let Some(seen) = seen {
                let (to, on) = (there.row.office_id, seen.on_day);
                with.office_id = Some(to);
                with.number = Some(store::next_number(conn, to, on, &seen.series).await?);
            }
        }
        let (_, row, places) = step(conn, &one, with).await?;
        Ok::<(DeskTicket, Changes), Failure>((tell(&row, None), places))
    })
    .await
}
