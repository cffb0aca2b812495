//! Correcting and reinstating, in a transaction of the caller's. Locks are taken in the order in which recording takes
//! them: the author, the persons, the operations, and last the rollups.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::correction::CorrectRecord;
use mobile_contracts::ids::{OperationId, UnitId};
use mobile_contracts::tracking::DeviceHolder;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::CorrectionProblem;
use super::rules::{Counted, Said, What, check, corrected, exchange, promise, undoes};
use super::store::{self, Decided, RecordRow};
use super::stored::{counted, said_of, taking_of, target_of};
use super::words::Spoken;
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::CorrectWork;
use crate::privacy::free_text::masked;
use crate::tracking::batch::store::{
    Said as Rows, insert_operations, insert_said, list_persons_of, lock_operations, lock_persons,
    serialize_author, touch_operations,
};
use crate::tracking::batch::{bytea, find_heads, raced};
use crate::tracking::code::Code;
use crate::tracking::credit::rules::{Difference, Live};
use crate::tracking::credit::store as credits;
use crate::tracking::office::CONFIRMED_BY;
use crate::tracking::persons::rules::Heads;

/// Whose hand it is, when and where.
pub struct Hand<'a> {
    pub app: &'a App,
    pub caller: &'a Caller<CorrectWork>,
    pub geography: &'a Geography,
    pub now: DateTime<Utc>,
}

impl Hand<'_> {
    /// A record of the caller's unit; anybody else's is not there.
    ///
    /// # Errors
    /// 404.
    pub async fn find(&self, conn: &mut Conn, id: OperationId) -> Result<RecordRow, Failure> {
        let row = store::find_record(conn, id).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        let today = local_day(self.now);
        self.caller
            .require_answerable(self.geography, row.village_id, today)?;
        self.require_village(row.village_id)?;
        Ok(row)
    }

    /// The village to which a record goes is there today.
    fn require_place(&self, village: UnitId) -> Result<(), Failure> {
        let today = local_day(self.now);
        self.caller.require_unit(self.geography, village, today)?;
        self.require_village(village)
    }

    fn require_village(&self, unit: UnitId) -> Result<(), Failure> {
        match self.geography.is_village(unit) {
            true => Ok(()),
            false => Err(CommonProblem::NotFound.into()),
        }
    }

    fn decided<'r>(&self, reason: &'r str) -> Decided<'r> {
        Decided {
            by: self.caller.account_id,
            at: self.now,
            reason,
        }
    }

    /// What takes a record back, in the words of the table of voids.
    fn void(&self, op_id: OperationId, target: OperationId, decided: Decided<'_>) -> Value {
        json!({
            "op_id": op_id, "target_op_id": target, "author_id": decided.by,
            "corrects_in": self.caller.unit_id, "reason": decided.reason, "effective_at": decided.at,
            "said_at": decided.at,
        })
    }

    fn hash(&self, op_id: OperationId) -> String {
        let written = json!({ "op_id": op_id, "corrected_by": self.caller.account_id });
        bytea(
            &self
                .app
                .keys
                .lasting_mac("operation/v1", &[written.to_string().as_bytes()]),
        )
    }
}

/// What is known of a record and its person, under lock.
struct Locked {
    row: RecordRow,
    heads: Heads,
    live: Live,
}

async fn lock(
    hand: &Hand<'_>,
    conn: &mut Conn,
    id: OperationId,
    others: &[OperationId],
) -> Result<Locked, Failure> {
    let row = hand.find(conn, id).await?;
    serialize_author(conn, row.author_id).await?;
    let mut ops = others.to_vec();
    ops.push(id);
    let persons = list_persons_of(conn, &ops).await?;
    let heads = match persons.is_empty() {
        true => Heads::new(),
        false => {
            let locked = lock_persons(conn, &[], &persons).await?;
            find_heads(conn, &locked).await?
        }
    };
    lock_operations(conn, &ops).await?;
    // Erased, unlinked or merged while we waited: look again.
    let row = hand.find(conn, id).await?;
    if row.stage.is_some() && row.person_id.is_some_and(|id| !heads.contains_key(&id)) {
        return Err(raced().into());
    }
    let live = credits::list_live_facts(conn, &heads).await?;
    Ok(Locked { row, heads, live })
}

