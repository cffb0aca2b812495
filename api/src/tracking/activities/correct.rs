//! Correcting, voiding and undoing over HTTP.

use actix_web::{post, web};
use mobile_contracts::ids::OperationId;
use mobile_contracts::outreach::{CorrectActivity, OutreachActivityDetail, VoidActivity};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::problem::ActivityProblem;
use super::routes::{detail, find_in_scope};
use super::rules::{check, check_reason};
use super::store::{self, ActivityRow, NewCorrection};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::CorrectWork;
use crate::privacy::audit;
use crate::privacy::free_text::masked;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(correct_activity)
        .service(void_activity)
        .service(undo_activity_correction);
}

/// Writes something about an activity of the caller's unit, and answers with how it stands then.
async fn act(
    app: &App,
    caller: &Caller<CorrectWork>,
    id: OperationId,
    action: &str,
    work: impl AsyncFn(&mut Conn, ActivityRow) -> Result<Uuid, Failure>,
) -> Result<web::Json<OutreachActivityDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::lock_activity(conn, id).await?;
        let row = find_in_scope(app, conn, caller, id).await?;
        let correction_id = work(conn, row).await?;
        let (actor, object) = (Some(caller.account_id), format!("activity:{id}"));
        let said = json!({ "correction_id": correction_id });
        audit::record(conn, actor, action, &object, said).await?;
        let row = find_in_scope(app, conn, caller, id).await?;
        detail(app, conn, row).await
    })
    .await?;
    Ok(web::Json(told))
}

/// Correct what was told of an activity. What its author told stays beside it, and the correction can be undone.
#[utoipa::path(tag = "activities", security(("session" = [])), request_body = CorrectActivity,
    params(("activity_id" = Uuid, Path, description = "The operation that told of it.")),
    responses((status = OK, description = "The activity as it stands now.", body = OutreachActivityDetail), ActivityProblem))]
#[post("/activities/{activity_id}/corrections")]
async fn correct_activity(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
    body: Json<CorrectActivity>,
) -> Result<web::Json<OutreachActivityDetail>, Failure> {
    let faults = check(&body);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let id = OperationId(path.0);
    let action = "tracking.correct_activity";
    act(&app, &caller, id, action, async |conn, row| {
        require_standing(&row)?;
        let new = NewCorrection {
            op_id: row.op_id,
            what: Some(&body.activity),
            attended: body.attended,
            leaflets: body.leaflets,
            helped: body.helped,
            reason: &masked(&body.reason),
            by: caller.account_id,
        };
        Ok(store::insert_correction(conn, &new).await?)
    })
    .await
}

fn require_standing(row: &ActivityRow) -> Result<(), Failure> {
    match row.is_voided {
        false => Ok(()),
        true => Err(ActivityProblem::ActivityVoided.into()),
    }
}

/// Void an activity: it did not happen, or was told twice. It counts nowhere, and the voiding can be undone.
#[utoipa::path(tag = "activities", security(("session" = [])), request_body = VoidActivity,
    params(("activity_id" = Uuid, Path, description = "The operation that told of it.")),
    responses((status = OK, description = "The activity, voided.", body = OutreachActivityDetail), ActivityProblem))]
#[post("/activities/{activity_id}/voiding")]
async fn void_activity(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
    body: Json<VoidActivity>,
) -> Result<web::Json<OutreachActivityDetail>, Failure> {
    if let Some(fault) = check_reason(&body.reason) {
        return Err(Failure::invalid(vec![fault]));
    }
    let id = OperationId(path.0);
    act(
        &app,
        &caller,
        id,
        "tracking.void_activity",
        async |conn, row| {
            require_standing(&row)?;
            let new = NewCorrection {
                op_id: row.op_id,
                what: None,
                attended: None,
                leaflets: None,
                helped: None,
                reason: &masked(&body.reason),
                by: caller.account_id,
            };
            Ok(store::insert_correction(conn, &new).await?)
        },
    )
    .await
}

/// Undo a correction or a voiding: what was said before it holds again.
#[utoipa::path(tag = "activities", security(("session" = [])),
    params(("correction_id" = Uuid, Path, description = "Which correction.")),
    responses((status = OK, description = "The activity as it stands now.", body = OutreachActivityDetail), ActivityProblem))]
#[post("/activity-corrections/{correction_id}/undo")]
async fn undo_activity_correction(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
) -> Result<web::Json<OutreachActivityDetail>, Failure> {
    let correction_id = path.0;
    let id = store::find_corrected(&mut *app.pool.get().await?, correction_id).await?;
    let id = id.ok_or(CommonProblem::NotFound)?;
    let action = "tracking.undo_activity_correction";
    act(
        &app,
        &caller,
        id,
        action,
        async |conn, _| match store::set_undone(conn, correction_id, caller.account_id).await? {
            true => Ok(correction_id),
            false => Err(ActivityProblem::CorrectionUndone.into()),
        },
    )
    .await
}
