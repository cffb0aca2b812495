//! Closes boards when somebody asks, not only at night, and proves what is kept of them.

use std::error::Error;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;

use super::{open, say};
use crate::config::Config;
use crate::db::Conn;
use crate::leaderboard::closing::keep;
use crate::leaderboard::closing::rules::LOOK_BACK;

pub async fn close(config: Config, since: Option<NaiveDate>) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    // The database's clock is the one that rows are written by.
    let today = local_day(open::database_now(&mut conn).await?);
    let since = since.unwrap_or(today - LOOK_BACK);
    let closed = keep::close_due(&mut conn, since, today).await;
    let closed = closed.map_err(|why| format!("boards could not be closed: {why:?}"))?;
    for span in &closed {
        say(format!(
            "{} {} to {}: closed",
            span.kind(),
            span.starts_on,
            span.ends_on
        ));
    }
    say(format!("{} windows were closed", closed.len()));
    Ok(())
}

/// Says how many closed boards equal their hashes, or which do not.
pub async fn verify(conn: &mut Conn) -> Result<(), Box<dyn Error>> {
    let proof = keep::verify(conn).await;
    let proof = proof.map_err(|why| format!("closed boards could not be read: {why:?}"))?;
    for (span, revision) in &proof.broken {
        say(format!(
            "board {} to {} revision {revision} is not what was kept",
            span.starts_on, span.ends_on
        ));
    }
    match proof.broken.len() {
        0 => {
            say(format!(
                "{} closed boards and revisions equal their hashes",
                proof.looked_at
            ));
            Ok(())
        }
        broken => Err(format!(
            "{broken} of {} closed boards are not what was kept; restore them from a backup",
            proof.looked_at
        )
        .into()),
    }
}
