//! What was reported of a citizen, for whoever asks for all that is kept of them.

use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;

use super::store;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::keys::{DecryptError, Keys, Place};

/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    persons: &[PersonId],
) -> Result<Vec<CopyEntry>, Failure> {
    let mut entries = Vec::new();
    for row in store::list_about(conn, persons).await? {
        let words = read_words(keys, &row)?.unwrap_or_default();
        let at = Some(row.reported_at);
        entries.push(CopyEntry::new("data_report", &row.what, &words, at));
    }
    Ok(entries)
}

/// The words of a report, in plain.
///
/// # Errors
/// When the key is not configured.
pub fn read_words(keys: &Keys, row: &store::ReportRow) -> Result<Option<String>, DecryptError> {
    let place = Place {
        column: "data_report.words",
        row: row.report_id.as_bytes(),
    };
    let words = row.words.as_deref();
    words.map(|words| keys.decrypt(&place, words)).transpose()
}
