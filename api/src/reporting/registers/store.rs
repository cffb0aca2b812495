//! Registers, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::reporting_register::WriteEntry;
use uuid::Uuid;

use crate::db::Conn;
use crate::db::constraint::OnConstraint as _;
use crate::db::schema::{register_change, register_entry};
use crate::http::failure::Failure;
use crate::reporting::problem::ReportingProblem::DirectiveKnown;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = register_entry)]
pub struct EntryRow {
    pub entry_id: Uuid,
    pub unit_id: UnitId,
    pub kind: String,
    pub noted_on: NaiveDate,
    pub body: String,
    pub number: Option<String>,
    pub subject: String,
    pub due_on: Option<NaiveDate>,
    pub state: String,
    pub settled_on: Option<NaiveDate>,
}

/// # Errors
/// [`DirectiveKnown`].
pub async fn insert_entry(
    conn: &mut Conn,
    entry_id: Uuid,
    new: &WriteEntry,
    by: AccountId,
) -> Result<EntryRow, Failure> {
    // A directive is issued once: there is nothing left to do about it.
    let is_directive = new.number.is_some();
    diesel::insert_into(register_entry::table)
        .values((
            register_entry::entry_id.eq(entry_id),
            register_entry::unit_id.eq(new.unit_id),
            register_entry::kind.eq(new.kind.as_str()),
            register_entry::noted_on.eq(new.noted_on),
            register_entry::body.eq(new.body.trim()),
            register_entry::number.eq(new.number.as_deref().map(str::trim)),
            register_entry::subject.eq(new.subject.trim()),
            register_entry::due_on.eq(new.due_on),
            register_entry::state.eq(if is_directive { "done" } else { "open" }),
            register_entry::settled_on.eq(is_directive.then_some(new.noted_on)),
            register_entry::written_by.eq(by),
        ))
        .returning(EntryRow::as_returning())
        .get_result(conn)
        .await
        .on_constraint("register_entry_number_key", DirectiveKnown)
}

pub async fn find_entry(conn: &mut Conn, id: Uuid) -> QueryResult<Option<EntryRow>> {
    register_entry::table
        .find(id)
        .select(EntryRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The entry, and nobody changes it until this transaction ends.
pub async fn lock_entry(conn: &mut Conn, id: Uuid) -> QueryResult<EntryRow> {
    register_entry::table
        .find(id)
        .select(EntryRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
}

/// Which entries.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub units: &'a [UnitId],
    pub kind: Option<&'a str>,
    pub state: Option<&'a str>,
    pub before: Option<Uuid>,
}

/// Tasks of these units that are open and due by this day.
pub async fn count_due(conn: &mut Conn, units: &[UnitId], by: NaiveDate) -> QueryResult<i64> {
    register_entry::table
        .filter(register_entry::unit_id.eq_any(units))
        .filter(register_entry::kind.eq("task"))
        .filter(register_entry::state.eq("open"))
        .filter(register_entry::due_on.le(by))
        .count()
        .get_result(conn)
        .await
}

/// The newest first.
pub async fn list_entries(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    limit: i64,
) -> QueryResult<Vec<EntryRow>> {
    let mut query = register_entry::table
        .filter(register_entry::unit_id.eq_any(wanted.units))
        .select(EntryRow::as_select())
        .order(register_entry::entry_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(kind) = wanted.kind {
        query = query.filter(register_entry::kind.eq(kind));
    }
    if let Some(state) = wanted.state {
        query = query.filter(register_entry::state.eq(state));
    }
    if let Some(before) = wanted.before {
        query = query.filter(register_entry::entry_id.lt(before));
    }
    query.load(conn).await
}

/// What a report of these days tells: directives of the period; everything else that was open on its last day or
/// was settled within it. The oldest first.
pub async fn list_told(
    conn: &mut Conn,
    unit_id: UnitId,
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<EntryRow>> {
    /// More than any report has.
    const ENTRIES_MAX: i64 = 500;
    register_entry::table
        .filter(register_entry::unit_id.eq(unit_id))
        .filter(register_entry::noted_on.le(last))
        .filter(
            register_entry::settled_on
                .is_null()
                .or(register_entry::settled_on.ge(first).assume_not_null()),
        )
        .select(EntryRow::as_select())
        .order((register_entry::noted_on, register_entry::entry_id))
        .limit(ENTRIES_MAX)
        .load(conn)
        .await
}

/// How an entry stands from now on, and why.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = register_change)]
pub struct ChangeRow {
    pub change_id: Uuid,
    pub entry_id: Uuid,
    pub state: String,
    pub due_on: Option<NaiveDate>,
    pub note: String,
    pub changed_by: AccountId,
    pub changed_at: DateTime<Utc>,
}

/// Moves an entry to where the change says, and keeps the change.
pub async fn insert_change(
    conn: &mut Conn,
    change: &ChangeRow,
    settled_on: Option<NaiveDate>,
) -> QueryResult<()> {
    diesel::insert_into(register_change::table)
        .values(change)
        .execute(conn)
        .await?;
    diesel::update(register_entry::table.find(change.entry_id))
        .set((
            register_entry::state.eq(&change.state),
            register_entry::due_on.eq(change.due_on),
            register_entry::settled_on.eq(settled_on),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The first one first.
pub async fn list_changes(conn: &mut Conn, entry_id: Uuid) -> QueryResult<Vec<ChangeRow>> {
    const CHANGES_MAX: i64 = 200;
    register_change::table
        .filter(register_change::entry_id.eq(entry_id))
        .select(ChangeRow::as_select())
        .order(register_change::change_id)
        .limit(CHANGES_MAX)
        .load(conn)
        .await
}
