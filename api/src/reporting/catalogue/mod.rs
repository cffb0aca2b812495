//! The catalogue as who administers the province edits it: an indicator is written whole, every state of it is
//! kept, and one that is no longer counted is retired from some day on. Reports that were issued say what they said.

pub mod routes;
pub mod rules;
pub mod store;
