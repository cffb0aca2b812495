//! What the program can be told on the command line.

mod account;
mod boards;
mod configuration;
mod contract;
mod database;
pub mod open;
mod quarantine;
mod reports;
mod retention;
mod rollups;
mod serve;
mod units;
mod verification;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mobile_contracts::identity::{MassUnion, Role};

pub use database::INVARIANTS;

use crate::config::Config;
use crate::telemetry;

/// Tổ 06: phần mềm tác nghiệp của Tổ công tác Đề án 06 cấp tỉnh.
#[derive(Debug, Parser)]
#[command(name = "api", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve HTTP until told to stop.
    Serve {
        /// Load the demo province first if the database is empty.
        #[arg(long)]
        demo: bool,
        /// Also serve HTTPS to phones on the same network, with a certificate of its own.
        #[arg(long)]
        lan: bool,
    },
    /// Bring the database's schema up to date.
    Migrate {
        /// Take the newest migration back and run it again.
        #[arg(long)]
        redo: bool,
    },
    /// List every environment variable: value, default, meaning. Secrets are masked.
    Config,
    /// Print the OpenAPI document.
    Openapi,
    /// The contract: what changed, what it refuses with, releases.
    #[command(subcommand)]
    Contract(contract::Contract),
    /// Print api/src/db/schema.rs from the private database as it is migrated.
    Schema,
    /// Units through time.
    #[command(subcommand)]
    Units(Units),
    /// Accounts.
    #[command(subcommand)]
    Account(Account),
    /// The demo province.
    #[command(subcommand)]
    Demo(Demo),
    /// Set up a real province: migrate, import units, and create its first administrator.
    Init {
        /// The first administrator's phone number.
        #[arg(long)]
        phone: String,
        /// The first administrator's name.
        #[arg(long)]
        name: String,
        /// Official code of the unit they administer, today.
        #[arg(long, default_value = "56")]
        unit: String,
        #[command(flatten)]
        files: UnitFiles,
    },
    /// Prove that the counts equal a recount of the facts, and closed boards their hashes; fails if they do not.
    VerifyRollups {
        /// Write them anew from the facts.
        #[arg(long)]
        repair: bool,
    },
    /// Close the boards of days, weeks and months that are due. The running server does so every night.
    CloseBoards {
        /// Windows that end on this day or later, such as 2026-01-01; those of the last 100 days if left out.
        #[arg(long)]
        since: Option<chrono::NaiveDate>,
    },
    /// Delete the words of operations that were held or refused long ago; verdicts stay. The running
    /// server does so every night.
    Quarantine {
        /// Count them and delete nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Delete or empty what is older than its kind is kept; counts stay. The running server does so every night.
    Retention {
        /// Count by kind, with the oldest, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Say that the database was restored by tools of your own: phones pull everything again, and send again what
    /// was confirmed in the last 30 days, which counts nothing twice. A restore that shows is noticed at the start.
    NewEpoch,
    /// Whether the numbers can be trusted: signals, and how they are measured.
    #[command(subcommand)]
    Verification(verification::Verification),
    /// Copy the private database and its keys into a new folder.
    Backup {
        /// A folder that does not exist yet.
        to: PathBuf,
    },
    /// Put a backup in the private database's place, after it has proven itself.
    Restore {
        /// The folder of a backup.
        from: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Units {
    /// Import units, successors and villages; running it again changes nothing.
    Import {
        #[command(flatten)]
        files: UnitFiles,
        /// Judge the files and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// The files of an import. Those left out are the province's own.
#[derive(Debug, clap::Args)]
pub struct UnitFiles {
    /// CSV: code,valid_from,valid_to,name,level,kind,class,parent_code,parent_valid_from
    #[arg(long)]
    units: Option<PathBuf>,
    /// CSV: on_date,code,valid_from,successor_code,successor_valid_from,share,villages
    #[arg(long)]
    successors: Option<PathBuf>,
    /// CSV: name,kind,commune_code,commune_valid_from,then_code
    #[arg(long)]
    villages: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Account {
    /// Create an account and print the one-time code that sets its password.
    Create {
        #[arg(long)]
        phone: String,
        #[arg(long)]
        name: String,
        /// volunteer, lead, officer, reporter, commander or admin
        #[arg(long, value_parser = |word: &str| Role::parse(word).ok_or("volunteer, lead, officer, reporter, commander or admin"))]
        role: Role,
        /// youth, women or none
        #[arg(long, default_value = "none", value_parser = |word: &str| MassUnion::parse(word).ok_or("youth, women or none"))]
        mass_union: MassUnion,
        /// Official code of the unit within which its rights hold, today.
        #[arg(long)]
        unit: String,
    },
}

#[derive(Debug, Subcommand)]
enum Demo {
    /// Load the demo province into an empty database.
    Load,
}

/// Does what it was told.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match &arguments.command {
        Command::Config => return configuration::show(),
        Command::Openapi => return contract::print(),
        Command::Contract(command) => return contract::obey(command),
        Command::Verification(command) if command.is_only_computed() => {
            return verification::compute(command);
        }
        _ => {}
    }
    let config = Config::from_env()?;
    telemetry::start(&config.log)?;
    obey(arguments.command, config.clone())
        .await
        .map_err(|why| open::explain(&config, why))
}

async fn obey(command: Command, config: Config) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Serve { demo, lan } => serve::serve(config, demo, lan).await,
        Command::Migrate { redo } => database::migrate(config, redo).await,
        Command::Config => configuration::show(),
        Command::Openapi => contract::print(),
        Command::Contract(command) => contract::obey(&command),
        Command::Schema => database::print_schema(config).await,
        Command::Units(Units::Import { files, dry_run }) => {
            units::import(config, &files, dry_run).await
        }
        Command::Account(Account::Create {
            phone,
            name,
            role,
            mass_union,
            unit,
        }) => account::create(config, &phone, &name, role, mass_union, &unit).await,
        Command::Demo(Demo::Load) => database::load_demo(config).await,
        Command::Init {
            phone,
            name,
            unit,
            files,
        } => {
            let opened = open::beside(&config).await?;
            opened.migrate().await?;
            units::import_into(&opened, &files).await?;
            account::create_in(&opened, &phone, &name, Role::Admin, MassUnion::None, &unit).await
        }
        Command::VerifyRollups { repair } => rollups::verify(config, repair).await,
        Command::CloseBoards { since } => boards::close(config, since).await,
        Command::Quarantine { dry_run } => quarantine::empty(config, dry_run).await,
        Command::Retention { dry_run } => retention::purge(config, dry_run).await,
        Command::NewEpoch => database::begin_epoch(config).await,
        Command::Verification(command) => verification::obey(config, command).await,
        Command::Backup { to } => database::backup(config, &to).await,
        Command::Restore { from } => database::restore(config, &from).await,
    }
}

/// Prints a line for the person at the terminal.
#[allow(clippy::print_stdout, reason = "commands speak to the terminal")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
