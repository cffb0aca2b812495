//! From a batch to its results: read, judge, write, all or part.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::result::{DatabaseErrorKind, Error};
use mobile_contracts::ids::{OperationId, PersonId};
use mobile_contracts::tracking::OperationResult;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::code::Code;
use super::reading::{Act, Details, Reader, Sent, Who, hex};
use super::rules::{self, Changes, Decision, Judged, Known, Placed, Receipt, Sender, Verdict};
use super::store::{self, Said, StoredOperation};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};

/// What a batch is judged and written with.
struct Batch<'a> {
    keys: &'a Keys,
    geography: &'a Geography,
    sender: &'a Sender,
    receipt: &'a Receipt,
    subjects_per_day: usize,
}

/// What became of one operation.
#[derive(Debug, Clone)]
struct Outcome {
    verdict: Verdict,
    /// The first verdict, if this is a repetition.
    original: Option<String>,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            original: None,
        }
    }
}

fn not_stored(code: Code) -> Outcome {
    Outcome::from(Verdict {
        result: "retry",
        code: Some(code),
        counted: false,
        recorded_on: None,
    })
}

/// Records a batch and tells what became of each operation, in their order.
///
/// # Errors
/// Only when nothing of it could be decided: the database is away.
pub async fn record_batch(
    app: &App,
    sender: &Sender,
    receipt: &Receipt,
    ops: Vec<Box<RawValue>>,
) -> Result<Vec<OperationResult>, Failure> {
    let sent = read_all(app, receipt, ops).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let batch = Batch {
        keys: &app.keys,
        geography: &geography,
        sender,
        receipt,
        subjects_per_day: app.config.sync.subjects_per_day as usize,
    };
    let judged: Vec<Option<Judged>> = sent
        .into_iter()
        .map(|sent| {
            let op_id = sent.op_id?;
            Some(rules::judge(op_id, sent, sender, receipt, &geography))
        })
        .collect();
    let readable: Vec<&Judged> = judged.iter().flatten().collect();
    let mut outcomes = write(&mut conn, &batch, &readable).await?.into_iter();
    Ok(judged
        .iter()
        .map(|judged| match judged {
            Some(judged) => outcomes
                .next()
                .map(|outcome| tell(Some(judged.op_id), outcome))
                .unwrap_or_else(|| tell(Some(judged.op_id), not_stored(Code::Busy))),
            None => tell(
                None,
                Outcome::from(Verdict {
                    result: "rejected",
                    code: Some(Code::OpIdMissing),
                    counted: false,
                    recorded_on: None,
                }),
            ),
        })
        .collect())
}

/// Off the async threads: each sealed number costs a multiplication on the curve.
async fn read_all(
    app: &App,
    receipt: &Receipt,
    ops: Vec<Box<RawValue>>,
) -> Result<Vec<Sent>, Failure> {
    let (sealing, keys) = (app.sealing.clone(), app.keys.clone());
    let plain_subjects = app.config.sync.plain_subjects;
    let today = receipt.on_day();
    tokio::task::spawn_blocking(move || {
        let reader = Reader {
            opener: sealing.opener(),
            keys: &keys,
            plain_subjects,
            today,
        };
        ops.iter().map(|op| reader.read(op.get())).collect()
    })
    .await
    .map_err(Failure::internal)
}

fn tell(op_id: Option<OperationId>, outcome: Outcome) -> OperationResult {
    let Outcome { verdict, original } = outcome;
    OperationResult {
        op_id,
        result: match original {
            Some(_) => "replayed",
            None => verdict.result,
        }
        .to_owned(),
        original_result: original,
        code: verdict.code.map(|code| code.as_str().to_owned()),
        counted: verdict.counted,
        recorded_on: verdict.recorded_on,
        message: verdict.code.map(|code| code.message().to_owned()),
    }
}

/// Writes in one transaction; when that fails again and again, in halves, until the operation that
/// cannot be written stands alone. One bad operation blocks no other.
async fn write(
    conn: &mut Conn,
    batch: &Batch<'_>,
    ops: &[&Judged],
) -> Result<Vec<Outcome>, Failure> {
    if ops.is_empty() {
        return Ok(Vec::new());
    }
    let written =
        db::transaction::<_, Error>(conn, async |conn| write_once(conn, batch, ops).await).await;
    match written {
        Ok(outcomes) => Ok(outcomes),
        Err(error) if !is_about_rows(&error) => Err(error.into()),
        Err(error) if ops.len() == 1 => {
            tracing::error!(%error, op_id = %ops[0].op_id, "an operation could not be written");
            Ok(vec![not_stored(Code::Busy)])
        }
        Err(_) => {
            let (first, second) = ops.split_at(ops.len() / 2);
            let mut outcomes = Box::pin(write(conn, batch, first)).await?;
            outcomes.extend(Box::pin(write(conn, batch, second)).await?);
            Ok(outcomes)
        }
    }
}

