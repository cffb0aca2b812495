//! Reports of wrong data over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::data_report::{
    DataReport, DataReportDetail, DataReportStep, ReportWrongData,
};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::copy::read_words;
use super::export;
use super::problem::DataReportProblem;
use super::rules::{check_words, is_state, parse_what};
use super::steps;
use super::store::{self, NewReport, ReportRow, StepRow, Wanted};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::page::{PageQuery, Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{MendData, ReportData};
use crate::privacy::audit;
use crate::privacy::keys::Place;
use crate::tracking::citizen::{self, By};
use crate::tracking::persons::fields::place_of_person;
use crate::tracking::rosters::listed::newest_of;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(report_wrong_data)
        .service(list_own_data_reports)
        .service(list_data_reports)
        .service(show_data_report)
        .configure(steps::routes)
        .configure(export::routes);
}

/// Some villages have many; a list of people being walked through has more.
const REPORTS: Rate = Rate {
    name: "data-reports",
    per_hour: 120,
    burst: 40,
};

pub fn told(row: ReportRow) -> DataReport {
    DataReport {
        data_report_id: row.report_id,
        village_id: row.village_id,
        what: row.what,
        state: row.state,
        reported_by: row.reported_by,
        reported_at: row.reported_at,
        changed_at: row.changed_at,
    }
}

/// Report that the police have something wrong of somebody within one's unit.
///
/// The report's own id makes it safe to repeat: sent again it changes nothing.
#[utoipa::path(tag = "data-reports", security(("session" = [])), request_body = ReportWrongData, responses(
    (status = OK, description = "It was here already.", body = DataReport),
    (status = CREATED, description = "Reported.", body = DataReport), DataReportProblem))]
#[post("/data-reports")]
async fn report_wrong_data(
    app: web::Data<App>,
    caller: Caller<ReportData>,
    body: Json<ReportWrongData>,
) -> Result<HttpResponse, Failure> {
    if let Some(fault) = check_words(body.words.as_deref()) {
        return Err(Failure::invalid(vec![fault]));
    }
    app.limiter.admit(REPORTS, &caller.actor()).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let found = citizen::find(&mut conn, By::Person(body.recorded_person_id)).await?;
    let found = found.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, found.village_id, local_day(app.clock.now()))?;
    let place = Place {
        column: "data_report.words",
        row: body.report_id.as_bytes(),
    };
    let words = body.words.as_deref().map(str::trim);
    let new = NewReport {
        report_id: body.report_id,
        person_id: found.person_id,
        village_id: found.village_id,
        what: body.what.as_str(),
        words: words.map(|words| app.keys.encrypt(&place, words)),
        reported_by: caller.account_id,
    };
    let (row, is_new) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let is_new = store::insert_report(conn, &new).await?;
        let row = store::find_report(conn, new.report_id).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        let is_same = row.reported_by == new.reported_by
            && (row.person_id, row.what.as_str()) == (new.person_id, new.what);
        if !is_same {
            return Err(DataReportProblem::ReportIdReused.into());
        }
        if is_new {
            let (actor, object) = (
                Some(new.reported_by),
                format!("data_report:{}", new.report_id),
            );
            let said = json!({ "what": new.what });
            audit::record(conn, actor, "tracking.report_wrong_data", &object, said).await?;
        }
        Ok((row, is_new))
    })
    .await?;
    let status = match is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(told(row)))
}

