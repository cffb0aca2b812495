//! Handing work over, over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::assignment::{Transfer, TransferRehearsal, TransferWork};
use mobile_contracts::page::Page;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::plan::Plan;
use super::store::{self, TransferRow};
use super::undo;
use crate::app::App;
use crate::db::Conn;
use crate::http::extract::{Json, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::AssignWork;
use crate::privacy::free_text::masked;
use crate::tracking::assignments::problem::{AssignmentProblem, refused};
use crate::tracking::assignments::reach::Reach;
use crate::tracking::assignments::routes::{act_of, record};
use crate::tracking::assignments::rules::{UNDO, check_reason, check_villages};
use crate::tracking::assignments::store::{
    Act, end_people, end_villages, insert_people, insert_villages, lock_work,
};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(rehearse_transfer)
        .service(transfer_work)
        .service(list_transfers)
        .configure(undo::routes);
}

fn check(body: &TransferWork) -> Result<(), Failure> {
    let mut faults: Vec<FieldError> = check_reason(&body.reason).into_iter().collect();
    faults.extend(body.village_ids.as_deref().and_then(check_villages));
    if body.from_account_id == body.to_account_id {
        faults.push(FieldError::new(
            "/to_account_id",
            "SAME",
            "Chọn một người khác để nhận việc.",
            "Choose somebody else to take the work.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Say what handing the work of one volunteer to another would move, and what would stay. Writes nothing.
#[utoipa::path(tag = "assignments", security(("session" = [])), request_body = TransferWork,
    responses((status = OK, description = "What would move, in numbers.", body = TransferRehearsal), AssignmentProblem))]
#[post("/transfers/rehearsal")]
async fn rehearse_transfer(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    body: Json<TransferWork>,
) -> Result<web::Json<TransferRehearsal>, Failure> {
    check(&body)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let plan = Plan::read(&mut conn, &reach, &body, now).await?;
    Ok(web::Json(
        plan.rehearse(&mut conn, &reach, reach.today).await?,
    ))
}

/// Hand villages and people of one volunteer to another, in one act: all of them, or some villages. Their worklists
/// and the clocks on them follow. What was recorded and whom it is credited to stays. It can be undone for a day.
#[utoipa::path(tag = "assignments", security(("session" = [])), request_body = TransferWork,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "What moved.", body = Transfer), AssignmentProblem))]
#[post("/transfers")]
async fn transfer_work(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    key: IdempotencyKey,
    body: Json<TransferWork>,
) -> Result<HttpResponse, Failure> {
    check(&body)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let request = serde_json::to_vec(&*body).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        lock_work(conn, &[body.from_account_id, body.to_account_id]).await?;
        let act = Act {
            transfer_id: Some(Uuid::now_v7()),
            ..act_of(&app, &caller)
        };
        let plan = Plan::read(conn, &reach, &body, act.at).await?;
        plan.check(&reach)?;
        let row = TransferRow {
            transfer_id: act.transfer_id.unwrap_or_default(),
            from_account_id: plan.from.account_id,
            to_account_id: plan.to.account_id,
            reason: masked(&body.reason),
            made_by: act.by,
            made_at: act.at,
            undone_by: None,
            undone_at: None,
        };
        store::insert_transfer(conn, &row).await?;
        hand_over(conn, &plan, act).await?;
        let told = told(conn, vec![row]).await?.remove(0);
        let object = format!("transfer:{}", told.transfer_id);
        let said = json!({
            "from_account_id": told.from_account_id, "to_account_id": told.to_account_id,
            "village_ids": told.villages, "people": told.people_by_name,
        });
        record(conn, &caller, "tracking.transfer_work", &object, said).await?;
        Ok(told)
    })
    .await
}

async fn hand_over(conn: &mut Conn, plan: &Plan, act: Act) -> Result<(), Failure> {
    let leaving: Vec<Uuid> = plan.leaving.iter().map(|row| row.assignment_id).collect();
    end_villages(conn, &leaving, act).await.map_err(refused)?;
    let to = plan.to.account_id;
    insert_villages(conn, to, &plan.there, &plan.moving(), act)
        .await
        .map_err(refused)?;
    end_people(conn, &plan.people, act).await.map_err(refused)?;
    insert_people(conn, to, &plan.people, act)
        .await
        .map_err(refused)
}

/// Transfers as they are told.
pub async fn told(conn: &mut Conn, rows: Vec<TransferRow>) -> Result<Vec<Transfer>, Failure> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.transfer_id).collect();
    let (mut villages, people) = store::sum_went(conn, &ids).await?;
    let told = rows.into_iter().map(|row| Transfer {
        transfer_id: row.transfer_id,
        from_account_id: row.from_account_id,
        to_account_id: row.to_account_id,
        reason: row.reason,
        villages: villages.remove(&row.transfer_id).unwrap_or_default(),
        people_by_name: people.get(&row.transfer_id).copied().unwrap_or_default() as u32,
        made_by: row.made_by,
        made_at: row.made_at,
        undo_until: row.made_at + UNDO,
        undone_by: row.undone_by,
        undone_at: row.undone_at,
    });
    Ok(told.collect())
}

/// List what was handed over within one's unit, the last one first; a lead sees that of the own union.
#[utoipa::path(tag = "assignments", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of transfers.", body = Page<Transfer>)))]
#[get("/transfers")]
async fn list_transfers(
    app: web::Data<App>,
    caller: Caller<AssignWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<Transfer>>, Failure> {
    let query = paging.of(&app.keys, "transfers")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let reach = Reach::new(&app, &caller, &geography);
    let units = geography.all_within(caller.unit_id, reach.today);
    let (mass_union, before) = (reach.mass_union(), query.after()?);
    let rows = store::list_transfers(&mut conn, &units, mass_union, before, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.transfer_id);
    Ok(web::Json(Page {
        items: told(&mut conn, page.items).await?,
        next_cursor: page.next_cursor,
    }))
}
