//! Empties the quarantine when somebody asks, not only at night.

use std::error::Error;

use super::{open, say};
use crate::config::Config;
use crate::tracking::quarantine;

pub async fn empty(config: Config, dry_run: bool) -> Result<(), Box<dyn Error>> {
    let days = config.sync.quarantine_days;
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let (emptied, verb) = if dry_run {
        let old = quarantine::store::count_old(&mut conn, days).await?;
        (old, "would be emptied")
    } else {
        open::judge_again(&opened, &mut conn).await?;
        let emptied = quarantine::empty(&mut conn, days)
            .await
            .map_err(|why| format!("the quarantine could not be emptied: {why:?}"))?;
        (emptied, "were emptied")
    };
    say(format!(
        "{} held and {} refused operations, older than {days} days, {verb}; verdicts stay",
        emptied.held, emptied.rejected
    ));
    Ok(())
}