/// Whether an error is about what was written, and not about the database being away.
fn is_about_rows(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::SerializationFailure,
            _
        )
    ) || matches!(error, Error::DatabaseError(_, info) if info.message() == "deadlock detected")
}

/// Somebody else wrote the same id between our look and our claim: look again.
fn raced() -> Error {
    Error::DatabaseError(
        DatabaseErrorKind::SerializationFailure,
        Box::new("an operation id was claimed by another batch".to_owned()),
    )
}

/// One attempt. Locks are taken in one order by everybody: the author, the persons by id, the
/// operations by id, the rollups by key.
async fn write_once(
    conn: &mut Conn,
    batch: &Batch<'_>,
    ops: &[&Judged],
) -> Result<Vec<Outcome>, Error> {
    store::serialize_author(conn, batch.sender.account_id).await?;
    let mut ids: Vec<OperationId> = ops.iter().map(|op| op.op_id).collect();
    ids.extend(ops.iter().filter_map(|op| op.void_target()));
    let stored = store::list_operations(conn, &ids).await?;
    let mut outcomes: Vec<Option<Outcome>> = vec![None; ops.len()];
    let fresh = settle_repetitions(conn, &stored, ops, &mut outcomes).await?;
    let fresh = within_quota(conn, batch, ops, fresh, &mut outcomes).await?;
    if !fresh.is_empty() {
        let judged: Vec<&Judged> = fresh.iter().map(|at| ops[*at]).collect();
        let verdicts = write_fresh(conn, batch, &stored, &judged).await?;
        for (at, verdict) in fresh.iter().zip(verdicts) {
            outcomes[*at] = Some(verdict.into());
        }
    }
    Ok(settle_twins(ops, outcomes))
}

/// Answers what was stored before, and gives the places of what was not.
async fn settle_repetitions(
    conn: &mut Conn,
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
    let credited = store::list_credited(conn, &ids).await?;
    for (at, row) in repeated {
        outcomes[at] = Some(repeat(row, ops[at], credited.contains(&row.op_id)));
    }
    Ok(fresh)
}

/// Whether a stored row still waits for this operation.
fn is_open(row: &StoredOperation, op: &Judged) -> bool {
    row.is_awaited()
        || (row.payload_hash.as_deref() == Some(&op.payload_hash)
            && row.result == "held"
            && rules::settles_mismatch(row.code.as_deref(), op))
}

