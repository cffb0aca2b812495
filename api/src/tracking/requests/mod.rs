//! Appointments asked for in the field: what was asked is a fact of its operation, the answer comes when
//! the phone next speaks to the server, by the code that books for everybody.

pub mod answer;
pub mod store;
