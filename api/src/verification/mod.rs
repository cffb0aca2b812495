//! Whether the numbers can be trusted.
//!
//! [`signals`] look at recorded work for what no honest day shows, and ask people about it: none is a verdict,
//! and none moves a count. [`sampling`] draws records each week by a seed that was promised before, and
//! [`call_backs`] checks them with the citizens; [`police_list`] compares with what the police have; [`grades`]
//! say in a letter what that comes to. [`synthetic`] is an invented month, part of it made up, by which signals
//! are measured.
//!
//! This feature reads what tracking records, and writes tables of its own; what it confirms, tracking writes
//! through a function of its own.

pub mod call_backs;
pub mod citizen;
pub mod grades;
pub mod nightly;
pub mod police_list;
pub mod retention;
pub mod sampling;
pub mod signals;
pub mod synthetic;
