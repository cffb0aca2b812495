//! The queue as its desk sees it, how the office runs it, and one's own ticket.

use actix_web::{HttpRequest, get, post, put, web};
use chrono::{DateTime, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{DeskQueue, DeskTicket, OwnTicket, QueueRules, TicketKey};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::machine::State;
use super::person::list_visitors;
use super::problem::QueueProblem;
use super::rules::read_number;
use super::store::TicketRow;
use super::tell::tell_with;
use super::{pin, scene, store};
use crate::app::App;
use crate::booking::appointments::routes::admit_lookup;
use crate::booking::offices::own_office;
use crate::db;
use crate::http::extract::{Json, Path};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::{ManageOffices, RunDesk};
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_queue)
        .service(set_queue_rules)
        .service(look_up_ticket);
}

/// How many that have ended are shown, for taking a mistake back.
const ENDED_SHOWN: usize = 20;

/// Show the queue of today, with names, in the order in which people would be called.
#[utoipa::path(tag = "queue", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "The queue. The read is audited.", body = DeskQueue)))]
#[get("/offices/{office_id}/desk/queue")]
async fn show_queue(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
) -> Result<web::Json<DeskQueue>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let office_id = office.row.office_id;
    let mut conn = app.pool.get().await?;
    let now = store::now(&mut conn).await?;
    let on = local_day(now);
    let rows = shown(store::list_day(&mut conn, office_id, on).await?, now);
    let visitors = list_visitors(&mut conn, &app.keys, &rows).await?;
    let rules = store::get_rules(&mut conn, office_id).await?;
    let expected = scene::count_expected(&mut conn, &office, now).await?;
    let detail = json!({ "on": on, "rows": rows.len() });
    let (actor, object) = (Some(caller.account_id), format!("office:{office_id}"));
    audit::record(&mut conn, actor, "booking.show_queue", &object, detail).await?;
    let told = |fits: &dyn Fn(State) -> bool| -> Vec<DeskTicket> {
        let rows = rows.iter().filter(|row| fits(row.state()));
        rows.map(|row| tell_with(row, visitors.get(&row.ticket_id)))
            .collect()
    };
    Ok(web::Json(DeskQueue {
        on,
        waiting: told(&|state| state == State::Waiting),
        at_desks: told(&State::is_at_desk),
        parked: told(&|state| state == State::Parked),
        ended: told(&State::is_end),
        expected: u16::try_from(expected).unwrap_or(u16::MAX),
        rules,
    }))
}

/// In the order of calling; of those that have ended the last, newest first.
fn shown(mut rows: Vec<TicketRow>, now: DateTime<Utc>) -> Vec<TicketRow> {
    let held_back = |row: &TicketRow| row.back_at.is_some_and(|back_at| back_at > now);
    rows.sort_by(|a, b| {
        let turns = a.turn().order(&b.turn(), now);
        held_back(a).cmp(&held_back(b)).then(turns)
    });
    let (mut ended, mut shown): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.state().is_end());
    ended.sort_by_key(|row| std::cmp::Reverse(row.ended_at));
    ended.truncate(ENDED_SHOWN);
    shown.append(&mut ended);
    shown
}

/// Set how an office runs its queue.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = QueueRules,
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "As it is now.", body = QueueRules)))]
#[put("/offices/{office_id}/desk/rules")]
async fn set_queue_rules(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    body: Json<QueueRules>,
) -> Result<web::Json<QueueRules>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let mut faults = Vec::new();
    for (pointer, value, range) in [
        ("/no_show_calls", body.no_show_calls, 1..=10),
        ("/grace_min", body.grace_min, 0..=60),
        ("/undo_min", body.undo_min, 1..=120),
    ] {
        if !range.contains(&value) {
            let (low, high) = range.into_inner();
            let (vi, en) = (format!("Từ {low} đến {high}."), format!("{low} to {high}."));
            faults.push(FieldError::new(pointer, "RANGE", vi, en));
        }
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let office_id = office.row.office_id;
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::set_rules(conn, office_id, &body).await?;
        let (actor, object) = (Some(caller.account_id), format!("office:{office_id}"));
        audit::record(conn, actor, "booking.set_queue_rules", &object, *body).await?;
        Ok(())
    })
    .await?;
    Ok(web::Json(*body))
}

/// Show one's own ticket of today: whether it was called, and how long it will take.
///
/// A wrong number and a wrong pin are answered alike.
#[utoipa::path(tag = "queue", request_body = TicketKey,
    responses((status = OK, description = "The ticket.", body = OwnTicket), QueueProblem))]
#[post("/tickets/lookup")]
async fn look_up_ticket(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<TicketKey>,
) -> Result<web::Json<OwnTicket>, Failure> {
    Ok(web::Json(own_ticket(&app, &request, &body).await?))
}

/// One's own ticket, for the API and the form.
///
/// # Errors
/// [`QueueProblem::TicketNotFound`], 429.
pub async fn own_ticket(
    app: &App,
    request: &HttpRequest,
    key: &TicketKey,
) -> Result<OwnTicket, Failure> {
    admit_lookup(app, request).await?;
    let mut conn = app.pool.get().await?;
    let now = store::now(&mut conn).await?;
    let found = match read_number(&key.number) {
        None => None,
        Some(number) => {
            store::find_by_number(&mut conn, key.office_id, local_day(now), number).await?
        }
    };
    let row = found
        .filter(|row| pin::is_pin(&app.keys, row.ticket_id, &key.pin))
        .ok_or(QueueProblem::TicketNotFound)?;
    let mut estimate = None;
    if row.state() == State::Waiting {
        let office = app.availability.office(app, row.office_id).await?;
        let mut scene = scene::load_scene(&mut conn, &office, now).await?;
        scene.leave_out(&row.turn());
        estimate = Some(scene::tell(&scene, &row.turn(), now));
    }
    Ok(OwnTicket {
        number: row.number(),
        state: row.state.clone(),
        desk_no: row.desk_no.filter(|_| row.state().is_at_desk()),
        estimate,
    })
}
