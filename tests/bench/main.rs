//! `cargo bench`: drives the running program over HTTP on this machine and prints ratios, all of one
//! run, for absolute times of a shared machine say little.
//!
//! The program is the release binary in a process of its own, with a private PostgreSQL and Redis
//! and the demo province; the yardsticks (an empty handler, a handler that only checks the session)
//! run in this process under the same settings. Traffic goes to the loopback address only, and every
//! loop ends by itself.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod accounts;
mod booking;
mod burst;
mod client;
mod devices;
mod facts;
mod flow;
mod load;
mod nation;
mod print;
mod program;
mod rosters;
mod size;
mod sync;
mod walls;
mod yardstick;

use std::sync::Arc;
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
    if wanted("boards") {
        boards(&program, &yardstick).await;
    }
    if wanted("bookings") {
        bookings(&program, &yardstick).await;
    }
    if wanted("recording") {
        recording(&program).await;
    }
    if wanted("growing") {
        growing(&program).await;
    }
    if wanted("load") {
        burst::run(&program).await;
        let scene = Arc::new(flow::Scene::set(&program).await);
        flow::run(&program, &scene, 0, 300).await;
        flow::run(&program, &scene, 300, 1_200).await;
    }
    if wanted("devices") {
        devices::run(&program).await;
    }
    if wanted("import") {
        rosters::run(&program).await;
    }
    if wanted("walls") {
        walls::run(&program).await;
    }
    // Last: it takes the place of the demo's numbers.
    if wanted("nation") {
        nation::run(&program).await;
    }
    println!(
        "resident memory of the program: {} MiB",
        program.resident_mib()
    );
}

/// Whether a part was asked for: `cargo bench -- growing`; all of them if none was named.
fn wanted(part: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .peekable();
    named.peek().is_none() || named.any(|word| word == part)
}

const BOARD: &str = "/api/v1/leaderboards/commune?limit=50";

async fn boards(program: &Program, yardstick: &yardstick::Yardstick) {
    let token = program.sign_in("0900000002").await;
    let session = load::get(&yardstick.address, "/session", Some(&token)).await;
    print_row("handler that only checks the session", &session, None, "");
    let board = program
        .measure(async || load::get(&program.address, BOARD, Some(&token)).await)
        .await;
    print_row(
        "leaderboard, to the session handler",
        &board,
        Some(session.per_second()),
        ">= 0.5",
    );
}

async fn bookings(program: &Program, yardstick: &yardstick::Yardstick) {
    let office = booking::Office::open(program, 40).await;
    let empty = load::get(&yardstick.address, "/empty", None).await;
    print_row("empty handler", &empty, None, "");
    let path = office.slots_path();
    let slots = program
        .measure(async || load::get(&program.address, &path, None).await)
        .await;
    print_row(
        "availability of a day, to the empty handler",
        &slots,
        Some(empty.per_second()),
        ">= 0.5",
    );
    let hold = program
        .measure(async || office.hold(&program.address).await)
        .await;
    print_row("hold", &hold, None, "< 0.5 ms CPU");
    let confirm = program
        .measure(async || office.confirm(&program.address).await)
        .await;
    let pgbench = office.pgbench(program);
    print_row(
        "confirm, to pgbench with the same SQL",
        &confirm,
        Some(pgbench),
        ">= 0.5, < 1.5 ms CPU",
    );
}

async fn recording(program: &Program) {
    let pushed = program.measure(async || sync::push(program).await).await;
    print_row(
        "operations recorded in batches of 100, to 2,000 a second",
        &pushed,
        Some(2_000.0),
        ">= 1",
    );
}

/// A board must cost the same however much was recorded.
async fn growing(program: &Program) {
    let token = program.sign_in("0900000002").await;
    facts::load(program, 10_000).await;
    let few = facts::board(program, &token).await;
    let few_anew = facts::board_anew(program, &token).await;
    facts::load(program, 1_000_000).await;
    let many = facts::board(program, &token).await;
    let many_anew = facts::board_anew(program, &token).await;
    for (what, few, many) in [
        ("leaderboard", few, many),
        (
            "leaderboard made anew for each request",
            few_anew,
            many_anew,
        ),
    ] {
        print_row(&format!("{what}, 10 thousand facts"), &few, None, "");
        let what = format!("{what}, 1 million facts, to 10 thousand");
        print_row(&what, &many, Some(few.per_second()), "~ 1");
    }
}

/// One row of the table; the ratio is to another measurement of this run.
fn print_row(what: &str, measured: &Measured, to: Option<f64>, aim: &str) {
    let ratio = to.map_or_else(String::new, |to| {
        format!("{:.2}", measured.per_second() / to)
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
