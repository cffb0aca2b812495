//! The end of a service. A level-2 dossier that was taken becomes a confirmed stage of the citizen's
//! village in the same transaction, if the citizen agreed and the village is known; else it is the
//! office's own count. Taking the end back takes the stage back with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OfficeId, OperationId, TicketId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::queue::{DeskTicket, FinishTicket, Refusal, VisitResult};
use mobile_contracts::tracking::Stage;
use serde_json::json;

use super::acts::{Step, step};
use super::machine::Act;
use super::person::find_visitor;
use super::problem::QueueProblem;
use super::store::{Change, TicketRow};
use super::tell::{once, tell};
use crate::app::App;
use crate::booking::offices::own_office;
use crate::db::Conn;
use crate::db::schema::ticket;
use crate::geography::Geography;
use crate::http::extract::{Json, Path};
use crate::http::failure::{Failure, FieldError};
use crate::http::idempotency::IdempotencyKey;
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::tracking::{self, Served};

/// The service whose collected dossier is a stage.
const LEVEL2: &str = "level2";

/// 422 when a reason is missing, or given for nothing.
pub fn check_result(result: VisitResult, refused_for: Option<Refusal>) -> Result<(), Failure> {
    if (result == VisitResult::Refused) == refused_for.is_some() {
        return Ok(());
    }
    Err(Failure::invalid(vec![FieldError::new(
        "/refused_for",
        "REFUSED_FOR",
        "Chọn lý do khi kết quả là từ chối, và chỉ khi đó.",
        "Give the reason of a refusal, and of nothing else.",
    )]))
}

/// End a service with its result.
///
/// A level-2 dossier that was taken counts at once, confirmed, for the citizen's village.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = FinishTicket,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("ticket_id" = TicketId, Path, description = "Which ticket."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "Served.", body = DeskTicket), QueueProblem))]
#[post("/offices/{office_id}/desk/tickets/{ticket_id}/finish")]
pub async fn finish_ticket(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, TicketId)>,
    key: IdempotencyKey,
    body: Json<FinishTicket>,
) -> Result<HttpResponse, Failure> {
    let (office_id, ticket_id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    check_result(body.result, body.refused_for)?;
    let geography = app.fresh_geography().await?;
    let one = Step {
        office: &office,
        officer_id: caller.account_id,
        ticket_id,
        act: Act::Finish,
    };
    let request = json!(["finish", office_id, ticket_id, *body]);
    once(&app, &caller, key, request, StatusCode::OK, async |conn| {
        let with = Change {
            result: Some(Some(body.result.as_str())),
            refused_for: Some(body.refused_for.map(Refusal::as_str)),
            ..Change::default()
        };
        let (_, row, places) = step(conn, &one, with).await?;
        let row = record_stage(conn, &app, &geography, caller.account_id, row).await?;
        Ok((tell(&row, None), places))
    })
    .await
}

/// The stage that a result is, if it is one.
fn stage_of(service_code: &str, result: Option<&str>) -> Option<Stage> {
    let collected = result == Some(VisitResult::DossierCollected.as_str());
    (service_code == LEVEL2 && collected).then_some(Stage::Level2Collected)
}

/// How tracking calls a consent that was given for a visit; `None`: none was.
fn consent_method(word: &str) -> Option<&'static str> {
    match word {
        "self" => Some("self"),
        "spoken" => Some("spoken"),
        "written" => Some("signed"),
        _ => None,
    }
}

/// Writes the stage of a ticket that was just served, if there is one to write.
///
/// # Errors
/// When the database cannot.
pub async fn record_stage(
    conn: &mut Conn,
    app: &App,
    geography: &Geography,
    officer_id: AccountId,
    row: TicketRow,
) -> Result<TicketRow, Failure> {
    let served_at: Option<DateTime<Utc>> = row.ended_at;
    let (Some(stage), Some(blind), Some(served_at)) = (
        stage_of(&row.service_code, row.result.as_deref()),
        row.citizen_blind.clone(),
        served_at,
    ) else {
        return Ok(row);
    };
    let Some(visitor) = find_visitor(conn, &app.keys, &row).await? else {
        return Ok(row);
    };
    let (Some(village_id), Some(consent_method)) =
        (visitor.village_id, consent_method(&visitor.consent))
    else {
        return Ok(row);
    };
    let served = Served {
        officer_id,
        stage,
        village_id,
        citizen_blind: blind,
        id_tail: visitor.id_tail,
        birth_year: Some(visitor.birth_year),
        name: PersonName::parse(&visitor.name).ok(),
        consent_method,
        served_at,
    };
    let now = super::store::now(conn).await?;
    let op_id = tracking::confirm_served(conn, &app.keys, geography, now, served).await?;
    let row = diesel::update(ticket::table.find(row.ticket_id))
        .set(ticket::stage_op_id.eq(Some(op_id.0)))
        .returning(TicketRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(row)
}

/// Takes back the stage that a ticket wrote when it was served, if it wrote one.
///
/// # Errors
/// When the database cannot.
pub async fn void_stage(
    conn: &mut Conn,
    app: &App,
    geography: &Geography,
    officer_id: AccountId,
    seen: &TicketRow,
) -> Result<(), Failure> {
    let Some(op_id) = seen.stage_op_id else {
        return Ok(());
    };
    let now = super::store::now(conn).await?;
    let target = OperationId(op_id);
    tracking::void_served(conn, &app.keys, geography, now, officer_id, target).await?;
    Ok(())
}
