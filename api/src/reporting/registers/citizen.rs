//! A citizen whom a register names: never, it says where it is written, and people write a name all the same.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::Conn;
use crate::privacy::free_text::Named;

/// Where words stand: what reads them, and what empties a row. A province has some thousands.
const PLACES: [(&str, &str); 5] = [
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
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Text)]
        words: String,
    }
    for (read, empty) in PLACES {
        let rows: Vec<Row> = diesel::sql_query(read).load(conn).await?;
        let naming = rows.into_iter().filter(|row| named.is_in(&row.words));
        let ids: Vec<Uuid> = naming.map(|row| row.id).collect();
        if !ids.is_empty() {
            diesel::sql_query(empty)
                .bind::<Array<SqlUuid>, _>(&ids)
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}
