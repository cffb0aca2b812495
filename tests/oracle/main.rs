//! The oracle: drives two processes of the program with many clients while its servers are paused,
//! emptied, killed and cut off, and proves from what was asked, answered and stored that every
//! promise of booking was kept. `tests/oracle/README.md` tells how it is run and what it found.
//!
//! Servers are its own, traffic goes to the loopback address only, every loop is bounded, and
//! whatever ends it, nothing stays behind.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod aftermath;
mod checker;
mod clients;
mod diary;
mod dice;
mod display;
mod faults;
mod helpers;
mod history;
mod http;
mod nemesis;
mod report;
mod run;
mod servers;
mod town;
mod waiting;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use nemesis::Pace;
use run::Plan;

/// Prove that booking keeps its promises while everything breaks.
#[derive(Debug, Parser)]
#[command(name = "oracle")]
struct Arguments {
    /// How long people and faults are let loose; without it, nothing is run.
    #[arg(long)]
    minutes: Option<f64>,
    /// What is tried, and when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=64))]
    clients: u16,
    /// Fewer faults, and the run fails.
    #[arg(long, default_value_t = 0)]
    least_faults: usize,
    /// Fewer acknowledged appointments, and the run fails.
    #[arg(long, default_value_t = 0)]
    least_booked: usize,
    /// Pauses last up to 20 seconds instead of 4.
    #[arg(long)]
    long_pauses: bool,
    /// Cargo says it.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(minutes) = arguments.minutes else {
        println!("oracle: say how long, as in --minutes 3 --seed 1");
        return ExitCode::SUCCESS;
    };
    let plan = Plan {
        lasts: Duration::from_secs_f64(minutes.clamp(0.1, 600.0) * 60.0),
        seed: arguments.seed,
        clients: arguments.clients,
        pace: Pace {
            between_ms: (1_000, 2_000),
            redis_storm: Duration::from_secs(10),
            storm: Duration::from_secs(25),
            calm: Duration::from_secs(6),
            pause_ms: if arguments.long_pauses { 20_000 } else { 4_000 },
        },
        least_faults: arguments.least_faults,
        least_booked: arguments.least_booked,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let held = runtime.block_on(async {
        tokio::select! {
            held = run::run(&plan) => Some(held),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    match held {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => ExitCode::from(130),
    }
}
