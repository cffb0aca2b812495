//! Departments of accounts over HTTP.

use actix_web::{get, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting_department::{AccountDepartments, SetAccountDepartments};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::judge;
use super::store;
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::{ManageIndicators, ReadReports};
use crate::identity::store::find_account;
use crate::privacy::audit;
use crate::reporting::indicators::store::load_catalogue;
use crate::reporting::periods::require_unit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_account_departments)
        .service(set_account_departments);
}

/// Somebody of the caller's unit, or the caller; anybody else is not there.
async fn require_account<P>(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<P>,
    account_id: AccountId,
) -> Result<(), Failure> {
    let geography = app.geography(conn).await?;
    let row = find_account(conn, account_id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    if row.account_id == caller.account_id {
        return Ok(());
    }
    require_unit(&geography, caller, row.unit_id, local_day(app.clock.now()))
}

/// Show for which departments somebody enters figures. None: for all.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("account_id" = AccountId, Path, description = "Who.")),
    responses((status = OK, description = "The departments.", body = AccountDepartments)))]
#[get("/accounts/{account_id}/departments")]
async fn show_account_departments(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<AccountId>,
) -> Result<web::Json<AccountDepartments>, Failure> {
    let mut conn = app.pool.get().await?;
    require_account(&app, &mut conn, &caller, path.0).await?;
    Ok(web::Json(AccountDepartments {
        departments: store::list(&mut conn, path.0).await?,
    }))
}

/// Say for which departments somebody enters figures, as the catalogue names those who answer for them. An empty
/// list: for all.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = SetAccountDepartments,
    params(("account_id" = AccountId, Path, description = "Who.")),
    responses((status = OK, description = "The departments.", body = AccountDepartments)))]
#[put("/accounts/{account_id}/departments")]
async fn set_account_departments(
    app: web::Data<App>,
    caller: Caller<ManageIndicators>,
    path: Path<AccountId>,
    body: Json<SetAccountDepartments>,
) -> Result<web::Json<AccountDepartments>, Failure> {
    let mut conn = app.pool.get().await?;
    require_account(&app, &mut conn, &caller, path.0).await?;
    let faults = judge(&body.departments, &load_catalogue(&mut conn).await?);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let departments = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let by = caller.account_id;
        store::replace(conn, path.0, &body.departments, by).await?;
        let departments = store::list(conn, path.0).await?;
        let object = format!("account:{}", path.0);
        let said = json!({ "departments": departments });
        audit::record(conn, Some(by), "reporting.set_departments", &object, said).await?;
        Ok(departments)
    })
    .await?;
    Ok(web::Json(AccountDepartments { departments }))
}
