//! What a desk is told of a ticket, and acts that are done once however often the button is pressed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use mobile_contracts::queue::{DeskTicket, WaitEstimate};
use serde::Serialize;

use super::person::{Visitor, find_visitor};
use super::store::TicketRow;
use super::{pin, store};
use crate::app::App;
use crate::booking::appointments::settle::settle;
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::http::idempotency::{IdempotencyKey, Press, SavedAnswer};
use crate::identity::Caller;

/// A ticket without anything personal, as saved answers keep it.
pub fn tell(row: &TicketRow, estimate: Option<WaitEstimate>) -> DeskTicket {
    DeskTicket {
        ticket_id: row.ticket_id,
        office_id: row.office_id,
        number: row.number(),
        pin: None,
        service_code: row.service_code.clone(),
        class: row.class.clone(),
        appointment_id: row.appointment_id,
        arrived_at: row.arrived_at,
        waits_from: row.waits_from,
        state: row.state.clone(),
        calls: row.calls,
        called_at: row.called_at,
        desk_no: row.desk_no,
        for_desk: row.for_desk,
        back_at: row.back_at,
        parked_for: row.parked_for.clone(),
        serving_at: row.serving_at,
        ended_at: row.ended_at,
        result: row.result.clone(),
        refused_for: row.refused_for.clone(),
        stage_recorded: row.stage_op_id.is_some(),
        entered_later: row.entered_later,
        name: None,
        id_tail: None,
        estimate,
    }
}

/// [`tell`] with the person's name.
pub fn tell_with(row: &TicketRow, visitor: Option<&Visitor>) -> DeskTicket {
    DeskTicket {
        name: visitor.map(|visitor| visitor.name.clone()),
        id_tail: visitor.map(|visitor| visitor.id_tail.clone()),
        ..tell(row, None)
    }
}

/// Does something to one ticket once per key, and answers with it. Nothing stays of what is refused,
/// not even the key: the same press may succeed a moment later.
///
/// # Errors
/// Whatever the work is refused with.
pub async fn once<P>(
    app: &App,
    caller: &Caller<P>,
    key: IdempotencyKey,
    request: impl Serialize,
    status: StatusCode,
    work: impl AsyncFn(&mut Conn) -> Result<(DeskTicket, Changes), Failure>,
) -> Result<HttpResponse, Failure> {
    let actor = caller.actor();
    let request = serde_json::to_vec(&request).map_err(Failure::internal)?;
    let press = Press {
        actor: &actor,
        key,
        request: &request,
    };
    let outcome = settle(app, press, async |conn| {
        let (ticket, places) = work(conn).await?;
        let answer = SavedAnswer::new(status, ticket);
        Ok((answer, places))
    })
    .await?;
    mirror_all(app, &outcome.changes).await;
    let answer = with_person(app, outcome.answer).await?;
    Ok(answer.answer(outcome.replayed))
}

/// Adds what no saved answer keeps: who it is, and the pin of a ticket that was just given out.
async fn with_person(app: &App, mut answer: SavedAnswer) -> Result<SavedAnswer, Failure> {
    let told: DeskTicket = serde_json::from_value(answer.body).map_err(Failure::internal)?;
    let mut conn = app.pool.get().await?;
    // Not there any more: sent to another office since, whose matter it is now.
    let row = store::find_ticket(&mut conn, told.office_id, told.ticket_id).await?;
    let visitor = match &row {
        Some(row) => find_visitor(&mut conn, &app.keys, row).await?,
        None => None,
    };
    let given_out = answer.status == 201;
    answer.body = serde_json::to_value(DeskTicket {
        name: visitor.as_ref().map(|visitor| visitor.name.clone()),
        id_tail: visitor.map(|visitor| visitor.id_tail),
        pin: given_out.then(|| pin::pin(&app.keys, told.ticket_id)),
        ..told
    })
    .map_err(Failure::internal)?;
    Ok(answer)
}
