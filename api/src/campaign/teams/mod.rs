//! Teams of a campaign: volunteers of one union and one commune who go together, and what each is to bring.

pub mod progress;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod targets;
