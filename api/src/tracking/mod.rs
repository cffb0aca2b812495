//! Recording: what phones propose, and what becomes of it.
//!
//! A push goes through four rooms. [`reading`] takes each operation apart alone, off the async
//! threads, and forgets the ID number as soon as it is hashed. [`judging`] looks at it alone: the day,
//! the clock, the scope. [`batch`] folds what was judged into what is known and writes it in one
//! transaction whose locks are always taken in the same order: the author, the persons, the
//! operations, and last the rollups. [`credit`] says who holds the credit, from arguments only.
//! [`ledger`] tells authors what became of it all, unless their [`client`] is too old to read it.
//!
//! [`held`] knows what a record would count as while it waits. [`review`] lets somebody who answers for a place
//! decide about what a rule has held; [`quarantine`]
//! forgets the words of what nobody let through. [`corrections`] puts right what a member recorded, and lets stand
//! again what was taken back by mistake.
//!
//! [`persons`] says what somebody shows of all that was said of them and keeps the rest readable, and makes
//! one of two persons who were recorded twice, and two again.
//!
//! [`rosters`] takes lists of people who are expected in a village; [`worklists`] says what is left to do there,
//! and [`exports`] lets it all be taken away. [`assignments`] says who works which village, and hands it over.
//!
//! [`citizen`] finds all of one person, copies, corrects and erases it.
//!
//! [`devices`] knows phones by their keys, and what becomes of a lost one.
//! [`activities`] lists, sums and corrects outreach. [`notes`] shows remarks to those who come next.
//! [`data_reports`] is what the police have wrong of somebody, until they have put it right.
//! [`requests`] answers who asked for an appointment without a network.
//!
//! What an office has seen goes the same way, through [`office`], and comes out confirmed.
//!
//! What somebody else has seen come true is confirmed through [`confirm`].
//!
//! [`totals`] tells others how many citizens reached each stage.
//!
//! [`verify`] proves that the rollups equal the facts, every night by [`recounts`]. Other features read the tables `rollup_day`,
//! `rollup_month`, `rollup_total` and `held_record`, and write nothing here.

pub mod activities;
pub mod assignments;
pub mod batch;
pub mod citizen;
pub mod client;
pub mod code;
pub mod confirm;
pub mod corrections;
pub mod credit;
pub mod data_reports;
pub mod devices;
pub mod exports;
pub mod held;
pub mod hint;
pub mod judging;
pub mod ledger;
pub mod nightly;
pub mod notes;
pub mod office;
#[cfg(test)]
mod oracle;
pub mod persons;
pub mod problem;
pub mod quarantine;
pub mod reading;
pub mod recounts;
pub mod requests;
pub mod retention;
pub mod review;
pub mod rosters;
pub mod routes;
pub mod sealing;
pub mod totals;
pub mod verify;
pub mod worklists;

pub use confirm::{Confirmation, confirm_recorded, unconfirm_recorded};
pub use ledger::epoch::{ERASED, RESTORED};
pub use office::{Served, confirm_served, void_served};
pub use sealing::Sealing;
pub use totals::count_stages;
