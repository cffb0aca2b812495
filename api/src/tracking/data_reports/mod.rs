//! What the police have wrong of somebody: reported by whoever finds it, a worklist of the commune's police.
//!
//! A report corrects nothing here: what the field knows stands in records. It names one citizen and what is wrong,
//! and ends corrected or refused; every step keeps who took it. Names are read for one report at a time, audited.

pub mod copy;
pub mod export;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod steps;
pub mod store;
