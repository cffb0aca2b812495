//! What was held or refused, and is not kept for ever: its words are deleted some weeks after they
//! came. Verdict, code and hash stay, so that whoever sends it again is answered as before, and every
//! count stays what it was.
//!
//! Every night the purge of all that is old does so ([`crate::retention`]); here it is done alone, when somebody
//! asks.
//!
//! What a lost phone sent is held, and so is emptied too. A stopped account sends nothing: its phone
//! keeps what it has.

pub mod rules;
pub mod store;

use serde_json::json;

use self::store::Emptied;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::privacy::audit;

/// Operations that one transaction empties.
const BATCH: i64 = 1_000;

/// Deletes the words of everything that is older than so many days, batch by batch, each with its line
/// in the audit trail. Several processes may do so at once.
///
/// # Errors
/// When the database cannot; what was emptied until then stays so.
pub async fn empty(conn: &mut Conn, days: u32) -> Result<Emptied, Failure> {
    let mut sum = Emptied::default();
    loop {
        let emptied = db::transaction::<_, Failure>(conn, async |conn| {
            let emptied = store::empty_oldest(conn, days, BATCH).await?;
            if emptied.all() > 0 {
                let detail = json!({
                    "held": emptied.held, "rejected": emptied.rejected, "days": days,
                });
                let action = "tracking.empty_quarantine";
                audit::record(conn, None, action, "quarantine:all", detail).await?;
            }
            Ok(emptied)
        })
        .await?;
        sum.held += emptied.held;
        sum.rejected += emptied.rejected;
        if emptied.all() < BATCH {
            return Ok(sum);
        }
    }
}