/// Neither what an office saw nor what is left of the erased is a lead's to change.
fn require_changeable(row: &RecordRow) -> Result<(), CorrectionProblem> {
    if row.is_erased {
        return Err(CorrectionProblem::RecordErased);
    }
    match row.confirmed_by.as_deref() {
        Some(CONFIRMED_BY) => Err(CorrectionProblem::OfficeRecord),
        _ => Ok(()),
    }
}

/// Puts another record in the place of one, and gives its id.
///
/// # Errors
/// 404, 422, [`CorrectionProblem`].
pub async fn correct(
    hand: &Hand<'_>,
    conn: &mut Conn,
    id: OperationId,
    asked: &CorrectRecord,
) -> Result<OperationId, Failure> {
    if let Some(village) = asked.village_id {
        hand.require_place(village)?;
    }
    let Locked { row, heads, live } = lock(hand, conn, id, &[]).await?;
    require_changeable(&row)?;
    if row.voided_by.is_some() {
        return Err(CorrectionProblem::RecordVoided.into());
    }
    let said = said_of(&row)?;
    let faults = check(&said, asked, row.received_at);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let new = corrected(&said, asked, row.received_at)?;
    let op_id = OperationId(Uuid::now_v7());
    let out: Vec<Counted> = counted(&row, row.op_id, &said, &heads)
        .into_iter()
        .collect();
    let into: Vec<Counted> = counted(&row, op_id, &new, &heads).into_iter().collect();
    let moved = exchange(&live, &out, &into);
    let reason = masked(&asked.reason);
    let decided = hand.decided(&reason);
    write_instead(hand, conn, &row, op_id, &new, &moved).await?;
    insert_said(conn, Rows::Voids, vec![hand.void(op_id, id, decided)]).await?;
    store::insert_correction(conn, op_id, id, decided).await?;
    let spoken = Spoken::read(conn, &heads).await?;
    credits::set_voided(conn, &BTreeMap::from([(id, op_id)])).await?;
    spoken
        .say_again(conn, &hand.app.keys, &row, op_id, new.effective_at)
        .await?;
    settle(conn, moved, BTreeSet::from([id]), Some(op_id)).await?;
    Ok(op_id)
}

/// The record in the place of another one: by its author, of its person.
async fn write_instead(
    hand: &Hand<'_>,
    conn: &mut Conn,
    row: &RecordRow,
    op_id: OperationId,
    new: &Said,
    moved: &Difference,
) -> Result<(), Failure> {
    let helper = matches!(new.what, What::Stage(_, Some(DeviceHolder::Helper)));
    let is_visit = matches!(new.what, What::Visit(_));
    let (result, code) = match row.person_id {
        _ if is_visit => ("applied", None),
        _ if helper => ("applied", Some(Code::HelperDevice.as_str())),
        None => ("applied", row.code.as_deref()),
        Some(_) if moved.holders.contains(&op_id) => ("applied", None),
        Some(_) => ("merged", Some(Code::DupSubjectStep.as_str())),
    };
    let operation = json!({
        "op_id": op_id, "author_id": row.author_id, "kind": "replace",
        "payload_hash": hand.hash(op_id), "result": result, "code": code,
        // The act came when it came.
        "village_id": new.village_id, "received_at": row.received_at,
        "effective_at": new.effective_at, "said_at": row.said_at, "recorded_on": new.on_day(),
    });
    insert_operations(conn, vec![operation]).await?;
    let mut said = json!({
        "op_id": op_id, "person_id": row.person_id, "village_id": new.village_id,
        "mass_union": row.mass_union, "author_id": row.author_id,
        "effective_at": new.effective_at, "on_day": new.on_day(),
    });
    let rows = match &new.what {
        What::Stage(stage, holder) => {
            let same_stage = row.stage.as_deref() == Some(stage.as_str());
            said["stage"] = json!(stage);
            said["device_holder"] = json!(holder);
            said["received_on"] = json!(row.received_on);
            // Whoever confirmed it confirmed that stage.
            said["confirmed_by"] = json!(row.confirmed_by.as_ref().filter(|_| same_stage));
            Rows::Facts
        }
        What::Visit(outcome) => {
            said["outcome"] = json!(outcome);
            said["promised_on"] = json!(promise(row.promised_on, new.on_day()));
            Rows::Visits
        }
    };
    insert_said(conn, rows, vec![said]).await?;
    Ok(())
}

