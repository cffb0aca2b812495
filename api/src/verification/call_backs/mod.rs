//! Drawn records, checked with the citizens themselves.
//!
//! Who checks is never of the team that recorded: of the other union, or where there is nobody, of a commune
//! beside; and never anybody who recorded that citizen. The seed picks among them, so that nobody does. The
//! phone is shown to them alone, as long as they are to call, and only of citizens who agreed to be recorded
//! and gave one; the others are asked through the village head. What somebody does not tell within a week goes
//! to somebody else, whom the seed picks too.

pub mod routes;
pub mod rules;
pub mod store;
pub mod verifiers;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use mobile_contracts::sampling::CallBackResult;
use serde_json::json;
use uuid::Uuid;

use self::rules::Person;
use self::store::{CallBackRow, OpenRow};
use super::sampling::problem::SamplingProblem;
use super::sampling::rules::{Count, Outcome, order, outcome, verifier};
use super::sampling::store::DrawRow;
use super::sampling::{self, Lot};
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::privacy::audit;
use crate::tracking::{Confirmation, confirm_recorded};

/// Who could check the records of a lot, and whose they are.
struct Checkers {
    lot: Lot,
    people: Vec<Person>,
    involved: BTreeMap<OperationId, BTreeSet<AccountId>>,
}

impl Checkers {
    async fn read(
        conn: &mut Conn,
        geography: &Geography,
        lot: Lot,
        open: &[OpenRow],
        today: NaiveDate,
    ) -> Result<Self, Failure> {
        let (own, beside) = places(geography, lot.commune_id, today);
        let people = store::list_people(conn, &beside).await?.into_iter();
        let people = people.map(|(account_id, unit_id, mass_union)| Person {
            account_id,
            is_here: own.contains(&unit_id),
            mass_union,
        });
        let ops: Vec<_> = open.iter().map(|row| row.op_id).collect();
        Ok(Self {
            lot,
            people: people.collect(),
            involved: store::list_involved(conn, &ops).await?,
        })
    }

    fn involved(&self, row: &OpenRow) -> BTreeSet<AccountId> {
        self.involved.get(&row.op_id).cloned().unwrap_or_default()
    }

    fn may_go_on(&self, row: &OpenRow, verifier: AccountId) -> bool {
        let mut people = self.people.iter();
        let person = people.find(|person| person.account_id == verifier);
        person.is_some_and(|it| it.may_check(self.lot.mass_union, &self.involved(row)))
    }

    /// Who may check it but who has it, or had it and did not tell in time.
    fn others(&self, row: &OpenRow) -> Vec<AccountId> {
        let mut not = self.involved(row);
        not.extend(row.passed_over());
        not.extend(row.verifier_id);
        rules::eligible(&self.people, self.lot.mass_union, &not)
    }

    /// The seed picks, and never falls back on whoever let it lie while there is anybody else.
    fn pick(&self, row: &OpenRow, seed: &[u8]) -> Option<AccountId> {
        verifier(seed, row.op_id, &self.others(row)).or_else(|| {
            let all = rules::eligible(&self.people, self.lot.mass_union, &self.involved(row));
            verifier(seed, row.op_id, &all)
        })
    }
}

/// Gives what nobody checks yet to somebody who may, and gives how much that was.
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
    let mut open = store::list_open(conn, draw_id).await?;
    open.retain(|row| row.verifier_id.is_none());
    if open.is_empty() {
        return Ok(0);
    }
    let checkers = Checkers::read(conn, geography, lot, &open, today).await?;
    let mut given = 0;
    for row in &open {
        if let Some(account_id) = checkers.pick(row, seed) {
            store::set_verifier(conn, row.call_back_id, account_id).await?;
            given += 1;
        }
    }
    Ok(given)
}

/// Takes checks from those who may not make them any more, and, where somebody else may, from those who did not
/// tell in time.
///
/// # Errors
/// When the database cannot.
pub async fn release(
    conn: &mut Conn,
    geography: &Geography,
    draw: &DrawRow,
    today: NaiveDate,
) -> Result<(), Failure> {
    let open = store::list_open(conn, draw.draw_id).await?;
    let checkers = Checkers::read(conn, geography, draw.lot(), &open, today).await?;
    let (mut gone, mut late) = (Vec::new(), Vec::new());
    for row in &open {
        let (Some(verifier), Some(since)) = (row.verifier_id, row.assigned_at) else {
            continue;
        };
        if !checkers.may_go_on(row, verifier) {
            gone.push(row.call_back_id);
        } else if rules::is_late(since, today) && !checkers.others(row).is_empty() {
            late.push(row.call_back_id);
        }
    }
    store::release(conn, &gone).await?;
    pass_over(conn, draw.draw_id, None, &late).await
}

