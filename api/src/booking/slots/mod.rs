//! Slots and their numbered places: by rule until one is held or claimed, then as rows; and what is
//! free, in memory.

pub mod availability;
pub mod day;
pub mod routes;
pub mod rules;
pub mod search;
pub mod store;
