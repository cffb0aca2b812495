//! One operation by itself: the clock, the day, the scope, the day's quota.

pub mod rules;
