//! Campaigns (ra quân): a drive of a unit on some days.
//!
//! Nothing is counted for a campaign: how far it is follows from the rollups of its days ([`progress`]), so that it
//! can be opened late, changed and closed without touching a single record. Everybody within its unit sees it, and
//! so does whoever answers for that unit; only the latter change it.

pub mod import;
pub mod progress;
pub mod reach;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod targets;

pub use store::list_pulled;
