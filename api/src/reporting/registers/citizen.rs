//! A citizen whom a register names: never, it says where it is written, and people write a name all the same.

use diesel::QueryResult;

use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::naming::{Place, empty_naming};

/// Where words stand: what reads them, and what empties a row. A province has some thousands.
const PLACES: [Place; 5] = [
    (
        "select entry_id as id, body as words from register_entry where body <> '***'",
        "update register_entry set body = '***' where entry_id = any($1)",
    ),
    (
        "select entry_id as id, subject as words from register_entry where subject <> '***'",
        "update register_entry set subject = '***' where entry_id = any($1)",
    ),
    (
        "select change_id as id, note as words from register_change where note <> '***'",
        "update register_change set note = '***' where change_id = any($1)",
    ),
    (
        "select change_id as id, body_before as words from register_change where body_before <> '***'",
        "update register_change set body_before = '***' where change_id = any($1)",
    ),
    (
        "select change_id as id, subject_before as words from register_change where subject_before <> '***'",
        "update register_change set subject_before = '***' where change_id = any($1)",
    ),
];

/// Empties whatever names them, in the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn forget(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    empty_naming(conn, named, &PLACES).await
}
