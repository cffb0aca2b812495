//! The work of one volunteer goes to another: rehearsed, done in one act, listed, undone within a day.
//!
//! Villages and people go; what was recorded, what is held and who is credited stays with whoever did it.

pub mod plan;
pub mod routes;
pub mod store;
pub mod table;
pub mod undo;
