//! A school class or an agency, booked by a lead or an officer in one step from a list: judged line by
//! line, seated slot after slot in one office on one day, printed as slips.

pub mod file;
mod list;
pub mod routes;
pub mod rules;
mod seat;
pub mod store;
