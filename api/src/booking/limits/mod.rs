//! Against hoarding: who books and cancels again and again books with help only, and a source that
//! behaves like a robot works for its holds; until somebody who knows them lifts it.

pub mod routes;
pub mod store;
