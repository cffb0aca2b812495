//! Editing the catalogue over HTTP: by who administers the province.

use actix_web::{get, put, web};
use mobile_contracts::page::Page;
use mobile_contracts::reporting::Indicator;
use mobile_contracts::reporting_catalogue::{IndicatorChange, SetIndicatorOwner, WriteIndicator};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::{is_code, judge, judge_owner};
use super::store::{self, ChangeRow};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Level;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{ManageIndicators, ReadBoards};
use crate::privacy::audit;
use crate::reporting::indicators::routes::tell_indicator;
use crate::reporting::indicators::store::load_catalogue;
use crate::reporting::problem::ReportingProblem::{self, IndicatorChanged, IndicatorHasValues};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(write_indicator)
        .service(list_indicator_changes)
        .service(set_indicator_owner);
}

/// The catalogue is the whole province's, and so is who edits it.
async fn require_province(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<ManageIndicators>,
) -> Result<(), Failure> {
    let geography = app.geography(conn).await?;
    let unit = geography.unit(caller.unit_id);
    match unit.map(|unit| unit.level) {
        Some(Level::Province) => Ok(()),
        _ => Err(CommonProblem::Forbidden.into()),
    }
}

fn code_of(path: Path<String>) -> Result<String, Failure> {
    match is_code(&path.0) {
        true => Ok(path.0),
        false => Err(CommonProblem::NotFound.into()),
    }
}

/// Add an indicator to the catalogue, write one anew, or retire it. Every state is kept with who wrote it and why.
///
/// What was entered stays, and reports that were issued say what they said. A code is lower case, its parts divided
/// by dots; it never changes.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = WriteIndicator,
    params(("code" = String, Path, description = "Its code.", max_length = 60, pattern = r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$", example = "dvc25.trich_luc")),
    responses((status = OK, description = "As it stands now.", body = Indicator), ReportingProblem))]
#[put("/indicators/{code}")]
async fn write_indicator(
    app: web::Data<App>,
    caller: Caller<ManageIndicators>,
    path: Path<String>,
    body: Json<WriteIndicator>,
) -> Result<web::Json<Indicator>, Failure> {
    let mut conn = app.pool.get().await?;
    require_province(&app, &mut conn, &caller).await?;
    let code = code_of(path)?;
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::lock(conn).await?;
        let catalogue = load_catalogue(conn).await?;
        let known = catalogue.get(&code);
        if known.map_or(0, |own| own.revision) != body.revision {
            return Err(IndicatorChanged.into());
        }
        let faults = judge(&code, &body, &catalogue);
        if !faults.is_empty() {
            return Err(Failure::invalid(faults));
        }
        let is_other = known.is_some_and(|own| own.measure != body.measure.as_str());
        if is_other && store::has_values(conn, &code).await? {
            return Err(IndicatorHasValues.into());
        }
        store::write(conn, &code, &body, caller.account_id).await?;
        let object = format!("indicator:{code}");
        let said = json!({ "revision": body.revision + 1, "reason": body.reason.trim() });
        let by = Some(caller.account_id);
        audit::record(conn, by, "reporting.write_indicator", &object, said).await?;
        tell(conn, &code).await
    })
    .await?;
    Ok(web::Json(told))
}

/// An indicator as the catalogue has it.
async fn tell(conn: &mut Conn, code: &str) -> Result<Indicator, Failure> {
    let catalogue = load_catalogue(conn).await?;
    let row = catalogue.get(code).ok_or(CommonProblem::NotFound)?;
    Ok(tell_indicator(row, &catalogue))
}

/// List every state of an indicator, the newest first: what it said, who wrote it, when and why.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("code" = String, Path, description = "Its code.", max_length = 60, pattern = r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$", example = "dvc25"), Paging),
    responses((status = OK, description = "A page of states.", body = Page<IndicatorChange>)))]
#[get("/indicators/{code}/changes")]
async fn list_indicator_changes(
    app: web::Data<App>,
    _caller: Caller<ReadBoards>,
    path: Path<String>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<IndicatorChange>>, Failure> {
    let code = code_of(path)?;
    let query = paging.of(&app.keys, "indicator-changes")?;
    let mut conn = app.pool.get().await?;
    let rows = store::list_changes(&mut conn, &code, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.revision);
    page.try_map(|row| Ok(tell_change(row))).map(web::Json)
}

fn tell_change(row: ChangeRow) -> IndicatorChange {
    IndicatorChange {
        code: row.code,
        revision: row.revision,
        name: row.name,
        parent_code: row.parent_code,
        is_part: row.is_part,
        counted_in: row.counted_in,
        section: row.section,
        measure: row.measure,
        role: row.role,
        denominator_code: row.denominator_code,
        needs_denominator: row.needs_denominator,
        same_as_code: row.same_as_code,
        retired_on: row.retired_on,
        reason: row.reason,
        changed_by: row.changed_by,
        changed_at: row.changed_at,
    }
}

/// Say who answers for an indicator from a day on. Reports of earlier days name who did then.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = SetIndicatorOwner,
    params(("code" = String, Path, description = "Its code.", max_length = 60, pattern = r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$", example = "dvc25")),
    responses((status = OK, description = "With all who ever answered for it.", body = Indicator), ReportingProblem))]
#[put("/indicators/{code}/owner")]
async fn set_indicator_owner(
    app: web::Data<App>,
    caller: Caller<ManageIndicators>,
    path: Path<String>,
    body: Json<SetIndicatorOwner>,
) -> Result<web::Json<Indicator>, Failure> {
    let mut conn = app.pool.get().await?;
    require_province(&app, &mut conn, &caller).await?;
    let code = code_of(path)?;
    let faults = judge_owner(&body);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::lock(conn).await?;
        // Whoever is not there has no owner.
        tell(conn, &code).await?;
        store::set_owner(conn, &code, &body).await?;
        let object = format!("indicator:{code}");
        let said = json!({ "owner": body.owner.trim(), "valid_from": body.valid_from });
        let by = Some(caller.account_id);
        audit::record(conn, by, "reporting.set_indicator_owner", &object, said).await?;
        tell(conn, &code).await
    })
    .await?;
    Ok(web::Json(told))
}
