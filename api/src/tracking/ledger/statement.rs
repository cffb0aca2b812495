//! What came of one phone's operations, by its own count. The phone proves with it that nothing is lost
//! before it forgets anything.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, DeviceId};
use mobile_contracts::tracking::{DeviceStatement, MissingSpan};

use crate::db::Conn;
use crate::db::schema::{device, operation};

const SPANS_MAX: i64 = 20;

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = BigInt)]
    highest: i64,
    #[diesel(sql_type = BigInt)]
    numbers: i64,
    #[diesel(sql_type = BigInt)]
    decided: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
}

#[derive(QueryableByName)]
struct Span {
    #[diesel(sql_type = BigInt)]
    low: i64,
    #[diesel(sql_type = BigInt)]
    high: i64,
}

/// Whether an account has sent anything from a phone.
///
/// # Errors
/// When the database cannot.
pub async fn has_sent(
    conn: &mut Conn,
    author: AccountId,
    device_id: DeviceId,
) -> QueryResult<bool> {
    let sent = operation::table
        .filter(operation::author_id.eq(author))
        .filter(operation::device_id.eq(device_id));
    diesel::select(diesel::dsl::exists(sent))
        .get_result(conn)
        .await
}

/// Whether this sign-in is of a phone that was reported lost.
///
/// # Errors
/// When the database cannot.
pub async fn is_of_lost_phone(conn: &mut Conn, family_id: uuid::Uuid) -> QueryResult<bool> {
    let lost = device::table
        .filter(device::family_id.eq(family_id))
        .filter(device::lost_at.is_not_null());
    diesel::select(diesel::dsl::exists(lost))
        .get_result(conn)
        .await
}

/// States what one account sent from one phone. Both queries see the same moment only roughly; what
/// came between them makes the gaps fewer, never more.
///
/// # Errors
/// When the database cannot.
pub async fn state(
    conn: &mut Conn,
    author: AccountId,
    device_id: DeviceId,
    as_of: DateTime<Utc>,
) -> QueryResult<DeviceStatement> {
    let counts: Counts = diesel::sql_query(
        "select coalesce(max(seq), 0) as highest, count(distinct seq) as numbers,
             count(*) filter (
                 where result in ('applied', 'merged', 'rejected') or voided_by is not null
             ) as decided,
             count(*) filter (where result = 'held' and voided_by is null) as held
         from operation
         where author_id = $1 and device_id = $2 and seq >= 1",
    )
    .bind::<Uuid, _>(author)
    .bind::<Uuid, _>(device_id)
    .get_result(conn)
    .await?;
    let spans: Vec<Span> = diesel::sql_query(
        "select before + 1 as low, seq - 1 as high
         from (
             select seq, lag(seq, 1, 0::bigint) over (order by seq) as before
             from operation
             where author_id = $1 and device_id = $2 and seq >= 1
         ) numbered
         where seq > before + 1
         order by seq
         limit $3",
    )
    .bind::<Uuid, _>(author)
    .bind::<Uuid, _>(device_id)
    .bind::<BigInt, _>(SPANS_MAX)
    .load(conn)
    .await?;
    let missing = counts.highest - counts.numbers;
    Ok(DeviceStatement {
        device_id,
        complete_to: spans
            .as_slice()
            .first()
            .map_or(counts.highest, |span| span.low - 1),
        highest: counts.highest,
        decided: counts.decided,
        held: counts.held,
        missing,
        gaps: spans
            .iter()
            .map(|span| MissingSpan {
                from: span.low,
                to: span.high,
            })
            .collect(),
        sentence: format!(
            "Thao tác 1 đến {}: {} đã xử lý, {} chờ duyệt, {missing} thiếu.",
            counts.highest, counts.decided, counts.held
        ),
        as_of,
    })
}
