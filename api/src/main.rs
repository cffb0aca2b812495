//! The `api` program: `serve`, and the commands around it.

use std::process::ExitCode;

use api::commands;
use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = commands::Arguments::parse();
    match commands::run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // To people, not to the log: one sentence that says what is wrong.
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
