//! The working calendar as everybody sees it and administrators change it, and each office's days.

pub mod routes;
pub mod rules;
pub mod store;

pub use routes::routes;
