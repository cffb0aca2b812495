//! Drives and what they aim at: targets of a unit for a period, and campaigns with targets and teams of their own.

pub mod drives;
pub mod import;
pub mod problem;
pub mod routes;
pub mod targets;
pub mod teams;
