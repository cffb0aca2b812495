//! What an approval comes to. No database, no clock.

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OperationId, UnitId};
use mobile_contracts::review::ReviewOperation;

use super::problem::ReviewProblem;
use crate::geography::{Geography, Level};
use crate::tracking::code::Code;
use crate::tracking::judging::rules::{
    Decision, Judged, Receipt, correct_clock, lacks_guardian, said_at,
};
use crate::tracking::reading::{Draft, Kind};

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
/// sent for or the one that the reviewer names. Of somebody under 14 it says that a guardian was asked: whatever else
/// it was held for, nobody that young agrees alone.
///
/// # Errors
/// When it cannot be approved, or not by them.
pub fn approve(
    held: &Held,
    mut draft: Draft,
    asked: &ReviewOperation,
    reviewer: Reviewer,
    geography: &Geography,
) -> Result<Judged, ReviewProblem> {
    if held.code == Some(Code::AuthorMismatch) {
        return Err(ReviewProblem::AuthorMustConfirm);
    }
    let effective_at = held.effective_at.unwrap_or_else(|| done_at(held, &draft));
    if held.code == Some(Code::GuardianMissing) {
        draft.act.agree_by_guardian();
    } else if lacks_guardian(&draft.act, local_day(effective_at)) {
        match asked.guardian_agreed {
            true => draft.act.agree_by_guardian(),
            false => return Err(ReviewProblem::GuardianNeeded),
        }
    }
    let kind = draft.act.kind();
    let village_id = match kind {
        Kind::Void => None,
        _ => {
            let answers_for = |village: &UnitId| {
                is_village(*village, geography)
                    && geography.covers(reviewer.unit_id, *village, reviewer.on)
            };
            let village = asked.village_id.or(held.village_id).or(draft.village_id);
            Some(
                village
                    .filter(answers_for)
                    .ok_or(ReviewProblem::VillageNeeded)?,
            )
        }
    };
    Ok(Judged {
        op_id: held.op_id,
        said_at: Some(said_at(&draft)),
        payload_hash: held.payload_hash.clone(),
        kind,
        seq: held.seq,
        kept: held.kept.clone(),
        village_id,
        effective_at: Some(effective_at),
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

/// When it was done. A future that nobody could believe was the receipt.
fn done_at(held: &Held, draft: &Draft) -> DateTime<Utc> {
    correct_clock(
        draft.recorded_at,
        draft.clock_offset_ms,
        draft.clock_offset_age_s,
        &Receipt::remembered(held.received_at, Some(draft)),
    )
    .map_or(held.received_at, |clock| clock.effective_at)
}