/// List what one reported oneself, and what became of it.
#[utoipa::path(tag = "data-reports", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of reports.", body = Page<DataReport>)))]
#[get("/me/data-reports")]
async fn list_own_data_reports(
    app: web::Data<App>,
    caller: Caller<ReportData>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<DataReport>>, Failure> {
    let query = paging.of(&app.keys, "own-data-reports")?;
    let wanted = Wanted {
        reported_by: Some(caller.account_id),
        ..Wanted::default()
    };
    let mut conn = app.pool.get().await?;
    let rows = store::list_reports(&mut conn, &wanted, query.after()?, query.rows()).await?;
    Ok(web::Json(pages(&app, &query, rows)))
}

fn pages(app: &App, query: &PageQuery, rows: Vec<ReportRow>) -> Page<DataReport> {
    let page = page(&app.keys, query, rows, |row| row.report_id);
    Page {
        items: page.items.into_iter().map(told).collect(),
        next_cursor: page.next_cursor,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReportFilter {
    /// Within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Only these: open, forwarded, corrected or refused.
    #[param(max_length = 20, example = "open")]
    state: Option<String>,
    /// Only of this kind.
    #[param(max_length = 30, example = "wrong_phone")]
    what: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List reports of wrong data within a unit: the worklist of its police.
///
/// The newest first, as far as phones make their ids by time (UUIDv7).
#[utoipa::path(tag = "data-reports", security(("session" = [])), params(ReportFilter), responses(
    (status = OK, description = "A page of reports, without names.", body = Page<DataReport>)))]
#[get("/data-reports")]
async fn list_data_reports(
    app: web::Data<App>,
    caller: Caller<MendData>,
    filter: Query<ReportFilter>,
) -> Result<web::Json<Page<DataReport>>, Failure> {
    let list = "data-reports";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    check_filter(&filter)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let villages = geography.all_answered_for(unit_id, today);
    let wanted = Wanted {
        villages: Some(&villages),
        reported_by: None,
        state: filter.state.as_deref(),
        what: filter.what.as_deref(),
        is_taken_away: false,
    };
    let rows = store::list_reports(&mut conn, &wanted, query.after()?, query.rows()).await?;
    Ok(web::Json(pages(&app, &query, rows)))
}

fn check_filter(filter: &ReportFilter) -> Result<(), Failure> {
    let mut faults = Vec::new();
    if filter.state.as_deref().is_some_and(|word| !is_state(word)) {
        faults.push(FieldError::new(
            "?state",
            "ONE_OF",
            "Trạng thái là open, forwarded, corrected hoặc refused.",
            "The state is open, forwarded, corrected or refused.",
        ));
    }
    if filter
        .what
        .as_deref()
        .is_some_and(|word| parse_what(word).is_none())
    {
        faults.push(FieldError::new(
            "?what",
            "ONE_OF",
            "Không có loại báo cáo này.",
            "There is no such kind of report.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// A report of the caller's unit; anybody else's is not there.
pub async fn require_in_scope(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<MendData>,
    row: Option<ReportRow>,
) -> Result<ReportRow, Failure> {
    let row = row.ok_or(CommonProblem::NotFound)?;
    let geography = app.geography(conn).await?;
    caller.require_answerable(&geography, row.village_id, local_day(app.clock.now()))?;
    Ok(row)
}

/// A report with whom it is about, in plain. Of somebody who had the use of their data restricted it tells only what
/// was wrong and what was done.
pub async fn detail(
    app: &App,
    conn: &mut Conn,
    row: ReportRow,
) -> Result<DataReportDetail, Failure> {
    let who = store::get_who(conn, row.person_id).await?;
    let is_shown = who.restricted_at.is_none();
    let open = |column: &'static str, stored: &Option<Vec<u8>>| {
        let place = place_of_person(column, who.person_id.0.as_bytes());
        let stored = stored.as_deref().filter(|_| is_shown);
        stored
            .map(|stored| app.keys.decrypt(&place, stored))
            .transpose()
    };
    let steps = store::list_steps(conn, row.report_id).await?;
    let step = |row: StepRow| DataReportStep {
        state: row.state,
        reason: row.reason,
        taken_by: row.taken_by,
        taken_at: row.taken_at,
    };
    let listed = match who.name {
        None if is_shown => newest_of(conn, &app.keys, who.person_id).await?,
        _ => None,
    };
    let listed_year = listed.as_ref().map(|listed| listed.birth_year);
    Ok(DataReportDetail {
        name: open("person.name", &who.name)?.or(listed.map(|listed| listed.name)),
        phone: open("person.phone", &who.phone)?,
        birth_year: who.birth_year.filter(|_| is_shown).or(listed_year),
        id_tail: who.id_tail.filter(|_| is_shown),
        words: read_words(&app.keys, &row)?.filter(|_| is_shown),
        report: told(row),
        history: steps.into_iter().map(step).collect(),
    })
}

/// Show a report with whom it is about and what was done. Each look is audited.
#[utoipa::path(tag = "data-reports", security(("session" = [])),
    params(("data_report_id" = Uuid, Path, description = "Which report.")),
    responses((status = OK, description = "The report.", body = DataReportDetail)))]
#[get("/data-reports/{data_report_id}")]
async fn show_data_report(
    app: web::Data<App>,
    caller: Caller<MendData>,
    path: Path<Uuid>,
) -> Result<web::Json<DataReportDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = store::find_report(&mut conn, path.0).await?;
    let row = require_in_scope(&app, &mut conn, &caller, row).await?;
    let (actor, object) = (Some(caller.account_id), format!("data_report:{}", path.0));
    audit::record(
        &mut conn,
        actor,
        "tracking.read_data_report",
        &object,
        json!({}),
    )
    .await?;
    Ok(web::Json(detail(&app, &mut conn, row).await?))
}
