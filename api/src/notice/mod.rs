//! The outbox: what people are to be told, written in the transaction that gives the reason. Every
//! feature may call [`enqueue`]; sending is nobody else's business.
//!
//! A worker leases what is due, asks the feature again whether the reason still stands, hands the
//! text to the first channel that takes it, outside any transaction, and writes down what became of
//! it. Whatever dies in between, the lease ends and the same notice goes out under the same id, which
//! the provider knows: told once, or told again by a provider that does not keep its word.

pub mod breaker;
pub mod channels;
pub mod kind;
pub mod retention;
pub mod routes;
pub mod rules;
pub mod sender;
pub mod sms;
pub mod store;
pub mod words;
pub mod worker;

use std::slice;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::phone::MobilePhone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use channels::Channels;
pub use kind::Kind;
pub use words::Facts;

use crate::db::Conn;
use crate::privacy::keys::Keys;

/// Something to tell somebody.
#[derive(Debug, Clone)]
pub struct NewNotice<'a> {
    /// One message per change: enqueued again under the same key, it stays one.
    pub dedupe_key: String,
    pub kind: Kind,
    /// What it is about: its feature is asked again before anything is sent.
    pub subject_id: Uuid,
    /// Whose desk telephones when nobody could be reached.
    pub office_id: OfficeId,
    /// `None`: nobody to reach by phone, unless a helper booked.
    pub phone: Option<&'a MobilePhone>,
    pub params: Params,
    /// `None`: at once.
    pub not_before: Option<DateTime<Utc>>,
    pub not_after: DateTime<Utc>,
}

/// What the reason was when the notice was written, to be compared with what is. Never a name or an
/// ID number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// The start that people are told of.
    pub starts_at: DateTime<Utc>,
    /// Until when something must be done, where something must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// Writes a notice, unless one with its key is there.
///
/// # Errors
/// When the database cannot.
pub async fn enqueue(conn: &mut Conn, keys: &Keys, new: &NewNotice<'_>) -> QueryResult<()> {
    store::insert_notices(conn, keys, slice::from_ref(new)).await
}

/// Forgets every notice about these, sent or not, because whoever they are about is erased. What a provider
/// has by then it has.
///
/// # Errors
/// When the database cannot.
pub async fn forget(conn: &mut Conn, subjects: &[Uuid]) -> QueryResult<usize> {
    store::delete_about(conn, subjects).await
}

/// [`enqueue`] of many, in one statement.
///
/// # Errors
/// When the database cannot.
pub async fn enqueue_all(conn: &mut Conn, keys: &Keys, new: &[NewNotice<'_>]) -> QueryResult<()> {
    store::insert_notices(conn, keys, new).await
}
