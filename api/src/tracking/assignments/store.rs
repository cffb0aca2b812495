//! Who works what, remembered.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::assignment::VillageAssignment;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use uuid::Uuid;

use super::rules::free_places;
use crate::db::Conn;
use crate::db::schema::{account, person, person_assignment, village_assignment};
use crate::tracking::batch::store::serialize_author;

/// A village of somebody as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = village_assignment, check_for_backend(diesel::pg::Pg))]
pub struct VillageRow {
    pub assignment_id: Uuid,
    pub account_id: AccountId,
    pub village_id: UnitId,
    pub place_no: i16,
    pub begun_at: DateTime<Utc>,
    pub begun_by: AccountId,
    pub begun_in: Option<Uuid>,
    pub until_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<AccountId>,
    pub ended_in: Option<Uuid>,
}

impl From<VillageRow> for VillageAssignment {
    fn from(row: VillageRow) -> Self {
        Self {
            assignment_id: row.assignment_id,
            account_id: row.account_id,
            village_id: row.village_id,
            begun_at: row.begun_at,
            begun_by: row.begun_by,
            came_by: row.begun_in,
            until_at: row.until_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
            went_by: row.ended_in,
        }
    }
}

/// By whom and when something of an assignment is written, and in which transfer.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub by: AccountId,
    pub at: DateTime<Utc>,
    pub transfer_id: Option<Uuid>,
}

/// Nobody else changes what these accounts work until this transaction ends.
pub async fn lock_work(conn: &mut Conn, accounts: &[AccountId]) -> QueryResult<()> {
    let accounts: BTreeSet<AccountId> = accounts.iter().copied().collect();
    for id in accounts {
        serialize_author(conn, id).await?;
    }
    Ok(())
}

/// The villages that somebody works at that time, the first given first.
pub async fn list_standing(
    conn: &mut Conn,
    account_id: AccountId,
    at: DateTime<Utc>,
) -> QueryResult<Vec<VillageRow>> {
    let until = village_assignment::until_at;
    village_assignment::table
        .filter(village_assignment::account_id.eq(account_id))
        .filter(village_assignment::ended_at.is_null())
        .filter(until.is_null().or(until.gt(at)))
        .select(VillageRow::as_select())
        .order((
            village_assignment::begun_at,
            village_assignment::assignment_id,
        ))
        .load(conn)
        .await
}

/// Those for whom somebody cares by name; of some villages only, if these are named.
pub async fn list_people(
    conn: &mut Conn,
    account_id: AccountId,
    villages: Option<&[UnitId]>,
) -> QueryResult<Vec<PersonId>> {
    let mut query = person_assignment::table
        .inner_join(person::table)
        .filter(person_assignment::account_id.eq(account_id))
        .filter(person_assignment::ended_at.is_null())
        .select(person_assignment::person_id)
        .order(person_assignment::person_id)
        .into_boxed();
    if let Some(villages) = villages {
        query = query.filter(person::village_id.eq_any(villages));
    }
    query.load(conn).await
}

