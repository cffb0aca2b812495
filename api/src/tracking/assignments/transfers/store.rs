//! Transfers, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use uuid::Uuid;

use crate::db::Conn;
use crate::db::schema::{account, person_assignment, transfer, village_assignment};
use crate::tracking::assignments::store::{Act, VillageRow};

/// A transfer as a row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer, check_for_backend(diesel::pg::Pg))]
pub struct TransferRow {
    pub transfer_id: Uuid,
    pub from_account_id: AccountId,
    pub to_account_id: AccountId,
    pub reason: String,
    pub made_by: AccountId,
    pub made_at: DateTime<Utc>,
    pub undone_by: Option<AccountId>,
    pub undone_at: Option<DateTime<Utc>>,
}

pub async fn insert_transfer(conn: &mut Conn, row: &TransferRow) -> QueryResult<()> {
    diesel::insert_into(transfer::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn find_transfer(conn: &mut Conn, id: Uuid) -> QueryResult<Option<TransferRow>> {
    transfer::table
        .find(id)
        .select(TransferRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Says that it was undone; false: somebody else did.
pub async fn set_undone(conn: &mut Conn, id: Uuid, act: Act) -> QueryResult<bool> {
    let standing = transfer::table
        .find(id)
        .filter(transfer::undone_at.is_null());
    let undone = diesel::update(standing)
        .set((
            transfer::undone_by.eq(act.by),
            transfer::undone_at.eq(act.at),
        ))
        .execute(conn)
        .await?;
    Ok(undone == 1)
}

/// Transfers from accounts of these units and this union, the last one first.
pub async fn list_transfers(
    conn: &mut Conn,
    units: &[UnitId],
    mass_union: Option<MassUnion>,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<TransferRow>> {
    let mut query = transfer::table
        .inner_join(account::table.on(account::account_id.eq(transfer::from_account_id)))
        .filter(account::unit_id.eq_any(units))
        .select(TransferRow::as_select())
        .order(transfer::transfer_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(mass_union) = mass_union {
        query = query.filter(account::mass_union.eq(mass_union.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(transfer::transfer_id.lt(before));
    }
    query.load(conn).await
}

/// What came by a transfer.
pub async fn list_came(
    conn: &mut Conn,
    id: Uuid,
) -> QueryResult<(Vec<VillageRow>, Vec<(PersonId, bool)>)> {
    let villages = village_assignment::table
        .filter(village_assignment::begun_in.eq(id))
        .select(VillageRow::as_select())
        .load(conn)
        .await?;
    let people = person_assignment::table
        .filter(person_assignment::begun_in.eq(id))
        .select((
            person_assignment::person_id,
            person_assignment::ended_at.is_null(),
        ))
        .load(conn)
        .await?;
    Ok((villages, people))
}

/// What went by a transfer.
pub async fn list_went(conn: &mut Conn, id: Uuid) -> QueryResult<(Vec<VillageRow>, Vec<PersonId>)> {
    let villages = village_assignment::table
        .filter(village_assignment::ended_in.eq(id))
        .select(VillageRow::as_select())
        .order(village_assignment::assignment_id)
        .load(conn)
        .await?;
    let people = person_assignment::table
        .filter(person_assignment::ended_in.eq(id))
        .select(person_assignment::person_id)
        .load(conn)
        .await?;
    Ok((villages, people))
}

/// What went by each of these transfers: villages, and how many people by name.
pub async fn sum_went(
    conn: &mut Conn,
    ids: &[Uuid],
) -> QueryResult<(HashMap<Uuid, Vec<UnitId>>, HashMap<Uuid, i64>)> {
    let rows: Vec<(Uuid, UnitId)> = village_assignment::table
        .filter(village_assignment::ended_in.eq_any(ids))
        .select((
            village_assignment::ended_in.assume_not_null(),
            village_assignment::village_id,
        ))
        .order(village_assignment::village_id)
        .load(conn)
        .await?;
    let mut villages: HashMap<Uuid, Vec<UnitId>> = HashMap::new();
    for (id, village_id) in rows {
        villages.entry(id).or_default().push(village_id);
    }
    let people: Vec<(Option<Uuid>, i64)> = person_assignment::table
        .filter(person_assignment::ended_in.eq_any(ids))
        .group_by(person_assignment::ended_in)
        .select((person_assignment::ended_in, count_star()))
        .load(conn)
        .await?;
    let people = people.into_iter().filter_map(|(id, n)| Some((id?, n)));
    Ok((villages, people.collect()))
}

/// What stays with somebody, whoever works their villages.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Staying {
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    #[diesel(sql_type = BigInt)]
    pub requests: i64,
    #[diesel(sql_type = BigInt)]
    pub unsent: i64,
}

pub async fn count_staying(conn: &mut Conn, account_id: AccountId) -> QueryResult<Staying> {
    diesel::sql_query(
        "select (select count(*) from operation where author_id = $1 and result = 'held' and voided_by is null) as held,
             (select count(*) from appointment_request
              where author_id = $1 and state = 'open' and voided_by is null) as requests,
             (select coalesce(sum(pending), 0)::bigint from device
              where account_id = $1 and lost_at is null) as unsent",
    )
    .bind::<SqlUuid, _>(account_id)
    .get_result(conn)
    .await
}
