//! Records that somebody else than their author has seen come true: by a call-back, or in the police's list.
//! Nobody's credit moves; what is counted becomes confirmed, in the rollups as well.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::result::Error;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::OperationId;

use super::batch::store::{list_persons_of, lock_operations, lock_persons, touch_operations};
use super::batch::{find_heads, raced};
use super::credit::rules::difference;
use super::credit::store::{add_to_rollups, list_live_facts};
use crate::db::Conn;
use crate::db::schema::fact;

/// Who has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    CallBack,
    PoliceList,
}

impl Confirmation {
    fn as_str(self) -> &'static str {
        match self {
            Self::CallBack => "call_back",
            Self::PoliceList => "police_list",
        }
    }
}

/// Confirms these records, in the caller's transaction, which must be run again when it raced. Those that were
/// taken back, or are confirmed already, stay as they are. Says how many were confirmed.
///
/// Locks as recording does: the persons, the operations, and last the rollups.
///
/// # Errors
/// When the database cannot.
pub async fn confirm_recorded(
    conn: &mut Conn,
    ops: &[OperationId],
    by: Confirmation,
) -> Result<usize, Error> {
    change(conn, ops, by, true).await
}

/// Takes it back where it was seen in no other way, in the same manner. Says how many count as self-reported again.
///
/// # Errors
/// When the database cannot.
pub async fn unconfirm_recorded(
    conn: &mut Conn,
    ops: &[OperationId],
    by: Confirmation,
) -> Result<usize, Error> {
    let own: Vec<OperationId> = fact::table
        .filter(fact::op_id.eq_any(ops))
        .filter(fact::confirmed_by.eq(by.as_str()))
        .select(fact::op_id)
        .load(conn)
        .await?;
    change(conn, &own, by, false).await
}

async fn change(
    conn: &mut Conn,
    ops: &[OperationId],
    by: Confirmation,
    confirms: bool,
) -> Result<usize, Error> {
    if ops.is_empty() {
        return Ok(0);
    }
    let persons = list_persons_of(conn, ops).await?;
    let locked = lock_persons(conn, &[], &persons).await?;
    let heads = find_heads(conn, &locked).await?;
    lock_operations(conn, ops).await?;
    // Somebody joined while we waited: they are not locked.
    if !persons.iter().all(|person| heads.contains_key(person)) {
        return Err(raced());
    }
    let wanted: BTreeSet<OperationId> = ops.iter().copied().collect();
    let before = list_live_facts(conn, &heads).await?;
    let mut after = before.clone();
    let mut changed = BTreeSet::new();
    for fact in after.values_mut().flatten() {
        if wanted.contains(&fact.op_id) && fact.confirmed != confirms {
            fact.confirmed = confirms;
            changed.insert(fact.op_id);
        }
    }
    match confirms {
        true => {
            let live = fact::table.filter(fact::op_id.eq_any(changed.iter()));
            diesel::update(live.filter(fact::confirmed_by.is_null()))
                .set(fact::confirmed_by.eq(by.as_str()))
                .execute(conn)
                .await?
        }
        // What was taken back since, too: it may stand again.
        false => {
            let all = fact::table.filter(fact::op_id.eq_any(ops));
            diesel::update(all.filter(fact::confirmed_by.eq(by.as_str())))
                .set(fact::confirmed_by.eq(None::<&str>))
                .execute(conn)
                .await?
        }
    };
    // Whose record it is learns of it.
    touch_operations(conn, &changed).await?;
    add_to_rollups(conn, &difference(&before, &after).tally).await?;
    Ok(changed.len())
}
