//! What the phone and the server agree on, as types without a clock, a database or a network.
//!
//! A value of a type in this crate is valid; whoever holds one need not check it again. Anything that
//! depends on the day takes that day as an argument.

/// The local day (+07:00) of an instant, and months such as `2026-11`.
pub mod calendar;
/// What may be kept of the QR code on an identity card.
pub mod card_qr;
/// The 12-digit personal identification number.
pub mod citizen_id;
/// Search without diacritics, and Vietnamese order.
pub mod fold;
/// A person's name.
pub mod person_name;
/// A Vietnamese mobile number.
pub mod phone;
/// Sealing an ID number on the phone so that only the server can read it.
pub mod sealing;
