//! Units through time: who was where on which day.
//!
//! The whole tree is small (a nation has a few thousand communes) and changes with a law, so every
//! process holds it in memory and asks the database once a second at most whether it has changed.
//! Everything about a day is then a pure question to [`Geography`].

pub mod cache;
mod counted;
mod heirs;
pub mod import;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;

pub use cache::GeographyCache;
pub use rules::{Geography, Level};
