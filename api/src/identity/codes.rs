//! One-time codes, remembered as keyed hashes: invitations and recoveries.

use chrono::{DateTime, Utc};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::AccountId;

use super::rules;
use crate::db::schema::one_time_code;
use crate::db::{Conn, app_now};
use crate::privacy::keys::Keys;

fn code_hash(keys: &Keys, account_id: AccountId, code: &str) -> Vec<u8> {
    let code = rules::normalise_code(code);
    keys.lasting_mac(
        "one-time-code/v1",
        &[account_id.0.as_bytes(), code.as_bytes()],
    )
    .to_vec()
}

pub async fn set_one_time_code(
    conn: &mut Conn,
    keys: &Keys,
    account_id: AccountId,
    code: &str,
    purpose: &str,
    issued_by: Option<AccountId>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let state = (
        one_time_code::code_hash.eq(code_hash(keys, account_id, code)),
        one_time_code::purpose.eq(purpose),
        one_time_code::issued_by.eq(issued_by),
        one_time_code::expires_at.eq(expires_at),
        one_time_code::tries_left.eq(5),
    );
    insert_into(one_time_code::table)
        .values((one_time_code::account_id.eq(account_id), state.clone()))
        .on_conflict(one_time_code::account_id)
        .do_update()
        .set(state)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses up a code. A wrong one costs a try; the caller commits either way.
pub async fn take_one_time_code(
    conn: &mut Conn,
    keys: &Keys,
    account_id: AccountId,
    code: &str,
) -> QueryResult<bool> {
    let live = one_time_code::table
        .find(account_id)
        .filter(one_time_code::expires_at.gt(app_now()))
        .filter(one_time_code::tries_left.gt(0));
    let taken = delete(live.filter(one_time_code::code_hash.eq(code_hash(keys, account_id, code))))
        .execute(conn)
        .await?;
    if taken == 0 {
        update(live)
            .set(one_time_code::tries_left.eq(one_time_code::tries_left - 1))
            .execute(conn)
            .await?;
    }
    Ok(taken == 1)
}