/// Lets a record stand again that leads took back, or corrected.
///
/// # Errors
/// 404, [`CorrectionProblem`].
pub async fn reinstate(
    hand: &Hand<'_>,
    conn: &mut Conn,
    id: OperationId,
    reason: &str,
) -> Result<(), Failure> {
    hand.find(conn, id).await?;
    let seen = store::list_takings(conn, id).await?;
    let ops: Vec<OperationId> = seen.iter().map(|taking| taking.op_id).collect();
    let Locked { row, heads, live } = lock(hand, conn, id, &ops).await?;
    require_changeable(&row)?;
    let takings = store::list_takings(conn, id).await?;
    if takings.len() != seen.len() {
        return Err(raced().into());
    }
    if row.voided_by.is_none() {
        return Err(CorrectionProblem::RecordNotVoided.into());
    }
    let told: Vec<_> = takings.iter().map(taking_of).collect();
    let undone = undoes(&told, &target_of(&row), hand.geography)?;
    let reason = masked(reason);
    let decided = hand.decided(&reason);
    let mut out = Vec::new();
    let mut gone = BTreeMap::new();
    for taking in takings.iter().filter(|taking| taking.is_correction) {
        if !undone.contains(&taking.op_id) {
            continue;
        }
        let instead = hand.find(conn, taking.op_id).await?;
        out.extend(counted(
            &instead,
            instead.op_id,
            &said_of(&instead)?,
            &heads,
        ));
        gone.insert(
            instead.op_id,
            take_back(hand, conn, instead.op_id, decided).await?,
        );
    }
    let into: Vec<Counted> = counted(&row, row.op_id, &said_of(&row)?, &heads)
        .into_iter()
        .collect();
    let moved = exchange(&live, &out, &into);
    let spoken = Spoken::read(conn, &heads).await?;
    store::insert_undos(conn, &undone, decided).await?;
    credits::set_voided(conn, &gone).await?;
    store::set_standing(conn, id).await?;
    spoken.show_again(conn, &hand.app.keys).await?;
    let mut told: BTreeSet<OperationId> = gone.into_keys().collect();
    told.insert(id);
    settle(conn, moved, told, None).await
}

/// An operation that takes a record back, by the caller.
async fn take_back(
    hand: &Hand<'_>,
    conn: &mut Conn,
    target: OperationId,
    decided: Decided<'_>,
) -> Result<OperationId, Failure> {
    let op_id = OperationId(Uuid::now_v7());
    let operation = json!({
        "op_id": op_id, "author_id": decided.by, "kind": "void", "payload_hash": hand.hash(op_id),
        "result": "applied", "received_at": decided.at, "effective_at": decided.at,
        "said_at": decided.at,
    });
    insert_operations(conn, vec![operation]).await?;
    insert_said(conn, Rows::Voids, vec![hand.void(op_id, target, decided)]).await?;
    Ok(op_id)
}

/// Credit, everybody's pull, and the rollups last.
async fn settle(
    conn: &mut Conn,
    moved: Difference,
    mut told: BTreeSet<OperationId>,
    new: Option<OperationId>,
) -> Result<(), Failure> {
    credits::set_credits(conn, &moved.credits).await?;
    told.extend(&moved.moved);
    told.retain(|op| Some(*op) != new);
    touch_operations(conn, &told).await?;
    credits::add_to_rollups(conn, &moved.tally).await?;
    Ok(())
}
