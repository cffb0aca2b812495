//! Mail over SMTP. Appointments know phones only, so the address is a template: gateways that turn a
//! mail to `{local}@sms.example` into a text message are common.

use std::error::Error as _;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use rustls::pki_types::CertificateDer;

use super::{Message, Outcome, Sender};
use crate::config::{self, MailTls};

/// A mail server.
pub struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    settings: config::Mail,
}

impl MailSender {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        settings: config::Mail,
        roots: &[CertificateDer<'_>],
        timeout: Duration,
    ) -> Result<Self, Error> {
        let tls = || {
            let mut tls = TlsParameters::builder(settings.host.clone());
            for root in roots {
                tls = tls.add_root_certificate(Certificate::from_der(root.to_vec())?);
            }
            tls.build()
        };
        let tls = match settings.tls {
            MailTls::Wrapped => Tls::Wrapper(tls()?),
            MailTls::StartTls => Tls::Required(tls()?),
            MailTls::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(timeout));
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self {
            transport: builder.build(),
            settings,
        })
    }

    fn write(&self, message: &Message) -> Option<lettre::Message> {
        let national = message.phone.national_display().replace(' ', "");
        let e164 = message.phone.e164();
        let to = self.settings.to.fill(|gap| match gap {
            "phone" => &e164,
            "msisdn" => e164.trim_start_matches('+'),
            _ => &national,
        });
        let from: &Mailbox = &self.settings.from;
        let text = match self.settings.diacritics {
            true => message.words.full.clone(),
            false => message.words.short.as_str().to_owned(),
        };
        // The same id whenever it is sent again: servers and readers drop a second one.
        let id = format!("<{}@{}>", message.notice_id, from.email.domain());
        lettre::Message::builder()
            .from(from.clone())
            .to(to.parse().ok()?)
            .subject(&message.words.subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}

impl Sender for MailSender {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Outcome> {
        async move {
            let Some(mail) = self.write(message) else {
                return Outcome::Refused("no_address".into());
            };
            match self.transport.send(mail).await {
                Ok(_) => Outcome::Accepted,
                Err(error) => judge(&error),
            }
        }
        .boxed()
    }
}

/// What an error says of the mail. Its words may repeat the address: only its number is kept.
fn judge(error: &Error) -> Outcome {
    if let Some(code) = error.status() {
        let number: u16 = code.into();
        let reason = format!("smtp_{number}").into();
        return match number {
            // This mail: its address or its text.
            501 | 550..=554 => Outcome::Refused(reason),
            // Not now, or a setting of ours is wrong.
            _ => Outcome::NotTaken(reason),
        };
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            if io.kind() == std::io::ErrorKind::ConnectionRefused {
                return Outcome::NotTaken("no_connection".into());
            }
            // The server could not prove who it is, or spoke no TLS: it was told nothing.
            if io
                .get_ref()
                .is_some_and(|inner| inner.is::<rustls::Error>())
            {
                return Outcome::NotTaken("tls".into());
            }
        }
        source = cause.source();
    }
    match error {
        _ if error.is_tls() => Outcome::NotTaken("tls".into()),
        // The server lacks what we insist on, STARTTLS above all.
        _ if error.is_client() => Outcome::NotTaken("not_offered".into()),
        _ if error.is_timeout() => Outcome::Unknown("timeout".into()),
        _ => Outcome::Unknown("cut".into()),
    }
}
