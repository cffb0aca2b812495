//! Imports units from files.

use std::error::Error;
use std::path::Path;

use super::open::{self, Opened};
use super::{UnitFiles, say};
use crate::config::Config;
use crate::geography::import::{self, Files, Plan};

pub async fn import(
    config: Config,
    files: &UnitFiles,
    dry_run: bool,
) -> Result<(), Box<dyn Error>> {
    if dry_run {
        read(files)?;
        say("the files fit together; nothing was written");
        return Ok(());
    }
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    import_into(&opened, files).await
}

pub async fn import_into(opened: &Opened, files: &UnitFiles) -> Result<(), Box<dyn Error>> {
    let plan = read(files)?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let imported = import::apply(&mut conn, &plan)
        .await
        .map_err(|why| format!("the import was refused by the database: {why:?}"))?;
    say(format!(
        "{} units and {} villages; {} rows changed",
        imported.units, imported.villages, imported.changed
    ));
    Ok(())
}

fn read(files: &UnitFiles) -> Result<Plan, Box<dyn Error>> {
    let own = Files::built_in();
    let files = Files {
        units: text(files.units.as_deref(), own.units)?,
        successors: text(files.successors.as_deref(), own.successors)?,
        villages: text(files.villages.as_deref(), own.villages)?,
    };
    import::plan(&files).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!(
            "the files do not fit together; nothing was written:\n  {}",
            lines.join("\n  ")
        )
        .into()
    })
}

fn text(path: Option<&Path>, own: String) -> Result<String, Box<dyn Error>> {
    match path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|why| format!("{} cannot be read: {why}", path.display()).into()),
        None => Ok(own),
    }
}
