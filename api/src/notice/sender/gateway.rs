//! A provider with an HTTP interface: a body made of a template, a secret header, a signature of the
//! body. Gateways of text messages and Zalo's Official Accounts differ in nothing else.

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Message, Outcome, Sender};
use crate::config;
use crate::notice::words::when_full;

/// Answers longer than this are not read to their end.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// An HTTP gateway.
pub struct GatewaySender {
    agent: ureq::Agent,
    settings: config::Gateway,
}

impl GatewaySender {
    /// `timeout` bounds the whole exchange.
    pub fn new(settings: config::Gateway, tls: ureq::tls::TlsConfig, timeout: Duration) -> Self {
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout / 2))
            // A connection that was idle may be closed as we write, and nobody would know whether
            // the message arrived.
            .max_idle_connections(0)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // Only the configuration reads the environment.
            .proxy(None)
            .user_agent("to06")
            .build()
            .new_agent();
        Self { agent, settings }
    }
}

impl Sender for GatewaySender {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Outcome> {
        let body = fill(&self.settings, message);
        let (agent, settings) = (self.agent.clone(), self.settings.clone());
        let key = message.notice_id.to_string();
        async move {
            let exchange =
                tokio::task::spawn_blocking(move || exchange(&agent, &settings, &key, &body));
            exchange
                .await
                .unwrap_or(Outcome::Unknown("interrupted".into()))
        }
        .boxed()
    }
}

fn fill(settings: &config::Gateway, message: &Message) -> String {
    let phone = &message.phone;
    let e164 = phone.e164();
    let national = phone.national_display().replace(' ', "");
    let id = message.notice_id.to_string();
    let when = when_full(message.facts.starts_at);
    let text = match settings.diacritics {
        true => message.words.full.as_str(),
        false => message.words.short.as_str(),
    };
    settings.body.fill(|field| match field {
        "phone" => &e164,
        "msisdn" => e164.trim_start_matches('+'),
        "local" => &national,
        "text" => text,
        "id" => &id,
        "kind" => message.kind.as_str(),
        "code" => &message.facts.code,
        "when" => &when,
        "office" => &message.facts.office_name,
        _ => "",
    })
}

fn exchange(agent: &ureq::Agent, settings: &config::Gateway, key: &str, body: &str) -> Outcome {
    let mut request = agent
        .post(&settings.url)
        .content_type(settings.body.content_type())
        .header("idempotency-key", key);
    if let Some((name, value)) = &settings.header {
        request = request.header(name, value.expose());
    }
    if let Some(secret) = &settings.signing_key {
        request = request.header("x-signature", &signature(secret.expose(), body));
    }
    match request.send(body) {
        Ok(mut answer) => {
            let status = answer.status().as_u16();
            if !settings.success_statuses.contains(&status) {
                return judge_status(status);
            }
            let Some(marker) = &settings.success_text else {
                return Outcome::Accepted;
            };
            let limited = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
            match limited.lossy_utf8(true).read_to_string() {
                Ok(text) if text.contains(marker.as_str()) => Outcome::Accepted,
                // Its words may repeat the phone: they are not kept.
                Ok(_) => Outcome::NotTaken("answer_says_no".into()),
                Err(_) => Outcome::Unknown("answer_cut".into()),
            }
        }
        Err(error) => judge_error(&error),
    }
}

/// `sha256=` and the keyed hash of the body, in hexadecimal.
fn signature(secret: &str, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key length");
    mac.update(body.as_bytes());
    let mut text = String::from("sha256=");
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What a status that is no success says of the message.
fn judge_status(status: u16) -> Outcome {
    let reason = format!("http_{status}").into();
    match status {
        // This message is wrong: its number, or its text.
        400 | 410 | 413 | 422 => Outcome::Refused(reason),
        // The same key is being worked on, or was.
        409 => Outcome::Unknown(reason),
        // Not now, or a setting of ours is wrong: the next message fares no better.
        300..=499 | 503 => Outcome::NotTaken(reason),
        _ => Outcome::Unknown(reason),
    }
}

/// Whether the gateway may have got the message before the exchange broke.
fn judge_error(error: &ureq::Error) -> Outcome {
    use ureq::{Error, Timeout};
    match error {
        Error::HostNotFound | Error::ConnectionFailed | Error::BadUri(_) | Error::Http(_) => {
            Outcome::NotTaken("no_connection".into())
        }
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Outcome::NotTaken("no_connection".into())
        }
        Error::Tls(_) | Error::Rustls(_) => Outcome::NotTaken("tls".into()),
        Error::Io(why) if why.kind() == std::io::ErrorKind::ConnectionRefused => {
            Outcome::NotTaken("no_connection".into())
        }
        Error::Io(why) if is_distrust(why) => Outcome::NotTaken("tls".into()),
        Error::Timeout(_) => Outcome::Unknown("timeout".into()),
        _ => Outcome::Unknown("cut".into()),
    }
}

/// Whether the two did not agree on TLS, which is before anything of the message is sent.
fn is_distrust(why: &std::io::Error) -> bool {
    use rustls::Error;
    let inner = why.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(
        inner,
        Some(Error::InvalidCertificate(_) | Error::PeerIncompatible(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_rfc_4231() {
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_status_says_whether_the_message_may_be_sent_again() {
        for (status, taken) in [
            (422, Outcome::Refused("http_422".into())),
            (401, Outcome::NotTaken("http_401".into())),
            (429, Outcome::NotTaken("http_429".into())),
            (302, Outcome::NotTaken("http_302".into())),
            (503, Outcome::NotTaken("http_503".into())),
            (500, Outcome::Unknown("http_500".into())),
            (504, Outcome::Unknown("http_504".into())),
        ] {
            assert_eq!(judge_status(status), taken);
        }
    }
}
