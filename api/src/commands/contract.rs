//! Prints, compares and releases the contract.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use mobile_contracts::VERSION;
use mobile_contracts::calendar::local_day;
use mobile_contracts::diff::Version;

use super::say;
use crate::contract::catalogue;
use crate::contract::released::{Since, entry, prepend};
use crate::{clock, routes};

/// Where releases are kept, from the top of the sources.
const RELEASED: &str = "mobile-contracts/released/openapi.json";
/// What was answered, counted and refused, too: every later build is held to what each version said.
const PROMISES: [&str; 4] = [
    "mobile-contracts/examples/operations.json",
    "mobile-contracts/examples/sealing-vectors.json",
    "mobile-contracts/examples/checksum-vectors.json",
    "mobile-contracts/errors.json",
];
const CHANGELOG: &str = "mobile-contracts/CHANGELOG.md";

#[derive(Debug, Subcommand)]
pub enum Contract {
    /// Say what changed since the last release; fails if a phone in the field would break.
    Diff {
        /// The older document.
        #[arg(default_value = RELEASED)]
        old: PathBuf,
        /// The newer one; without it, this build's.
        new: Option<PathBuf>,
    },
    /// Print the error catalogue, mobile-contracts/errors.json.
    Errors,
    /// Release this build's document: keep it, and write what changed into the changelog. Run it at the
    /// top of the sources.
    Release,
}

pub fn obey(command: &Contract) -> Result<(), Box<dyn Error>> {
    match command {
        Contract::Diff { old, new } => diff(old, new.as_deref()),
        Contract::Errors => {
            std::io::stdout().write_all(catalogue::text().as_bytes())?;
            Ok(())
        }
        Contract::Release => release(),
    }
}

/// The whole document, for `api openapi`.
pub fn print() -> Result<(), Box<dyn Error>> {
    std::io::stdout().write_all(routes::document_text().as_bytes())?;
    Ok(())
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    std::fs::read_to_string(path)
        .map_err(|why| format!("{} cannot be read: {why}", path.display()).into())
}

fn diff(old: &Path, new: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let old = read(old)?;
    let new = new.map_or_else(|| Ok(routes::document_text()), read)?;
    let since = Since::of(&old, &new)?;
    for change in &since.changes {
        say(format!("{:?} {change}", change.weight));
    }
    let breaking = since.breaking().count();
    if breaking > 0 {
        return Err(format!(
            "{breaking} changes break phones that keep to {}: they need a new major version, and the old one stays served",
            since.released
        )
        .into());
    }
    say(format!(
        "{} changes since {}; the next version is {}",
        since.changes.len(),
        since.released,
        since.next()
    ));
    Ok(())
}

fn release() -> Result<(), Box<dyn Error>> {
    let version = Version::parse(VERSION).ok_or("mobile_contracts::VERSION is no version")?;
    let document = routes::document_text();
    let changes = if Path::new(RELEASED).exists() {
        let since = Since::of(&read(Path::new(RELEASED))?, &document)?;
        if since.changes.is_empty() {
            return Err(format!("nothing changed since {}", since.released).into());
        }
        if version != since.next() {
            let next = since.next();
            return Err(format!(
                "what changed since {} makes this {next}: set mobile_contracts::VERSION to it and build again",
                since.released
            )
            .into());
        }
        since.changes
    } else {
        Vec::new()
    };
    let today = local_day(clock::Clock::default().now());
    let known = if Path::new(CHANGELOG).exists() {
        read(Path::new(CHANGELOG))?
    } else {
        String::new()
    };
    let changelog = prepend(&known, &entry(version, today, &changes));
    std::fs::write(CHANGELOG, changelog)?;
    let folder = Path::new(RELEASED).with_file_name(version.to_string());
    std::fs::create_dir_all(&folder)?;
    // Read by nobody but programs.
    let compact: serde_json::Value = serde_json::from_str(&document)?;
    std::fs::write(RELEASED, format!("{compact}\n"))?;
    for promise in PROMISES.map(Path::new) {
        let name = promise.file_name().unwrap_or(promise.as_os_str());
        std::fs::copy(promise, folder.join(name))?;
    }
    say(format!("{version} is released: commit mobile-contracts/"));
    Ok(())
}
