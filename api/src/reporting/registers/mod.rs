//! What a report tells beside figures: written once, told in every report until it is settled.

pub mod citizen;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
