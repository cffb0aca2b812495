//! Whom nobody has met for a long time: no record, no word, no list, no open wish, no visit to an office.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;

use crate::db::Conn;
use crate::db::purge::Due;

macro_rules! due {
    () => {
        " from person p
        where p.erased_at is null and p.canonical_id is null and p.created_at < $1
            and not exists (
                select from person m
                where (m.person_id = p.person_id or m.canonical_id = p.person_id) and (
                    m.created_at >= $1 or m.restricted_at >= $1
                    or exists (select from fact f where f.person_id = m.person_id and f.effective_at >= $1)
                    or exists (select from visit v where v.person_id = m.person_id and v.effective_at >= $1)
                    or exists (select from note n where n.person_id = m.person_id and n.effective_at >= $1)
                    or exists (select from person_field w where w.person_id = m.person_id and w.effective_at >= $1)
                    or exists (select from consent c where c.person_id = m.person_id and c.given_at >= $1)
                    or exists (select from appointment_request a
                        where a.person_id = m.person_id and (a.effective_at >= $1 or a.state = 'open'))
                    or exists (select from roster_entry e join roster r on r.roster_id = e.roster_id
                        where e.person_id = m.person_id and r.imported_at >= $1)
                    or exists (select from data_report d where d.person_id = m.person_id and d.changed_at >= $1)
                    or exists (select from person_assignment a
                        where a.person_id = m.person_id and a.ended_at is null)
                    or exists (select from rights_request q
                        where q.person_id = m.person_id and q.settled_at is null)
                    or exists (select from appointment b where b.citizen_blind = m.subject_blind)
                    or exists (select from ticket t where t.citizen_blind = m.subject_blind)))"
    };
}

pub async fn count(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<Due> {
    diesel::sql_query(concat!(
        "select count(*) as due, min(p.created_at) as oldest_at",
        due!()
    ))
    .bind::<Timestamptz, _>(before)
    .get_result(conn)
    .await
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
}

/// Those who are known longest, each by who stands for them.
pub async fn list(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<BTreeSet<PersonId>> {
    let rows: Vec<Row> = diesel::sql_query(concat!(
        "select p.person_id",
        due!(),
        " order by p.created_at limit $2 for update of p skip locked"
    ))
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

/// Whether one of them still is.
pub async fn is_due(conn: &mut Conn, head: PersonId, before: DateTime<Utc>) -> QueryResult<bool> {
    let rows: Vec<Row> = diesel::sql_query(concat!(
        "select p.person_id",
        due!(),
        " and p.person_id = $2"
    ))
    .bind::<Timestamptz, _>(before)
    .bind::<SqlUuid, _>(head)
    .load(conn)
    .await?;
    Ok(!rows.is_empty())
}
