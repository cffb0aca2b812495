//! The list of what is held, one of them in full, and the decision.

use actix_web::{get, post, web};
use diesel::result::Error;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::page::Page;
use mobile_contracts::review::{
    HeldOperation, HeldOperationDetail, REVIEW_REASON_CHARS_MAX, ReviewDecision, ReviewOperation,
    ReviewedOperation,
};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::problem::ReviewProblem;
use super::rules::{self, Held, Reviewer};
use super::store::{self, HeldRow, ReviewRow};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{Paging, page};
use crate::identity::permission::{CorrectWork, Permission as _};
use crate::identity::{self, Caller};
use crate::privacy::audit;
use crate::privacy::free_text::masked;
use crate::privacy::keys::Place;
use crate::tracking::batch::store::{list_operations, serialize_author};
use crate::tracking::batch::{Batch, raced, write_fresh};
use crate::tracking::code::Code;
use crate::tracking::held;
use crate::tracking::judging::rules::{Receipt, Sender};
use crate::tracking::ledger::store::look_up;
use crate::tracking::quarantine::rules::kept_until;
use crate::tracking::reading::kept::read_again;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_held_operations)
        .service(show_held_operation)
        .service(review_operation);
}

/// List what is held within one's unit, the oldest first: what was done there, and what its own
/// volunteers sent for elsewhere.
#[utoipa::path(tag = "sync", params(Paging), security(("session" = [])), responses(
    (status = OK, description = "A page of held operations.", body = Page<HeldOperation>)))]
#[get("/held-operations")]
async fn list_held_operations(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<HeldOperation>>, Failure> {
    let query = paging.of(&app.keys, "held")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let units = geography.all_answered_for(caller.unit_id, local_day(app.clock.now()));
    let rows = store::list_held(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.op_id);
    Ok(web::Json(Page {
        items: page
            .items
            .into_iter()
            .map(|row| held_operation(&app, row))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

/// A row of the list, as it is told.
pub fn held_operation(app: &App, row: HeldRow) -> HeldOperation {
    let code = row.code.unwrap_or_default();
    let days = app.config.sync.quarantine_days;
    HeldOperation {
        op_id: row.op_id,
        kind: row.kind,
        message: Code::parse(&code).map_or("", Code::message).to_owned(),
        code,
        author_id: row.author_id,
        author_unit_id: row.author_unit_id,
        village_id: row.village_id,
        received_at: row.received_at,
        kept_until: row.is_kept.then(|| kept_until(row.received_at, days)),
    }
}

/// Show a held operation with what was sent. It may name a citizen, so that it is audited.
#[utoipa::path(tag = "sync", security(("session" = [])),
    params(("held_op_id" = OperationId, Path, description = "Which operation.")),
    responses((status = OK, description = "Everything that was kept of it.", body = HeldOperationDetail),
        ReviewProblem))]
#[get("/held-operations/{held_op_id}")]
async fn show_held_operation(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<OperationId>,
) -> Result<web::Json<HeldOperationDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = find_in_scope(&app, &mut conn, &geography, &caller, path.0).await?;
    let kept = kept(&app, &row)?;
    let mut sent: serde_json::Value = serde_json::from_str(&kept).map_err(Failure::internal)?;
    // A keyed hash is nobody's to see.
    if let Some(subject) = sent.get_mut("subject").and_then(|it| it.as_object_mut()) {
        subject.remove("blind");
    }
    let actor = Some(caller.account_id);
    audit::record(&mut conn, actor, "tracking.read_held", &object(path.0), ()).await?;
    Ok(web::Json(HeldOperationDetail {
        held: held_operation(&app, row.held),
        sent,
    }))
}

fn object(op_id: OperationId) -> String {
    format!("operation:{op_id}")
}

/// What is held, or was decided about, within the caller's unit; anybody else's is not there.
async fn find_in_scope(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    caller: &Caller<CorrectWork>,
    op_id: OperationId,
) -> Result<ReviewRow, Failure> {
    let row = store::find_held(conn, op_id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    let today = local_day(app.clock.now());
    let covers = |unit| geography.answers_for(caller.unit_id, unit, today);
    if covers(row.held.author_unit_id) || row.held.village_id.is_some_and(covers) {
        Ok(row)
    } else {
        Err(CommonProblem::NotFound.into())
    }
}

fn kept(app: &App, row: &ReviewRow) -> Result<String, Failure> {
    let raw = row.raw.as_deref().ok_or(match row.decision {
        Some(_) => ReviewProblem::AlreadyDecided,
        None => ReviewProblem::NoLongerKept,
    })?;
    let place = Place {
        column: "operation.raw",
        row: row.held.op_id.0.as_bytes(),
    };
    app.keys.decrypt(&place, raw).map_err(Failure::internal)
}

/// Approve a held operation, in another village if need be, or refuse it.
///
/// Once: the same decision again gets the same answer, another one is refused. Its author pulls the
/// verdict, and never is who decides: where a place has one lead, whoever is above them does. What is about somebody
/// under 14 who agreed alone is approved once a parent or guardian was asked.
#[utoipa::path(tag = "sync", security(("session" = [])), request_body = ReviewOperation,
    params(("held_op_id" = OperationId, Path, description = "Which operation.")),
    responses((status = OK, description = "What became of it.", body = ReviewedOperation), ReviewProblem))]
#[post("/held-operations/{held_op_id}/decision")]
async fn review_operation(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<OperationId>,
    body: Json<ReviewOperation>,
) -> Result<web::Json<ReviewedOperation>, Failure> {
    check(&body)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = find_in_scope(&app, &mut conn, &geography, &caller, path.0).await?;
    if row.held.author_id == caller.account_id {
        return Err(ReviewProblem::OwnHeldRecord.into());
    }
    if let Some(village) = body.village_id {
        caller.require_unit(&geography, village, local_day(app.clock.now()))?;
        if !rules::is_village(village, &geography) {
            return Err(CommonProblem::NotFound.into());
        }
    }
    let author_id = row.held.author_id;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        // Whoever decides about the same operation at the same time waits here, and finds it decided.
        serialize_author(conn, author_id).await?;
        let row = find_in_scope(&app, conn, &geography, &caller, path.0).await?;
        match row.decision.as_deref() {
            Some(decided) if decided == body.decision.as_str() => return Ok(()),
            Some(_) => return Err(ReviewProblem::AlreadyDecided.into()),
            None => {}
        }
        match body.decision {
            ReviewDecision::Approve => {
                approve(&app, conn, &geography, &caller, &row, &body).await?
            }
            ReviewDecision::Refuse => {
                if !store::refuse(conn, path.0, Code::ReviewRefused.as_str()).await? {
                    return Err(raced().into());
                }
            }
        }
        remember(conn, caller.account_id, path.0, &body).await
    })
    .await?;
    let told = look_up(&mut conn, author_id, &[path.0]).await?;
    let told = told.into_iter().next().ok_or(CommonProblem::NotFound)?;
    Ok(web::Json(ReviewedOperation {
        op_id: told.op_id,
        result: told.result,
        code: told.code,
        counted: told.counted,
        recorded_on: told.recorded_on,
    }))
}