/// Gives villages to somebody who works `standing`, each until its own last day.
pub async fn insert_villages(
    conn: &mut Conn,
    account_id: AccountId,
    standing: &[VillageRow],
    villages: &[(UnitId, Option<DateTime<Utc>>)],
    act: Act,
) -> QueryResult<()> {
    let taken: BTreeSet<i16> = standing.iter().map(|row| row.place_no).collect();
    let rows: Vec<_> = villages
        .iter()
        .zip(free_places(taken))
        .map(|((village_id, until_at), place_no)| {
            (
                village_assignment::assignment_id.eq(Uuid::now_v7()),
                village_assignment::account_id.eq(account_id),
                village_assignment::village_id.eq(*village_id),
                village_assignment::place_no.eq(place_no),
                village_assignment::begun_at.eq(act.at),
                village_assignment::begun_by.eq(act.by),
                village_assignment::begun_in.eq(act.transfer_id),
                village_assignment::until_at.eq(*until_at),
            )
        })
        .collect();
    diesel::insert_into(village_assignment::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends those of these that nobody has ended, and says how many.
pub async fn end_villages(conn: &mut Conn, ids: &[Uuid], act: Act) -> QueryResult<usize> {
    let standing = village_assignment::table
        .filter(village_assignment::assignment_id.eq_any(ids))
        .filter(village_assignment::ended_at.is_null());
    diesel::update(standing)
        .set((
            village_assignment::ended_at.eq(act.at),
            village_assignment::ended_by.eq(act.by),
            village_assignment::ended_in.eq(act.transfer_id),
        ))
        .execute(conn)
        .await
}

/// Lets somebody care for these.
pub async fn insert_people(
    conn: &mut Conn,
    account_id: AccountId,
    people: &[PersonId],
    act: Act,
) -> QueryResult<()> {
    let rows: Vec<_> = people
        .iter()
        .map(|person_id| {
            (
                person_assignment::assignment_id.eq(Uuid::now_v7()),
                person_assignment::person_id.eq(*person_id),
                person_assignment::account_id.eq(account_id),
                person_assignment::begun_at.eq(act.at),
                person_assignment::begun_by.eq(act.by),
                person_assignment::begun_in.eq(act.transfer_id),
            )
        })
        .collect();
    // A statement has 65,535 values at most.
    for some in rows.chunks(5_000) {
        diesel::insert_into(person_assignment::table)
            .values(some)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Nobody cares for these by name any more; says for how many somebody did.
pub async fn end_people(conn: &mut Conn, people: &[PersonId], act: Act) -> QueryResult<usize> {
    let standing = person_assignment::table
        .filter(person_assignment::person_id.eq_any(people))
        .filter(person_assignment::ended_at.is_null());
    diesel::update(standing)
        .set((
            person_assignment::ended_at.eq(act.at),
            person_assignment::ended_by.eq(act.by),
            person_assignment::ended_in.eq(act.transfer_id),
        ))
        .execute(conn)
        .await
}

/// Whoever cared for one person cares for another from now on, who stands for them, unless somebody does already.
pub async fn move_care(conn: &mut Conn, from: PersonId, to: PersonId, act: Act) -> QueryResult<()> {
    let Some((account_id, _)) = find_caretaker(conn, from).await? else {
        return Ok(());
    };
    end_people(conn, &[from], act).await?;
    match find_caretaker(conn, to).await? {
        Some(_) => Ok(()),
        None => insert_people(conn, account_id, &[to], act).await,
    }
}

/// Where these people are met.
pub async fn list_villages_of(conn: &mut Conn, people: &[PersonId]) -> QueryResult<Vec<UnitId>> {
    person::table
        .filter(person::person_id.eq_any(people))
        .select(person::village_id)
        .distinct()
        .load(conn)
        .await
}

/// Who cares for somebody, and since when.
pub async fn find_caretaker(
    conn: &mut Conn,
    person_id: PersonId,
) -> QueryResult<Option<(AccountId, DateTime<Utc>)>> {
    person_assignment::table
        .filter(person_assignment::person_id.eq(person_id))
        .filter(person_assignment::ended_at.is_null())
        .select((person_assignment::account_id, person_assignment::begun_at))
        .first(conn)
        .await
        .optional()
}

/// From when to when anybody cared for these by name.
pub async fn list_care(
    conn: &mut Conn,
    persons: &[PersonId],
) -> QueryResult<Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>> {
    person_assignment::table
        .filter(person_assignment::person_id.eq_any(persons))
        .select((person_assignment::begun_at, person_assignment::ended_at))
        .order(person_assignment::begun_at)
        .load(conn)
        .await
}

pub async fn find_assignment(conn: &mut Conn, id: Uuid) -> QueryResult<Option<VillageRow>> {
    village_assignment::table
        .find(id)
        .select(VillageRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Which assignments.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub villages: &'a [UnitId],
    pub mass_union: Option<MassUnion>,
    pub account_id: Option<AccountId>,
    /// Only those that stand at that time; none: those that are over too.
    pub standing_at: Option<DateTime<Utc>>,
}

/// Assignments, the first given first.
pub async fn list_assignments(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<VillageRow>> {
    let mut query = village_assignment::table
        .inner_join(account::table.on(account::account_id.eq(village_assignment::account_id)))
        .filter(village_assignment::village_id.eq_any(wanted.villages))
        .select(VillageRow::as_select())
        .order(village_assignment::assignment_id)
        .limit(limit)
        .into_boxed();
    if let Some(mass_union) = wanted.mass_union {
        query = query.filter(account::mass_union.eq(mass_union.as_str()));
    }
    if let Some(account_id) = wanted.account_id {
        query = query.filter(village_assignment::account_id.eq(account_id));
    }
    if let Some(at) = wanted.standing_at {
        let until = village_assignment::until_at;
        query = query
            .filter(village_assignment::ended_at.is_null())
            .filter(until.is_null().or(until.gt(at)));
    }
    if let Some(after) = after {
        query = query.filter(village_assignment::assignment_id.gt(after));
    }
    query.load(conn).await
}
