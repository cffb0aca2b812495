//! Runs of the purge, remembered.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::rules::Kind;
use crate::db::Conn;
use crate::db::purge::Purge;
use crate::db::schema::retention_run;

/// What was purged long ago.
pub const RUNS: Purge = Purge {
    due: "select count(*) as due, min(ran_at) as oldest_at from retention_run where ran_at < $1",
    purge: "delete from retention_run where (kind, ran_at) in (
        select kind, ran_at from retention_run where ran_at < $1
        order by ran_at limit $2 for update skip locked)",
};

pub async fn insert_run(conn: &mut Conn, kind: Kind, purged: i64) -> QueryResult<()> {
    diesel::insert_into(retention_run::table)
        .values((
            retention_run::kind.eq(kind.as_str()),
            retention_run::purged.eq(purged),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// The last run of each kind: when, and how many.
pub async fn list_last_runs(conn: &mut Conn) -> QueryResult<HashMap<String, (DateTime<Utc>, i64)>> {
    let rows: Vec<(String, DateTime<Utc>, i64)> = retention_run::table
        .distinct_on(retention_run::kind)
        .order((retention_run::kind, retention_run::ran_at.desc()))
        .select((
            retention_run::kind,
            retention_run::ran_at,
            retention_run::purged,
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(kind, at, purged)| (kind, (at, purged)))
        .collect())
}
