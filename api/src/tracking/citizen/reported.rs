//! What was reported of others, in words that name this citizen too: a relative, whoever lives next door.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;
use uuid::Uuid;

use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::keys::Keys;
use crate::tracking::data_reports::copy::read_words;
use crate::tracking::data_reports::store::{ReportRow, Wanted, list_reports};

/// Reports that are read at once.
const AT_ONCE: i64 = 500;

/// Empties the words of every report of these villages that names somebody.
pub async fn empty_naming(
    conn: &mut Conn,
    keys: &Keys,
    villages: &[UnitId],
    named: &Named,
) -> Result<(), Error> {
    let wanted = Wanted {
        villages: Some(villages),
        ..Wanted::default()
    };
    let mut before = None;
    loop {
        let rows = list_reports(conn, &wanted, before, AT_ONCE).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        before = rows.last().map(|row| row.report_id);
        let mut naming = Vec::new();
        for row in &rows {
            if is_naming(keys, row, named)? {
                naming.push(row.report_id);
            }
        }
        empty(conn, &naming).await?;
        if is_last {
            return Ok(());
        }
    }
}

fn is_naming(keys: &Keys, row: &ReportRow, named: &Named) -> Result<bool, Error> {
    let words = read_words(keys, row);
    let words = words.map_err(|why| Error::DeserializationError(Box::new(why)))?;
    Ok(words.is_some_and(|words| named.is_in(&words)))
}

async fn empty(conn: &mut Conn, reports: &[Uuid]) -> QueryResult<()> {
    if !reports.is_empty() {
        diesel::sql_query("update data_report set words = null where report_id = any($1)")
            .bind::<Array<SqlUuid>, _>(reports)
            .execute(conn)
            .await?;
    }
    Ok(())
}
