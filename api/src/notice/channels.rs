//! The channels in their order, each with what this process knows of its provider.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls_native_certs::load_native_certs;

use super::breaker::Breaker;
use super::sender::gateway::GatewaySender;
use super::sender::log::LogSender;
use super::sender::mail::MailSender;
use super::sender::{Message, Outcome, Reason, Sender};
use crate::clock::Clock;
use crate::config::{self, Config};

/// Every channel that is used. Cheap to clone; clones share what they learn.
#[derive(Clone)]
pub struct Channels(Arc<Vec<Channel>>);

struct Channel {
    name: &'static str,
    sender: Box<dyn Sender>,
    timeout: Duration,
    breaker: Mutex<Breaker>,
}

/// What became of a notice at all channels together.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// This channel has it.
    Sent(&'static str),
    /// No channel will ever take it.
    Refused(Reason),
    /// No channel has it; later one may.
    NotTaken(Reason),
    /// This channel may have it.
    Unknown(&'static str, Reason),
    /// Every channel is down and was left in peace: this was no try.
    NotTried,
}

/// A channel as operators see it.
#[derive(Debug)]
pub struct ChannelState {
    pub name: &'static str,
    pub is_down: bool,
    pub failing_since: Option<DateTime<Utc>>,
    pub last_failure: Option<String>,
}

impl Channels {
    /// # Panics
    /// When an authority that the configuration read cannot be trusted after all.
    pub fn new(config: &Config) -> Self {
        let settings = &config.notices;
        let timeout = Duration::from_millis(settings.timeout_ms.into());
        let channels = settings.channels.iter().map(|channel| match channel {
            config::Channel::Gateway(name, gateway) => {
                let sender = GatewaySender::new(gateway.clone(), tls(settings), timeout);
                Channel::new(name, Box::new(sender), timeout)
            }
            config::Channel::Mail(mail) => {
                let sender = MailSender::new(mail.clone(), &settings.roots, timeout)
                    .expect("the authorities were read with the configuration");
                Channel::new("email", Box::new(sender), timeout)
            }
            config::Channel::Log => {
                let shows_text = !config.is_production();
                Channel::new("log", Box::new(LogSender { shows_text }), timeout)
            }
        });
        Self(Arc::new(channels.collect()))
    }

    /// How many notices they would take now.
    pub fn room(&self, now: DateTime<Utc>) -> usize {
        let rooms = self.0.iter().map(|channel| channel.breaker().room(now));
        rooms.fold(0, usize::saturating_add)
    }

    /// Whether every channel is down.
    pub fn are_down(&self) -> bool {
        self.0.iter().all(|channel| channel.breaker().is_down())
    }

    pub fn states(&self) -> Vec<ChannelState> {
        let state = |channel: &Channel| {
            let breaker = channel.breaker();
            let failing = breaker.failing();
            ChannelState {
                name: channel.name,
                is_down: breaker.is_down(),
                failing_since: failing.map(|(since, _)| since),
                last_failure: failing.map(|(_, why)| why.to_owned()),
            }
        };
        self.0.iter().map(state).collect()
    }

    /// Hands a message to the first channel that takes it. `only` is the channel that may have it
    /// already: then no other is asked.
    pub async fn deliver(&self, clock: &Clock, message: &Message, only: Option<&str>) -> Delivery {
        let known = only.filter(|only| self.0.iter().any(|channel| channel.name == *only));
        let (mut refused, mut not_taken) = (None, None);
        let mut left_in_peace = false;
        for channel in self.0.iter() {
            if known.is_some_and(|only| only != channel.name) {
                continue;
            }
            if !channel.breaker().admits(clock.now()) {
                left_in_peace = true;
                continue;
            }
            match channel.ask(clock, message).await {
                Outcome::Accepted => return Delivery::Sent(channel.name),
                Outcome::Unknown(why) => return Delivery::Unknown(channel.name, why),
                Outcome::Refused(why) => refused = Some(why),
                Outcome::NotTaken(why) => not_taken = Some(why),
            }
        }
        match (refused, not_taken) {
            (_, Some(why)) => Delivery::NotTaken(why),
            // A channel that is down may take it when it is up.
            (Some(why), None) if left_in_peace => Delivery::NotTaken(why),
            (Some(why), None) => Delivery::Refused(why),
            (None, None) => Delivery::NotTried,
        }
    }
}

impl Channel {
    fn new(name: &'static str, sender: Box<dyn Sender>, timeout: Duration) -> Self {
        Self {
            name,
            sender,
            timeout,
            breaker: Mutex::default(),
        }
    }

    /// Asks the provider, and learns how it is.
    async fn ask(&self, clock: &Clock, message: &Message) -> Outcome {
        let asked = tokio::time::timeout(self.timeout, self.sender.send(message)).await;
        let outcome = asked.unwrap_or(Outcome::Unknown("timeout".into()));
        let mut breaker = self.breaker();
        match &outcome {
            // Somebody who says no to one message is there.
            Outcome::Accepted | Outcome::Refused(_) => {
                if breaker.is_down() {
                    tracing::info!(channel = self.name, "notices go out again");
                }
                breaker.succeeded();
            }
            Outcome::NotTaken(why) | Outcome::Unknown(why) => {
                if breaker.failed(why, clock.now()) {
                    tracing::warn!(
                        channel = self.name,
                        why = &**why,
                        "notices do not go out: the provider is asked now and then"
                    );
                }
            }
        }
        outcome
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // A few numbers, valid whatever a panic left of them.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The machine's authorities and those of the configuration. An authority that cannot be read is
/// passed over: the machine's list often holds some.
fn tls(settings: &config::Notices) -> ureq::tls::TlsConfig {
    use ureq::tls::{Certificate, RootCerts, TlsConfig};
    let roots: Vec<Certificate<'static>> = load_native_certs()
        .certs
        .iter()
        .chain(&settings.roots)
        .map(|root| Certificate::from_der(root).to_owned())
        .collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(provider)
        .build()
}
