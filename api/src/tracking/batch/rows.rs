//! Operations, and what they said, as rows.

use std::collections::{BTreeSet, HashMap};

use diesel::result::Error;
use mobile_contracts::ids::OperationId;
use mobile_contracts::tracking::AppointmentWish;
use serde_json::{Value, json};

use super::rules::{Changes, Known, Placed, Verdict};
use super::store::{self, Said, StoredOperation};
use super::{Batch, raced};
use crate::db::Conn;
use crate::privacy::keys::Place;
use crate::tracking::code::Code;
use crate::tracking::held;
use crate::tracking::judging::rules::{Decision, Judged};
use crate::tracking::reading::activity::Activity;
use crate::tracking::reading::{Act, Details, Who, hex};

/// Bytes as PostgreSQL reads them.
pub(in crate::tracking) fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex(bytes))
}

pub(super) async fn claim_operations(
    conn: &mut Conn,
    batch: &Batch<'_>,
    placed: &[Placed<'_>],
    known: &Known,
    changes: &Changes,
    fills: &BTreeSet<OperationId>,
) -> Result<(), Error> {
    let (mut new, mut filled) = (Vec::new(), Vec::new());
    for (op, verdict) in placed
        .iter()
        .map(|placed| placed.judged)
        .zip(&changes.verdicts)
    {
        let row = operation_row(batch, op, verdict, changes);
        if fills.contains(&op.op_id) {
            filled.push(row);
        } else {
            new.push(row);
        }
    }
    new.extend(changes.awaited.difference(&known.awaited).map(|target| {
        json!({
            "op_id": target, "kind": "unknown", "result": "awaited",
            "received_at": batch.receipt.received_at,
        })
    }));
    let expected = new.len();
    if expected > 0 && store::insert_operations(conn, new).await? != expected {
        return Err(raced());
    }
    if !filled.is_empty() {
        store::fill_operations(conn, filled).await?;
    }
    Ok(())
}

/// What a provisional board counts: nothing is asked of the database where nothing is held and nothing was.
pub(super) async fn write_held(
    conn: &mut Conn,
    batch: &Batch<'_>,
    stored: &HashMap<OperationId, StoredOperation>,
    placed: &[Placed<'_>],
    changes: &Changes,
) -> Result<(), Error> {
    let decided: Vec<OperationId> = placed
        .iter()
        .map(|placed| placed.judged.op_id)
        .filter(|id| stored.get(id).is_some_and(|row| row.result == "held"))
        .collect();
    held::store::remove(conn, &decided).await?;
    let rows = placed
        .iter()
        .zip(&changes.verdicts)
        .filter(|(placed, verdict)| {
            verdict.result == "held" && !changes.born_voided.contains_key(&placed.judged.op_id)
        })
        .filter_map(|(placed, _)| held::rules::row_of(placed.judged, batch.sender.mass_union));
    held::store::insert(conn, rows.collect()).await
}

fn operation_row(batch: &Batch<'_>, op: &Judged, verdict: &Verdict, changes: &Changes) -> Value {
    // What was recorded is marked in the table that says what.
    let voided_by = changes.born_voided.get(&op.op_id);
    let voided_by = voided_by.filter(|_| verdict.result == "held");
    let is_open = matches!(verdict.result, "held" | "rejected");
    let raw = is_open.then(|| {
        let place = Place {
            column: "operation.raw",
            row: op.op_id.0.as_bytes(),
        };
        bytea(&batch.keys.encrypt(&place, &op.kept))
    });
    json!({
        "op_id": op.op_id,
        "author_id": batch.sender.account_id,
        "device_id": batch.sender.device_id,
        "seq": op.seq,
        "kind": op.kind.as_str(),
        "payload_hash": bytea(&op.payload_hash),
        "result": verdict.result,
        "code": verdict.code.map(Code::as_str),
        "village_id": op.village_id,
        "received_at": batch.receipt.received_at,
        "effective_at": op.effective_at,
        "said_at": op.said_at,
        "recorded_on": verdict.recorded_on,
        "raw": raw,
        "voided_by": voided_by,
    })
}

pub(super) async fn write_said(
    conn: &mut Conn,
    batch: &Batch<'_>,
    placed: &[Placed<'_>],
    changes: &Changes,
) -> Result<(), Error> {
    let (mut facts, mut visits, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut voids, mut requests, mut activities) = (Vec::new(), Vec::new(), Vec::new());
    let mut consents = Vec::new();
    for placed in placed {
        let Decision::Accepted { act, .. } = &placed.judged.decision else {
            continue;
        };
        let op = placed.judged;
        let mut row = json!({
            "op_id": op.op_id,
            "person_id": placed.person_id,
            "village_id": op.village_id,
            "mass_union": batch.sender.mass_union,
            "author_id": batch.sender.account_id,
            "effective_at": op.effective_at,
            "on_day": op.on_day(),
            "voided_by": changes.born_voided.get(&op.op_id),
        });
        if let Some(withdrawal) = act
            .withdrawal()
            .filter(|_| !changes.refused.contains(&op.op_id))
        {
            let sender = batch.sender;
            let mut row = row.clone();
            row["target_op_id"] = json!(withdrawal.target);
            row["corrects_in"] = json!(sender.may_correct.then_some(sender.unit_id));
            row["reason"] = json!(withdrawal.reason);
            row["said_at"] = json!(op.said_at);
            voids.push(row);
        }
        if let Some((person_id, details)) = placed.person_id.zip(act.who().and_then(Who::details)) {
            consents.push(json!({
                "op_id": op.op_id,
                "person_id": person_id,
                "method": details.consent.method,
                "text_version": details.consent.text_version,
                "given_at": op.effective_at,
                "recorded_by": batch.sender.account_id,
            }));
        }
        match act {
            // Somebody who had themselves erased, and whom the phone still knows: no word of them.
            Act::Note { who, .. } if placed.person_id.is_none() && who.details().is_some() => {}
            Act::Record {
                stage,
                device_holder,
                ..
            } => {
                row["stage"] = json!(stage);
                row["device_holder"] = json!(device_holder);
                row["received_on"] = json!(op.received_on);
                row["confirmed_by"] = json!(batch.sender.confirms_as);
                facts.push(row);
            }
            Act::Visit {
                outcome,
                promised_on,
                ..
            } => {
                row["outcome"] = json!(outcome);
                row["promised_on"] = json!(promised_on);
                visits.push(row);
            }
            Act::Note { text, .. } => {
                let place = Place {
                    column: "note.text",
                    row: op.op_id.0.as_bytes(),
                };
                row["text"] = json!(bytea(&batch.keys.encrypt(&place, text)));
                notes.push(row);
            }
            Act::RequestAppointment {
                who: Who::Citizen { details, .. },
                wish,
            } => requests.push(request_row(batch, op.op_id, row, details, wish)),
            Act::Activity(activity) => {
                activities.push(activity_row(batch, op.op_id, row, activity));
            }
            Act::Void(_) | Act::RequestAppointment { .. } => {}
        }
    }
    store::insert_said(conn, Said::Facts, facts).await?;
    store::insert_said(conn, Said::Visits, visits).await?;
    store::insert_said(conn, Said::Notes, notes).await?;
    store::insert_said(conn, Said::Voids, voids).await?;
    store::insert_said(conn, Said::Requests, requests).await?;
    store::insert_said(conn, Said::Activities, activities).await?;
    store::insert_said(conn, Said::Consents, consents).await
}

fn activity_row(batch: &Batch<'_>, op_id: OperationId, mut row: Value, said: &Activity) -> Value {
    let place = Place {
        column: "activity.text",
        row: op_id.0.as_bytes(),
    };
    let text = said.text.as_deref();
    row["what"] = json!(said.what);
    row["attended"] = json!(said.attended);
    row["leaflets"] = json!(said.leaflets);
    row["helped"] = json!(said.helped);
    row["text"] = json!(text.map(|text| bytea(&batch.keys.encrypt(&place, text))));
    row
}

fn request_row(
    batch: &Batch<'_>,
    op_id: OperationId,
    mut row: Value,
    details: &Details,
    wish: &AppointmentWish,
) -> Value {
    let encrypt = |column: &'static str, plain: &str| {
        let row = op_id.0.as_bytes();
        bytea(&batch.keys.encrypt(&Place { column, row }, plain))
    };
    let (name, phone) = (details.name.as_ref(), details.phone.as_ref());
    row["name"] = json!(name.map(|name| encrypt("appointment_request.name", name.expose())));
    row["phone"] = json!(phone.map(|phone| encrypt("appointment_request.phone", &phone.e164())));
    row["service_code"] = json!(wish.service_code);
    row["office_id"] = json!(wish.office_id);
    row["not_before"] = json!(wish.not_before);
    row["not_after"] = json!(wish.not_after);
    row["consent"] = json!(match details.consent.method.as_str() {
        "signed" | "guardian_signed" => "written",
        _ => "spoken",
    });
    row["state"] = json!("open");
    row
}
