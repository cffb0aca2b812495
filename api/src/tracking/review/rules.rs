//! What an approval comes to. No database, no clock.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OperationId, UnitId};

use super::problem::ReviewProblem;
use crate::geography::{Geography, Level};
use crate::tracking::code::Code;
use crate::tracking::judging::rules::{Decision, Judged, Receipt, correct_clock};
use crate::tracking::reading::{Act, Draft, Kind};

/// A held operation, as it is stored.
#[derive(Debug, Clone)]
pub struct Held {
    pub op_id: OperationId,
    pub payload_hash: Vec<u8>,
    pub seq: Option<i64>,
    pub code: Option<Code>,
    pub village_id: Option<UnitId>,
    pub received_at: DateTime<Utc>,
    pub effective_at: Option<DateTime<Utc>>,
    /// What was kept of it.
    pub kept: String,
}

/// Who approves: within which unit, on which day.
#[derive(Debug, Clone, Copy)]
pub struct Reviewer {
    pub unit_id: UnitId,
    pub on: NaiveDate,
}

/// The operation as it is to be written: with the time of its receipt, in the village that it was
/// sent for or the one that the reviewer names.
///
/// # Errors
/// When it cannot be approved, or not by them.
pub fn approve(
    held: &Held,
    draft: Draft,
    named: Option<UnitId>,
    reviewer: Reviewer,
    geography: &Geography,
) -> Result<Judged, ReviewProblem> {
    if held.code == Some(Code::AuthorMismatch) {
        return Err(ReviewProblem::AuthorMustConfirm);
    }
    let kind = match &draft.act {
        Act::Record { replaces: None, .. } => Kind::Record,
        Act::Record { .. } => Kind::Replace,
        Act::Visit { .. } => Kind::Visit,
        Act::Note { .. } => Kind::Note,
        Act::Void(_) => Kind::Void,
        Act::RequestAppointment { .. } => Kind::RequestAppointment,
        Act::Activity(_) => Kind::Activity,
    };
    let village_id = match kind {
        Kind::Void => None,
        _ => {
            let answers_for = |village: &UnitId| {
                is_village(*village, geography)
                    && geography.covers(reviewer.unit_id, *village, reviewer.on)
            };
            let village = named.or(held.village_id).or(draft.village_id);
            Some(
                village
                    .filter(answers_for)
                    .ok_or(ReviewProblem::VillageNeeded)?,
            )
        }
    };
    Ok(Judged {
        op_id: held.op_id,
        payload_hash: held.payload_hash.clone(),
        kind,
        seq: held.seq,
        kept: held.kept.clone(),
        village_id,
        effective_at: Some(held.effective_at.unwrap_or_else(|| done_at(held, &draft))),
        received_on: local_day(held.received_at),
        decision: Decision::Accepted {
            act: draft.act,
            info: Some(Code::Reviewed),
        },
        would_be: None,
        is_reviewed: true,
    })
}

pub fn is_village(unit: UnitId, geography: &Geography) -> bool {
    geography
        .unit(unit)
        .is_some_and(|unit| unit.level == Level::Village)
}

/// When it was done, as far as the phone's own word goes: what the clocks showed as it was sent is not
/// kept. A future that nobody could believe was the receipt.
fn done_at(held: &Held, draft: &Draft) -> DateTime<Utc> {
    let skew = draft.clock_offset_ms.and_then(TimeDelta::try_milliseconds);
    let receipt = Receipt {
        received_at: held.received_at,
        skew: skew.unwrap_or_default(),
    };
    correct_clock(
        draft.recorded_at,
        draft.clock_offset_ms,
        draft.clock_offset_age_s,
        &receipt,
    )
    .map_or(held.received_at, |clock| clock.effective_at)
}
