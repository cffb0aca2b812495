//! Judging again what was held because this program did not understand it: a newer release may. What is found out
//! then is what its author would have been told; the words are as they were kept.

use diesel::result::Error;

use super::store::{self, LegacyRow};
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::identity;
use crate::identity::permission::{CorrectWork, Permission as _, RecordWork};
use crate::privacy::keys::{Keys, Place};
use crate::tracking::batch::store::{list_operations, serialize_author};
use crate::tracking::batch::{Batch, write_fresh};
use crate::tracking::code::Code;
use crate::tracking::devices;
use crate::tracking::judging::rules::{Judged, Receipt, Sender, judge};
use crate::tracking::reading::Sent;
use crate::tracking::reading::kept::read_again;

/// Operations that are read at once.
const READ_AT_ONCE: i64 = 200;

/// Judges everything that this build understands by now, and gives how much that was. One that cannot be written
/// stays held.
///
/// # Errors
/// When the database cannot; what was judged until then stays so.
pub async fn judge_again(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
) -> Result<usize, Failure> {
    let (mut judged, mut after) = (0, None);
    loop {
        let rows = store::list_legacy(conn, after, READ_AT_ONCE).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.op_id);
        for row in &rows {
            match judge_one(conn, keys, geography, row).await {
                Ok(understood) => judged += usize::from(understood),
                Err(Error::DatabaseError(kind, why)) => {
                    tracing::warn!(?kind, why = why.message(), op_id = %row.op_id, "it stays held");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    if judged > 0 {
        tracing::info!(judged, "what was not understood before was judged again");
    }
    Ok(judged)
}

async fn judge_one(
    conn: &mut Conn,
    keys: &Keys,
    geography: &Geography,
    row: &LegacyRow,
) -> Result<bool, Error> {
    let Some(sent) = read(keys, row) else {
        return Ok(false);
    };
    let account = identity::find_account(conn, row.author_id).await?;
    let Some(author) = account else {
        return Ok(false);
    };
    let device_is_lost = match row.device_id {
        Some(device_id) => devices::store::is_lost(conn, device_id).await?,
        None => false,
    };
    let sender = Sender {
        account_id: author.account_id,
        mass_union: author.mass_union(),
        unit_id: author.unit_id,
        device_id: row.device_id,
        device_is_lost,
        may_record: RecordWork::ROLES.contains(&author.role()),
        may_correct: CorrectWork::ROLES.contains(&author.role()),
        confirms_as: None,
    };
    let receipt = Receipt::remembered(row.received_at, sent.draft.as_ref().ok());
    let judged = Judged {
        is_reviewed: true,
        ..judge(row.op_id, sent, &sender, &receipt, geography)
    };
    let batch = Batch {
        keys,
        geography,
        sender: &sender,
        receipt: &receipt,
        subjects_per_day: usize::MAX,
    };
    db::transaction::<_, Error>(conn, async |conn| {
        serialize_author(conn, row.author_id).await?;
        let stored = list_operations(conn, &[row.op_id]).await?;
        let code = stored.get(&row.op_id).and_then(|row| row.code.as_deref());
        if code != Some(Code::LegacySchema.as_str()) {
            return Ok(false);
        }
        write_fresh(conn, &batch, &stored, &[&judged]).await?;
        Ok(true)
    })
    .await
}

/// The operation as it was kept, if it is understood.
fn read(keys: &Keys, row: &LegacyRow) -> Option<Sent> {
    let place = Place {
        column: "operation.raw",
        row: row.op_id.0.as_bytes(),
    };
    let kept = keys.decrypt(&place, &row.raw).ok()?;
    let draft = read_again(&kept).ok()?;
    Some(Sent {
        op_id: Some(row.op_id),
        payload_hash: row.payload_hash.clone(),
        kind: draft.act.kind(),
        seq: row.seq,
        kept,
        draft: Ok(draft),
    })
}
