//! The waitlist: a place that becomes free goes to one named person, for minutes, then to the next.
//!
//! An offer is a hold on the place's row, made in the transaction that frees the place, so that
//! nobody slips in between and Redis may be dead. Whoever waits is asked in this order: those who
//! were asked less often, then those of a priority class, then the older entry. Places that become
//! free without a transaction (a lapsed hold, a new opening hour) are found by [`sweep`].

pub mod offers;
pub mod routes;
pub mod rules;
pub mod store;
pub mod sweep;
