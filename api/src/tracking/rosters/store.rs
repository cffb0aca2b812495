//! Lists and their entries, remembered.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use serde_json::Value;
use uuid::Uuid;

use super::problem::RosterProblem;
use crate::db::constraint::{self, OnConstraint as _};
use crate::db::schema::{person, roster, roster_entry};
use crate::db::{Conn, prepared};
use crate::http::failure::Failure;
use crate::tracking::batch::store::insert_persons;

/// Rows of one statement: each must end well within the time that a statement has.
const ROWS_AT_ONCE: usize = 2_000;

/// Number of the advisory lock under which lists are written: "list" in ASCII.
const ROSTER_LOCK: i64 = 0x6c69_7374;

/// One list at a time is written or undone, until the transaction ends.
pub async fn serialize(conn: &mut Conn) -> QueryResult<()> {
    prepared(diesel::sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(ROSTER_LOCK))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many lists there are and how many were undone: it changes with every list.
pub async fn get_revision(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    use diesel::dsl::{count, count_star};
    roster::table
        .select((count_star(), count(roster::undone_at)))
        .first(conn)
        .await
}

/// Somebody whom lines may mean.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct PersonRow {
    pub person_id: PersonId,
    pub village_id: UnitId,
    pub subject_blind: Option<Vec<u8>>,
    pub birth_year: Option<i16>,
    pub sex: Option<String>,
    pub name: Option<Vec<u8>>,
}

/// Who has one of these numbers, and everybody of these villages who stands for themselves.
pub async fn list_people(
    conn: &mut Conn,
    blinds: &[Vec<u8>],
    villages: &[UnitId],
) -> QueryResult<HashMap<PersonId, PersonRow>> {
    let mut people = HashMap::new();
    for blinds in blinds.chunks(ROWS_AT_ONCE) {
        let rows: Vec<PersonRow> = person::table
            .filter(person::subject_blind.eq_any(blinds))
            .select(PersonRow::as_select())
            .load(conn)
            .await?;
        people.extend(rows.into_iter().map(|row| (row.person_id, row)));
    }
    let rows: Vec<PersonRow> = person::table
        .filter(person::village_id.eq_any(villages))
        .filter(person::canonical_id.is_null())
        .select(PersonRow::as_select())
        .load(conn)
        .await?;
    people.extend(rows.into_iter().map(|row| (row.person_id, row)));
    Ok(people)
}

/// What a list says of somebody.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = roster_entry)]
pub struct EntryRow {
    pub roster_id: Uuid,
    pub person_id: PersonId,
    pub line: i32,
    pub name: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub birth_year: i16,
    pub sex: Option<String>,
    pub smartphone: Option<bool>,
    pub groups: Vec<Option<String>>,
}

/// What lists say of these people, the newest list last.
pub async fn list_entries(conn: &mut Conn, people: &[PersonId]) -> QueryResult<Vec<EntryRow>> {
    roster_entry::table
        .inner_join(roster::table)
        .filter(roster_entry::person_id.eq_any(people))
        .order((roster::imported_at, roster::roster_id))
        .select(EntryRow::as_select())
        .load(conn)
        .await
}

/// A list as it is written.
#[derive(Debug, Clone)]
pub struct NewRoster<'a> {
    pub roster_id: Uuid,
    pub unit_id: UnitId,
    pub name: &'a str,
    pub source: &'a str,
    pub made_on: NaiveDate,
    pub file_hash: &'a [u8],
    pub entries: i32,
    pub imported_by: AccountId,
    pub imported_at: DateTime<Utc>,
}

/// # Errors
/// [`RosterProblem::RosterKnown`] when the file stands already.
pub async fn insert_roster(conn: &mut Conn, new: &NewRoster<'_>) -> Result<(), Failure> {
    diesel::insert_into(roster::table)
        .values((
            roster::roster_id.eq(new.roster_id),
            roster::unit_id.eq(new.unit_id),
            roster::name.eq(new.name),
            roster::source.eq(new.source),
            roster::made_on.eq(new.made_on),
            roster::file_hash.eq(new.file_hash),
            roster::entries.eq(new.entries),
            roster::imported_by.eq(new.imported_by),
            roster::imported_at.eq(new.imported_at),
        ))
        .execute(conn)
        .await
        .on_constraint::<Failure>("roster_file_key", RosterProblem::RosterKnown)?;
    Ok(())
}

