//! What is left to do in a village.
//!
//! Nobody writes these lists: [`rules`] reads them off what was recorded of each person of a village, so that a
//! follow-up arises by itself, and is gone when it was done. [`store`] brings a village in one query; names are
//! decrypted in memory for the one list that is shown ([`list`]), which is audited as one read. [`whose`] says of
//! whom they are: of a unit, or of what is assigned to whoever asks.

pub mod list;
pub mod routes;
pub mod rules;
pub mod store;
pub mod whose;
