//! Who carries a notice to a phone. A sender knows one provider; which are used, and in which order,
//! is configuration.

pub mod gateway;
pub mod log;
pub mod mail;

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use mobile_contracts::phone::MobilePhone;
use uuid::Uuid;

use super::kind::Kind;
use super::words::{Facts, Words};

/// One message to one phone.
#[derive(Debug)]
pub struct Message {
    /// The provider's idempotency key: sent again after a crash, it is the provider's replay.
    pub notice_id: Uuid,
    pub kind: Kind,
    pub phone: MobilePhone,
    pub facts: Facts,
    pub words: Words,
}

/// What became of a message, as far as its sender knows. Each reason is a word for operators and
/// holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it.
    Accepted,
    /// The provider will never take this one.
    Refused(Reason),
    /// The provider does not have it, and may take it later.
    NotTaken(Reason),
    /// The provider may or may not have it: only the same provider, asked again under the same key,
    /// can be asked without telling somebody twice.
    Unknown(Reason),
}

/// Why, as a word such as `timeout` or `http_503`.
pub type Reason = Cow<'static, str>;

/// A provider.
pub trait Sender: Send + Sync {
    /// Hands a message over. The caller bounds the time.
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Outcome>;
}
