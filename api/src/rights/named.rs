//! Somebody who is erased, as words about others name them: every feature looks through its own, and empties those.

use super::store::{self, ANSWER, EXTENSION_REASON, NamingWords, RequestRow, WORDS};
use crate::booking;
use crate::campaign;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::leaderboard;
use crate::notice;
use crate::privacy::free_text::Named;
use crate::privacy::keys::{DecryptError, Keys};
use crate::reporting;
use crate::tracking;
use crate::verification;

/// Requests that are read at once.
const AT_ONCE: i64 = 500;

/// Empties whatever names them, in the caller's transaction.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn forget(conn: &mut Conn, keys: &Keys, named: &Named) -> Result<(), Failure> {
    tracking::citizen::forget_reasons(conn, named).await?;
    verification::citizen::forget(conn, keys, named).await?;
    reporting::registers::citizen::forget(conn, named).await?;
    campaign::citizen::forget(conn, named).await?;
    leaderboard::closing::citizen::forget(conn, named).await?;
    let unreached = booking::citizen::forget(conn, keys, named).await?;
    // Their phone stands in every notice that was sent there for somebody else.
    notice::forget(conn, &unreached).await?;
    empty_requests(conn, keys, named).await
}

/// Empties what others asked for, or were answered, in words that name them.
async fn empty_requests(conn: &mut Conn, keys: &Keys, named: &Named) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let rows = store::list_worded(conn, after, AT_ONCE).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        after = rows.last().map(|row| row.rights_request_id);
        for row in &rows {
            let naming = naming_words(keys, row, named)?;
            if naming != NamingWords::default() {
                store::empty_naming(conn, row.rights_request_id, naming).await?;
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

fn naming_words(keys: &Keys, row: &RequestRow, named: &Named) -> Result<NamingWords, DecryptError> {
    let is_naming = |column: &'static str, stored: &Option<Vec<u8>>| {
        let text = row.read(keys, column, stored)?;
        Ok::<_, DecryptError>(text.is_some_and(|text| named.is_in(&text)))
    };
    Ok(NamingWords {
        words: is_naming(WORDS, &row.words)?,
        extension_reason: is_naming(EXTENSION_REASON, &row.extension_reason)?,
        answer: is_naming(ANSWER, &row.answer)?,
    })
}
