//! Held and refused operations that have to do with a citizen: the only table in which whom something is about is
//! encrypted with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::result::Error;
use mobile_contracts::ids::{OperationId, PersonId};
use mobile_contracts::rights::CopyEntry;
use serde_json::Value;

use super::store;
use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::reading::hex;
use crate::tracking::reading::kept::{Forgotten, forget};

/// Operations that are read at once.
const KEPT_AT_ONCE: i64 = 500;

/// What is kept of operations.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// About the citizen: as they are kept, in JSON.
    pub theirs: BTreeMap<OperationId, String>,
    /// About others, less the words that name the citizen.
    pub of_others: Vec<(OperationId, String)>,
}

pub(super) fn place(op_id: &OperationId) -> Place<'_> {
    Place {
        column: "operation.raw",
        row: op_id.0.as_bytes(),
    }
}

pub(super) async fn list_about(
    conn: &mut Conn,
    keys: &Keys,
    blinds: &[Vec<u8>],
    persons: &[PersonId],
    named: &Named,
) -> Result<Kept, Error> {
    let mut names: Vec<String> = blinds.iter().map(|blind| hex(blind)).collect();
    names.extend(persons.iter().map(PersonId::to_string));
    let mut found = Kept::default();
    let mut after = None;
    loop {
        let rows = store::list_kept(conn, after, KEPT_AT_ONCE).await?;
        let is_last = (rows.len() as i64) < KEPT_AT_ONCE;
        after = rows.last().map(|(op_id, _)| *op_id);
        for (op_id, raw) in rows {
            let kept = keys.decrypt(&place(&op_id), &raw).unwrap_or_default();
            if names.iter().any(|name| kept.contains(name.as_str())) {
                found.theirs.insert(op_id, kept);
                continue;
            }
            match forget(&kept, named) {
                Forgotten::Nothing => {}
                Forgotten::Words(less) => found.of_others.push((op_id, less)),
                Forgotten::All => {
                    found.theirs.insert(op_id, kept);
                }
            }
        }
        if is_last {
            return Ok(found);
        }
    }
}

/// What is kept about them of operations that count for nothing, told to the citizen.
///
/// # Errors
/// When the database cannot.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    blinds: &[Vec<u8>],
    persons: &[PersonId],
) -> Result<Vec<CopyEntry>, Error> {
    let nobody = Named::new(&[]);
    let kept = list_about(conn, keys, blinds, persons, &nobody).await?;
    let said = kept.theirs.values();
    let said = said.map(|kept| serde_json::from_str(kept).unwrap_or_default());
    Ok(said.flat_map(|said| tell(&said)).collect())
}

fn tell(said: &Value) -> Vec<CopyEntry> {
    let word = |field: &str| said[field].as_str();
    let at = word("recorded_at").and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let what = word("stage").or(word("kind")).unwrap_or_default();
    let mut entries = vec![CopyEntry::new("held", what, "", at)];
    for field in ["name", "phone", "sex", "text"] {
        if let Some(value) = word(field) {
            entries.push(CopyEntry::new("held", field, value, at));
        }
    }
    if let Some(year) = said["birth_year"].as_i64() {
        entries.push(CopyEntry::new("held", "birth_year", &year.to_string(), at));
    }
    entries
}
