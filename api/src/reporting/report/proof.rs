//! Whether every issued report is what was signed.

use uuid::Uuid;

use super::routes::hash_of;
use super::store;
use crate::db::Conn;
use crate::http::failure::Failure;

/// Reports that are read at once: each is some hundred kilobytes.
const AT_ONCE: i64 = 50;

/// What a look at all issued reports found.
#[derive(Debug, Default)]
pub struct Proof {
    pub looked_at: usize,
    /// Periods, with the numbers of the issues that differ from their hash.
    pub broken: Vec<(Uuid, i32)>,
}

/// Computes every hash anew.
///
/// # Errors
/// When the database cannot.
pub async fn verify(conn: &mut Conn) -> Result<Proof, Failure> {
    let mut proof = Proof::default();
    let mut after = None;
    loop {
        let rows = store::list_signed(conn, after, AT_ONCE).await?;
        after = rows.last().map(|row| (row.period_id, row.correction));
        let is_last = (rows.len() as i64) < AT_ONCE;
        proof.looked_at += rows.len();
        for row in rows {
            // What cannot even be read is not what was signed.
            let is_whole = match serde_json::from_value(row.snapshot) {
                Ok(report) => hash_of(&report)? == row.hash,
                Err(_) => false,
            };
            if !is_whole {
                proof.broken.push((row.period_id, row.correction));
            }
        }
        if is_last {
            return Ok(proof);
        }
    }
}
