//! Registers over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, patch, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::reporting_register::{
    ChangeEntry, EntryKind, EntryState, RegisterChange, RegisterEntry, RegisterEntryDetail,
    RegisterWords, WriteEntry,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{admit, changed, history, judge, judge_change, only_reports};
use super::store::{self, ChangeRow, EntryRow, Wanted};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::{self, IdempotencyKey, OptionalKey, Press};
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
    /// Those that were taken out of the register, instead of those that stand.
    #[serde(default)]
    #[param(required = false, default = false)]
    withdrawn: bool,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List directives, difficulties, proposals and tasks, those that were given to a unit too; the newest first.
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
        withdrawn: filter.withdrawn,
        before: query.after()?,
    };
    let rows = store::list_entries(&mut conn, wanted, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.entry_id);
    page.try_map(|row| Ok(tell(&geography, row))).map(web::Json)
}

/// An entry as lists tell it.
pub fn tell(geography: &Geography, row: EntryRow) -> RegisterEntry {
    let assigned = row.assigned_unit_id;
    RegisterEntry {
        assigned_unit_name: assigned.map(|unit| geography.name_on(unit, row.noted_on)),
        assigned_unit_id: assigned,
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
        withdrawn_at: row.withdrawn_at,
    }
}

/// Write a directive, a difficulty, a proposal or a task. What is open is told in every report until it is
/// settled.
#[utoipa::path(tag = "reporting", security(("session" = [])), request_body = WriteEntry,
    params(("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button: the same again is written once.")),
    responses((status = CREATED, description = "Written.", body = RegisterEntry), ReportingProblem))]
#[post("/register-entries")]
async fn write_register_entry(
    app: web::Data<App>,
    caller: Caller<KeepRegisters>,
    OptionalKey(key): OptionalKey,
    body: Json<WriteEntry>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    require_unit(&geography, &caller, body.unit_id, today)?;
    let mut faults = judge(&body);
    let within = geography.all_within(body.unit_id, today);
    if body
        .assigned_unit_id
        .is_some_and(|unit| !within.contains(&unit))
    {
        faults.push(FieldError::new(
            "/assigned_unit_id",
            "WITHIN",
            "Chỉ giao cho đơn vị trong địa bàn.",
            "Only a unit within can be given it.",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let press = Press {
        actor: &caller.actor(),
        key: key.unwrap_or_else(IdempotencyKey::fresh),
        request: &serde_json::to_vec(&*body).unwrap_or_default(),
    };
    let keys = &app.keys;
    idempotency::answer_once(&mut conn, keys, press, StatusCode::CREATED, async |conn| {
        let by = caller.account_id;
        let row = store::insert_entry(conn, Uuid::now_v7(), &body, by).await?;
        let object = format!("register_entry:{}", row.entry_id);
        let said = json!({ "kind": row.kind, "unit_id": row.unit_id });
        audit::record(conn, Some(by), "reporting.write_entry", &object, said).await?;
        Ok(tell(&geography, row))
    })
    .await
}

/// An entry of the caller's unit, or a task that was given to it, and whether it is the unit's own; anybody else's is
/// not there.
async fn find_in_scope<P>(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<P>,
    id: Uuid,
) -> Result<(EntryRow, bool), Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_entry(conn, id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    let today = local_day(app.clock.now());
    let covers = |unit| require_unit(&geography, caller, unit, today);
    match (covers(row.unit_id), row.assigned_unit_id) {
        (Ok(()), _) => Ok((row, true)),
        (Err(_), Some(assigned)) => covers(assigned).map(|()| (row, false)),
        (Err(failure), None) => Err(failure),
    }
}

async fn detail(app: &App, conn: &mut Conn, row: EntryRow) -> Result<RegisterEntryDetail, Failure> {
    let changes = store::list_changes(conn, row.entry_id).await?;
    let geography = app.geography(conn).await?;
    Ok(RegisterEntryDetail {
        entry: tell(&geography, row),
        history: changes.into_iter().map(tell_change).collect(),
    })
}

fn tell_change(change: ChangeRow) -> RegisterChange {
    let before = change.noted_before.zip(change.body_before);
    let before = before.zip(change.subject_before);
    RegisterChange {
        state: change.state,
        due_on: change.due_on,
        note: change.note,
        changed_by: change.changed_by,
        changed_at: change.changed_at,
        withdrawn: change.withdrawn,
        words_before: before.map(|((noted_on, body), subject)| RegisterWords {
            noted_on,
            body,
            number: change.number_before,
            subject,
        }),
    }
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
    let (row, _) = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    Ok(web::Json(detail(&app, &mut conn, row).await?))
}

/// Change where an entry stands: solved, granted, carried out, no longer needed, open again; correct what was
/// written down wrongly; take it out of the register, or put it back. Every change is kept, with what it said before.
///
/// A unit that was given a task says how far it has come, and no more.
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
    let (by, now) = (caller.account_id, app.clock.now());
    let (_, is_own) = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    if !is_own && !only_reports(&body) {
        return Err(CommonProblem::Forbidden.into());
    }
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_entry(conn, path.0).await?;
        let faults = judge_change(&row, &body);
        if !faults.is_empty() {
            return Err(Failure::invalid(faults));
        }
        admit(&row, &body)?;
        let after = changed(&row, &body, now);
        let change = history(&row, &after, &body, (Uuid::now_v7(), by, now));
        store::insert_change(conn, &change, &after).await?;
        let object = format!("register_entry:{}", row.entry_id);
        let said = json!({ "state": change.state, "due_on": change.due_on,
            "withdrawn": change.withdrawn, "corrected": change.subject_before.is_some() });
        audit::record(conn, Some(by), "reporting.change_entry", &object, said).await?;
        detail(&app, conn, after).await
    })
    .await?;
    Ok(web::Json(told))
}
