//! Whose figures an account enters: those that one of its departments answers for on the last day of the period.
//! Whoever has no department enters those of all.

pub mod routes;
pub mod rules;
pub mod store;
