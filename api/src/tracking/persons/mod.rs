//! Persons, of whom many records tell.
//!
//! What is known of somebody beside the ID number is said by operations, field by field. [`rules`] says
//! which word shows: the later act, in the order in which credit is decided, so that any order, cut and
//! repetition of batches makes the same person. Every other word stays in the history, which [`routes`]
//! shows to who answers for the place; [`fields`] writes both.

pub mod fields;
pub mod routes;
pub mod rules;
pub mod store;
