//! Reports of wrong data and what was done about them, remembered.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use uuid::Uuid;

use crate::db::schema::{data_report, data_report_step, person};
use crate::db::{Conn, app_now};

/// A report as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = data_report, check_for_backend(diesel::pg::Pg))]
pub struct ReportRow {
    pub report_id: Uuid,
    pub person_id: PersonId,
    pub village_id: UnitId,
    pub what: String,
    pub words: Option<Vec<u8>>,
    pub reported_by: AccountId,
    pub reported_at: DateTime<Utc>,
    pub state: String,
    pub changed_at: DateTime<Utc>,
}

/// A report that is about to be written.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = data_report)]
pub struct NewReport {
    pub report_id: Uuid,
    pub person_id: PersonId,
    pub village_id: UnitId,
    pub what: &'static str,
    pub words: Option<Vec<u8>>,
    pub reported_by: AccountId,
}

/// Writes a report, unless there is one of that id.
pub async fn insert_report(conn: &mut Conn, new: &NewReport) -> QueryResult<bool> {
    let inserted = diesel::insert_into(data_report::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

pub async fn find_report(conn: &mut Conn, id: Uuid) -> QueryResult<Option<ReportRow>> {
    data_report::table
        .find(id)
        .select(ReportRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// A report, and nobody else does anything about it until this transaction ends.
pub async fn lock_report(conn: &mut Conn, id: Uuid) -> QueryResult<Option<ReportRow>> {
    data_report::table
        .find(id)
        .select(ReportRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// Which reports.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// `None`: wherever they are.
    pub villages: Option<&'a [UnitId]>,
    pub reported_by: Option<AccountId>,
    pub state: Option<&'a str>,
    pub what: Option<&'a str>,
    /// Not of those who had the use of their data restricted.
    pub is_taken_away: bool,
}

/// Reports, the newest first.
pub async fn list_reports(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<ReportRow>> {
    let mut query = data_report::table
        .select(ReportRow::as_select())
        .order(data_report::report_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(villages) = wanted.villages {
        query = query.filter(data_report::village_id.eq_any(villages));
    }
    if let Some(by) = wanted.reported_by {
        query = query.filter(data_report::reported_by.eq(by));
    }
    if let Some(state) = wanted.state {
        query = query.filter(data_report::state.eq(state));
    }
    if let Some(what) = wanted.what {
        query = query.filter(data_report::what.eq(what));
    }
    if wanted.is_taken_away {
        let restricted = person::table
            .filter(person::person_id.eq(data_report::person_id))
            .filter(person::restricted_at.is_not_null());
        query = query.filter(not(exists(restricted)));
    }
    if let Some(before) = before {
        query = query.filter(data_report::report_id.lt(before));
    }
    query.load(conn).await
}

/// What was said of these persons.
pub async fn list_about(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<ReportRow>> {
    data_report::table
        .filter(data_report::person_id.eq_any(persons))
        .select(ReportRow::as_select())
        .order(data_report::report_id)
        .load(conn)
        .await
}

/// What the police need to find somebody.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = person, check_for_backend(diesel::pg::Pg))]
pub struct WhoRow {
    pub person_id: PersonId,
    pub name: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub birth_year: Option<i16>,
    pub id_tail: Option<String>,
    /// Nothing of them is shown.
    pub restricted_at: Option<DateTime<Utc>>,
}

/// Whoever stands for this person.
pub async fn get_who(conn: &mut Conn, person_id: PersonId) -> QueryResult<WhoRow> {
    let head: Option<PersonId> = person::table
        .find(person_id)
        .select(person::canonical_id)
        .first(conn)
        .await?;
    person::table
        .find(head.unwrap_or(person_id))
        .select(WhoRow::as_select())
        .first(conn)
        .await
}

/// What was done about a report.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = data_report_step, check_for_backend(diesel::pg::Pg))]
pub struct StepRow {
    pub state: String,
    pub reason: Option<String>,
    pub taken_by: AccountId,
    pub taken_at: DateTime<Utc>,
}

/// Moves a report to a state, and keeps the step.
pub async fn insert_step(
    conn: &mut Conn,
    report_id: Uuid,
    state: &str,
    reason: Option<&str>,
    by: AccountId,
) -> QueryResult<()> {
    diesel::insert_into(data_report_step::table)
        .values((
            data_report_step::step_id.eq(Uuid::now_v7()),
            data_report_step::report_id.eq(report_id),
            data_report_step::state.eq(state),
            data_report_step::reason.eq(reason),
            data_report_step::taken_by.eq(by),
        ))
        .execute(conn)
        .await?;
    diesel::update(data_report::table.find(report_id))
        .set((
            data_report::state.eq(state),
            data_report::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The first step first.
pub async fn list_steps(conn: &mut Conn, report_id: Uuid) -> QueryResult<Vec<StepRow>> {
    const STEPS_MAX: i64 = 200;
    data_report_step::table
        .filter(data_report_step::report_id.eq(report_id))
        .select(StepRow::as_select())
        .order((data_report_step::taken_at, data_report_step::step_id))
        .limit(STEPS_MAX)
        .load(conn)
        .await
}
