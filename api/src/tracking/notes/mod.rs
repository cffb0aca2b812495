//! Remarks from the field, read where they help: of a village before somebody goes there, of a person before
//! somebody speaks with them. People write names into them, so that every page is audited.

pub mod routes;
pub mod store;
