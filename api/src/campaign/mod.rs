//! Drives and what they aim at. So far: targets.

pub mod import;
pub mod problem;
pub mod routes;
pub mod targets;
