//! How a count came, step by step through some days: one line of a board's history in one answer. From
//! rollups only, and told to others in the same tens as boards are.

pub mod routes;
pub mod rules;
pub mod store;