/// Takes from somebody what they have not told yet and somebody else may check, and gives it to others.
///
/// # Errors
/// When the database cannot.
pub async fn give_to_others(
    conn: &mut Conn,
    geography: &Geography,
    draw: &DrawRow,
    of: AccountId,
    by: AccountId,
    today: NaiveDate,
) -> Result<usize, Failure> {
    let mut open = store::list_open(conn, draw.draw_id).await?;
    open.retain(|row| row.verifier_id == Some(of));
    let checkers = Checkers::read(conn, geography, draw.lot(), &open, today).await?;
    open.retain(|row| !checkers.others(row).is_empty());
    let ids: Vec<Uuid> = open.iter().map(|row| row.call_back_id).collect();
    pass_over(conn, draw.draw_id, Some(by), &ids).await?;
    let seed = draw.seed.clone().unwrap_or_default();
    assign(conn, geography, draw.lot(), draw.draw_id, &seed, today).await?;
    Ok(ids.len())
}

async fn pass_over(
    conn: &mut Conn,
    draw_id: Uuid,
    by: Option<AccountId>,
    call_backs: &[Uuid],
) -> Result<(), Failure> {
    if call_backs.is_empty() {
        return Ok(());
    }
    store::pass_over(conn, call_backs).await?;
    let object = format!("draw:{draw_id}");
    let detail = json!({ "call_backs": call_backs.len() });
    audit::record(conn, by, "verification.pass_over", &object, detail).await?;
    Ok(())
}

/// Ends what is about citizens who may not be asked any more; the next of the order follow them.
///
/// # Errors
/// When the database cannot.
pub async fn end_not_to_be_asked(
    conn: &mut Conn,
    geography: &Geography,
    draw_id: Uuid,
    today: NaiveDate,
) -> Result<(), Failure> {
    while let Some(row) = store::find_not_to_be_asked(conn, draw_id).await? {
        tell(conn, geography, &row, CallBackResult::NotToBeAsked, today).await?;
    }
    Ok(())
}

/// The units of a commune, and those of all communes beside it, itself included; of who continues it when it has
/// ended.
fn places(geography: &Geography, commune: UnitId, on: NaiveDate) -> (Vec<UnitId>, Vec<UnitId>) {
    let (mut own, mut beside) = (Vec::new(), BTreeSet::new());
    for commune in geography.present_on(commune, on) {
        own.extend(geography.all_within(commune, on));
        let parent = geography.parent_on(commune, on);
        let communes = parent.map(|parent| geography.within(parent, Level::Commune, on));
        for commune in communes.unwrap_or_else(|| vec![commune]) {
            beside.extend(geography.all_within(commune, on));
        }
    }
    (own, beside.into_iter().collect())
}

/// Takes what a citizen has said, in the caller's transaction: a confirmed record is confirmed for everybody,
/// whom nobody could reach or may ask is followed by the next of the order, and the lot ends as soon as it can.
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
        None if result == CallBackResult::NotToBeAsked && call_back.may_be_asked => {
            return Err(SamplingProblem::MayBeAsked.into());
        }
        None => {}
    }
    store::set_result(conn, call_back.call_back_id, result).await?;
    if result == CallBackResult::Confirmed {
        confirm_recorded(conn, &[call_back.op_id], Confirmation::CallBack).await?;
    }
    let (lot, seed) = (draw.lot(), draw.seed.clone().unwrap_or_default());
    let ordered = order(&seed, &draw.frame());
    let drawn = store::count_call_backs(conn, draw.draw_id).await?;
    if matches!(
        result,
        CallBackResult::NotReachable | CallBackResult::NotToBeAsked
    ) && let Some(next) = ordered.get(drawn)
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
        Outcome::Undecided => "undecided",
    };
    sampling::store::set_state(conn, draw.draw_id, state).await?;
    let detail = json!({
        "state": state, "confirmed": count.confirmed, "failures": count.failures,
        "not_reachable": count.not_reachable, "not_to_be_asked": count.not_to_be_asked,
    });
    let object = format!("draw:{}", draw.draw_id);
    audit::record(conn, None, "verification.decide_lot", &object, detail).await?;
    Ok(())
}
