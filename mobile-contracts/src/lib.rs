//! What the phone and the server agree on, as types without a clock, a database or a network.
//!
//! A value of a type in this crate is valid; whoever holds one need not check it again. Anything that
//! depends on the day takes that day as an argument.
//!
//! - [`booking`] — offices, slots, holds, appointments.
//! - [`brief`] — the commander's evening brief.
//! - [`calendar`] — the local day (+07:00) of an instant, and months such as `2026-11`.
//! - [`campaign`] — targets.
//! - [`card_qr`] — what may be kept of the QR code on an identity card.
//! - [`citizen_id`] — the 12-digit personal identification number.
//! - [`contract`] — the contract about itself.
//! - [`data_report`] — what the police have wrong of somebody, until it is put right.
//! - [`diff`] — what changed between two versions of the contract.
//! - [`drive`] — campaigns with their targets and teams.
//! - [`device`] — phones that are known by a key of their own, and what becomes of a lost one.
//! - [`export`] — tables to take away.
//! - [`fold`] — search without diacritics, and Vietnamese order.
//! - [`geography`] — units through time, as answers tell them.
//! - [`grade`] — how far the numbers of a unit can be trusted.
//! - [`identity`] — signing in, and who somebody is.
//! - [`ids`] — ids that cannot be swapped for one another.
//! - [`leaderboard`] — who leads and who lags.
//! - [`mobilisation`] — how many members of the unions go.
//! - [`note`] — remarks from the field, read where they help.
//! - [`opening`] — when offices are open, and what becomes of people when that changes.
//! - [`outreach`] — outreach activities: listed, summed, corrected.
//! - [`page`] — long lists, a page at a time.
//! - [`person`] — persons of whom many records tell.
//! - [`person_name`] — a person's name.
//! - [`phone`] — a Vietnamese mobile number.
//! - [`police_list`] — what the police have of a commune, compared with what was recorded.
//! - [`problem`] — the one shape of every refusal.
//! - [`queue`] — the queue of a desk: tickets, calls, results, the second screen.
//! - [`recount`] — whether the boards equal the records, as every night finds out.
//! - [`reporting`] — the monthly report: what is counted for it, and in which days.
//! - [`reporting_catalogue`] — the catalogue of what is counted, edited, with its history.
//! - [`reporting_checker`] — what does not hold together in a report.
//! - [`reporting_department`] — for which departments somebody enters figures.
//! - [`reporting_percent`] — a percentage as a document states it.
//! - [`reporting_register`] — what a report tells beside figures.
//! - [`reporting_report`] — the report as it is composed, written into and issued.
//! - [`retention`] — how long each kind of record is kept.
//! - [`review`] — what was held in the field, and what a lead decides about it.
//! - [`rights`] — what people may ask about their own data, and what becomes of it.
//! - [`roster`] — lists of people who are expected in a village.
//! - [`sampling`] — random checks of recorded work.
//! - [`sealing`] — sealing an ID number on the phone so that only the server can read it.
//! - [`sync`] — what a phone pulls, and how it proves that it has it.
//! - [`tracking`] — recording in the field: what a phone proposes, and what became of it.
//! - [`gap_reasons`] — why people were visited and not moved.
//! - [`trend`] — how counts came, day by day.
//! - [`verification`] — whether the numbers can be trusted: signals and what is said about them.
//! - [`waitlist`] — waiting for a place that is not free yet.
//! - [`working_calendar`] — working days in Vietnam.
//! - [`worklist`] — what is left to do in a village.

/// The version of the contract (semver.org). Raised by what [`diff`] finds since the last release.
pub const VERSION: &str = "1.3.0";

pub mod assignment;
pub mod badge;
pub mod booking;
pub mod brief;
pub mod calendar;
pub mod campaign;
pub mod card_qr;
pub mod citizen_id;
pub mod contract;
pub mod correction;
pub mod data_report;
pub mod device;
pub mod diff;
pub mod drive;
pub mod export;
pub mod fold;
pub mod gap_reasons;
pub mod geography;
pub mod grade;
pub mod identity;
pub mod ids;
pub mod leaderboard;
pub mod leaderboard_people;
pub mod mobilisation;
pub mod note;
pub mod notice;
pub mod opening;
pub mod outreach;
pub mod page;
pub mod person;
pub mod person_name;
pub mod phone;
pub mod police_list;
pub mod problem;
pub mod queue;
pub mod recount;
pub mod reporting;
pub mod reporting_catalogue;
pub mod reporting_checker;
pub mod reporting_department;
pub mod reporting_percent;
pub mod reporting_register;
pub mod reporting_report;
pub mod retention;
pub mod review;
pub mod rights;
pub mod roster;
pub mod sampling;
pub mod sealing;
pub mod sync;
pub mod tracking;
pub mod trend;
pub mod verification;
pub mod waitlist;
pub mod working_calendar;
pub mod worklist;
