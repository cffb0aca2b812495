//! The persons of a village, to be compared.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{PersonId, UnitId};
use uuid::Uuid;

use super::rules::Pair;
use crate::db::schema::{person, roster_entry};
use crate::db::{Conn, prepared};

/// More than any village has: a list of this length would be somebody's mistake.
const VILLAGE_MAX: i64 = 20_000;

/// Villages in which somebody without an ID number has a name, their own or a list's, from one on.
pub async fn list_villages(
    conn: &mut Conn,
    units: &[UnitId],
    from: Option<UnitId>,
    limit: i64,
) -> QueryResult<Vec<UnitId>> {
    let listed = roster_entry::table.filter(roster_entry::person_id.eq(person::person_id));
    let mut query = person::table
        .filter(person::village_id.eq_any(units))
        .filter(person::subject_blind.is_null())
        .filter(person::canonical_id.is_null())
        .filter(person::restricted_at.is_null())
        .filter(person::name.is_not_null().or(exists(listed)))
        .select(person::village_id)
        .distinct()
        .order(person::village_id)
        .limit(limit)
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(person::village_id.ge(from));
    }
    query.load(conn).await
}

/// Somebody who has a name and stands for themselves. What nobody has said of them, the newest list says.
#[derive(Clone, QueryableByName)]
pub struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Bool)]
    pub has_number: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub id_tail: Option<String>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub name: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub phone: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub birth_year: Option<i16>,
    #[diesel(sql_type = Nullable<Text>)]
    pub sex: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub roster_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub line: Option<i32>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub listed_name: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub listed_phone: Option<Vec<u8>>,
}

pub async fn list_persons(conn: &mut Conn, village: UnitId) -> QueryResult<Vec<PersonRow>> {
    prepared(
        diesel::sql_query(
            "select p.person_id, p.subject_blind is not null as has_number, p.id_tail, p.name, p.phone,
                 coalesce(p.birth_year, listed.birth_year) as birth_year, coalesce(p.sex, listed.sex) as sex,
                 p.created_at, listed.roster_id, listed.line, listed.name as listed_name,
                 listed.phone as listed_phone
             from person p
             left join lateral (
                 select e.roster_id, e.line, e.name, e.phone, e.birth_year, e.sex
                 from roster_entry e join roster r using (roster_id)
                 where e.person_id = p.person_id
                 order by r.imported_at desc, e.roster_id desc, e.line
                 limit 1
             ) listed on true
             where p.village_id = $1 and p.canonical_id is null and p.restricted_at is null
                 and (p.name is not null or listed.name is not null)
             order by p.person_id
             limit $2",
        )
        .bind::<Integer, _>(village)
        .bind::<BigInt, _>(VILLAGE_MAX),
    )
    .load(conn)
    .await
}

/// Of whom somebody said that they are two, by who stands for them now.
pub async fn list_distinct(conn: &mut Conn, heads: &[PersonId]) -> QueryResult<BTreeSet<Pair>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        one: PersonId,
        #[diesel(sql_type = SqlUuid)]
        other: PersonId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "with member as materialized (
             select person_id, coalesce(canonical_id, person_id) as head_id
             from person where person_id = any($1) or canonical_id = any($1)
         )
         select one.head_id as one, other.head_id as other
         from member one
         join person_distinction d on d.one_id = one.person_id
         join member other on other.person_id = d.other_id",
    )
    .bind::<Array<SqlUuid>, _>(heads)
    .load(conn)
    .await?;
    let pairs = rows.into_iter();
    Ok(pairs
        .map(|row| (row.one.min(row.other), row.one.max(row.other)))
        .collect())
}
