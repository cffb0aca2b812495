//! The papers: one report, composed once from figures, registers and free texts, printed in several forms.
//!
//! [`compose`] says what the report says; [`docx`] prints it in the form of Decree 30/2020, [`xlsx`] as tables
//! with live formulas, [`short`] as the text and [`card`] as the picture for a group chat, which [`png`] paints. A
//! draft ends with what it tells otherwise than its sources ([`explain`]). What was issued is kept whole, printed the
//! same for ever, and proved by its hash ([`proof`]).

pub mod card;
pub mod compose;
pub mod docx;
pub mod explain;
pub mod material;
pub mod png;
pub mod proof;
pub mod register_sheets;
pub mod routes;
pub mod sections;
pub mod short;
pub mod store;
pub mod xlsx;
