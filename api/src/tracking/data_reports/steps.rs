//! What is done about a report, over HTTP.

use actix_web::{post, web};
use mobile_contracts::data_report::{DataReportDetail, StepDataReport};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::problem::DataReportProblem;
use super::routes::{detail, require_in_scope};
use super::rules::{check_reason, may_go};
use super::store;
use crate::app::App;
use crate::db;
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::MendData;
use crate::privacy::audit;
use crate::privacy::free_text::masked;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(step_data_report);
}

/// Do something about a report: forward it, say that it was corrected or why not, or open it again, which undoes
/// what was done. Every step is kept.
#[utoipa::path(tag = "data-reports", security(("session" = [])), request_body = StepDataReport,
    params(("data_report_id" = Uuid, Path, description = "Which report.")),
    responses((status = OK, description = "The report as it stands now.", body = DataReportDetail), DataReportProblem))]
#[post("/data-reports/{data_report_id}/steps")]
async fn step_data_report(
    app: web::Data<App>,
    caller: Caller<MendData>,
    path: Path<Uuid>,
    body: Json<StepDataReport>,
) -> Result<web::Json<DataReportDetail>, Failure> {
    let reason = body.reason.as_deref();
    if let Some(fault) = check_reason(body.state, reason) {
        return Err(Failure::invalid(vec![fault]));
    }
    let mut conn = app.pool.get().await?;
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_report(conn, path.0).await?;
        let row = require_in_scope(&app, conn, &caller, row).await?;
        if !may_go(&row.state, body.state) {
            return Err(DataReportProblem::StepNotPossible.into());
        }
        let (id, by) = (row.report_id, caller.account_id);
        let (state, reason) = (body.state.as_str(), reason.map(masked));
        store::insert_step(conn, id, state, reason.as_deref(), by).await?;
        let object = format!("data_report:{id}");
        let said = json!({ "state": state });
        audit::record(conn, Some(by), "tracking.step_data_report", &object, said).await?;
        let row = store::find_report(conn, id).await?;
        detail(&app, conn, row.ok_or(CommonProblem::NotFound)?).await
    })
    .await?;
    Ok(web::Json(told))
}
