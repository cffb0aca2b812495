//! `cargo bench`: drives the running program over HTTP on this machine and prints ratios, all of one
//! run, for absolute times of a shared machine say little.
//!
//! The program is the release binary in a process of its own, with a private PostgreSQL and Redis
//! and the demo province; the yardsticks (an empty handler, a handler that only checks the session)
//! run in this process under the same settings. Traffic goes to the loopback address only, and every
//! loop ends by itself.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod client;
mod load;
mod program;
mod yardstick;

use std::time::Duration;

use load::Measured;
use program::Program;

/// How long each measurement runs.
const RUN: Duration = Duration::from_secs(5);
/// Connections that ask at once.
const CONNECTIONS: usize = 16;

#[tokio::main]
async fn main() {
    // `cargo test` runs benches too, to see that they compile.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let program = Program::start().await;
    let yardstick = yardstick::start(&program).await;
    println!("| what | per second | ratio | aim | p95 ms | CPU ms: program | PostgreSQL | Redis |");
    println!("|---|---|---|---|---|---|---|---|");
    boards(&program, &yardstick).await;
    println!(
        "resident memory of the program: {} MiB",
        program.resident_mib()
    );
}

async fn boards(program: &Program, yardstick: &yardstick::Yardstick) {
    let token = program.sign_in("0900000002").await;
    let empty = load::get(&yardstick.address, "/empty", None).await;
    print_row("empty handler", &empty, None, "", program);
    let session = load::get(&yardstick.address, "/session", Some(&token)).await;
    print_row(
        "handler that only checks the session",
        &session,
        None,
        "",
        program,
    );
    let path = "/api/v1/leaderboards/commune?limit=50";
    let board = program
        .measure(async || load::get(&program.address, path, Some(&token)).await)
        .await;
    print_row(
        "leaderboard, to the session handler",
        &board,
        Some(&session),
        ">= 0.5",
        program,
    );
}

/// One row of the table; the ratio is to another measurement of this run.
fn print_row(what: &str, measured: &Measured, to: Option<&Measured>, aim: &str, _: &Program) {
    let ratio = to.map_or_else(String::new, |to| {
        format!("{:.2}", measured.per_second() / to.per_second())
    });
    let cpu = |ms: Option<f64>| ms.map_or_else(String::new, |ms| format!("{ms:.3}"));
    println!(
        "| {what} | {:.0} | {ratio} | {aim} | {:.1} | {} | {} | {} |",
        measured.per_second(),
        measured.p95_ms(),
        cpu(measured.cpu.map(|cpu| cpu.program_ms)),
        cpu(measured.cpu.map(|cpu| cpu.postgres_ms)),
        cpu(measured.cpu.map(|cpu| cpu.redis_ms)),
    );
    assert_eq!(
        measured.failed, 0,
        "{what}: {} answers were not 2xx; the first: {}",
        measured.failed, measured.first_failure
    );
}
