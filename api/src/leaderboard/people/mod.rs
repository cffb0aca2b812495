//! Boards of teams and of volunteers. Nobody sees a list of individuals but those who lead them: a
//! volunteer sees the quarter that they stand in, their own weeks, and the three best of their commune
//! without a name; teams are told to others in whole tens, and a team too small to hide in not at all.

pub mod rules;
pub mod store;
pub mod teams;
pub mod volunteers;
