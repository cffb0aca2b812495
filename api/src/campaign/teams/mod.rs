//! Teams of a campaign: volunteers of one union and one commune who go together.

pub mod routes;
pub mod rules;
pub mod store;
