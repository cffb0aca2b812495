//! Outreach activities as whoever leads sees them: the list, the sums, and what is corrected.
//!
//! What was told stays as it was told. A correction stands beside it and can be undone; what holds is read from the
//! view `activity_now`, by the list, the sums and the tables to take away alike.

pub mod correct;
pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
