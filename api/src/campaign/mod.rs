//! Drives and what they aim at: targets of a unit for a period, campaigns with targets and teams of their own, and how
//! many of the unions' members go.

pub mod citizen;
pub mod drives;
pub mod import;
pub mod mobilisation;
pub mod problem;
pub mod retention;
pub mod routes;
pub mod seen;
pub mod targets;
pub mod teams;
