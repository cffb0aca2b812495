//! Groups of persons and the merges that make them, remembered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rules::Merges;
use crate::db::schema::{person, person_distinction, person_merge};
use crate::db::{Conn, app_now, prepared};

/// A person under lock, with who stands for them.
#[derive(Debug, Clone, QueryableByName)]
pub struct Member {
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Bool)]
    pub has_number: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub canonical_id: Option<PersonId>,
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
}

impl Member {
    pub fn canonical(&self) -> PersonId {
        self.canonical_id.unwrap_or(self.person_id)
    }
}

/// Locks these persons and everybody of their groups, in the order in which batches lock persons.
pub async fn lock_groups(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<Member>> {
    diesel::sql_query(
        "with head as materialized (
             select distinct coalesce(canonical_id, person_id) as head_id
             from person where person_id = any($1) and erased_at is null
         ),
         wanted as (
             select head_id as person_id from head
             union
             select p.person_id from person p join head on p.canonical_id = head.head_id
         )
         select p.person_id, p.subject_blind is not null as has_number, p.canonical_id, p.village_id
         from person p
         join wanted using (person_id)
         order by p.person_id
         for update of p",
    )
    .bind::<Array<SqlUuid>, _>(persons)
    .load(conn)
    .await
}

/// Merges that stand among these persons. Nobody changes them while the persons are locked.
pub async fn list_merges_of(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Merges> {
    let rows: Vec<(PersonId, PersonId)> = person_merge::table
        .filter(person_merge::merged_id.eq_any(persons))
        .filter(person_merge::undone_at.is_null())
        .select((person_merge::merged_id, person_merge::kept_id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Says who stands for whom now.
pub async fn set_canonical(
    conn: &mut Conn,
    canonical: &BTreeMap<PersonId, PersonId>,
) -> QueryResult<()> {
    let rows: Vec<Value> = canonical
        .iter()
        .map(|(person, head)| {
            let head = (person != head).then_some(head);
            json!({ "person_id": person, "canonical_id": head })
        })
        .collect();
    prepared(
        diesel::sql_query(
            "update person p set canonical_id = d.canonical_id
             from jsonb_populate_recordset(null::person, $1) d
             where p.person_id = d.person_id",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Restricts whoever is one with somebody restricted, and nobody who was only because of a merge that is no more.
pub async fn settle_restriction(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "with asked as (
                 select person_id, coalesce(canonical_id, person_id) as head_id from person
                 where person_id = any($1)
             ),
             own as (
                 select head_id, min(restricted_at) as since
                 from asked join person using (person_id)
                 where restricted_at is not null and not restricted_as_one
                 group by head_id
             )
             update person p
             set restricted_at = own.since, restricted_as_one = own.since is not null
             from asked left join own using (head_id)
             where p.person_id = asked.person_id and (p.restricted_at is null or p.restricted_as_one)
                 and p.restricted_at is distinct from own.since",
        )
        .bind::<Array<SqlUuid>, _>(persons),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A merge, undone or not.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = person_merge)]
pub struct MergeRow {
    pub merge_id: Uuid,
    pub merged_id: PersonId,
    pub kept_id: PersonId,
    pub merged_by: AccountId,
    pub merged_at: DateTime<Utc>,
    pub undone_by: Option<AccountId>,
    pub undone_at: Option<DateTime<Utc>>,
}

pub async fn insert_merge(
    conn: &mut Conn,
    merged_id: PersonId,
    kept_id: PersonId,
    merged_by: AccountId,
) -> QueryResult<MergeRow> {
    diesel::insert_into(person_merge::table)
        .values((
            person_merge::merge_id.eq(Uuid::now_v7()),
            person_merge::merged_id.eq(merged_id),
            person_merge::kept_id.eq(kept_id),
            person_merge::merged_by.eq(merged_by),
        ))
        .returning(MergeRow::as_returning())
        .get_result(conn)
        .await
}

pub async fn find_merge(conn: &mut Conn, merge_id: Uuid) -> QueryResult<Option<MergeRow>> {
    person_merge::table
        .find(merge_id)
        .select(MergeRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Takes a merge back; none: somebody has.
pub async fn set_undone(
    conn: &mut Conn,
    merge_id: Uuid,
    by: AccountId,
) -> QueryResult<Option<MergeRow>> {
    diesel::update(person_merge::table.find(merge_id))
        .filter(person_merge::undone_at.is_null())
        .set((
            person_merge::undone_by.eq(by),
            person_merge::undone_at.eq(app_now().nullable()),
        ))
        .returning(MergeRow::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Merges of persons who were first met in these villages, the newest first, before `before`.
pub async fn list_merges(
    conn: &mut Conn,
    units: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<MergeRow>> {
    let within = person::table
        .filter(person::person_id.eq(person_merge::merged_id))
        .filter(person::village_id.eq_any(units));
    let mut query = person_merge::table
        .filter(diesel::dsl::exists(within))
        .select(MergeRow::as_select())
        .order(person_merge::merge_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(person_merge::merge_id.lt(before));
    }
    query.load(conn).await
}

/// Remembers that two are two; once.
pub async fn insert_distinction(
    conn: &mut Conn,
    one: PersonId,
    other: PersonId,
    said_by: AccountId,
) -> QueryResult<()> {
    diesel::insert_into(person_distinction::table)
        .values((
            person_distinction::one_id.eq(one.min(other)),
            person_distinction::other_id.eq(one.max(other)),
            person_distinction::said_by.eq(said_by),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}
