//! Registers over HTTP.

use actix_web::{HttpResponse, get, patch, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::reporting_register::{
    ChangeEntry, EntryKind, EntryState, RegisterChange, RegisterEntry, RegisterEntryDetail,
    WriteEntry,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{judge, judge_change};
use super::store::{self, ChangeRow, EntryRow, Wanted};
use crate::app::App;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{KeepRegisters, ReadReports};
use crate::privacy::audit;
use crate::reporting::periods::{require_unit, units_of};
use crate::reporting::problem::ReportingProblem;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_register_entries)
        .service(write_register_entry)
        .service(show_register_entry)
        .service(change_register_entry);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntryFilter {
    /// Only of this unit and those within it; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<EntryKind>,
    /// Only those that stand so.
    #[param(inline)]
    state: Option<EntryState>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List directives, difficulties, proposals and tasks, the newest first.
#[utoipa::path(tag = "reporting", security(("session" = [])), params(EntryFilter), responses(
    (status = OK, description = "A page of entries.", body = Page<RegisterEntry>)))]
#[get("/register-entries")]
async fn list_register_entries(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    filter: Query<EntryFilter>,
) -> Result<web::Json<Page<RegisterEntry>>, Failure> {
    let list = "register-entries";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = filter.within.unwrap_or(caller.unit_id);
    require_unit(&geography, &caller, within, today)?;
    let wanted = Wanted {
        units: &units_of(&geography, within, today),
        kind: filter.kind.map(EntryKind::as_str),
        state: filter.state.map(EntryState::as_str),
        before: query.after()?,
    };
    let rows = store::list_entries(&mut conn, wanted, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.entry_id);
    page.try_map(|row| Ok(tell(row))).map(web::Json)
}

fn tell(row: EntryRow) -> RegisterEntry {
    RegisterEntry {
        entry_id: row.entry_id,
        unit_id: row.unit_id,
        kind: row.kind,
        noted_on: row.noted_on,
        body: row.body,
        number: row.number,
        subject: row.subject,
        due_on: row.due_on,
        state: row.state,
        settled_on: row.settled_on,
    }
}

/// Write a directive, a difficulty, a proposal or a task. What is open is told in every report until it is
/// settled.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = WriteEntry, responses(
    (status = CREATED, description = "Written.", body = RegisterEntry), ReportingProblem))]
#[post("/register-entries")]
async fn write_register_entry(
    app: web::Data<App>,
    caller: Caller<KeepRegisters>,
    body: Json<WriteEntry>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    require_unit(&geography, &caller, body.unit_id, today)?;
    let faults = judge(&body);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let by = caller.account_id;
        let row = store::insert_entry(conn, Uuid::now_v7(), &body, by).await?;
        let object = format!("register_entry:{}", row.entry_id);
        let said = json!({ "kind": row.kind, "unit_id": row.unit_id });
        audit::record(conn, Some(by), "reporting.write_entry", &object, said).await?;
        Ok(row)
    })
    .await?;
    Ok(HttpResponse::Created().json(tell(row)))
}

/// An entry of the caller's unit; anybody else's is not there.
async fn find_in_scope<P>(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<P>,
    id: Uuid,
) -> Result<EntryRow, Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_entry(conn, id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    require_unit(&geography, caller, row.unit_id, local_day(app.clock.now()))?;
    Ok(row)
}

async fn detail(conn: &mut Conn, row: EntryRow) -> Result<RegisterEntryDetail, Failure> {
    let changes = store::list_changes(conn, row.entry_id).await?;
    let history = changes.into_iter().map(|change| RegisterChange {
        state: change.state,
        due_on: change.due_on,
        note: change.note,
        changed_by: change.changed_by,
        changed_at: change.changed_at,
    });
    Ok(RegisterEntryDetail {
        entry: tell(row),
        history: history.collect(),
    })
}

/// Show an entry with everything that became of it.
#[utoipa::path(tag = "reporting", security(("session" = [])),
    params(("entry_id" = Uuid, Path, description = "Which entry.")),
    responses((status = OK, description = "The entry.", body = RegisterEntryDetail)))]
#[get("/register-entries/{entry_id}")]
async fn show_register_entry(
    app: web::Data<App>,
    caller: Caller<ReadReports>,
    path: Path<Uuid>,
) -> Result<web::Json<RegisterEntryDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    Ok(web::Json(detail(&mut conn, row).await?))
}

/// Change where an entry stands: solved, granted, carried out, no longer needed, open again. Every change is kept.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = ChangeEntry,
    params(("entry_id" = Uuid, Path, description = "Which entry.")),
    responses((status = OK, description = "The entry.", body = RegisterEntryDetail), ReportingProblem))]
#[patch("/register-entries/{entry_id}")]
async fn change_register_entry(
    app: web::Data<App>,
    caller: Caller<KeepRegisters>,
    path: Path<Uuid>,
    body: Json<ChangeEntry>,
) -> Result<web::Json<RegisterEntryDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let row = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    let faults = judge_change(&row.kind, &body);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    if row.kind == EntryKind::Directive.as_str() {
        return Err(ReportingProblem::DirectiveIssued.into());
    }
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_entry(conn, path.0).await?;
        let asked = body.state.map(|state| state.as_str().to_owned());
        let state = asked.unwrap_or_else(|| row.state.clone());
        let change = ChangeRow {
            change_id: Uuid::now_v7(),
            entry_id: row.entry_id,
            state: state.clone(),
            due_on: body.due_on.or(row.due_on),
            note: body.note.trim().to_owned(),
            changed_by: caller.account_id,
            changed_at: now,
        };
        let settled_on = match state == EntryState::Open.as_str() {
            true => None,
            // What was settled stays settled on its day.
            false => row.settled_on.or(Some(local_day(now).max(row.noted_on))),
        };
        store::insert_change(conn, &change, settled_on).await?;
        let object = format!("register_entry:{}", row.entry_id);
        let said = json!({ "state": change.state, "due_on": change.due_on });
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "reporting.change_entry", &object, said).await?;
        let row = store::lock_entry(conn, path.0).await?;
        detail(conn, row).await
    })
    .await?;
    Ok(web::Json(told))
}
