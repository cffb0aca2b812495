//! Recounts, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Date;
use diesel_async::RunQueryDsl;

use crate::db::purge::Purge;
use crate::db::schema::recount;
use crate::db::{Conn, app_now, prepared};

/// As many differences as are kept in words.
pub const KEPT_MAX: i64 = 50;

/// Nights of long ago.
pub const NIGHTS: Purge = Purge {
    due: "select count(*) as due, min(began_at) as oldest_at from recount where began_at < $1",
    purge: "delete from recount where night in (
        select night from recount where began_at < $1 order by began_at limit $2 for update skip locked)",
};

/// A night's recount.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = recount, check_for_backend(diesel::pg::Pg))]
pub struct RecountRow {
    pub night: NaiveDate,
    pub began_at: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    pub facts: Option<i64>,
    pub differences: Option<i64>,
    pub first_differences: Vec<Option<String>>,
}

/// Whether this night's recount is the caller's to do: nobody began, or whoever did was cut off hours ago.
pub async fn begin(conn: &mut Conn, night: NaiveDate) -> QueryResult<bool> {
    let begun = prepared(
        diesel::sql_query(
            "insert into recount (night) values ($1)
             on conflict (night) do update set began_at = app_now()
             where recount.done_at is null and recount.began_at < app_now() - interval '2 hours'",
        )
        .bind::<Date, _>(night),
    )
    .execute(conn)
    .await?;
    Ok(begun == 1)
}

pub async fn finish(
    conn: &mut Conn,
    night: NaiveDate,
    facts: i64,
    differences: i64,
    first: &[String],
) -> QueryResult<()> {
    diesel::update(recount::table.find(night))
        .set((
            recount::done_at.eq(app_now().nullable()),
            recount::facts.eq(facts),
            recount::differences.eq(differences),
            recount::first_differences.eq(first),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many numbers differed in the last recount that was done, if there was one.
pub async fn last_differences(conn: &mut Conn) -> QueryResult<Option<i64>> {
    recount::table
        .filter(recount::done_at.is_not_null())
        .order(recount::night.desc())
        .select(recount::differences.assume_not_null())
        .first(conn)
        .await
        .optional()
}

/// The latest night first.
pub async fn list(
    conn: &mut Conn,
    before: Option<NaiveDate>,
    limit: i64,
) -> QueryResult<Vec<RecountRow>> {
    let mut query = recount::table
        .select(RecountRow::as_select())
        .order(recount::night.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(recount::night.lt(before));
    }
    query.load(conn).await
}
