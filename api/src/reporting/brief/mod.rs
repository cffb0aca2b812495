//! The commander's evening brief: who moved and who stalled, which numbers are stale or doubtful, whose seven days
//! end, what became of the places of the day, and what is to be done tomorrow.
//!
//! [`gather`] asks every feature for sums of one unit, [`store`] counts the lots in doubt, [`rules`] decide what is
//! worth a line, [`words`] say it and [`message`] keeps it short. There are units in it and numbers, and nobody's name.

pub mod gather;
pub mod message;
pub mod routes;
pub mod rules;
pub mod store;
pub mod words;
