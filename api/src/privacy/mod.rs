//! What is personal, and what becomes of it.
//!
//! Names and phones are encrypted per field; the ID number is never stored, only a keyed hash of it
//! and its last four digits; every read of a person's data by staff leaves a row in the audit trail.
//! Every feature may call [`audit::record`].

pub mod audit;
pub mod free_text;
pub mod keys;
pub mod naming;
pub mod personal;
