//! Drawn records, checked with the citizens themselves.
//!
//! Who checks is never of the team that recorded: of the other union, or where there is nobody, of a commune
//! beside; and never anybody who recorded that citizen. The seed picks among them, so that nobody does. The
//! phone is shown to them alone, as long as they are to call, and only of citizens who agreed to be recorded
//! and gave one; the others are asked through the village head.

pub mod routes;
pub mod rules;
pub mod store;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::sampling::CallBackResult;
use serde_json::json;
use uuid::Uuid;

use self::rules::Person;
use self::store::CallBackRow;
use super::sampling::problem::SamplingProblem;
use super::sampling::rules::{Count, Outcome, order, outcome, verifier};
use super::sampling::{self, Lot};
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::tracking::{Confirmation, confirm_recorded};

/// Gives what nobody checks yet to somebody who may.
///
/// # Errors
/// When the database cannot.
pub async fn assign(
    conn: &mut Conn,
    geography: &Geography,
    lot: Lot,
    draw_id: Uuid,
    seed: &[u8],
    today: NaiveDate,
) -> Result<usize, Failure> {
    let open = store::list_unassigned(conn, draw_id).await?;
    if open.is_empty() {
        return Ok(0);
    }
    let (own, beside) = places(geography, lot.commune_id, today);
    let people = store::list_people(conn, &beside).await?;
    let people: Vec<Person> = people
        .into_iter()
        .map(|(account_id, unit_id, mass_union)| Person {
            account_id,
            is_here: own.contains(&unit_id),
            mass_union,
        })
        .collect();
    let ops: Vec<_> = open.iter().map(|(_, op)| *op).collect();
    let involved = store::list_involved(conn, &ops).await?;
    let mut picked: BTreeMap<Uuid, AccountId> = BTreeMap::new();
    for (call_back_id, op) in open {
        let involved = involved.get(&op).cloned().unwrap_or_default();
        let eligible = rules::eligible(&people, lot.mass_union, &involved);
        if let Some(account_id) = verifier(seed, op, &eligible) {
            picked.insert(call_back_id, account_id);
        }
    }
    for (call_back_id, account_id) in &picked {
        store::set_verifier(conn, *call_back_id, *account_id).await?;
    }
    Ok(picked.len())
}

/// The units of a commune, and those of all communes beside it, itself included.
fn places(geography: &Geography, commune: UnitId, on: NaiveDate) -> (Vec<UnitId>, Vec<UnitId>) {
    let own = geography.all_within(commune, on);
    let parent = geography.parent_on(commune, on);
    let beside = parent.map(|parent| geography.within(parent, Level::Commune, on));
    let beside = beside.unwrap_or_else(|| vec![commune]).into_iter();
    let beside = beside.flat_map(|commune| geography.all_within(commune, on));
    (own, beside.collect())
}

/// Takes what a citizen has said, in the caller's transaction: a confirmed record is confirmed for everybody,
/// whom nobody could reach is followed by the next of the order, and the lot ends as soon as it can.
///
/// # Errors
/// When it was told already, or the lot is decided.
pub async fn tell(
    conn: &mut Conn,
    geography: &Geography,
    call_back: &CallBackRow,
    result: CallBackResult,
    today: NaiveDate,
) -> Result<(), Failure> {
    // All who tell of one lot wait for each other here.
    let draw = sampling::store::lock_draw(conn, call_back.draw_id).await?;
    let draw = draw.ok_or(SamplingProblem::CallBackClosed)?;
    let before = store::find_call_back(conn, call_back.call_back_id).await?;
    match before.and_then(|row| row.result) {
        Some(told) if told == result.as_str() => return Ok(()),
        Some(_) => return Err(SamplingProblem::CallBackClosed.into()),
        None if draw.state != "drawn" => return Err(SamplingProblem::CallBackClosed.into()),
        None => {}
    }
    store::set_result(conn, call_back.call_back_id, result).await?;
    if result == CallBackResult::Confirmed {
        confirm_recorded(conn, &[call_back.op_id], Confirmation::CallBack).await?;
    }
    let (lot, seed) = (draw.lot(), draw.seed.clone().unwrap_or_default());
    let ordered = order(&seed, &draw.frame());
    let drawn = store::count_call_backs(conn, draw.draw_id).await?;
    if result == CallBackResult::NotReachable
        && let Some(next) = ordered.get(drawn)
    {
        let position = drawn as i32 + 1;
        store::insert_call_backs(conn, draw.draw_id, position, &[*next]).await?;
        assign(conn, geography, lot, draw.draw_id, &seed, today).await?;
    }
    let results = store::list_results(conn, draw.draw_id).await?;
    let left = ordered.len().saturating_sub(results.len()) as u32;
    let count = Count::of(results);
    let (n, d) = (
        draw.sample_size.unsigned_abs(),
        draw.failures_max.unsigned_abs(),
    );
    let state = match outcome(count, n, d, left) {
        Outcome::Open => return Ok(()),
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
    };
    sampling::store::set_state(conn, draw.draw_id, state).await?;
    let detail = json!({
        "state": state, "confirmed": count.confirmed, "failures": count.failures,
        "not_reachable": count.not_reachable,
    });
    let object = format!("draw:{}", draw.draw_id);
    audit::record(conn, None, "verification.decide_lot", &object, detail).await?;
    Ok(())
}
