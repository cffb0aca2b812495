//! Kept no longer than needed: how long each kind of record is kept, and the purge that sees to it.
//!
//! [`rules`] is the table of kinds, with days and reasons. What becomes of a kind is said by the feature whose
//! table it is (its `retention.rs`): a row is deleted, or emptied where something counts it. [`purge`] does it
//! in small transactions, each with its line in the audit trail, and passes over what somebody has locked:
//! killed at any moment, it goes on the next time.

mod people;
pub mod purge;
pub mod routes;
pub mod rules;
pub mod store;
