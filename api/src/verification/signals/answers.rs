//! What is said about a signal, read, and emptied when it names somebody who is to be forgotten.

use diesel::result::Error;
use mobile_contracts::verification::SignalAnswer;
use uuid::Uuid;

use super::store::{self, AnswerRow};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::free_text::{GONE, Named};
use crate::privacy::keys::{DecryptError, Keys, Place};

/// Answers that are read at once.
const AT_ONCE: i64 = 500;

pub fn note_place(answer_id: &Uuid) -> Place<'_> {
    Place {
        column: "signal_answer.note",
        row: answer_id.as_bytes(),
    }
}

fn read_note(keys: &Keys, answer_id: &Uuid, note: &[u8]) -> Result<String, DecryptError> {
    match note.is_empty() {
        true => Ok(GONE.to_owned()),
        false => keys.decrypt(&note_place(answer_id), note),
    }
}

/// # Errors
/// When its key is not configured.
pub fn read_answer(keys: &Keys, row: AnswerRow) -> Result<SignalAnswer, Failure> {
    let note = read_note(keys, &row.answer_id, &row.note);
    Ok(SignalAnswer {
        answer: row.answer,
        note: note.map_err(Failure::internal)?,
        answered_by: row.answered_by,
        by_author: row.by_author,
        answered_at: row.answered_at,
    })
}

/// Empties every note that names them.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn empty_naming(conn: &mut Conn, keys: &Keys, named: &Named) -> Result<(), Error> {
    let mut after = None;
    loop {
        let rows = store::list_notes(conn, after, AT_ONCE).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        after = rows.last().map(|(answer_id, _)| *answer_id);
        let mut naming = Vec::new();
        for (answer_id, note) in rows {
            let note = read_note(keys, &answer_id, &note)
                .map_err(|why| Error::DeserializationError(Box::new(why)))?;
            if named.is_in(&note) {
                naming.push(answer_id);
            }
        }
        store::empty_notes(conn, &naming).await?;
        if is_last {
            return Ok(());
        }
    }
}