fn repeat(row: &StoredOperation, op: &Judged, counted: bool) -> Outcome {
    if row.payload_hash.as_deref() != Some(&op.payload_hash) {
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
fn settle_twins(ops: &[&Judged], outcomes: Vec<Option<Outcome>>) -> Vec<Outcome> {
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
async fn within_quota(
    conn: &mut Conn,
    batch: &Batch<'_>,
    ops: &[&Judged],
    fresh: Vec<usize>,
    outcomes: &mut [Option<Outcome>],
) -> Result<Vec<usize>, Error> {
    let blinds = || fresh.iter().filter_map(|at| recorded_blind(ops[*at]));
    if blinds().next().is_none() {
        return Ok(fresh);
    }
    let today =
        store::list_subjects_of_day(conn, batch.sender.account_id, batch.receipt.on_day()).await?;
    let allowed = rules::within_quota(&today, blinds(), batch.subjects_per_day);
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

async fn write_fresh(
    conn: &mut Conn,
    batch: &Batch<'_>,
    stored: &HashMap<OperationId, StoredOperation>,
    ops: &[&Judged],
) -> Result<Vec<Verdict>, Error> {
    let targets: Vec<OperationId> = ops.iter().filter_map(|op| op.void_target()).collect();
    let persons = Persons::claim(conn, batch, ops, &targets).await?;
    let fills: BTreeSet<OperationId> = ops
        .iter()
        .map(|op| op.op_id)
        .filter(|id| stored.contains_key(id))
        .collect();
    let known = know(conn, ops, &persons, &targets, &fills).await?;
    let placed: Vec<Placed<'_>> = ops
        .iter()
        .map(|op| Placed {
            judged: op,
            person_id: persons.of(op),
        })
        .collect();
    let changes = rules::fold(&known, &placed, batch.sender, batch.geography);
    claim_operations(conn, batch, &placed, &known, &changes, &fills).await?;
    write_said(conn, batch, &placed, &changes).await?;
    store::set_voided(conn, &changes.voided).await?;
    store::set_credits(conn, &changes.credits).await?;
    if !changes.moved.is_empty() {
        store::touch_operations(conn, &changes.moved).await?;
    }
    store::add_to_rollups(conn, &changes.tally).await?;
    Ok(changes.verdicts)
}

/// Everything the fold must know, read under the locks of persons and operations.
async fn know(
    conn: &mut Conn,
    ops: &[&Judged],
    persons: &Persons,
    targets: &[OperationId],
    fills: &BTreeSet<OperationId>,
) -> Result<Known, Error> {
    let mut known = Known {
        live: store::list_live_facts(conn, &persons.locked).await?,
        ..Known::default()
    };
    if targets.is_empty() && fills.is_empty() {
        return Ok(known);
    }
    let mut ids: Vec<OperationId> = targets.to_vec();
    ids.extend(fills);
    let locked = store::lock_operations(conn, &ids).await?;
    // What was open when we looked must be open still.
    for op in ops.iter().filter(|op| fills.contains(&op.op_id)) {
        if !locked.get(&op.op_id).is_some_and(|row| is_open(row, op)) {
            return Err(raced());
        }
    }
    let of_targets = locked
        .values()
        .filter(|row| targets.contains(&row.op_id) && !fills.contains(&row.op_id));
    known.targets = store::list_targets(conn, of_targets).await?;
    for (person_id, stage, _) in known.targets.values().filter_map(|t| t.fact.as_ref()) {
        // A target that came between our look and our lock: its person is not locked yet.
        if person_id.is_some_and(|id| !persons.locked.contains(&id)) {
            return Err(raced());
        }
        if let Some(person_id) = person_id {
            known.live.entry((*person_id, *stage)).or_default();
        }
    }
    known.awaited = locked
        .values()
        .filter(|row| row.is_awaited())
        .map(|row| row.op_id)
        .collect();
    let awaited: Vec<OperationId> = fills.iter().copied().collect();
    known.waiting = store::list_waiting_voids(conn, &awaited).await?;
    Ok(known)
}

/// The persons of a batch, under lock.
struct Persons {
    by_blind: HashMap<Vec<u8>, PersonId>,
    locked: Vec<PersonId>,
}

impl Persons {
    async fn claim(
        conn: &mut Conn,
        batch: &Batch<'_>,
        ops: &[&Judged],
        targets: &[OperationId],
    ) -> Result<Self, Error> {
        let mut rows: BTreeMap<(Option<&[u8]>, PersonId), Value> = BTreeMap::new();
        let mut minted: HashMap<&[u8], PersonId> = HashMap::new();
        for op in ops {
            let (Some(who), Some(village)) = (op.act().and_then(Act::who), op.village_id) else {
                continue;
            };
            let (blind, tail, person_id, details) = match who {
                Who::Citizen {
                    blind,
                    tail,
                    details,
                } => {
                    let id = *minted
                        .entry(blind)
                        .or_insert_with(|| PersonId(Uuid::now_v7()));
                    (Some(blind.as_slice()), Some(tail), id, details)
                }
                Who::Provisional { person_id, details } => (None, None, *person_id, details),
                Who::Nobody(_) => continue,
            };
            rows.entry((blind, person_id)).or_insert_with(|| {
                let mut row = details_row(batch.keys, person_id, details);
                row["subject_blind"] = json!(blind.map(bytea));
                row["id_tail"] = json!(tail);
                row["village_id"] = json!(village);
                row["consent_method"] = json!(details.consent_method);
                row["consent_at"] = json!(op.effective_at);
                row["created_at"] = json!(batch.receipt.received_at);
                row
            });
        }
        let blinds: Vec<Vec<u8>> = minted.keys().map(|blind| blind.to_vec()).collect();
        let mut ids: Vec<PersonId> = rows
            .keys()
            .filter(|(blind, _)| blind.is_none())
            .map(|(_, id)| *id)
            .collect();
        if !targets.is_empty() {
            ids.extend(store::list_persons_of(conn, targets).await?);
        }
        if !rows.is_empty() {
            store::insert_persons(conn, rows.values().cloned().collect()).await?;
        }
        if blinds.is_empty() && ids.is_empty() {
            return Ok(Self {
                by_blind: HashMap::new(),
                locked: Vec::new(),
            });
        }
        let locked = store::lock_persons(conn, &blinds, &ids).await?;
        let persons = Self {
            by_blind: locked
                .iter()
                .filter_map(|person| Some((person.subject_blind.clone()?, person.person_id)))
                .collect(),
            locked: locked.iter().map(|person| person.person_id).collect(),
        };
        persons.complete(conn, batch, ops, &locked).await?;
        Ok(persons)
    }

    fn of(&self, op: &Judged) -> Option<PersonId> {
        match op.act()?.who()? {
            Who::Citizen { blind, .. } => self.by_blind.get(blind).copied(),
            Who::Provisional { person_id, .. } => Some(*person_id),
            Who::Nobody(_) => None,
        }
    }

    /// Adds a name or a phone where none was known.
    async fn complete(
        &self,
        conn: &mut Conn,
        batch: &Batch<'_>,
        ops: &[&Judged],
        locked: &[store::LockedPerson],
    ) -> Result<(), Error> {
        let lacking: HashMap<PersonId, (bool, bool)> = locked
            .iter()
            .map(|person| (person.person_id, (person.has_no_name, person.has_no_phone)))
            .collect();
        let mut rows: BTreeMap<PersonId, Value> = BTreeMap::new();
        for op in ops {
            let details = match op.act().and_then(Act::who) {
                Some(Who::Citizen { details, .. } | Who::Provisional { details, .. }) => details,
                _ => continue,
            };
            let Some(person_id) = self.of(op) else {
                continue;
            };
            let (no_name, no_phone) = lacking.get(&person_id).copied().unwrap_or_default();
            if (no_name && details.name.is_some()) || (no_phone && details.phone.is_some()) {
                rows.entry(person_id)
                    .or_insert_with(|| details_row(batch.keys, person_id, details));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        store::complete_persons(conn, rows.into_values().collect()).await
    }
}

fn details_row(keys: &Keys, person_id: PersonId, details: &Details) -> Value {
    let encrypt = |column: &'static str, plain: &str| {
        let place = Place {
            column,
            row: person_id.0.as_bytes(),
        };
        bytea(&keys.encrypt(&place, plain))
    };
    json!({
        "person_id": person_id,
        "name": details.name.as_ref().map(|name| encrypt("person.name", name.expose())),
        "phone": details.phone.as_ref().map(|phone| encrypt("person.phone", &phone.e164())),
        "birth_year": details.birth_year,
        "sex": details.sex,
    })
}

/// Bytes as PostgreSQL reads them.
fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex(bytes))
}

async fn claim_operations(
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
        let row = operation_row(batch, op, verdict);
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

fn operation_row(batch: &Batch<'_>, op: &Judged, verdict: &Verdict) -> Value {
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
        "recorded_on": verdict.recorded_on,
        "raw": raw,
    })
}

async fn write_said(
    conn: &mut Conn,
    batch: &Batch<'_>,
    placed: &[Placed<'_>],
    changes: &Changes,
) -> Result<(), Error> {
    let (mut facts, mut visits, mut notes, mut voids) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (placed, verdict) in placed.iter().zip(&changes.verdicts) {
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
        match act {
            Act::Record {
                stage,
                device_holder,
                ..
            } => {
                row["stage"] = json!(stage);
                row["device_holder"] = json!(device_holder);
                row["received_on"] = json!(batch.receipt.on_day());
                facts.push(row);
            }
            Act::Visit { outcome, .. } => {
                row["outcome"] = json!(outcome);
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
            Act::Void { target, reason } if verdict.result == "applied" => {
                let sender = batch.sender;
                row["target_op_id"] = json!(target);
                row["corrects_in"] = json!(sender.may_correct.then_some(sender.unit_id));
                row["reason"] = json!(reason);
                voids.push(row);
            }
            Act::Void { .. } => {}
        }
    }
    store::insert_said(conn, Said::Facts, facts).await?;
    store::insert_said(conn, Said::Visits, visits).await?;
    store::insert_said(conn, Said::Notes, notes).await?;
    store::insert_said(conn, Said::Voids, voids).await
}
