//! What the rules look at, read from the tables of tracking and of campaigns, which it writes nothing of.

pub mod store;
