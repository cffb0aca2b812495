//! Who leads and who lags. Reads rollups only, writes nothing: a board costs the same however many
//! records stand behind it.

pub mod asked;
pub mod board;
pub mod cache;
pub mod page;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod stream;
pub mod viewers;
