//! The log, for those who try the program: no provider, no cost.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Message, Outcome, Sender};

/// Writes down that something would have been sent.
pub struct LogSender {
    /// In development the text is shown, so that a person can try the demo, and counts as sent. In
    /// production nobody has been told: the notice fails, and the desk's list shows it.
    pub shows_text: bool,
}

impl Sender for LogSender {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Outcome> {
        let (kind, recipient) = (message.kind.as_str(), message.phone.masked());
        let outcome = if self.shows_text {
            let text = message.words.full.as_str();
            tracing::info!(notice_id = %message.notice_id, kind, recipient, text, "notice");
            Outcome::Accepted
        } else {
            tracing::info!(notice_id = %message.notice_id, kind, recipient, "notice, carried by nobody");
            Outcome::Refused("no_gateway".into())
        };
        async { outcome }.boxed()
    }
}
