//! That somebody cared for a citizen by name, for whoever asks for all that is kept of them. Not who: a volunteer is
//! somebody too.

use diesel::QueryResult;
use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;

use super::store;
use crate::db::Conn;

/// # Errors
/// When the database cannot.
pub async fn copy_of(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<Vec<CopyEntry>> {
    let mut entries = Vec::new();
    for (begun_at, ended_at) in store::list_care(conn, persons).await? {
        let told = |field, at| CopyEntry::new("caretaker", field, "", Some(at));
        entries.push(told("begun", begun_at));
        entries.extend(ended_at.map(|at| told("ended", at)));
    }
    Ok(entries)
}
