//! What became of one's own operations: the ledger, the look-up, and what the pull tells of them.

pub mod entry;
pub mod epoch;
pub mod routes;
pub mod statement;
pub mod store;
