//! Held records, remembered.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bytea, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
use serde_json::{Value, json};

use super::rules::{Place, would_be};
use crate::db::schema::held_record;
use crate::db::{Conn, prepared};
use crate::privacy::keys::{Keys, Place as KeyPlace};
use crate::tracking::reading::kept::read_again;

/// Writes what was held just now.
pub async fn insert(conn: &mut Conn, rows: Vec<Value>) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    prepared(
        diesel::sql_query(
            "insert into held_record
             select * from jsonb_populate_recordset(null::held_record, $1) order by op_id
             on conflict do nothing",
        )
        .bind::<Jsonb, _>(Value::Array(rows)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what is held no more.
pub async fn remove(conn: &mut Conn, ids: &[OperationId]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(held_record::table.filter(held_record::op_id.eq_any(ids)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The union that the author of what is held worked for when it came.
pub async fn find_union(conn: &mut Conn, op_id: OperationId) -> QueryResult<Option<MassUnion>> {
    let word: Option<String> = held_record::table
        .find(op_id)
        .select(held_record::mass_union)
        .first(conn)
        .await
        .optional()?;
    Ok(word.as_deref().and_then(MassUnion::parse))
}

/// Takes back what is held: nobody need decide about it, and no board counts it. Whatever else is taken back is
/// passed over.
pub async fn set_voided(
    conn: &mut Conn,
    voided: &BTreeMap<OperationId, OperationId>,
) -> QueryResult<()> {
    if voided.is_empty() {
        return Ok(());
    }
    let rows = voided
        .iter()
        .map(|(target, by)| json!({ "op_id": target, "voided_by": by }));
    prepared(
        diesel::sql_query(
            "with voided as (
                 update operation o set voided_by = d.voided_by
                 from jsonb_populate_recordset(null::operation, $1) d
                 where o.op_id = d.op_id and o.result = 'held' and o.voided_by is null
                 returning o.op_id
             )
             delete from held_record where op_id in (select op_id from voided)",
        )
        .bind::<Jsonb, _>(Value::Array(rows.collect())),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets everything about somebody, whatever became of the operations.
pub async fn forget(conn: &mut Conn, blinds: &[Vec<u8>], persons: &[PersonId]) -> QueryResult<()> {
    diesel::sql_query(
        "delete from held_record where subject_blind = any($1) or person_id = any($2)",
    )
    .bind::<Array<Bytea>, _>(blinds)
    .bind::<Array<SqlUuid>, _>(persons)
    .execute(conn)
    .await?;
    Ok(())
}

/// Held operations that were understood and can still be approved, and of which no row says so.
macro_rules! missing {
    () => {
        "from operation o
         where o.result = 'held' and o.raw is not null and o.voided_by is null and o.kind in ('record', 'replace')
             and o.code in ('DEVICE_LOST', 'ROLE_LOST', 'UNIT_RETIRED', 'UNIT_OUT_OF_SCOPE')
             and o.village_id is not null and o.effective_at is not null
             and not exists (select from held_record h where h.op_id = o.op_id)"
    };
}
/// For whoever proves that none is missing.
pub const MISSING: &str = missing!();

#[derive(QueryableByName)]
struct MissingRow {
    #[diesel(sql_type = SqlUuid)]
    op_id: OperationId,
    #[diesel(sql_type = SqlUuid)]
    author_id: AccountId,
    #[diesel(sql_type = Text)]
    mass_union: String,
    #[diesel(sql_type = Integer)]
    village_id: UnitId,
    #[diesel(sql_type = Timestamptz)]
    effective_at: DateTime<Utc>,
    #[diesel(sql_type = Bytea)]
    raw: Vec<u8>,
}

/// Writes the rows that are missing, from what was kept of the operations: those that were held before there
/// were rows. Gives how many it wrote.
///
/// # Errors
/// When the database cannot.
pub async fn write_missing(conn: &mut Conn, keys: &Keys) -> QueryResult<usize> {
    let missing: Vec<MissingRow> = diesel::sql_query(concat!(
        "select o.op_id, o.author_id, o.village_id, o.effective_at, o.raw,
             (select a.mass_union from account a where a.account_id = o.author_id) as mass_union ",
        missing!()
    ))
    .load(conn)
    .await?;
    let row = |missing: &MissingRow| {
        let place = KeyPlace {
            column: "operation.raw",
            row: missing.op_id.0.as_bytes(),
        };
        let kept = keys.decrypt(&place, &missing.raw).ok()?;
        let draft = read_again(&kept).ok()?;
        let place = Place {
            op_id: missing.op_id,
            village_id: missing.village_id,
            mass_union: MassUnion::parse(&missing.mass_union)?,
            effective_at: missing.effective_at,
        };
        Some(place.row(&would_be(&draft, missing.author_id)?))
    };
    let rows: Vec<Value> = missing.iter().filter_map(row).collect();
    let written = rows.len();
    insert(conn, rows).await?;
    Ok(written)
}

/// An operation that was not understood when it came.
#[derive(Debug, QueryableByName)]
pub struct LegacyRow {
    #[diesel(sql_type = SqlUuid)]
    pub op_id: OperationId,
    #[diesel(sql_type = SqlUuid)]
    pub author_id: AccountId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub device_id: Option<DeviceId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub seq: Option<i64>,
    #[diesel(sql_type = Bytea)]
    pub payload_hash: Vec<u8>,
    #[diesel(sql_type = Timestamptz)]
    pub received_at: DateTime<Utc>,
    #[diesel(sql_type = Bytea)]
    pub raw: Vec<u8>,
}

/// What is held because it was not understood, and is still kept, in the order of its ids.
pub async fn list_legacy(
    conn: &mut Conn,
    after: Option<OperationId>,
    limit: i64,
) -> QueryResult<Vec<LegacyRow>> {
    diesel::sql_query(
        "select op_id, author_id, device_id, seq, payload_hash, received_at, raw
         from operation
         where result = 'held' and code = 'LEGACY_SCHEMA' and raw is not null
             and payload_hash is not null and ($1::uuid is null or op_id > $1)
         order by op_id
         limit $2",
    )
    .bind::<Nullable<SqlUuid>, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}
