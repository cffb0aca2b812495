//! What an office has seen with its own eyes: a stage that is confirmed from the start, written in the
//! office's own transaction by the code that writes a push, so that credit and rollups move in one way
//! only. The follow-up of a village is a question to these facts, not a table of its own.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use diesel::result::Error;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::tracking::{Consent, Stage};
use serde_json::json;
use uuid::Uuid;

use super::batch::{Batch, store, write_fresh};
use super::judging::rules::{Decision, Judged, Receipt, Sender};
use super::reading::{Act, Details, Kind, Who, Withdrawal};
use crate::db::Conn;
use crate::geography::Geography;
use crate::privacy::keys::Keys;

/// The word of a fact that an office confirms.
pub const CONFIRMED_BY: &str = "office";

/// A citizen of a village, who agreed that this counts, as an office has served them.
#[derive(Debug, Clone)]
pub struct Served {
    pub officer_id: AccountId,
    pub stage: Stage,
    pub village_id: UnitId,
    /// Keyed hash of the ID number.
    pub citizen_blind: Vec<u8>,
    pub id_tail: String,
    pub birth_year: Option<i16>,
    pub name: Option<PersonName>,
    pub consent_method: &'static str,
    pub served_at: DateTime<Utc>,
}

/// Records a stage as confirmed, in the caller's transaction, which must be run again when it raced.
/// Who recorded it before keeps the credit, which is confirmed from now on.
///
/// # Errors
/// When the database cannot.
pub async fn confirm_served(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    now: DateTime<Utc>,
    served: Served,
) -> Result<OperationId, Error> {
    let sender = Sender {
        confirms_as: Some(CONFIRMED_BY),
        ..sender(served.officer_id, served.village_id)
    };
    let act = Act::Record {
        stage: served.stage,
        device_holder: None,
        replaces: None,
        who: Who::Citizen {
            blind: served.citizen_blind,
            tail: served.id_tail,
            hint: None,
            details: Details {
                name: served.name,
                phone: None,
                birth_year: served.birth_year,
                sex: None,
                consent: Box::new(Consent {
                    method: served.consent_method.to_owned(),
                    text_version: None,
                }),
            },
        },
    };
    let at = Some(served.served_at.min(now));
    write_one(conn, keys, geography, now, &sender, at, act).await
}

/// Takes back what [`confirm_served`] recorded. The caller has checked that it was theirs to take: in
/// the words of this feature it is a correction in that village.
///
/// # Errors
/// When the database cannot.
pub async fn void_served(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    now: DateTime<Utc>,
    officer_id: AccountId,
    target: OperationId,
) -> Result<(), Error> {
    let stored = store::list_operations(conn, &[target]).await?;
    let village_id = stored.get(&target).and_then(|stored| stored.village_id);
    let sender = sender(officer_id, village_id.ok_or(Error::NotFound)?);
    let act = Act::Void(Withdrawal {
        target,
        reason: "office_undo".to_owned(),
    });
    write_one(conn, keys, geography, now, &sender, Some(now), act).await?;
    Ok(())
}

fn sender(officer_id: AccountId, village_id: UnitId) -> Sender {
    Sender {
        account_id: officer_id,
        mass_union: MassUnion::None,
        unit_id: village_id,
        device_id: None,
        device_is_lost: false,
        may_record: true,
        may_correct: true,
        confirms_as: None,
    }
}

async fn write_one(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    now: DateTime<Utc>,
    sender: &Sender,
    effective_at: Option<DateTime<Utc>>,
    act: Act,
) -> Result<OperationId, Error> {
    let op_id = OperationId(Uuid::now_v7());
    let receipt = Receipt::new(now, now);
    let kind = match act {
        Act::Void(_) => Kind::Void,
        _ => Kind::Record,
    };
    let written = json!({ "op_id": op_id, "officer_id": sender.account_id }).to_string();
    let judged = Judged {
        op_id,
        payload_hash: keys
            .lasting_mac("operation/v1", &[written.as_bytes()])
            .to_vec(),
        kind,
        seq: None,
        kept: written,
        village_id: (kind == Kind::Record).then_some(sender.unit_id),
        effective_at: effective_at.map(|at| at.trunc_subsecs(6)),
        said_at: effective_at.map(|at| at.trunc_subsecs(6)),
        received_on: receipt.on_day(),
        decision: Decision::Accepted { act, info: None },
        would_be: None,
        is_reviewed: false,
    };
    let batch = Batch {
        keys,
        geography,
        sender,
        receipt: &receipt,
        subjects_per_day: usize::MAX,
    };
    store::serialize_author(conn, sender.account_id).await?;
    let verdicts = write_fresh(conn, &batch, &HashMap::new(), &[&judged]).await?;
    match verdicts.first() {
        Some(verdict) if matches!(verdict.result, "applied" | "merged") => Ok(op_id),
        // The rules know no reason to stop it, so this is a fault of ours.
        verdict => Err(Error::QueryBuilderError(
            format!("what an office saw was not accepted: {verdict:?}").into(),
        )),
    }
}
