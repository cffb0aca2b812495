//! Who of a list counts with us, and what was compared, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use mobile_contracts::police_list::PoliceReport;
use uuid::Uuid;

use super::rules::{Counted, is_apart};
use crate::db::schema::{police_report, reconciliation_step, reconciliation_task};
use crate::db::{Conn, app_now, prepared};

/// Whom of these we count at a stage, and where.
pub async fn list_counted(
    conn: &mut Conn,
    stage: &str,
    numbers: &[Vec<u8>],
) -> QueryResult<Counted> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bytea)]
        subject_blind: Vec<u8>,
        #[diesel(sql_type = SqlUuid)]
        op_id: OperationId,
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select p.subject_blind, f.op_id, f.village_id
             from person p
             join credit c on c.person_id = p.person_id and c.stage = $1
             join fact f on f.op_id = c.op_id
             where p.subject_blind = any($2)",
        )
        .bind::<Text, _>(stage)
        .bind::<Array<Bytea>, _>(numbers),
    )
    .load(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (row.subject_blind, (row.op_id, row.village_id)))
        .collect())
}

/// The numbers of whom we count at a stage in these villages on these days.
pub async fn list_ours(
    conn: &mut Conn,
    stage: &str,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<Option<Vec<u8>>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Bytea>)]
        subject_blind: Option<Vec<u8>>,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select p.subject_blind
             from fact f
             join credit c using (op_id)
             join person p on p.person_id = c.person_id
             where f.stage = $1 and f.village_id = any($2) and f.on_day between $3 and $4",
        )
        .bind::<Text, _>(stage)
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.subject_blind).collect())
}

/// How many of these records somebody else has confirmed already.
pub async fn count_confirmed(conn: &mut Conn, ops: &[OperationId]) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let row: Row = prepared(
        diesel::sql_query(
            "select count(*) as n from fact where op_id = any($1) and confirmed_by is not null",
        )
        .bind::<Array<SqlUuid>, _>(ops),
    )
    .get_result(conn)
    .await?;
    Ok(row.n)
}

/// How many months and stages are apart from the police's and not settled, by commune.
pub async fn count_unsettled(conn: &mut Conn, units: &[UnitId]) -> QueryResult<Vec<(UnitId, i64)>> {
    reconciliation_task::table
        .filter(reconciliation_task::commune_id.eq_any(units))
        .filter(reconciliation_task::state.eq_any(["open", "in_progress"]))
        .group_by(reconciliation_task::commune_id)
        .select((reconciliation_task::commune_id, diesel::dsl::count_star()))
        .load(conn)
        .await
}

/// The last list of a month stands.
pub async fn upsert_report(
    conn: &mut Conn,
    report: &PoliceReport,
    by: AccountId,
) -> QueryResult<()> {
    let counts = (
        police_report::theirs.eq(report.theirs.cast_signed()),
        police_report::ours.eq(report.ours.cast_signed()),
        police_report::matched.eq(report.matched.cast_signed()),
        police_report::elsewhere.eq(report.elsewhere.cast_signed()),
        police_report::only_theirs.eq(report.only_theirs.cast_signed()),
        police_report::only_ours.eq(report.only_ours.cast_signed()),
        police_report::without_number.eq(report.without_number.cast_signed()),
        police_report::imported_by.eq(by),
        police_report::imported_at.eq(app_now()),
    );
    diesel::insert_into(police_report::table)
        .values((
            police_report::commune_id.eq(report.commune_id),
            police_report::month.eq(report.month),
            police_report::stage.eq(&report.stage),
            counts,
        ))
        .on_conflict((
            police_report::commune_id,
            police_report::month,
            police_report::stage,
        ))
        .do_update()
        .set(counts)
        .execute(conn)
        .await?;
    Ok(())
}

/// A comparison as it is kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = police_report)]
pub struct ReportRow {
    pub commune_id: UnitId,
    pub month: NaiveDate,
    pub stage: String,
    pub theirs: i32,
    pub ours: i32,
    pub matched: i32,
    pub elsewhere: i32,
    pub only_theirs: i32,
    pub only_ours: i32,
    pub without_number: i32,
}

