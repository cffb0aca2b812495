//! Calls of what will go, remembered.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Date, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::contract::DeprecatedCaller;

use super::callers::Calls;
use crate::db::purge::Purge;
use crate::db::{Conn, prepared};

/// Callers of one operation that are told, those first that call most.
const CALLERS_MAX: i64 = 100;

/// Calls of long ago.
pub const OLD_CALLS: Purge = Purge {
    due: "select count(*) as due, min(called_on)::timestamptz as oldest_at from deprecated_call
        where called_on < ($1 at time zone 'Asia/Ho_Chi_Minh')::date",
    purge: "delete from deprecated_call where (operation_id, client, called_on) in (
        select operation_id, client, called_on from deprecated_call
        where called_on < ($1 at time zone 'Asia/Ho_Chi_Minh')::date
        order by called_on limit $2 for update skip locked)",
};

/// Adds these to what other processes have counted.
pub async fn add(conn: &mut Conn, counted: &[Calls]) -> QueryResult<()> {
    let texts = |of: fn(&Calls) -> &String| counted.iter().map(of).collect::<Vec<_>>();
    let days: Vec<NaiveDate> = counted.iter().map(|one| one.called_on).collect();
    let calls: Vec<i64> = counted.iter().map(|one| one.calls).collect();
    prepared(
        diesel::sql_query(
            // In one order, so that two processes wait for each other and do not lock each other out.
            "insert into deprecated_call (operation_id, client, called_on, calls)
             select told.operation_id, told.client, told.called_on, told.calls
             from unnest($1, $2, $3, $4) as told (operation_id, client, called_on, calls)
             order by told.operation_id, told.client, told.called_on
             on conflict on constraint deprecated_call_pkey do update
             set calls = deprecated_call.calls + excluded.calls",
        )
        .bind::<Array<Text>, _>(texts(|one| &one.operation_id))
        .bind::<Array<Text>, _>(texts(|one| &one.client))
        .bind::<Array<Date>, _>(days)
        .bind::<Array<BigInt>, _>(calls),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who called what since that day.
pub async fn list(
    conn: &mut Conn,
    since: NaiveDate,
) -> QueryResult<HashMap<String, Vec<DeprecatedCaller>>> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        operation_id: String,
        #[diesel(sql_type = Text)]
        client: String,
        #[diesel(sql_type = BigInt)]
        calls: i64,
        #[diesel(sql_type = Date)]
        last_on: NaiveDate,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select operation_id, client, calls, last_on
             from (
                 select operation_id, client, sum(calls)::bigint as calls, max(called_on) as last_on,
                     row_number() over (partition by operation_id order by sum(calls) desc, client) as place
                 from deprecated_call
                 where called_on >= $1
                 group by operation_id, client
             ) caller
             where place <= $2
             order by operation_id, place",
        )
        .bind::<Date, _>(since)
        .bind::<BigInt, _>(CALLERS_MAX),
    )
    .load(conn)
    .await?;
    let mut callers: HashMap<String, Vec<DeprecatedCaller>> = HashMap::new();
    for row in rows {
        callers
            .entry(row.operation_id)
            .or_default()
            .push(DeprecatedCaller {
                client: row.client,
                calls: row.calls,
                last_on: row.last_on,
            });
    }
    Ok(callers)
}
