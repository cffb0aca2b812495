//! The persons of a village, to be compared.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{PersonId, UnitId};

use super::rules::Pair;
use crate::db::Conn;
use crate::db::schema::person;

/// More than any village has: a list of this length would be somebody's mistake.
const VILLAGE_MAX: i64 = 20_000;

/// Villages in which somebody without an ID number has a name, from one on.
pub async fn list_villages(
    conn: &mut Conn,
    units: &[UnitId],
    from: Option<UnitId>,
    limit: i64,
) -> QueryResult<Vec<UnitId>> {
    let mut query = person::table
        .filter(person::village_id.eq_any(units))
        .filter(person::subject_blind.is_null())
        .filter(person::canonical_id.is_null())
        .filter(person::name.is_not_null())
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

/// Somebody who has a name and stands for themselves.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct PersonRow {
    pub person_id: PersonId,
    pub subject_blind: Option<Vec<u8>>,
    pub id_tail: Option<String>,
    pub name: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub birth_year: Option<i16>,
    pub sex: Option<String>,
    pub created_at: DateTime<Utc>,
}

pub async fn list_persons(conn: &mut Conn, village: UnitId) -> QueryResult<Vec<PersonRow>> {
    person::table
        .filter(person::village_id.eq(village))
        .filter(person::canonical_id.is_null())
        .filter(person::name.is_not_null())
        .select(PersonRow::as_select())
        .order(person::person_id)
        .limit(VILLAGE_MAX)
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
