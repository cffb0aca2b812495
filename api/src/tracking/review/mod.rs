//! What was held, before somebody who answers for the place.
//!
//! A rule holds what it cannot accept by itself; a person approves it or refuses it here. An approval
//! writes the operation the way a push would have, with the author as its author and the time of its
//! receipt, so that the order of decisions changes no count.

pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
