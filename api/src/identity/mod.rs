//! Who is asking.
//!
//! Accounts sign in with a phone number and a password and get a pair of opaque tokens, of which
//! only hashes are kept ([`sessions`]). Every other feature knows three things of this one: [`Caller`], which a
//! handler takes to say who may call it; [`permission`], where operation meets role; and
//! [`Caller::require_unit`], where a right meets the unit it holds in.

pub mod badge;
pub mod caller;
pub mod codes;
pub mod invitation;
pub mod password;
pub mod permission;
pub mod problem;
pub mod retention;
pub mod routes;
pub mod rules;
pub mod sessions;
pub mod store;
pub mod table;

pub use caller::Caller;
pub use store::{find_account, names_of, names_within, phones_of};
