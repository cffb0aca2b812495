//! Booking: offices, slots with numbered places, holds, appointments.
//!
//! Two laws stand in the tables: a place has one live appointment, a citizen one per service. Redis
//! only decides who is asked first. So a hold is one call of a script, a confirmation one
//! transaction, and a Redis that is emptied, stopped or gone costs a hold at most.

pub mod availability;
pub mod confirm;
pub mod desk;
pub mod holds;
pub mod manage;
pub mod mirror;
pub mod offices;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod token;

pub use availability::Availability;