impl From<ReportRow> for PoliceReport {
    fn from(row: ReportRow) -> Self {
        Self {
            commune_id: row.commune_id,
            month: row.month,
            stage: row.stage,
            theirs: row.theirs.unsigned_abs(),
            ours: row.ours.unsigned_abs(),
            matched: row.matched.unsigned_abs(),
            elsewhere: row.elsewhere.unsigned_abs(),
            only_theirs: row.only_theirs.unsigned_abs(),
            only_ours: row.only_ours.unsigned_abs(),
            without_number: row.without_number.unsigned_abs(),
            is_apart: is_apart(row.theirs.unsigned_abs(), row.ours.unsigned_abs()),
        }
    }
}

/// A task with its report.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = reconciliation_task)]
pub struct TaskRow {
    pub task_id: Uuid,
    pub state: String,
    pub owner_id: Option<AccountId>,
    pub due_on: NaiveDate,
    pub opened_at: DateTime<Utc>,
    #[diesel(embed)]
    pub report: ReportRow,
}

macro_rules! tasks {
    () => {
        reconciliation_task::table.inner_join(
            police_report::table.on(police_report::commune_id
                .eq(reconciliation_task::commune_id)
                .and(police_report::month.eq(reconciliation_task::month))
                .and(police_report::stage.eq(reconciliation_task::stage))),
        )
    };
}

/// Tasks within these units, the newest first.
pub async fn list_tasks(
    conn: &mut Conn,
    units: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<TaskRow>> {
    let mut query = tasks!()
        .filter(reconciliation_task::commune_id.eq_any(units))
        .select(TaskRow::as_select())
        .order(reconciliation_task::task_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reconciliation_task::task_id.lt(before));
    }
    query.load(conn).await
}

pub async fn find_task(conn: &mut Conn, id: Uuid) -> QueryResult<Option<TaskRow>> {
    tasks!()
        .filter(reconciliation_task::task_id.eq(id))
        .select(TaskRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The task of a report, and nobody changes it until this transaction ends.
pub async fn lock_task_of(
    conn: &mut Conn,
    report: &PoliceReport,
) -> QueryResult<Option<(Uuid, String, Option<AccountId>, NaiveDate)>> {
    reconciliation_task::table
        .filter(reconciliation_task::commune_id.eq(report.commune_id))
        .filter(reconciliation_task::month.eq(report.month))
        .filter(reconciliation_task::stage.eq(&report.stage))
        .select((
            reconciliation_task::task_id,
            reconciliation_task::state,
            reconciliation_task::owner_id,
            reconciliation_task::due_on,
        ))
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Opens a task; false: there is one.
pub async fn insert_task(
    conn: &mut Conn,
    task_id: Uuid,
    report: &PoliceReport,
    due_on: NaiveDate,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(reconciliation_task::table)
        .values((
            reconciliation_task::task_id.eq(task_id),
            reconciliation_task::commune_id.eq(report.commune_id),
            reconciliation_task::month.eq(report.month),
            reconciliation_task::stage.eq(&report.stage),
            reconciliation_task::due_on.eq(due_on),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// How a task stands from now on, and why.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reconciliation_step)]
pub struct StepRow {
    pub step_id: Uuid,
    pub task_id: Uuid,
    pub state: String,
    pub owner_id: Option<AccountId>,
    pub due_on: NaiveDate,
    pub note: String,
    pub taken_by: AccountId,
    pub taken_at: DateTime<Utc>,
}

/// Moves a task to where the step says, and keeps the step.
pub async fn insert_step(conn: &mut Conn, step: &StepRow) -> QueryResult<()> {
    diesel::insert_into(reconciliation_step::table)
        .values(step)
        .execute(conn)
        .await?;
    diesel::update(reconciliation_task::table.find(step.task_id))
        .set((
            reconciliation_task::state.eq(&step.state),
            reconciliation_task::owner_id.eq(step.owner_id),
            reconciliation_task::due_on.eq(step.due_on),
            reconciliation_task::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The first one first.
pub async fn list_steps(conn: &mut Conn, task_id: Uuid) -> QueryResult<Vec<StepRow>> {
    const STEPS_MAX: i64 = 200;
    reconciliation_step::table
        .filter(reconciliation_step::task_id.eq(task_id))
        .select(StepRow::as_select())
        .order(reconciliation_step::step_id)
        .limit(STEPS_MAX)
        .load(conn)
        .await
}
