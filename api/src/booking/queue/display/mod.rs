//! The second screen: numbers and desks, nobody's name.

pub mod store;
