//! Proves the counts, and mends them; proves what was closed and issued.

use std::error::Error;

use super::{boards, open, reports, say};
use crate::config::Config;
use crate::db::{self, Conn};
use crate::privacy::keys::Keys;
use crate::tracking::{held, verify};

/// How many differences are printed; the rest is counted.
const DIFFERENCES_PRINTED: usize = 50;

pub async fn verify(config: Config, repair: bool) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let counts = verify_counts(&mut conn, &opened.keys, repair).await;
    // Whatever the counts are, closed boards and issued reports are looked at too.
    let boards = boards::verify(&mut conn).await;
    let reports = reports::verify(&mut conn).await;
    counts.and(boards).and(reports)
}

async fn verify_counts(conn: &mut Conn, keys: &Keys, repair: bool) -> Result<(), Box<dyn Error>> {
    let differences = verify::list_differences(conn).await?;
    let facts = verify::count_facts(conn).await?;
    for difference in differences.iter().take(DIFFERENCES_PRINTED) {
        say(difference);
    }
    if differences.is_empty() {
        say(format!("{facts} facts: credit and rollups equal a recount"));
        let erased = verify::count_erased(conn).await?;
        if erased > 0 {
            say(format!(
                "{erased} persons had themselves erased and still count; whoever was recorded again counts again"
            ));
        }
        return Ok(());
    }
    let found = differences.len();
    if !repair {
        return Err(format!("{found} numbers differ from a recount of {facts} facts; `verify-rollups --repair` writes them anew").into());
    }
    db::transaction::<_, diesel::result::Error>(conn, async |conn| {
        held::store::write_missing(conn, keys).await?;
        verify::repair(conn).await
    })
    .await?;
    let left = verify::list_differences(conn).await?.len();
    if left > 0 {
        return Err(format!("{left} numbers differ even after the repair").into());
    }
    say(format!(
        "{found} differences were written anew from {facts} facts"
    ));
    Ok(())
}
