//! One step of a ticket: what it needs, what it changes, and what moves with it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use mobile_contracts::ids::{AccountId, TicketId};
use mobile_contracts::queue::QueueRules;
use serde_json::json;

use super::booked::follow;
use super::machine::{Act, State, after};
use super::problem::QueueProblem;
use super::store::{Change, TicketRow};
use super::{display, store};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::OfficeEntry;
use crate::db::Conn;
use crate::http::failure::{CommonProblem, Failure};
use crate::privacy::audit;

/// A call so soon after the one before is the same call: nobody is missed within a breath.
const CALL_COUNTS_AFTER: TimeDelta = TimeDelta::seconds(20);
/// Who did not answer is not called again so soon, while others wait.
const SKIPPED_FOR: TimeDelta = TimeDelta::minutes(5);

/// An act of an officer upon a ticket.
pub struct Step<'a> {
    pub office: &'a OfficeEntry,
    pub officer_id: AccountId,
    pub ticket_id: TicketId,
    pub act: Act,
}

/// Does it: the ticket, its appointment, the second screen and the audit trail, or nothing. `with` is
/// what this act says beyond its name. Run it in a transaction.
///
/// # Errors
/// [`QueueProblem::WrongTicketState`] and what the act itself needs.
pub async fn step(
    conn: &mut Conn,
    step: &Step<'_>,
    with: Change,
) -> Result<(TicketRow, TicketRow, Changes), Failure> {
    let office_id = step.office.row.office_id;
    let seen = store::find_ticket(conn, office_id, step.ticket_id).await?;
    let seen = seen.ok_or(CommonProblem::NotFound)?;
    let from = seen.state();
    let to = after(from, step.act).ok_or_else(|| wrong_state(&seen))?;
    let now = store::now(conn).await?;
    let rules = store::get_rules(conn, office_id).await?;
    let change = change_of(step.act, &seen, now, &rules, with)?;
    let change = Change {
        state: Some(to.as_str()),
        ..change
    };
    let row = store::change_ticket(conn, &seen, &change).await?;
    let places = follow(conn, &row, from, to).await?;
    record_step(conn, Some(step.officer_id), step.act, &seen, &row).await?;
    Ok((seen, row, places))
}

/// Shows a step on the second screen, and writes it down.
///
/// # Errors
/// When the database cannot.
pub async fn record_step(
    conn: &mut Conn,
    officer_id: Option<AccountId>,
    act: Act,
    seen: &TicketRow,
    row: &TicketRow,
) -> QueryResult<()> {
    show(conn, act, seen, row).await?;
    let detail = json!({ "office_id": seen.office_id, "number": seen.number(), "from": seen.state, "to": row.state, "desk_no": row.desk_no, "result": row.result });
    let object = format!("ticket:{}", seen.ticket_id);
    audit::record(conn, officer_id, act.audited_as(), &object, detail).await
}

/// The refusal of an act that the state does not allow, with the state.
fn wrong_state(seen: &TicketRow) -> Failure {
    Failure::from(QueueProblem::WrongTicketState).with("state", &seen.state)
}

/// What an act changes, if its own conditions hold.
fn change_of(
    act: Act,
    seen: &TicketRow,
    now: DateTime<Utc>,
    rules: &QueueRules,
    with: Change,
) -> Result<Change, Failure> {
    // Nobody stays parked, or held back, by what comes after.
    let mut change = Change {
        parked_for: with.parked_for.or(Some(None)),
        back_at: with.back_at.or(Some(None)),
        ..with
    };
    match act {
        Act::Recall
            if seen
                .called_at
                .is_some_and(|at| now - at >= CALL_COUNTS_AFTER) =>
        {
            change.calls = Some(seen.calls + 1);
            change.called_at = Some(Some(now));
        }
        // Who sat at a desk has answered.
        Act::Park | Act::Redirect if seen.state() == State::Serving => change.calls = Some(0),
        Act::Skip => change.back_at = Some(Some(now + SKIPPED_FOR)),
        Act::Start => change.serving_at = Some(Some(now)),
        Act::NoShow if seen.calls < rules.no_show_calls => {
            let refusal = Failure::from(QueueProblem::TooFewCalls);
            return Err(refusal
                .with("calls", seen.calls)
                .with("needed", rules.no_show_calls));
        }
        // A list says when it was.
        Act::Finish | Act::NoShow | Act::Leave => {
            change.ended_at = change.ended_at.or(Some(Some(now)));
        }
        Act::Undo => {
            let until = TimeDelta::minutes(rules.undo_min.into());
            // What was entered from a list ended long before it was written down.
            let ended_at = seen.ended_at.filter(|_| !seen.entered_later);
            if now > ended_at.unwrap_or(seen.changed_at) + until {
                return Err(QueueProblem::UndoTooLate.into());
            }
            return Ok(taken_back(seen, change));
        }
        _ => {}
    }
    Ok(change)
}

/// As if the end had not been. Whoever sat at a desk is called by that desk again, and by no other.
fn taken_back(seen: &TicketRow, change: Change) -> Change {
    Change {
        calls: Some(0),
        for_desk: (seen.state() == State::Served).then_some(seen.desk_no),
        serving_at: Some(None),
        ended_at: Some(None),
        result: Some(None),
        refused_for: Some(None),
        stage_op_id: Some(None),
        ..change
    }
}

/// The second screen: whoever is called or sits at a desk stands there, and nobody else.
async fn show(conn: &mut Conn, act: Act, seen: &TicketRow, row: &TicketRow) -> QueryResult<()> {
    let kind = match act {
        Act::Call | Act::Recall => "call",
        Act::Start => "serve",
        _ if seen.state().is_at_desk() => "end",
        _ => return Ok(()),
    };
    display::store::insert_event(conn, seen, kind, row.desk_no).await
}
