//! Lists of people who are expected in a village, as an office or a village head made them.
//!
//! A file is read off the async threads: [`columns`] says what its columns are, [`cells`] what stands in a
//! cell, [`places`] which village is meant, and never guesses. [`rules`] judges each line against those before
//! it and against who is [`known`], which [`import`] gathers; [`mod@write`] writes all of it in one transaction, or nothing. Whoever is not
//! known yet becomes a person with the list as the ground: a name stands with the list and not with the
//! person, until somebody has met them and asked.

pub mod cells;
pub mod columns;
pub mod copy;
pub mod file;
pub mod import;
pub mod known;
pub mod listed;
pub mod places;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod write;
