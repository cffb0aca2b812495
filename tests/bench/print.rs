//! Figures as the tables show them.

use std::time::Duration;

/// Of sorted times, the one that so many of a hundred do not exceed.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(at).copied().unwrap_or_default()
}

pub fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

/// A row of a table of waits: half of them, 95 of a hundred and all of them took no longer.
pub fn row(what: &str, mut waits: Vec<Duration>, aim: &str) {
    waits.sort_unstable();
    let [p50, p95, last] = [50, 95, 100].map(|percent| ms(percentile(&waits, percent)));
    println!("| {what} | {p50} | {p95} | {last} | {aim} |");
}
