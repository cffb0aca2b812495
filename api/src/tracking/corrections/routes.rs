//! Correcting and reinstating over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use chrono::SubsecRound as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::correction::{
    CorrectRecord, RecordVoid, RecordedAct, RecordedActDetail, ReinstateRecord,
};
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{self, Hand};
use super::problem::CorrectionProblem;
use super::rules::check_reason;
use super::store::{self, RecordRow, TakingRow};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::{self, IdempotencyKey, Press};
use crate::http::page::{PageQuery, page};
use crate::identity::permission::CorrectWork;
use crate::identity::{self, Caller};
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_records)
        .service(show_record)
        .service(correct_record)
        .service(reinstate_record);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordFilter {
    /// Whose records.
    #[param(value_type = Uuid)]
    account_id: AccountId,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

fn told(row: RecordRow) -> RecordedAct {
    RecordedAct {
        op_id: row.op_id,
        kind: row.kind,
        author_id: row.author_id,
        mass_union: row.mass_union,
        village_id: row.village_id,
        stage: row.stage,
        device_holder: row.device_holder,
        outcome: row.outcome,
        on_day: row.on_day,
        received_at: row.received_at,
        counted: row.counted,
        voided: row.voided_by.is_some(),
    }
}

fn told_void(row: TakingRow) -> RecordVoid {
    RecordVoid {
        void_op_id: row.op_id,
        voided_by: row.author_id,
        voided_at: row.effective_at,
        reason: row.reason,
        instead: row.by_record.then_some(row.op_id),
        undone_by: row.undone_by,
        undone_at: row.undone_at,
        undo_reason: row.undo_reason,
    }
}

async fn detail(
    hand: &Hand<'_>,
    conn: &mut Conn,
    id: OperationId,
) -> Result<RecordedActDetail, Failure> {
    let act = told(hand.find(conn, id).await?);
    let voids = store::list_takings(conn, id).await?;
    Ok(RecordedActDetail {
        act,
        corrects: store::find_corrected(conn, id).await?,
        voids: voids.into_iter().map(told_void).collect(),
    })
}

fn hand<'a>(app: &'a App, caller: &'a Caller<CorrectWork>, geography: &'a Geography) -> Hand<'a> {
    Hand {
        app,
        caller,
        geography,
        now: app.clock.now().trunc_subsecs(6),
    }
}

/// List the stages and visits that a member of one's unit recorded there, the last one first. Names nobody.
#[utoipa::path(tag = "sync", security(("session" = [])), params(RecordFilter), responses(
    (status = OK, description = "A page of records.", body = Page<RecordedAct>)))]
#[get("/records")]
async fn list_records(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    filter: Query<RecordFilter>,
) -> Result<web::Json<Page<RecordedAct>>, Failure> {
    let (cursor, limit) = (filter.cursor.as_deref(), filter.limit);
    let query = PageQuery::read(&app.keys, "records", cursor, limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let account = identity::find_account(&mut conn, filter.account_id).await?;
    let account = account.ok_or(CommonProblem::NotFound)?;
    caller.require_unit(&geography, account.unit_id, today)?;
    let villages = geography.all_answered_for(caller.unit_id, today);
    let (author, before) = (filter.account_id, query.after()?);
    let rows = store::list_records(&mut conn, author, &villages, before, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.op_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(told).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Show a record of one's unit with everything that was done to it. Names nobody.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(("target_op_id" = OperationId, Path, description = "The operation that recorded it.")),
    responses((status = OK, description = "The record.", body = RecordedActDetail)))]
#[get("/records/{target_op_id}")]
async fn show_record(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<OperationId>,
) -> Result<web::Json<RecordedActDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let hand = hand(&app, &caller, &geography);
    Ok(web::Json(detail(&hand, &mut conn, path.0).await?))
}

/// Correct what a member of one's unit recorded: village, stage, outcome or day.
///
/// Another record takes its place, of the same person and by the same author, who keeps the credit and finds both in
/// the ledger and at the next pull, with the reason. It is undone by reinstating the first one.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = CorrectRecord,
    params(("target_op_id" = OperationId, Path, description = "The operation that recorded it."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = CREATED, description = "The record that stands instead.", body = RecordedActDetail), CorrectionProblem))]
#[post("/records/{target_op_id}/correction")]
async fn correct_record(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    key: IdempotencyKey,
    path: Path<OperationId>,
    body: Json<CorrectRecord>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let hand = hand(&app, &caller, &geography);
    let request = serde_json::to_vec(&(path.0, &*body)).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let op_id = act::correct(&hand, conn, path.0, &body).await?;
        let said = json!({ "instead": op_id });
        record(conn, &caller, "tracking.correct_record", path.0, said).await?;
        let told = detail(&hand, conn, op_id).await?;
        Ok(told)
    })
    .await
}

async fn record(
    conn: &mut Conn,
    caller: &Caller<CorrectWork>,
    action: &str,
    target: OperationId,
    said: serde_json::Value,
) -> Result<(), Failure> {
    let object = format!("operation:{target}");
    audit::record(conn, Some(caller.account_id), action, &object, said).await?;
    Ok(())
}

/// Let a record stand again that a lead took back or corrected. What its author took back stays so.
///
/// Credit and every count are as if it had never been taken back; the author finds it so in the ledger and at the next
/// pull, with the reason.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = ReinstateRecord,
    params(("target_op_id" = OperationId, Path, description = "The operation that recorded it."),
        ("Idempotency-Key" = Uuid, Header, description = "A new UUID for each press of the button.")),
    responses((status = OK, description = "The record, standing.", body = RecordedActDetail), CorrectionProblem))]
#[post("/records/{target_op_id}/reinstatement")]
async fn reinstate_record(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    key: IdempotencyKey,
    path: Path<OperationId>,
    body: Json<ReinstateRecord>,
) -> Result<HttpResponse, Failure> {
    if let Some(fault) = check_reason(&body.reason) {
        return Err(Failure::invalid(vec![fault]));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let hand = hand(&app, &caller, &geography);
    let request = serde_json::to_vec(&(path.0, &*body)).unwrap_or_default();
    let press = Press {
        actor: &caller.actor(),
        key,
        request: &request,
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::OK, async |conn| {
        act::reinstate(&hand, conn, path.0, &body.reason).await?;
        let action = "tracking.reinstate_record";
        record(conn, &caller, action, path.0, json!({})).await?;
        let told = detail(&hand, conn, path.0).await?;
        Ok(told)
    })
    .await
}
