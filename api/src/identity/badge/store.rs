//! Codes, remembered as long as they are good.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::badge::{BADGE_GOOD_S, BADGE_TYPING_S};
use mobile_contracts::ids::AccountId;

use crate::db::{Conn, prepared};

#[derive(Debug, QueryableByName)]
pub struct BadgeRow {
    #[diesel(sql_type = Integer)]
    pub code: i32,
    /// Whole seconds.
    #[diesel(sql_type = Integer)]
    pub good_for_s: i32,
}

/// The code that somebody shows already, unless it is about to end.
pub async fn find_shown(conn: &mut Conn, account_id: AccountId) -> QueryResult<Option<BadgeRow>> {
    prepared(
        diesel::sql_query(
            "select code, floor(extract(epoch from good_until - app_now()))::integer as good_for_s
             from badge
             where account_id = $1 and good_until > app_now() + make_interval(secs => $2)
             order by good_until desc limit 1",
        )
        .bind::<SqlUuid, _>(account_id)
        .bind::<Integer, _>(BADGE_TYPING_S + 1),
    )
    .get_result(conn)
    .await
    .optional()
}

/// Forgets somebody's codes that are over.
pub async fn delete_over(conn: &mut Conn, account_id: AccountId) -> QueryResult<()> {
    prepared(
        diesel::sql_query("delete from badge where account_id = $1 and good_until <= app_now()")
            .bind::<SqlUuid, _>(account_id),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives somebody a code; `None` where somebody else shows it now.
pub async fn insert_badge(
    conn: &mut Conn,
    code: i32,
    account_id: AccountId,
) -> QueryResult<Option<BadgeRow>> {
    prepared(
        diesel::sql_query(
            "insert into badge (code, account_id, good_until)
             values ($1, $2, app_now() + make_interval(secs => $3))
             on conflict on constraint badge_pkey do update
             set account_id = excluded.account_id, good_until = excluded.good_until
             where badge.good_until <= app_now()
             returning code, $3 as good_for_s",
        )
        .bind::<Integer, _>(code)
        .bind::<SqlUuid, _>(account_id)
        .bind::<Integer, _>(BADGE_GOOD_S),
    )
    .get_result(conn)
    .await
    .optional()
}

#[derive(Debug, QueryableByName)]
struct HolderRow {
    #[diesel(sql_type = SqlUuid)]
    account_id: AccountId,
}

/// Who shows this code now.
pub async fn find_holder(conn: &mut Conn, code: i32) -> QueryResult<Option<AccountId>> {
    let row: Option<HolderRow> = prepared(
        diesel::sql_query(
            "select account_id from badge where code = $1 and good_until > app_now()",
        )
        .bind::<Integer, _>(code),
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.account_id))
}
