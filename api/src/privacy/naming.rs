//! Plain words that name somebody who is erased: where they stand is each feature's to say, how they go is one.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::free_text::Named;
use crate::db::Conn;

/// Where words stand: what reads them, as `id` and `words`, and what empties the rows of `$1`.
pub type Place = (&'static str, &'static str);

/// Words of one row.
#[derive(QueryableByName)]
pub struct Words {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    words: String,
}

/// Empties whatever names somebody in these places, in the caller's transaction.
///
/// # Errors
/// When the database cannot.
pub async fn empty_naming(conn: &mut Conn, named: &Named, places: &[Place]) -> QueryResult<()> {
    for (read, empty) in places {
        let rows = diesel::sql_query(*read).load(conn).await?;
        empty_those(conn, named, rows, empty).await?;
    }
    Ok(())
}

/// Empties those of these rows that name somebody.
///
/// # Errors
/// When the database cannot.
pub async fn empty_those(
    conn: &mut Conn,
    named: &Named,
    rows: Vec<Words>,
    empty: &'static str,
) -> QueryResult<()> {
    let naming = rows.into_iter().filter(|row| named.is_in(&row.words));
    let ids: Vec<Uuid> = naming.map(|row| row.id).collect();
    if !ids.is_empty() {
        diesel::sql_query(empty)
            .bind::<Array<SqlUuid>, _>(&ids)
            .execute(conn)
            .await?;
    }
    Ok(())
}
