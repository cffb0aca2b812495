//! Police lists and tasks over HTTP.

use actix_web::{get, patch, post, web};
use chrono::{Datelike as _, Days, Months, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::police_list::{
    ChangeReconciliationTask, ImportedPoliceList, ReconciliationStep, ReconciliationTask,
    ReconciliationTaskDetail, TASK_NOTE_CHARS_MAX,
};
use mobile_contracts::roster::Workbook;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::compare::{Of, look, take};
use super::problem::PoliceListProblem;
use super::store::{self, StepRow, TaskRow};
use super::{imported, read, tasks};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::{Geography, Level};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::http::table::TableFile;
use crate::identity::permission::{ImportPoliceLists, ReconcileNumbers};
use crate::identity::{self, Caller};
use crate::privacy::audit;

/// Largest list: some tens of thousands of lines of a number and a word.
const LIST_BYTES_MAX: usize = 2 * 1024 * 1024;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(import_police_list)
        .configure(imported::routes)
        .service(list_reconciliation_tasks)
        .service(show_reconciliation_task)
        .service(change_reconciliation_task);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListOf {
    /// The commune or ward.
    #[param(value_type = i32, minimum = 1)]
    unit_id: UnitId,
    /// Any day of the month; the last month if left out.
    #[param(example = "2026-11-01")]
    month: Option<NaiveDate>,
    /// True: say what would happen, and write nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Import the police's list of a commune and a month: who had level 2 taken or activated, by ID number.
///
/// A CSV file, or a workbook (.xlsx) with the list on its first sheet. Columns `id_number,stage`; the stage is level2_collected or level2_activated. All or nothing: with one
/// wrong line nothing is written. Numbers are compared as keyed hashes in memory; the list is kept nowhere.
/// The same list again changes nothing; another one of the month replaces it, with what it confirmed.
#[utoipa::path(tag = "verification", security(("session" = [])), params(ListOf),
    request_body(content(
        (String = "text/csv", example = "id_number,stage\n058190000001,level2_activated\n"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    responses((status = OK, description = "What the list and our records have in common.", body = ImportedPoliceList),
        PoliceListProblem))]
#[post("/police-lists")]
async fn import_police_list(
    app: web::Data<App>,
    caller: Caller<ImportPoliceLists>,
    what: Query<ListOf>,
    file: TableFile<LIST_BYTES_MAX>,
) -> Result<web::Json<ImportedPoliceList>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let now = app.clock.now();
    let today = local_day(now);
    caller.require_unit(&geography, what.unit_id, today)?;
    let level = geography.unit(what.unit_id).map(|unit| unit.level);
    if level != Some(Level::Commune) {
        return Err(PoliceListProblem::NotACommune.into());
    }
    let keys = app.keys.clone();
    let list = tokio::task::spawn_blocking(move || read::read(&file.0, &keys, today));
    let list = list.await.map_err(Failure::internal)??;
    let first_of = |day: NaiveDate| day - Days::new(day.day0().into());
    let last_month = first_of(today) - Days::new(1);
    let month = first_of(what.month.unwrap_or(last_month).min(today));
    let of = Of {
        commune_id: what.unit_id,
        month,
        villages: villages_of(&geography, what.unit_id, month, today),
        by: caller.account_id,
        now,
    };
    let dry_run = what.dry_run || !list.refused.is_empty();
    let (looked, confirmed) = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let looked = look(conn, &of, &list).await?;
        let confirmed = match dry_run {
            false => take(conn, &of, &looked).await?,
            true => {
                let matched = looked.iter().flat_map(|(_, compared)| &compared.matched);
                let matched: Vec<_> = matched.copied().collect();
                let already = store::count_confirmed(conn, &matched).await?;
                matched.len() - usize::try_from(already).unwrap_or_default()
            }
        };
        Ok((looked, confirmed))
    })
    .await?;
    Ok(web::Json(ImportedPoliceList {
        dry_run,
        reports: looked.into_iter().map(|(report, _)| report).collect(),
        confirmed: confirmed as u32,
        repeated: list.repeated,
        repaired: list.repaired,
        refused: list.refused,
    }))
}

/// What a commune's list of a month is compared with: the villages that were its own on any day of that month, and
/// those for which it answers today.
fn villages_of(
    geography: &Geography,
    commune: UnitId,
    month: NaiveDate,
    today: NaiveDate,
) -> Vec<UnitId> {
    let last = month + Months::new(1) - Days::new(1);
    let mut villages = geography.all_during(commune, (month, last));
    villages.extend(geography.all_answered_for(commune, today));
    villages
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskFilter {
    /// Only within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    pub within: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// List communes whose numbers lay more than a tenth away from the police's, the newest first.
#[utoipa::path(tag = "verification", security(("session" = [])), params(TaskFilter), responses(
    (status = OK, description = "A page of tasks.", body = Page<ReconciliationTask>)))]
