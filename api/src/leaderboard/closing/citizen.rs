//! A citizen whom the reason of a revision names: never, it is asked, and people write a name all the same.

use diesel::QueryResult;

use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::naming::{Place, empty_naming};

/// Where words stand: what reads them, and what empties a row. A revision has no id but its window and its number. One
/// from before reasons were sealed keeps its words: its hash is of them.
const PLACES: [Place; 1] = [(
    "select md5(concat_ws('/', starts_on, ends_on, revision))::uuid as id, reason as words from board_closing
     where reason_salt is not null",
    "update board_closing set reason = '***', reason_salt = null
     where md5(concat_ws('/', starts_on, ends_on, revision))::uuid = any($1)",
)];

/// Empties whatever names them, in the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn forget(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    empty_naming(conn, named, &PLACES).await
}
