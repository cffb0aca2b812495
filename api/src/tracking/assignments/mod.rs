//! Who works which village and cares for which person, and how that goes from one volunteer to another.
//!
//! Nobody needs an assignment to record: rights hold within a unit, as ever. An assignment says whose worklist
//! somebody is on, so that the lists and their clocks follow whoever works the village now. What was recorded, and
//! whom it is credited to, is not touched by any of it. [`transfers`] hands work over in one act.

pub mod copy;
pub mod problem;
pub mod reach;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod transfers;
