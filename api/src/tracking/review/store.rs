//! Held operations and what was decided about them, remembered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, UnitId};
use mobile_contracts::review::ReviewDecision;

use crate::db::schema::{account, operation, review};
use crate::db::{Conn, prepared};
use crate::tracking::held;

/// A held operation in a list.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = operation)]
pub struct HeldRow {
    pub op_id: OperationId,
    pub kind: String,
    pub code: Option<String>,
    #[diesel(select_expression = account::account_id)]
    pub author_id: AccountId,
    #[diesel(select_expression = account::unit_id)]
    pub author_unit_id: UnitId,
    pub village_id: Option<UnitId>,
    pub received_at: DateTime<Utc>,
    #[diesel(select_expression = operation::raw.is_not_null())]
    pub is_kept: bool,
}

/// What is held within these units, by its place or by its author's, the oldest first.
pub async fn list_held(
    conn: &mut Conn,
    units: &[UnitId],
    after: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<HeldRow>> {
    let mut query = operation::table
        .inner_join(account::table)
        .filter(operation::result.eq("held"))
        .filter(operation::voided_by.is_null())
        .filter(
            operation::village_id
                .eq_any(units)
                .assume_not_null()
                .or(account::unit_id.eq_any(units)),
        )
        .select(HeldRow::as_select())
        .order(operation::op_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(operation::op_id.gt(after));
    }
    query.load(conn).await
}

/// How much is held within these units, by its place, or by its author's where it names none.
pub async fn count_held(conn: &mut Conn, units: &[UnitId]) -> QueryResult<Vec<(UnitId, i64)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        unit_id: UnitId,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select coalesce(o.village_id, a.unit_id) as unit_id, count(*) as n
             from operation o
             join account a on a.account_id = o.author_id
             where o.result = 'held' and o.voided_by is null
                 and coalesce(o.village_id, a.unit_id) = any($1)
             group by 1",
        )
        .bind::<Array<Integer>, _>(units),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.unit_id, row.n)).collect())
}

/// An operation that is held, or that was decided about.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = operation)]
pub struct ReviewRow {
    #[diesel(embed)]
    pub held: HeldRow,
    pub device_id: Option<DeviceId>,
    pub seq: Option<i64>,
    pub payload_hash: Option<Vec<u8>>,
    pub result: String,
    pub effective_at: Option<DateTime<Utc>>,
    pub raw: Option<Vec<u8>>,
    /// What was decided, if it was.
    #[diesel(select_expression = review::decision.nullable())]
    pub decision: Option<String>,
}

/// One that is held, or that somebody decided about.
pub async fn find_held(conn: &mut Conn, op_id: OperationId) -> QueryResult<Option<ReviewRow>> {
    operation::table
        .inner_join(account::table)
        .left_join(review::table)
        .filter(operation::op_id.eq(op_id))
        .filter(
            operation::result
                .eq("held")
                .or(review::op_id.nullable().is_not_null()),
        )
        .select(ReviewRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Refuses what is held, and puts it at the end of its author's pull. False: it is held no more.
pub async fn refuse(conn: &mut Conn, op_id: OperationId, code: &str) -> QueryResult<bool> {
    let refused = diesel::sql_query(
        "update operation
         set result = 'rejected', code = $2,
             epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint,
             pull_seq = nextval('operation_pull_seq')
         where op_id = $1 and result = 'held'",
    )
    .bind::<diesel::sql_types::Uuid, _>(op_id)
    .bind::<diesel::sql_types::Text, _>(code)
    .execute(conn)
    .await?;
    held::store::remove(conn, &[op_id]).await?;
    Ok(refused == 1)
}

/// Writes down who decided what.
pub async fn insert_review(
    conn: &mut Conn,
    op_id: OperationId,
    decision: ReviewDecision,
    reason: &str,
    village_id: Option<UnitId>,
    decided_by: AccountId,
) -> QueryResult<()> {
    diesel::insert_into(review::table)
        .values((
            review::op_id.eq(op_id),
            review::decision.eq(decision.as_str()),
            review::reason.eq(reason),
            review::village_id.eq(village_id),
            review::decided_by.eq(decided_by),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
