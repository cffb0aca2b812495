//! The police's monthly list of a commune, compared with what was recorded.
//!
//! Numbers are hashed under a key as they are read and compared as hashes; neither the list nor any number of
//! it is kept. Who is in the list and counts with us is confirmed by it. A list is taken whole or not at all,
//! the same again changes nothing, another one of its month replaces it, and a wrong one can be taken back: a list
//! confirms as long as it stands.

pub mod compare;
pub mod imported;
pub mod lists;
pub mod problem;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod tasks;
