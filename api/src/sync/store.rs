//! Positions, remembered. Every feature may call [`touch`] and [`remove`] in its own transaction.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::Collection;
use crate::db::{Conn, prepared};
use crate::tracking::ledger::store::{Horizon, Position};

/// Puts rows at the end of everybody's pull, because they are new or changed: each with its unit and its
/// own key in words.
///
/// # Errors
/// When the database cannot.
pub async fn touch(
    conn: &mut Conn,
    collection: Collection,
    rows: &[(UnitId, String)],
) -> QueryResult<()> {
    let (units, keys): (Vec<UnitId>, Vec<&str>) =
        rows.iter().map(|(unit, key)| (*unit, key.as_str())).unzip();
    prepared(
        diesel::sql_query(
            "insert into pull_position (collection, row_key, unit_id, epoch)
         select distinct $1, changed.row_key, changed.unit_id, (select max(epoch) from sync_epoch)
         from unnest($2, $3) as changed (row_key, unit_id)
         order by changed.row_key
         on conflict (collection, row_key) do update
         set unit_id = excluded.unit_id, gone_at = null, epoch = excluded.epoch,
             xid = excluded.xid, pull_seq = excluded.pull_seq",
        )
        .bind::<Text, _>(collection.as_str())
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Integer>, _>(units),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Leaves tombstones of rows that are removed. A new one sweeps away those that nobody may ask for any
/// more.
///
/// # Errors
/// When the database cannot.
pub async fn remove(conn: &mut Conn, collection: Collection, keys: &[String]) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update pull_position
         set gone_at = app_now(), epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint, pull_seq = nextval('operation_pull_seq')
         where collection = $1 and row_key = any($2)",
        )
        .bind::<Text, _>(collection.as_str())
        .bind::<Array<Text>, _>(keys),
    )
    .execute(conn)
    .await?;
    prepared(diesel::sql_query(
        "delete from pull_position where gone_at < app_now() - interval '90 days'",
    ))
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts every row at the end of everybody's pull: units have changed, and with one of them the names of
/// its neighbours, and whose all that belongs to it is.
///
/// # Errors
/// When the database cannot.
pub async fn touch_all(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query(
        "insert into pull_position (collection, row_key, unit_id, epoch)
         select 'unit', unit_id::text, unit_id, (select max(epoch) from sync_epoch)
         from unit
         order by unit.unit_id
         on conflict do nothing",
    )
    .execute(conn)
    .await?;
    diesel::sql_query(
        "update pull_position
         set epoch = (select max(epoch) from sync_epoch),
             xid = pg_current_xact_id()::text::bigint, pull_seq = nextval('operation_pull_seq')",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One row of the stream.
#[derive(Debug, Clone, QueryableByName)]
pub struct PositionRow {
    #[diesel(sql_type = Text)]
    pub collection: String,
    #[diesel(sql_type = Text)]
    pub row_key: String,
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = Bool)]
    pub is_gone: bool,
    #[diesel(sql_type = Integer)]
    epoch: i32,
    #[diesel(sql_type = BigInt)]
    xid: i64,
    #[diesel(sql_type = BigInt)]
    pull_seq: i64,
}

impl PositionRow {
    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            xid: self.xid,
            seq: self.pull_seq,
        }
    }
}

/// Rows of these units that changed after `after` and can no longer be overtaken; of the units above
/// only themselves and their campaigns.
pub async fn list(
    conn: &mut Conn,
    within: &[UnitId],
    above: &[UnitId],
    after: Position,
    horizon: &Horizon,
    limit: i64,
) -> QueryResult<Vec<PositionRow>> {
    prepared(
        diesel::sql_query(
            "select collection, row_key, unit_id, gone_at is not null as is_gone, epoch, xid, pull_seq
         from pull_position
         where (epoch, xid, pull_seq) > ($1, $2, $3)
             and (epoch < $4 or xid < $5)
             and (unit_id = any($6) or collection in ('unit', 'campaign') and unit_id = any($7))
         order by epoch, xid, pull_seq
         limit $8",
        )
        .bind::<Integer, _>(after.epoch)
        .bind::<BigInt, _>(after.xid)
        .bind::<BigInt, _>(after.seq)
        .bind::<Integer, _>(horizon.epoch.number)
        .bind::<BigInt, _>(horizon.xmin)
        .bind::<Array<Integer>, _>(within)
        .bind::<Array<Integer>, _>(above)
        .bind::<BigInt, _>(limit),
    )
    .load(conn)
    .await
}

/// Collections of these units in which anything was written after `after`, whether or not it may be
/// told already.
pub async fn list_behind(
    conn: &mut Conn,
    within: &[UnitId],
    above: &[UnitId],
    after: Position,
) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        collection: String,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select distinct collection
         from pull_position
         where (epoch, xid, pull_seq) > ($1, $2, $3)
             and (unit_id = any($4) or collection in ('unit', 'campaign') and unit_id = any($5))",
        )
        .bind::<Integer, _>(after.epoch)
        .bind::<BigInt, _>(after.xid)
        .bind::<BigInt, _>(after.seq)
        .bind::<Array<Integer>, _>(within)
        .bind::<Array<Integer>, _>(above),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.collection).collect())
}
