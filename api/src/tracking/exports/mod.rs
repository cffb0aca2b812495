//! Everything that a lead may see, to take away: as CSV or as a workbook, for a reason that is kept beside the
//! audit trail. [`rules`] says what the columns are, [`tables`] fills them; a table is whole or refused.

pub mod file;
pub mod problem;
pub mod reason;
pub mod routes;
pub mod rules;
pub mod store;
pub mod tables;