fn check(body: &ReviewOperation) -> Result<(), Failure> {
    let mut faults = Vec::new();
    if !(1..=REVIEW_REASON_CHARS_MAX).contains(&body.reason.trim().chars().count()) {
        faults.push(FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, tối đa 200 ký tự.",
            "Say why, at most 200 characters.",
        ));
    }
    if body.village_id.is_some() && body.decision == ReviewDecision::Refuse {
        faults.push(FieldError::new(
            "/village_id",
            "NOT_WITH_REFUSAL",
            "Chỉ chọn thôn, khu phố khi duyệt.",
            "A village belongs to an approval only.",
        ));
    }
    if body.guardian_agreed && body.decision == ReviewDecision::Refuse {
        faults.push(FieldError::new(
            "/guardian_agreed",
            "NOT_WITH_REFUSAL",
            "Chỉ ghi sự đồng ý của người giám hộ khi duyệt.",
            "That a guardian agreed belongs to an approval only.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

async fn approve(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    caller: &Caller<CorrectWork>,
    row: &ReviewRow,
    body: &ReviewOperation,
) -> Result<(), Failure> {
    let held = Held {
        op_id: row.held.op_id,
        payload_hash: row.payload_hash.clone().unwrap_or_default(),
        seq: row.seq,
        code: row.held.code.as_deref().and_then(Code::parse),
        village_id: row.held.village_id,
        received_at: row.held.received_at,
        effective_at: row.effective_at,
        kept: kept(app, row)?,
    };
    let draft = read_again(&held.kept).map_err(|_| ReviewProblem::NotUnderstood)?;
    let reviewer = Reviewer {
        unit_id: caller.unit_id,
        on: local_day(app.clock.now()),
    };
    let judged = rules::approve(&held, draft, body, reviewer, geography)?;
    let author = identity::find_account(conn, row.held.author_id).await?;
    let author = author.ok_or(Error::NotFound)?;
    // Whoever changed unions since did this for the one before, whenever somebody decides.
    let mass_union = held::store::find_union(conn, held.op_id).await?;
    let sender = Sender {
        account_id: author.account_id,
        mass_union: mass_union.unwrap_or_else(|| author.mass_union()),
        unit_id: author.unit_id,
        device_id: row.device_id,
        device_is_lost: false,
        may_record: true,
        may_correct: CorrectWork::ROLES.contains(&author.role()),
        confirms_as: None,
    };
    let batch = Batch {
        keys: &app.keys,
        geography,
        sender: &sender,
        receipt: &Receipt::new(held.received_at, held.received_at),
        subjects_per_day: usize::MAX,
    };
    let stored = list_operations(conn, &[held.op_id]).await?;
    write_fresh(conn, &batch, &stored, &[&judged]).await?;
    Ok(())
}

async fn remember(
    conn: &mut Conn,
    decided_by: AccountId,
    op_id: OperationId,
    body: &ReviewOperation,
) -> Result<(), Failure> {
    let (decision, reason) = (body.decision, masked(&body.reason));
    store::insert_review(conn, op_id, decision, &reason, body.village_id, decided_by).await?;
    let detail = json!({
        "decision": decision, "village_id": body.village_id, "guardian_agreed": body.guardian_agreed,
    });
    audit::record(
        conn,
        Some(decided_by),
        "tracking.review_held",
        &object(op_id),
        detail,
    )
    .await?;
    Ok(())
}
