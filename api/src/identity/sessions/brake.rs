//! What slows down whoever guesses passwords, remembered: failures by phone and device, and the devices
//! on which somebody signed in before.

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, exists, insert_into, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;

use crate::db::schema::{account, known_device, sign_in_brake};
use crate::db::{Conn, app_now};

/// The brake's state for this phone and device: failures, last failure, next try.
pub async fn find_brake(
    conn: &mut Conn,
    phone_blind: &[u8],
    device: &str,
) -> QueryResult<Option<(i32, DateTime<Utc>, DateTime<Utc>)>> {
    sign_in_brake::table
        .find((phone_blind, device))
        .select((
            sign_in_brake::failures,
            sign_in_brake::last_failure_at,
            sign_in_brake::next_try_at,
        ))
        .first(conn)
        .await
        .optional()
}

pub async fn set_brake(
    conn: &mut Conn,
    phone_blind: &[u8],
    device: &str,
    failures: i32,
    now: DateTime<Utc>,
    next_try_at: DateTime<Utc>,
) -> QueryResult<()> {
    let state = (
        sign_in_brake::failures.eq(failures),
        sign_in_brake::last_failure_at.eq(now),
        sign_in_brake::next_try_at.eq(next_try_at),
    );
    insert_into(sign_in_brake::table)
        .values((
            sign_in_brake::phone_blind.eq(phone_blind),
            sign_in_brake::device.eq(device),
            state,
        ))
        .on_conflict((sign_in_brake::phone_blind, sign_in_brake::device))
        .do_update()
        .set(state)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn release_brake(conn: &mut Conn, phone_blind: &[u8], device: &str) -> QueryResult<()> {
    delete(sign_in_brake::table.find((phone_blind, device)))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn is_known_device(
    conn: &mut Conn,
    phone_blind: &[u8],
    device_hash: &[u8],
) -> QueryResult<bool> {
    select(exists(
        known_device::table
            .inner_join(account::table)
            .filter(known_device::device_hash.eq(device_hash))
            .filter(account::phone_blind.eq(phone_blind)),
    ))
    .get_result(conn)
    .await
}

pub async fn remember_device(
    conn: &mut Conn,
    account_id: AccountId,
    device_hash: &[u8],
) -> QueryResult<()> {
    insert_into(known_device::table)
        .values((
            known_device::device_hash.eq(device_hash),
            known_device::account_id.eq(account_id),
        ))
        .on_conflict(known_device::device_hash)
        .do_update()
        .set(known_device::seen_at.eq(app_now()))
        .execute(conn)
        .await?;
    Ok(())
}
