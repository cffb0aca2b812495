//! A citizen whom a reason of a campaign names: never, it is asked, and people write a name all the same.

use diesel::QueryResult;

use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::naming::{Place, empty_naming};

/// Where words stand: what reads them, and what empties a row. A province has some dozens.
const PLACES: [Place; 1] = [(
    "select campaign_id as id, close_reason as words from campaign where close_reason <> '***'",
    "update campaign set close_reason = '***' where campaign_id = any($1)",
)];

/// Empties whatever names them, in the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn forget(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    empty_naming(conn, named, &PLACES).await
}
