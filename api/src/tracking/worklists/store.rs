//! How far everybody of some villages is, in one query.

use std::sync::LazyLock;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use uuid::Uuid;

use super::rules::Reached;
use crate::db::{Conn, prepared};

/// Somebody who stands for themselves, with what was recorded of them and of those for whom they stand.
#[derive(Clone, QueryableByName)]
pub struct StandingRow {
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub name: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub phone: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub birth_year: Option<i16>,
    #[diesel(sql_type = Nullable<Text>)]
    pub sex: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub id_tail: Option<String>,
    #[diesel(sql_type = Bool)]
    pub is_only_listed: bool,
    #[diesel(sql_type = Bool)]
    pub installed: bool,
    #[diesel(sql_type = Bool)]
    pub level1: bool,
    #[diesel(sql_type = Bool)]
    pub activated: bool,
    #[diesel(sql_type = Nullable<Date>)]
    pub collected_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    pub approved_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    pub outcome: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    pub visited_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    pub promised_on: Option<NaiveDate>,
    /// The newest list that names them.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub roster_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub line: Option<i32>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub listed_name: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub listed_phone: Option<Vec<u8>>,
    /// By the last visit that tells, else by that list.
    #[diesel(sql_type = Nullable<Bool>)]
    pub smartphone: Option<bool>,
    #[diesel(sql_type = Array<Text>)]
    pub groups: Vec<String>,
}

/// Whom a list is about: everybody of these villages…
const OF_VILLAGES: &str = "person.village_id = any($1)";
/// …or whoever is one volunteer's: of their villages, but not those for whom another one cares, and those for whom
/// they care themselves.
const OF_VOLUNTEER: &str = "(person.village_id = any($1) or person.person_id = any($3)) and not exists (
        select from person_assignment cared
        where cared.person_id = person.person_id and cared.ended_at is null and cared.account_id <> $4
    )";

fn text(whom: &str) -> String {
    include_str!("standings.sql").replace("{whom}", whom)
}

static ALL: LazyLock<String> = LazyLock::new(|| text(OF_VILLAGES));
static ASSIGNED: LazyLock<String> = LazyLock::new(|| text(OF_VOLUNTEER));

/// Those of these villages who are so far.
pub async fn list_standings(
    conn: &mut Conn,
    villages: &[UnitId],
    reached: Reached,
) -> QueryResult<Vec<StandingRow>> {
    prepared(
        diesel::sql_query(ALL.as_str())
            .bind::<Array<Integer>, _>(villages)
            .bind::<Text, _>(reached.as_str()),
    )
    .load(conn)
    .await
}

/// How many of a village were approved on a day, and wait for somebody to activate level 2 with them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ApprovedRow {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub people: i64,
}

/// Those of these villages who were approved on these days and have not activated: as their worklists have them,
/// counted.
pub async fn count_approved(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<ApprovedRow>> {
    prepared(
        diesel::sql_query(
            "select p.village_id, c.on_day, count(*) as people
             from credit c
             join person p on p.person_id = c.person_id
             where c.stage = 'level2_approved' and c.on_day between $2 and $3
                 and p.village_id = any($1) and p.canonical_id is null and p.restricted_at is null
                 and p.erased_at is null
                 and not exists (select from credit done
                     where done.person_id = c.person_id and done.stage = 'level2_activated')
             group by p.village_id, c.on_day",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await
}

/// Those who are so far among one volunteer's: of villages that they work, and people for whom they care.
pub async fn list_assigned(
    conn: &mut Conn,
    villages: &[UnitId],
    people: &[PersonId],
    account_id: AccountId,
    reached: Reached,
) -> QueryResult<Vec<StandingRow>> {
    prepared(
        diesel::sql_query(ASSIGNED.as_str())
            .bind::<Array<Integer>, _>(villages)
            .bind::<Text, _>(reached.as_str())
            .bind::<Array<SqlUuid>, _>(people)
            .bind::<SqlUuid, _>(account_id),
    )
    .load(conn)
    .await
}
