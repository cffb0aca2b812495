//! Registers, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::reporting_register::WriteEntry;
use uuid::Uuid;

use crate::db::constraint::OnConstraint as _;
use crate::db::schema::{register_change, register_entry};
use crate::db::{Conn, prepared};
use crate::http::failure::Failure;
use crate::privacy::free_text::masked;
use crate::reporting::periods::store::PeriodRow;
use crate::reporting::problem::ReportingProblem::DirectiveKnown;

#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
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
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub assigned_unit_id: Option<UnitId>,
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
            register_entry::body.eq(masked(&new.body)),
            register_entry::number.eq(new.number.as_deref().map(str::trim)),
            register_entry::subject.eq(masked(&new.subject)),
            register_entry::due_on.eq(new.due_on),
            register_entry::assigned_unit_id.eq(new.assigned_unit_id),
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
    /// Those that were taken out, or those that stand.
    pub withdrawn: bool,
    pub before: Option<Uuid>,
}

/// Tasks of these units, or given to them, that are open and due by this day.
pub async fn count_due(conn: &mut Conn, units: &[UnitId], by: NaiveDate) -> QueryResult<i64> {
    let given = register_entry::assigned_unit_id
        .assume_not_null()
        .eq_any(units);
    register_entry::table
        .filter(register_entry::unit_id.eq_any(units).or(given))
        .filter(register_entry::kind.eq("task"))
        .filter(register_entry::state.eq("open"))
        .filter(register_entry::withdrawn_at.is_null())
        .filter(register_entry::due_on.le(by))
        .count()
        .get_result(conn)
        .await
}

/// Those of these units, and tasks that were given to them; the newest first.
pub async fn list_entries(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    limit: i64,
) -> QueryResult<Vec<EntryRow>> {
    let given = register_entry::assigned_unit_id
        .assume_not_null()
        .eq_any(wanted.units);
    let own = register_entry::unit_id.eq_any(wanted.units);
    let mut query = register_entry::table
        .filter(own.or(given))
        .select(EntryRow::as_select())
        .order(register_entry::entry_id.desc())
        .limit(limit)
        .into_boxed();
    query = match wanted.withdrawn {
        true => query.filter(register_entry::withdrawn_at.is_not_null()),
        false => query.filter(register_entry::withdrawn_at.is_null()),
    };
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

/// Tasks of these units, or given to them, that are open or were settled on these days; the newest first.
pub async fn list_tasks(
    conn: &mut Conn,
    units: &[UnitId],
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> QueryResult<Vec<EntryRow>> {
    let given = register_entry::assigned_unit_id
        .assume_not_null()
        .eq_any(units);
    let settled = register_entry::settled_on
        .assume_not_null()
        .between(from, to);
    register_entry::table
        .filter(register_entry::unit_id.eq_any(units).or(given))
        .filter(register_entry::kind.eq("task"))
        .filter(register_entry::withdrawn_at.is_null())
        .filter(register_entry::state.eq("open").or(settled))
        .select(EntryRow::as_select())
        .order(register_entry::entry_id.desc())
        .limit(limit)
        .load(conn)
        .await
}

/// What the report of a period tells of the registers of these units: directives that no report before could tell,
/// and everything else that was open on its last day or had been settled within it. Words as they were corrected
/// since, but where each stood as it was then: read again later, the report says the same. The oldest first.
///
/// A directive is told once: in the first report that ends on its day or later and was not issued yet when it was
/// written down. So neither what is dated between two periods is lost, nor what comes late. What a unit wrote is also
/// told by whoever continued it, once it was gone.
pub async fn list_told(
    conn: &mut Conn,
    units: &[UnitId],
    period: &PeriodRow,
) -> QueryResult<Vec<EntryRow>> {
    let (first, last) = (period.starts_on, period.ends_on);
    // At most more than any report has.
    prepared(
        diesel::sql_query(
            "select e.entry_id, e.unit_id, e.kind, e.noted_on, e.body, e.number, e.subject, e.withdrawn_at,
                 e.assigned_unit_id,
                 s.state, s.due_on, s.settled_on
             from register_entry e
             join unit u on u.unit_id = e.unit_id
             left join lateral (
                 select * from register_change c
                 where c.entry_id = e.entry_id and c.changed_at >= $4
                 order by c.changed_at, c.change_id limit 1
             ) c on true
             cross join lateral (
                 select case when c.change_id is null then e.state else c.state_before end as state,
                     case when c.change_id is null then e.due_on else c.due_before end as due_on,
                     case when c.change_id is null then e.settled_on else c.settled_before end as settled_on
             ) s
             where e.unit_id = any($1) and e.noted_on <= $3 and e.withdrawn_at is null
                 and case when e.kind <> 'directive'
                     then e.noted_on >= $2 or s.settled_on is null or s.settled_on >= $2
                     else $5 = (
                         select p.period_id
                         from reporting_period p
                         left join report_issue i on i.period_id = p.period_id and i.correction = 0
                         where (p.period_id = $5
                                or p.unit_id = any($1) and p.ends_on < $3
                                    and (p.unit_id = e.unit_id or u.valid_to <= p.ends_on))
                             and p.ends_on >= e.noted_on
                             and (i.issued_at is null or i.issued_at >= e.written_at)
                         order by p.ends_on
                         limit 1
                     ) end
             order by e.noted_on, e.entry_id
             limit 500",
        )
        .bind::<Array<Integer>, _>(units)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last)
        .bind::<Timestamptz, _>(local_day_bounds(last).end)
        .bind::<SqlUuid, _>(period.period_id),
    )
    .load(conn)
    .await
}

/// How an entry stands from now on, what it said until now where that was wrong, and why.
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
    pub withdrawn: bool,
    pub noted_before: Option<NaiveDate>,
    pub body_before: Option<String>,
    pub number_before: Option<String>,
    pub subject_before: Option<String>,
    pub state_before: String,
    pub due_before: Option<NaiveDate>,
    pub settled_before: Option<NaiveDate>,
}

/// Writes an entry as it stands from now on, and keeps the change.
///
/// # Errors
/// [`DirectiveKnown`].
pub async fn insert_change(
    conn: &mut Conn,
    change: &ChangeRow,
    now: &EntryRow,
) -> Result<(), Failure> {
    diesel::insert_into(register_change::table)
        .values(change)
        .execute(conn)
        .await?;
    diesel::update(register_entry::table.find(change.entry_id))
        .set((
            register_entry::noted_on.eq(now.noted_on),
            register_entry::body.eq(&now.body),
            register_entry::number.eq(&now.number),
            register_entry::subject.eq(&now.subject),
            register_entry::due_on.eq(now.due_on),
            register_entry::state.eq(&now.state),
            register_entry::settled_on.eq(now.settled_on),
            register_entry::withdrawn_at.eq(now.withdrawn_at),
        ))
        .execute(conn)
        .await
        .on_constraint::<Failure>("register_entry_number_key", DirectiveKnown)?;
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
