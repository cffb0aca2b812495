//! Persons who may be one: offered to who answers for the place, who merges them or says that they are two.
//!
//! Names are encrypted, each for its row, so that nothing can be searched: one village at a time is
//! opened, folded and compared in memory, and each opening is audited.

pub mod routes;
pub mod rules;
pub mod store;
