//! Finding out why the numbers differ: opened by a list, done by people, kept step by step.

use chrono::{DateTime, Days, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::police_list::{ChangeReconciliationTask, PoliceReport};
use uuid::Uuid;

use super::store::{self, StepRow};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::free_text::masked;

/// How long somebody has to find out.
const DAYS_TO_FIND_OUT: Days = Days::new(14);

/// Opens a task when the numbers lie apart, opens a closed one again, and closes it when they agree.
///
/// # Errors
/// When the database cannot.
pub async fn follow(
    conn: &mut Conn,
    report: &PoliceReport,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let due_on = local_day(now) + DAYS_TO_FIND_OUT;
    let step = |task_id, state: &str, owner_id, due_on, note: String| StepRow {
        step_id: Uuid::now_v7(),
        task_id,
        state: state.to_owned(),
        owner_id,
        due_on,
        note,
        taken_by: by,
        taken_at: now,
    };
    let numbers = format!(
        "Danh sách công an {} người, số liệu ghi nhận {} người.",
        report.theirs, report.ours
    );
    match store::lock_task_of(conn, report).await? {
        None if report.is_apart => {
            let task_id = Uuid::now_v7();
            if store::insert_task(conn, task_id, report, due_on).await? {
                let step = step(task_id, "open", None, due_on, numbers);
                store::insert_step(conn, &step).await?;
            }
        }
        Some((task_id, state, owner, due)) if !report.is_apart && state != "agrees" => {
            let step = step(task_id, "agrees", owner, due, numbers);
            store::insert_step(conn, &step).await?;
        }
        Some((task_id, state, owner, _))
            if report.is_apart && matches!(state.as_str(), "agrees" | "withdrawn") =>
        {
            let step = step(task_id, "open", owner, due_on, numbers);
            store::insert_step(conn, &step).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Ends the task of a list that was taken back: there is nothing to find out any more.
///
/// # Errors
/// When the database cannot.
pub async fn withdraw(
    conn: &mut Conn,
    report: &PoliceReport,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if let Some((task_id, _, owner_id, due_on)) = store::lock_task_of(conn, report).await? {
        let step = StepRow {
            step_id: Uuid::now_v7(),
            task_id,
            state: "withdrawn".to_owned(),
            owner_id,
            due_on,
            note: "Danh sách công an đã được rút.".to_owned(),
            taken_by: by,
            taken_at: now,
        };
        store::insert_step(conn, &step).await?;
    }
    Ok(())
}

/// The step that a change comes to.
pub fn step(
    task: &store::TaskRow,
    change: &ChangeReconciliationTask,
    by: AccountId,
    at: DateTime<Utc>,
) -> StepRow {
    let state = change.state.map(|state| state.as_str().to_owned());
    StepRow {
        step_id: Uuid::now_v7(),
        task_id: task.task_id,
        state: state.unwrap_or_else(|| task.state.clone()),
        owner_id: change.account_id.or(task.owner_id),
        due_on: change.due_on.unwrap_or(task.due_on),
        note: masked(&change.note),
        taken_by: by,
        taken_at: at,
    }
}
