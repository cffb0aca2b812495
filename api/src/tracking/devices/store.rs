//! Phones, remembered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::device::{Device, RegisterDevice, ReportDevice};
use mobile_contracts::ids::{AccountId, DeviceId, UnitId};
use uuid::Uuid;

use crate::db::schema::{account, device};
use crate::db::{Conn, app_now, prepared};

/// A registered phone.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = device)]
pub struct DeviceRow {
    pub device_id: DeviceId,
    pub account_id: AccountId,
    pub family_id: Uuid,
    pub public_key: Vec<u8>,
    pub app: String,
    pub version: String,
    pub registered_at: DateTime<Utc>,
    pub lost_at: Option<DateTime<Utc>>,
    pub wiped_at: Option<DateTime<Utc>>,
    pub reported_at: Option<DateTime<Utc>>,
    pub pending: Option<i32>,
    pub oldest_pending_at: Option<DateTime<Utc>>,
    pub storage_free_mb: Option<i32>,
    pub last_error: Option<String>,
    #[diesel(select_expression = account::unit_id)]
    pub unit_id: UnitId,
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            device_id: row.device_id,
            account_id: row.account_id,
            app: row.app,
            version: row.version,
            registered_at: row.registered_at,
            lost_at: row.lost_at,
            wiped_at: row.wiped_at,
            reported_at: row.reported_at,
            pending: row.pending,
            oldest_pending_at: row.oldest_pending_at,
            storage_free_mb: row.storage_free_mb,
            last_error: row.last_error,
        }
    }
}

/// Registers a phone, or renews what is known of it, also of a lost one, whose sign-in then reads nothing; true:
/// it is new. A row with another key or another owner stays as it is, which the caller sees when it reads it back.
pub async fn register(
    conn: &mut Conn,
    body: &RegisterDevice,
    public_key: &[u8],
    account_id: AccountId,
    family_id: Uuid,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(device::table)
        .values((
            device::device_id.eq(body.device_id),
            device::account_id.eq(account_id),
            device::family_id.eq(family_id),
            device::public_key.eq(public_key),
            device::app.eq(&body.app),
            device::version.eq(&body.version),
        ))
        .on_conflict(device::device_id)
        .do_nothing()
        .execute(conn)
        .await?;
    if inserted == 1 {
        return Ok(true);
    }
    diesel::update(device::table.find(body.device_id))
        .filter(device::account_id.eq(account_id))
        .filter(device::public_key.eq(public_key))
        .set((
            device::family_id.eq(family_id),
            device::app.eq(&body.app),
            device::version.eq(&body.version),
        ))
        .execute(conn)
        .await?;
    Ok(false)
}

