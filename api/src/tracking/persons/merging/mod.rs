//! Two persons who are one, as somebody who answers for the place says, and may take back for ever.
//!
//! Nothing that was recorded is rewritten: a merge says who stands for whom, and credit and what is shown
//! are decided anew for the whole group, in the same transaction. Whoever records about one of them later
//! finds the one who stands for all of them under lock, so that merges, batches and undoing commute.

pub mod problem;
mod regroup;
pub mod routes;
pub mod rules;
pub mod store;
