//! Periods over HTTP.

use actix_web::{HttpResponse, get, post, web};
use chrono::Datelike as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::reporting::{OpenReportingPeriod, ReportingPeriod};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{find_in_scope, require_unit, store, tell, units_of};
use crate::app::App;
use crate::db;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{IssueReports, ReadReports};
use crate::privacy::audit;
use crate::reporting::checker::routes::require_sound;
use crate::reporting::indicators::feed::{Filling, fill};
use crate::reporting::problem::ReportingProblem;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_reporting_periods)
        .service(open_reporting_period)
        .service(show_reporting_period)
        .service(close_reporting_period);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeriodFilter {
    /// Only of this unit, those within it and those that it continues; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List reporting periods, the newest first.
#[utoipa::path(tag = "reporting", security(("session" = [])), params(PeriodFilter), responses(
    (status = OK, description = "A page of periods.", body = Page<ReportingPeriod>)))]
#[get("/reporting-periods")]
async fn list_reporting_periods(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    filter: Query<PeriodFilter>,
) -> Result<web::Json<Page<ReportingPeriod>>, Failure> {
    let list = "reporting-periods";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = filter.within.unwrap_or(caller.unit_id);
    require_unit(&geography, &caller, within, today)?;
    let units = units_of(&geography, within, today);
    let rows = store::list_periods(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.period_id);
    page.try_map(|row| tell(&geography, &row)).map(web::Json)
}

/// Open a reporting period: its days are chosen freely, and told as days in Vietnam.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = OpenReportingPeriod, responses(
    (status = CREATED, description = "Opened.", body = ReportingPeriod), ReportingProblem))]
#[post("/reporting-periods")]
async fn open_reporting_period(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    body: Json<OpenReportingPeriod>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    require_unit(
        &geography,
        &caller,
        body.unit_id,
        local_day(app.clock.now()),
    )?;
    check(&body)?;
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::insert_period(conn, Uuid::now_v7(), &body, caller.account_id).await?;
        let object = format!("reporting_period:{}", row.period_id);
        let said = json!({ "unit_id": body.unit_id, "month": body.month });
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "reporting.open_period", &object, said).await?;
        Ok(row)
    })
    .await?;
    Ok(HttpResponse::Created().json(tell(&geography, &row)?))
}

fn check(body: &OpenReportingPeriod) -> Result<(), Failure> {
    let mut faults = Vec::new();
    let days = (body.ends_on - body.starts_on).num_days();
    if !(0..=366).contains(&days) {
        faults.push(FieldError::new(
            "/ends_on",
            "SPAN",
            "Ngày cuối không trước ngày đầu, và tối đa 366 ngày.",
            "The last day is not before the first, and at most 366 days after it.",
        ));
    }
    let years = [
        body.starts_on,
        body.ends_on,
        body.cumulative_from,
        body.month.first(),
    ];
    if years.iter().any(|day| !(2020..=2100).contains(&day.year())) {
        faults.push(FieldError::new(
            "/starts_on",
            "RANGE",
            "Ngày phải từ năm 2020 đến năm 2100.",
            "Days are within 2020 to 2100.",
        ));
    }
    if body.cumulative_from > body.ends_on {
        faults.push(FieldError::new(
            "/cumulative_from",
            "ORDER",
            "Ngày bắt đầu lũy kế không được sau ngày cuối kỳ.",
            "Cumulative figures begin no later than the last day.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Show a reporting period.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = OK, description = "The period.", body = ReportingPeriod)))]
#[get("/reporting-periods/{period_id}")]
async fn show_reporting_period(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
) -> Result<web::Json<ReportingPeriod>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let geography = app.geography(&mut conn).await?;
    tell(&geography, &row).map(web::Json)
}

/// Close a period: from now on every change is a numbered correction. The same again changes nothing.
///
/// What the program counts is filled in once more, except where somebody typed a figure.
/// Refused while an error that the checker found is neither mended nor overruled.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("period_id" = Uuid, Path, description = "Which period.")),
    responses((status = OK, description = "The period.", body = ReportingPeriod), ReportingProblem))]
#[post("/reporting-periods/{period_id}/closings")]
async fn close_reporting_period(
    app: web::Data<App>,
    caller: Caller<IssueReports>,
    path: Path<Uuid>,
) -> Result<web::Json<ReportingPeriod>, Failure> {
    let mut conn = app.pool.get().await?;
    let period = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let geography = app.geography(&mut conn).await?;
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_period(conn, period.period_id).await?;
        if row.closed_at.is_some() {
            return Ok(row);
        }
        let filling = Filling {
            by: caller.account_id,
            actor: Some(caller.account_id),
            reason: None,
            even_nothing: false,
        };
        fill(conn, &geography, &row, filling).await?;
        require_sound(conn, &geography, &row).await?;
        store::close_period(conn, row.period_id, caller.account_id).await?;
        let object = format!("reporting_period:{}", row.period_id);
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "reporting.close_period", &object, ()).await?;
        Ok(store::lock_period(conn, row.period_id).await?)
    })
    .await?;
    tell(&geography, &row).map(web::Json)
}
