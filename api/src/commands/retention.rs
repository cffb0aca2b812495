//! Purges when somebody asks, not only at night.

use std::error::Error;

use super::{open, say};
use crate::config::Config;
use crate::retention::purge::{count_all, purge_all};

pub async fn purge(config: Config, dry_run: bool) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let schedule = &config.retention;
    // The database's clock is the one that rows are written by.
    let now = open::database_now(&mut conn).await?;
    let explain = |why| format!("old records could not be purged: {why:?}");
    if dry_run {
        for (kind, due) in count_all(&mut conn, schedule, now).await.map_err(explain)? {
            let (word, days) = (kind.as_str(), schedule.days(kind));
            let oldest = due.oldest_at.map_or_else(String::new, |at| {
                format!(", the oldest of {}", at.format("%Y-%m-%d"))
            });
            say(format!(
                "{word}: {} older than {days} days{oldest}; would be purged",
                due.due
            ));
        }
        return Ok(());
    }
    open::judge_again(&opened, &mut conn).await?;
    for (kind, purged) in purge_all(&mut conn, &opened.keys, schedule, now)
        .await
        .map_err(explain)?
    {
        let (word, days) = (kind.as_str(), schedule.days(kind));
        say(format!(
            "{word}: {purged} older than {days} days were purged"
        ));
    }
    Ok(())
}
