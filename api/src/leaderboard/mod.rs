//! Who leads and who lags. Reads rollups only: a board costs the same however many records stand behind it.
//! Writes nothing but the boards of windows that are over, in [`closing`].

pub mod asked;
pub mod board;
pub mod cache;
pub mod closing;
pub mod page;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod stream;
pub mod viewers;
