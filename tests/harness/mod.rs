//! What tests stand on: one private cluster a run, a database cloned per test, a server on port 0,
//! and people who speak HTTP to it.

pub mod answer;
pub mod app;
pub mod citizen;
pub mod cluster;
pub mod matrix;
pub mod person;

pub use answer::Answer;
pub use app::TestApp;
pub use person::Person;
