//! The police's monthly list of a commune, compared with what was recorded.
//!
//! Numbers are hashed under a key as they are read and compared as hashes; neither the list nor any number of
//! it is kept. Who is in the list and counts with us is confirmed by it. A list is taken whole or not at all,
//! and the same again changes nothing.

pub mod compare;
pub mod problem;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
pub mod tasks;