/// Makes the people who are not there yet, in the order in which everybody does, and tells who has each
/// number now.
pub async fn make_people(
    conn: &mut Conn,
    rows: &[Value],
    blinds: &[Vec<u8>],
) -> QueryResult<HashMap<Vec<u8>, PersonId>> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        insert_persons(conn, rows.to_vec()).await?;
    }
    let mut ids = HashMap::new();
    for blinds in blinds.chunks(ROWS_AT_ONCE) {
        let found: Vec<(Vec<u8>, PersonId)> = person::table
            .filter(person::subject_blind.assume_not_null().eq_any(blinds))
            .select((person::subject_blind.assume_not_null(), person::person_id))
            .load(conn)
            .await?;
        ids.extend(found);
    }
    Ok(ids)
}

/// Keeps these people from going until the transaction ends, and counts those who are there.
pub async fn keep_people(conn: &mut Conn, people: &[PersonId]) -> QueryResult<usize> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        #[expect(dead_code, reason = "they are counted")]
        person_id: PersonId,
    }
    let kept: Vec<Row> = prepared(
        diesel::sql_query(
            "select person_id from person where person_id = any($1) order by person_id for key share",
        )
        .bind::<Array<SqlUuid>, _>(people),
    )
    .load(conn)
    .await?;
    Ok(kept.len())
}

/// # Errors
/// [`RosterProblem::RosterMoved`] when two lines mean one person, whom somebody met meanwhile.
pub async fn insert_entries(conn: &mut Conn, rows: &[Value]) -> Result<(), Failure> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        prepared(
            diesel::sql_query(
                "insert into roster_entry
                 select * from jsonb_populate_recordset(null::roster_entry, $1) order by person_id",
            )
            .bind::<Jsonb, _>(Value::Array(rows.to_vec())),
        )
        .execute(conn)
        .await
        .on_constraint::<Failure>("roster_entry_pkey", RosterProblem::RosterMoved)?;
    }
    Ok(())
}

/// A list that was imported.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = roster)]
pub struct RosterRow {
    pub roster_id: Uuid,
    pub unit_id: UnitId,
    pub name: String,
    pub source: String,
    pub made_on: NaiveDate,
    pub entries: i32,
    pub imported_by: AccountId,
    pub imported_at: DateTime<Utc>,
    pub undone_by: Option<AccountId>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// Lists of these units, the newest first, before that one.
pub async fn list_rosters(
    conn: &mut Conn,
    units: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RosterRow>> {
    // Their ids are made in the order of time.
    let mut query = roster::table
        .filter(roster::unit_id.eq_any(units))
        .order(roster::roster_id.desc())
        .limit(limit)
        .select(RosterRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(roster::roster_id.lt(before));
    }
    query.load(conn).await
}

pub async fn find_roster(conn: &mut Conn, roster_id: Uuid) -> QueryResult<Option<RosterRow>> {
    roster::table
        .find(roster_id)
        .select(RosterRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Takes a list back, with the people whom nobody knew before.
///
/// # Errors
/// [`RosterProblem::RosterInUse`] when anything refers to one of them.
pub async fn undo_roster(
    conn: &mut Conn,
    roster_id: Uuid,
    by: AccountId,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let mut made: Vec<PersonId> = roster_entry::table
        .filter(roster_entry::roster_id.eq(roster_id))
        .filter(roster_entry::made_person)
        .select(roster_entry::person_id)
        .load(conn)
        .await?;
    made.sort();
    diesel::delete(roster_entry::table.filter(roster_entry::roster_id.eq(roster_id)))
        .execute(conn)
        .await?;
    for people in made.chunks(ROWS_AT_ONCE) {
        let gone = diesel::delete(person::table.filter(person::person_id.eq_any(people)))
            .execute(conn)
            .await;
        if let Err(error) = gone {
            // Whatever was recorded or said of somebody refers to them.
            let is_referred_to = constraint::name(&error).is_some();
            return Err(match is_referred_to {
                true => RosterProblem::RosterInUse.into(),
                false => error.into(),
            });
        }
    }
    diesel::update(roster::table.find(roster_id))
        .set((roster::undone_by.eq(by), roster::undone_at.eq(at)))
        .execute(conn)
        .await?;
    Ok(())
}