#[get("/reconciliation-tasks")]
async fn list_reconciliation_tasks(
    app: web::Data<App>,
    caller: Caller<ReconcileNumbers>,
    filter: Query<TaskFilter>,
) -> Result<web::Json<Page<ReconciliationTask>>, Failure> {
    let list = "reconciliation-tasks";
    let query = PageQuery::read(&app.keys, list, filter.cursor.as_deref(), filter.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = filter.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    let units = geography.all_answered_for(within, today);
    let rows = store::list_tasks(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.task_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(task).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn task(row: TaskRow) -> ReconciliationTask {
    ReconciliationTask {
        task_id: row.task_id,
        report: row.report.into(),
        state: row.state,
        account_id: row.owner_id,
        due_on: row.due_on,
        opened_at: row.opened_at,
    }
}

fn told(row: StepRow) -> ReconciliationStep {
    ReconciliationStep {
        state: row.state,
        account_id: row.owner_id,
        due_on: row.due_on,
        note: row.note,
        taken_by: row.taken_by,
        taken_at: row.taken_at,
    }
}

/// A task of the caller's unit; anybody else's is not there.
async fn find_in_scope(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<ReconcileNumbers>,
    id: Uuid,
) -> Result<TaskRow, Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_task(conn, id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    let today = local_day(app.clock.now());
    caller.require_answerable(&geography, row.report.commune_id, today)?;
    Ok(row)
}

async fn detail(conn: &mut Conn, row: TaskRow) -> Result<ReconciliationTaskDetail, Failure> {
    let steps = store::list_steps(conn, row.task_id).await?;
    Ok(ReconciliationTaskDetail {
        task: task(row),
        history: steps.into_iter().map(told).collect(),
    })
}

/// Show a task with everything that was done about it.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("task_id" = Uuid, Path, description = "Which task.")),
    responses((status = OK, description = "The task.", body = ReconciliationTaskDetail)))]
#[get("/reconciliation-tasks/{task_id}")]
async fn show_reconciliation_task(
    app: web::Data<App>,
    caller: Caller<ReconcileNumbers>,
    path: Path<Uuid>,
) -> Result<web::Json<ReconciliationTaskDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let row = find_in_scope(&app, &mut conn, &caller, path.0).await?;
    Ok(web::Json(detail(&mut conn, row).await?))
}

/// Change a task: who finds out, until when, and what came of it. Every change is kept.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = ChangeReconciliationTask,
    params(("task_id" = Uuid, Path, description = "Which task.")),
    responses((status = OK, description = "The task.", body = ReconciliationTaskDetail)))]
#[patch("/reconciliation-tasks/{task_id}")]
async fn change_reconciliation_task(
    app: web::Data<App>,
    caller: Caller<ReconcileNumbers>,
    path: Path<Uuid>,
    body: Json<ChangeReconciliationTask>,
) -> Result<web::Json<ReconciliationTaskDetail>, Failure> {
    let now = app.clock.now();
    check(&body, local_day(now))?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    if let Some(owner) = body.account_id {
        let account = identity::find_account(&mut conn, owner).await?;
        let account = account.ok_or(CommonProblem::NotFound)?;
        caller.require_unit(&geography, account.unit_id, local_day(now))?;
    }
    let told = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = find_in_scope(&app, conn, &caller, path.0).await?;
        // Two who change it at once are told one after the other; neither change is lost.
        let report = row.report.clone().into();
        store::lock_task_of(conn, &report).await?;
        let row = find_in_scope(&app, conn, &caller, path.0).await?;
        let step = tasks::step(&row, &body, caller.account_id, now);
        store::insert_step(conn, &step).await?;
        let object = format!("reconciliation_task:{}", path.0);
        let said = json!({ "state": step.state, "due_on": step.due_on });
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "verification.change_task", &object, said).await?;
        let row = find_in_scope(&app, conn, &caller, path.0).await?;
        detail(conn, row).await
    })
    .await?;
    Ok(web::Json(told))
}

fn check(body: &ChangeReconciliationTask, today: NaiveDate) -> Result<(), Failure> {
    let mut faults = Vec::new();
    if !(1..=TASK_NOTE_CHARS_MAX).contains(&body.note.trim().chars().count()) {
        faults.push(FieldError::new(
            "/note",
            "LENGTH",
            "Ghi lý do, tối đa 300 ký tự.",
            "Say why, in at most 300 characters.",
        ));
    }
    if body
        .due_on
        .is_some_and(|day| !(0..=366).contains(&(day - today).num_days()))
    {
        faults.push(FieldError::new(
            "/due_on",
            "RANGE",
            "Hạn từ hôm nay, trong vòng một năm.",
            "A day from today on, within a year.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}
