//! What phones pull: everything that a day without a network needs, in one stream.
//!
//! The stream is ordered by the transaction that last changed a row. Operations know their own
//! position; that of everything else stands in `pull_position`, to whose end a feature moves what it
//! changes, in its own transaction ([`store::touch`], [`store::remove`]). What is told of a row is read
//! when it is pulled, so a position may be told twice and never too early.
//!
//! [`hints`] are gathered here, from what recording keeps of people.
//! [`collections`] is the one place that knows what is pulled. [`rules`] judges whether a cursor still
//! leads anywhere. [`stream`] puts both in one order.

pub mod collections;
pub mod hints;
pub mod problem;
pub mod retention;
pub mod routes;
pub mod rules;
pub mod store;
pub mod stream;

pub use collections::Collection;
