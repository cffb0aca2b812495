//! The catalogue of what is counted, and the values that people enter, import, correct and take away.
//!
//! The catalogue is data: what adds up to what, what is measured by what, what counts the same thing twice.
//! Values are only ever added; the last revision of one stands, those before it are its history.

pub mod feed;
pub mod files;
pub mod routes;
pub mod rules;
pub mod store;
pub mod write;
