//! What became of one's own operations: the ledger, the look-up and the pull.

pub mod routes;
pub mod statement;
pub mod store;
