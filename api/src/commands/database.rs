//! Commands about the database as a whole.

use std::error::Error;
use std::path::Path;

use super::open::{self, Opened};
use super::say;
use crate::config::Config;
use crate::db::{self, private};
use crate::{clock, demo};

pub async fn migrate(config: Config, redo: bool) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    let ran = opened.migrate().await?;
    for version in &ran {
        say(format!("migrated {version}"));
    }
    if redo {
        db::redo_newest_migration(&opened.migration_url).await?;
        say("the newest migration was taken back and run again");
    }
    if ran.is_empty() && !redo {
        say("nothing to migrate");
    }
    Ok(())
}

pub async fn print_schema(config: Config) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    let postgres = opened
        .postgres
        .as_ref()
        .ok_or("`api schema` reads the private database: unset DATABASE_URL")?;
    say(private::print_schema(postgres, open::DATABASE)?.trim_end());
    Ok(())
}

pub async fn load_demo(config: Config) -> Result<(), Box<dyn Error>> {
    if config.is_production() {
        return Err("the demo is refused in production (TO06_ENV=production)".into());
    }
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    if !load_demo_into(&opened).await? {
        say("the database is not empty: nothing was loaded");
    }
    Ok(())
}

/// Loads the demo where there is no account yet; says whether it did.
pub async fn load_demo_into(opened: &Opened) -> Result<bool, Box<dyn Error>> {
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    if !demo::is_empty(&mut conn).await? {
        return Ok(false);
    }
    say("Nạp tỉnh dùng thử… / Loading the demo province…");
    let now = clock::Clock::default().now();
    demo::load(&mut conn, &opened.config, &opened.keys, now)
        .await
        .map_err(|why| format!("the demo could not be loaded: {why:?}"))?;
    Ok(true)
}

pub async fn backup(config: Config, to: &Path) -> Result<(), Box<dyn Error>> {
    let dir = private_dir(&config)?;
    let made_at = clock::Clock::default().now().to_rfc3339();
    let manifest = tokio::task::block_in_place(|| private::backup(&dir, to, &made_at))?;
    let rows: u64 = manifest.rows.values().sum();
    say(format!(
        "{}: {} tables, {rows} rows",
        to.display(),
        manifest.rows.len()
    ));
    Ok(())
}

pub async fn restore(config: Config, from: &Path) -> Result<(), Box<dyn Error>> {
    let dir = private_dir(&config)?;
    let manifest =
        tokio::task::block_in_place(|| private::restore(&dir, from, INVARIANTS, NEW_EPOCH))?;
    let rows: u64 = manifest.rows.values().sum();
    say(format!(
        "restored the backup of {}: {rows} rows, all invariants hold",
        manifest.made_at
    ));
    Ok(())
}

fn private_dir(config: &Config) -> Result<private::DataDir, Box<dyn Error>> {
    if config.database.url.is_some() {
        return Err("backup and restore are for the private database; yours (DATABASE_URL) has tools of its own".into());
    }
    Ok(open::data_dir(config)?)
}

/// What must hold in every database, whatever died: each selects what breaks it.
pub const INVARIANTS: &[private::Invariant<'_>] = &[private::Invariant {
    name: "no account belongs to a unit that is not there",
    sql: "select account_id from account where unit_id not in (select unit_id from unit)",
}];

/// Phones must learn that time went back: transaction numbers of the backup mean nothing here.
const NEW_EPOCH: &str = "insert into sync_epoch (system_identifier) \
     select system_identifier::text from pg_control_system()";
