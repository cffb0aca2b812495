//! A PostgreSQL and a Redis of our own, when no address of one is given.
//!
//! What this module promises:
//! - both are ordinary servers of this machine, reachable over a Unix socket in a closed folder
//!   and over nothing else: no port, no password, no stranger;
//! - their life hangs on ours by a pipe (see `supervise`), so no way of ending us leaves an orphan;
//! - what PostgreSQL confirmed is on the disk; Redis keeps courtesies only;
//! - one process at a time owns a data folder; a second one says who is first;
//! - whatever is wrong is said in one sentence (`PrivateError`).
//!
//! Nothing here knows a feature, a table or a request.

mod backup;
mod binaries;
mod data_dir;
mod failure;
mod postgres;
mod redis;
mod schema;
mod supervise;

pub use backup::{Afterwards, Invariant, Manifest, Restored, backup, restore};
pub use data_dir::{DataDir, Surroundings};
pub use failure::PrivateError;
pub use postgres::{PostgresOptions, PrivatePostgres, connect_or_start, start_postgres};
pub use redis::{PrivateRedis, start_redis};
pub use schema::print_schema;
