//! Persons, of whom many records tell.
//!
//! What is known of somebody beside the ID number is said by operations, field by field. [`rules`] says
//! which word shows: the later act, in the order in which credit is decided, so that any order, cut and
//! repetition of batches makes the same person. Every other word stays in the history, which [`routes`]
//! shows to who answers for the place; [`fields`] writes both.
//!
//! Somebody without an ID number may have been recorded twice: [`twins`] offers who may be one, and
//! [`merging`] makes them one, and two again.

pub mod fields;
pub mod merging;
pub mod routes;
pub mod rules;
pub mod store;
pub mod twins;
