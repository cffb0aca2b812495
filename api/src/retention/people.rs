//! People whom nobody has met for a long time: forgotten, as if they had asked for it, and counted as before.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::db::Conn;
use crate::db::purge::Due;
use crate::http::failure::Failure;
use crate::privacy::free_text::Named;
use crate::privacy::keys::Keys;
use crate::rights::named;
use crate::tracking::citizen::{self, Leaves, long_ago};

/// People that one transaction forgets: each takes a look at every word that may name them.
pub const AT_ONCE: i64 = 25;

/// How many are due, and since when the first of them is known.
///
/// # Errors
/// When the database cannot.
pub async fn count(conn: &mut Conn, before: DateTime<Utc>) -> Result<Due, Failure> {
    Ok(long_ago::count(conn, before).await?)
}

/// Forgets some of them in the caller's transaction, and gives how many. Whoever is recorded meanwhile is not due
/// any more.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn forget_some(
    conn: &mut Conn,
    keys: &Keys,
    before: DateTime<Utc>,
) -> Result<usize, Failure> {
    let due: BTreeSet<_> = long_ago::list(conn, before, AT_ONCE).await?;
    let mut words = Vec::new();
    let mut forgotten = 0;
    for head in due {
        let Some(locked) = citizen::lock(conn, head).await? else {
            continue;
        };
        if !long_ago::is_due(conn, head, before).await? {
            continue;
        }
        citizen::end_requests(conn, &locked).await?;
        let own = citizen::words_of(conn, keys, &locked).await?;
        citizen::erase_person(conn, keys, &locked, &own, Leaves::Counted).await?;
        words.extend(own);
        forgotten += 1;
    }
    // Whoever said nothing of themselves is named nowhere.
    if !words.is_empty() {
        named::forget(conn, keys, &Named::new(&words)).await?;
    }
    Ok(forgotten)
}
