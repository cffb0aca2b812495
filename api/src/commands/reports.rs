//! Proves what is kept of issued reports.

use std::error::Error;

use super::say;
use crate::db::Conn;
use crate::reporting::report::proof;

/// Says how many issued reports equal their hashes, or which do not.
pub async fn verify(conn: &mut Conn) -> Result<(), Box<dyn Error>> {
    let proof = proof::verify(conn).await;
    let proof = proof.map_err(|why| format!("issued reports could not be read: {why:?}"))?;
    for (period, correction) in &proof.broken {
        say(format!(
            "report of period {period}, issue {correction}, is not what was signed"
        ));
    }
    match proof.broken.len() {
        0 => {
            say(format!(
                "{} issued reports equal their hashes",
                proof.looked_at
            ));
            Ok(())
        }
        broken => Err(format!(
            "{broken} of {} issued reports are not what was signed; restore them from a backup",
            proof.looked_at
        )
        .into()),
    }
}
