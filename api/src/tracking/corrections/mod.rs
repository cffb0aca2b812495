//! What a member recorded, put right by who answers for the place.
//!
//! A correction is another record in the place of the wrong one: of the same person, by the same author, who keeps the
//! credit. A void that should not have been is undone, and the record stands again. Neither rewrites a verdict; both
//! move credit and rollups by the difference of two sets of live facts, like everything else, so that the counts
//! follow from what stands and from nothing else.

pub mod act;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
mod stored;
mod words;
