//! From a batch to its results: read, judge, write, all or part.

mod persons;
mod rows;
pub mod rules;
mod settled;
pub mod store;

pub(in crate::tracking) use self::persons::find_heads;
pub(in crate::tracking) use self::rows::bytea;

use std::collections::{BTreeSet, HashMap};

use diesel::result::{DatabaseErrorKind, Error};
use mobile_contracts::ids::OperationId;
use mobile_contracts::tracking::OperationResult;
use serde_json::value::RawValue;

use self::persons::Persons;
use self::rows::{claim_operations, write_held, write_said};
use self::rules::{Known, Placed, Verdict};
use self::settled::{is_open, settle_repetitions, settle_twins, within_quota};
use self::store::StoredOperation;
use crate::app::App;
use crate::db::{self, Conn, Raced as _};
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::privacy::keys::Keys;
use crate::tracking::code::Code;
use crate::tracking::credit;
use crate::tracking::devices;
use crate::tracking::held;
use crate::tracking::judging::rules::{Decision, Judged, Receipt, Sender, judge};
use crate::tracking::persons::fields;
use crate::tracking::persons::store::list_words;
use crate::tracking::reading::{Reader, Sent};

/// What a batch is judged and written with.
pub struct Batch<'a> {
    pub keys: &'a Keys,
    pub geography: &'a Geography,
    pub sender: &'a Sender,
    pub receipt: &'a Receipt,
    pub subjects_per_day: usize,
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
    let device_is_lost = match sender.device_id {
        Some(device_id) => devices::store::is_lost(&mut conn, device_id).await?,
        None => false,
    };
    let sender = &Sender {
        device_is_lost,
        ..sender.clone()
    };
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
            Some(judge(op_id, sent, sender, receipt, &geography))
        })
        .collect();
    let readable: Vec<&Judged> = judged.iter().flatten().collect();
    let mut outcomes = write(&mut conn, &batch, &readable).await?.into_iter();
    Ok(judged
        .iter()
        .map(|judged| match judged {
            Some(judged) => outcomes
                .next()
                .map(|outcome| tell(receipt, Some(judged.op_id), outcome))
                .unwrap_or_else(|| tell(receipt, Some(judged.op_id), not_stored(Code::Busy))),
            None => tell(
                receipt,
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

fn tell(receipt: &Receipt, op_id: Option<OperationId>, outcome: Outcome) -> OperationResult {
    let Outcome { verdict, original } = outcome;
    let is_quota = verdict.code == Some(Code::Quota);
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
        retry_after_s: is_quota.then(|| receipt.seconds_to_next_day()),
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
        Err(error) if ops.len() == 1 => Ok(vec![hold(conn, batch, ops[0], &error).await]),
        Err(_) => {
            let (first, second) = ops.split_at(ops.len() / 2);
            let mut outcomes = Box::pin(write(conn, batch, first)).await?;
            outcomes.extend(Box::pin(write(conn, batch, second)).await?);
            Ok(outcomes)
        }
    }
}

/// What the database refuses to hold as it was meant is held for a person, with everything that was sent: the phone
/// would send it for ever. What only lost a race comes again.
async fn hold(conn: &mut Conn, batch: &Batch<'_>, op: &Judged, error: &Error) -> Outcome {
    tracing::error!(%error, op_id = %op.op_id, "an operation could not be written");
    if error.raced() {
        return not_stored(Code::Busy);
    }
    let held = Judged {
        decision: Decision::Stopped(Code::LegacySchema),
        would_be: None,
        is_reviewed: false,
        ..op.clone()
    };
    let ops = [&held];
    let written =
        db::transaction::<_, Error>(conn, async |conn| write_once(conn, batch, &ops).await).await;
    let outcome = written
        .ok()
        .and_then(|outcomes| outcomes.into_iter().next());
    outcome.unwrap_or_else(|| not_stored(Code::Busy))
}

/// Whether an error is about what was written, and not about the database being away.
fn is_about_rows(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation,
            _,
        ) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => {
            error.raced() || is_about_data(info.message())
        }
        _ => error.raced(),
    }
}

/// Whether the database's words tell of a value that a column cannot hold (class 22). diesel keeps no SQLSTATE.
fn is_about_data(message: &str) -> bool {
    [
        "out of range",
        "invalid input syntax",
        "invalid byte sequence",
        "unsupported Unicode escape",
        "value too long",
        "overflow",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// Somebody else wrote the same id between our look and our claim: look again.
pub fn raced() -> Error {
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
    let fresh =
        settle_repetitions(conn, batch.sender.account_id, &stored, ops, &mut outcomes).await?;
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

/// Writes operations that were never seen. Run it in a transaction, and again when it raced.
///
/// # Errors
/// When the database cannot, or another batch was faster.
pub async fn write_fresh(
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
        .map(|op| {
            let person_id = persons.of(op);
            Placed {
                judged: op,
                person_id,
                canonical_id: person_id.map(|id| persons.head(id)),
            }
        })
        .collect();
    let changes = rules::fold(&known, &placed, batch.sender, batch.geography);
    claim_operations(conn, batch, &placed, &known, &changes, &fills).await?;
    write_held(conn, batch, stored, &placed, &changes).await?;
    write_said(conn, batch, &placed, &changes).await?;
    credit::store::set_voided(conn, &changes.voided).await?;
    held::store::set_voided(conn, &changes.voided).await?;
    fields::write(conn, batch.keys, &placed, &changes).await?;
    credit::store::set_credits(conn, &changes.credits).await?;
    if !changes.moved.is_empty() {
        store::touch_operations(conn, &changes.moved).await?;
    }
    credit::store::add_to_rollups(conn, &changes.tally).await?;
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
        live: credit::store::list_live_facts(conn, &persons.heads).await?,
        ..Known::default()
    };
    if !targets.is_empty() || rules::say_something(ops) {
        known.words = list_words(conn, &persons.heads).await?;
    }
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
    // A target that came between our look and our lock: its person is not locked yet.
    let of_targets = store::list_persons_of(conn, targets).await?;
    if !of_targets.iter().all(|id| persons.locked.contains(id)) {
        return Err(raced());
    }
    for (person_id, stage, _) in known.targets.values_mut().filter_map(|t| t.fact.as_mut()) {
        if let Some(person_id) = person_id {
            *person_id = persons.head(*person_id);
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
