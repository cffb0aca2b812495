//! Logs: compact for people, JSON for machines, nothing personal in either.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Sends logs to standard error. Call once.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|why| format!("TO06_LOG={:?} cannot be read: {why}", log.filter))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start (a test, another command) keeps the first one's writer.
    let _ = if log.json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.compact().with_target(false).try_init()
    };
    Ok(())
}
