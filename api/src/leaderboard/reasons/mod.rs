//! Why a target is not reached yet: what came of the visits that moved nobody, unit by unit. Exact for whoever answers
//! for the unit; of elsewhere in whole tens, as boards are, for each reason alone would be a few people.
//!
//! Visits are in no rollup. They are summed from one index, of three months at most and of the year that they began in
//! where they are told in tens, and the answer is shared.

pub mod read;
pub mod routes;
pub mod rules;