pub async fn find(conn: &mut Conn, device_id: DeviceId) -> QueryResult<Option<DeviceRow>> {
    device::table
        .inner_join(account::table.on(account::account_id.eq(device::account_id)))
        .filter(device::device_id.eq(device_id))
        .select(DeviceRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Whether somebody said that it is lost; of most that push nobody knows anything.
pub async fn is_lost(conn: &mut Conn, device_id: DeviceId) -> QueryResult<bool> {
    let lost_at: Option<Option<DateTime<Utc>>> = device::table
        .find(device_id)
        .select(device::lost_at)
        .first(conn)
        .await
        .optional()?;
    Ok(lost_at.flatten().is_some())
}

/// The phones of accounts within these units.
pub async fn list(
    conn: &mut Conn,
    units: &[UnitId],
    after: Option<DeviceId>,
    limit: i64,
) -> QueryResult<Vec<DeviceRow>> {
    let mut query = device::table
        .inner_join(account::table.on(account::account_id.eq(device::account_id)))
        .filter(account::unit_id.eq_any(units))
        .select(DeviceRow::as_select())
        .order(device::device_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(device::device_id.gt(after));
    }
    query.load(conn).await
}

/// The phones of a unit's people, summed: how many there are, how many said nothing since, and what waits on them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct UnsentRow {
    #[diesel(sql_type = Integer)]
    pub unit_id: UnitId,
    #[diesel(sql_type = BigInt)]
    pub phones: i64,
    #[diesel(sql_type = BigInt)]
    pub silent: i64,
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    #[diesel(sql_type = BigInt)]
    pub unsent: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_at: Option<DateTime<Utc>>,
}

/// Phones of accounts within these units that are not lost; silent are those that reported nothing since then.
pub async fn sum_unsent(
    conn: &mut Conn,
    units: &[UnitId],
    since: DateTime<Utc>,
) -> QueryResult<Vec<UnsentRow>> {
    prepared(
        diesel::sql_query(
            "select a.unit_id, count(*) as phones,
                    count(*) filter (where d.reported_at is null or d.reported_at < $2) as silent,
                    count(*) filter (where d.pending > 0) as waiting,
                    coalesce(sum(d.pending), 0)::bigint as unsent,
                    min(d.oldest_pending_at) filter (where d.pending > 0) as oldest_at
             from device d
             join account a on a.account_id = d.account_id
             where a.unit_id = any($1) and d.lost_at is null
             group by a.unit_id",
        )
        .bind::<Array<Integer>, _>(units)
        .bind::<Timestamptz, _>(since),
    )
    .load(conn)
    .await
}

/// Writes down how one's own phone fares. False: it is not one's own.
pub async fn report(
    conn: &mut Conn,
    device_id: DeviceId,
    account_id: AccountId,
    body: &ReportDevice,
) -> QueryResult<bool> {
    let written = diesel::update(device::table.find(device_id))
        .filter(device::account_id.eq(account_id))
        .set((
            device::app.eq(&body.app),
            device::version.eq(&body.version),
            device::reported_at.eq(app_now().nullable()),
            device::pending.eq(body.pending),
            device::oldest_pending_at.eq(body.oldest_pending_at),
            device::storage_free_mb.eq(body.storage_free_mb),
            device::last_error.eq(&body.last_error),
        ))
        .execute(conn)
        .await?;
    Ok(written == 1)
}

/// Lost since now, unless it was before.
pub async fn set_lost(
    conn: &mut Conn,
    device_id: DeviceId,
    by: AccountId,
    reason: &str,
) -> QueryResult<()> {
    diesel::update(device::table.find(device_id))
        .filter(device::lost_at.is_null())
        .set((
            device::lost_at.eq(app_now().nullable()),
            device::lost_by.eq(by),
            device::lost_reason.eq(reason),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_found(conn: &mut Conn, device_id: DeviceId) -> QueryResult<()> {
    diesel::update(device::table.find(device_id))
        .set((
            device::lost_at.eq(None::<DateTime<Utc>>),
            device::lost_by.eq(None::<AccountId>),
            device::lost_reason.eq(None::<String>),
            device::wiped_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// It says that it has forgotten everything; the first time counts.
pub async fn set_wiped(conn: &mut Conn, device_id: DeviceId) -> QueryResult<()> {
    diesel::update(device::table.find(device_id))
        .filter(device::lost_at.is_not_null())
        .filter(device::wiped_at.is_null())
        .set(device::wiped_at.eq(app_now().nullable()))
        .execute(conn)
        .await?;
    Ok(())
}

/// When a phone last told how it fares, and what waited on it then.
#[derive(Debug, Clone, Queryable)]
pub struct Health {
    /// The unit of its account.
    pub unit_id: UnitId,
    pub reported_at: DateTime<Utc>,
    pub pending: i32,
}

/// What the phones of those who still work said of themselves, but for lost ones.
///
/// # Errors
/// When the database cannot.
pub async fn list_health(conn: &mut Conn) -> QueryResult<Vec<Health>> {
    device::table
        .inner_join(account::table.on(account::account_id.eq(device::account_id)))
        .filter(device::lost_at.is_null())
        .filter(account::disabled_at.is_null())
        .filter(device::reported_at.is_not_null())
        .select((
            account::unit_id,
            device::reported_at.assume_not_null(),
            diesel::dsl::sql::<diesel::sql_types::Integer>("coalesce(device.pending, 0)"),
        ))
        .load(conn)
        .await
}
