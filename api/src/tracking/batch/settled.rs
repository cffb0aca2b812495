//! What needs no writing: repetitions, twins within a batch, and what is beyond the day's quota.

use std::collections::{BTreeSet, HashMap};

use diesel::result::Error;
use mobile_contracts::ids::{AccountId, OperationId};

use super::rules::Verdict;
use super::store::{self, StoredOperation};
use super::{Batch, Outcome, not_stored};
use crate::db::Conn;
use crate::tracking::code::Code;
use crate::tracking::credit;
use crate::tracking::judging;
use crate::tracking::judging::rules::Judged;
use crate::tracking::reading::{Act, Who};

/// Answers what was stored before, and gives the places of what was not.
pub(super) async fn settle_repetitions(
    conn: &mut Conn,
    author: AccountId,
    stored: &HashMap<OperationId, StoredOperation>,
    ops: &[&Judged],
    outcomes: &mut [Option<Outcome>],
) -> Result<Vec<usize>, Error> {
    let mut fresh = Vec::new();
    let mut taken = BTreeSet::new();
    let mut repeated = Vec::new();
    for (at, op) in ops.iter().enumerate() {
        match stored.get(&op.op_id) {
            Some(row) if !is_open(row, op) => repeated.push((at, row)),
            // A twin in the same batch is settled when its first is.
            _ if !taken.insert(op.op_id) => {}
            _ => fresh.push(at),
        }
    }
    if repeated.is_empty() {
        return Ok(fresh);
    }
    let ids: Vec<OperationId> = repeated.iter().map(|(_, row)| row.op_id).collect();
    let credited = credit::store::list_credited(conn, &ids).await?;
    for (at, row) in repeated {
        outcomes[at] = Some(repeat(row, author, ops[at], credited.contains(&row.op_id)));
    }
    Ok(fresh)
}

/// Whether a stored row still waits for this operation.
pub(super) fn is_open(row: &StoredOperation, op: &Judged) -> bool {
    row.is_awaited()
        || (row.payload_hash.as_deref() == Some(&op.payload_hash)
            && row.result == "held"
            && (op.is_reviewed || judging::rules::settles_mismatch(row.code.as_deref(), op)))
}

fn repeat(row: &StoredOperation, author: AccountId, op: &Judged, counted: bool) -> Outcome {
    // Of what was erased nothing is left to compare with but who sent it.
    let is_same = match row.is_erased {
        true => row.author_id == Some(author),
        false => row.payload_hash.as_deref() == Some(&op.payload_hash),
    };
    if !is_same {
        return reused();
    }
    Outcome {
        verdict: Verdict {
            result: "replayed",
            code: row.code.as_deref().and_then(Code::parse),
            counted,
            recorded_on: row.recorded_on,
        },
        original: Some(row.result.clone()),
    }
}

/// The stored operation is not touched.
fn reused() -> Outcome {
    Outcome::from(Verdict {
        result: "rejected",
        code: Some(Code::OpIdReused),
        counted: false,
        recorded_on: None,
    })
}

/// The same id twice in one batch: the second is a repetition of the first, or a forgery of it.
pub(super) fn settle_twins(ops: &[&Judged], outcomes: Vec<Option<Outcome>>) -> Vec<Outcome> {
    let first = |op: &Judged| ops.iter().position(|other| other.op_id == op.op_id);
    (0..ops.len())
        .map(|at| {
            if let Some(outcome) = &outcomes[at] {
                return outcome.clone();
            }
            match first(ops[at]).map(|first| (ops[first], &outcomes[first])) {
                Some((twin, _)) if twin.payload_hash != ops[at].payload_hash => reused(),
                Some((_, Some(outcome))) if outcome.verdict.result != "retry" => Outcome {
                    original: Some(outcome.verdict.result.to_owned()),
                    ..outcome.clone()
                },
                _ => not_stored(Code::Quota),
            }
        })
        .collect()
}

/// Nobody tries numbers out: a volunteer records a bounded number of citizens a day.
pub(super) async fn within_quota(
    conn: &mut Conn,
    batch: &Batch<'_>,
    ops: &[&Judged],
    fresh: Vec<usize>,
    outcomes: &mut [Option<Outcome>],
) -> Result<Vec<usize>, Error> {
    let blinds = || fresh.iter().filter_map(|at| recorded_blind(ops[*at]));
    let (author, day) = (batch.sender.account_id, batch.receipt.on_day());
    let wanted = blinds().count();
    // There are no more people than records; most days end long before the quota.
    if wanted == 0
        || wanted + store::count_records_of_day(conn, author, day).await? <= batch.subjects_per_day
    {
        return Ok(fresh);
    }
    let today = store::list_subjects_of_day(conn, author, day).await?;
    let allowed = judging::rules::within_quota(&today, blinds(), batch.subjects_per_day);
    Ok(fresh
        .into_iter()
        .filter(|at| {
            let fits = recorded_blind(ops[*at]).is_none_or(|blind| allowed.contains(blind));
            if !fits {
                outcomes[*at] = Some(not_stored(Code::Quota));
            }
            fits
        })
        .collect())
}

/// Only records answer whether somebody is known, so only they are counted.
fn recorded_blind(op: &Judged) -> Option<&[u8]> {
    match op.act() {
        Some(Act::Record {
            who: Who::Citizen { blind, .. },
            ..
        }) => Some(blind),
        _ => None,
    }
}
