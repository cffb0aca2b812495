//! Sends the outbox, a round at a time. Any number of processes may run one side by side.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use mobile_contracts::phone::MobilePhone;
use tokio::sync::watch;
use uuid::Uuid;

use super::channels::Delivery;
use super::kind::Kind;
use super::rules::{TRIES_MAX, TRIES_WITH_ONE, wait_after};
use super::sender::Message;
use super::store::{self, LEASE, Leased, Settlement, Unreadable};
use super::words::{Reader, words};
use crate::app::App;
use crate::booking::{self, NoticeFacts, NoticeReason};
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::identity;

/// Notices that one round takes at most.
const BATCH: usize = 20;
/// Of these, how many are with providers at once.
const AT_ONCE: usize = 4;
/// How long to rest when there was less to do than that.
const REST: Duration = Duration::from_secs(1);
/// How long to rest when the database is away.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// A notice that every channel was too ill to be offered comes again after this.
const REST_OF_UNTRIED: TimeDelta = TimeDelta::seconds(30);
/// Nothing is handed over so late in a lease that another sender might have it before it ends.
const LEASE_RESERVE: TimeDelta = TimeDelta::seconds(150);

/// What a round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub sent: usize,
    /// Refused for good, or tried too often.
    pub failed: usize,
    /// Their reason is gone, or there is nobody to tell.
    pub dropped: usize,
    /// To be tried again.
    pub put_off: usize,
    /// More may be due.
    pub is_full: bool,
}

impl Round {
    fn count(&mut self, settlement: &Settlement<'_>) {
        match settlement {
            Settlement::Sent { .. } => self.sent += 1,
            Settlement::Failed { .. } => self.failed += 1,
            Settlement::Dropped { .. } => self.dropped += 1,
            Settlement::Again { .. } | Settlement::NotTried { .. } => self.put_off += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.dropped += other.dropped;
        self.put_off += other.put_off;
    }
}

/// Sends until told to stop, and ends the round that it is in.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut is_away = false;
    while !*stop.borrow() {
        let rest = match run_round(&app).await {
            Ok(round) => {
                is_away = false;
                if round.is_full { Duration::ZERO } else { REST }
            }
            Err(failure) => {
                if !is_away {
                    tracing::warn!(?failure, "the outbox cannot be read: notices wait");
                }
                is_away = true;
                REST_AFTER_FAILURE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            changed = stop.changed() => if changed.is_err() {
                // Whoever would tell us to stop is gone.
                return;
            },
        }
    }
}

/// Sends what is due, up to a batch.
///
/// # Errors
/// When the database cannot be asked. What was sent and could not be marked is sent again under the
/// same id when its lease ends.
pub async fn run_round(app: &App) -> Result<Round, Failure> {
    let room = app.channels.room(app.clock.now()).min(BATCH);
    let mut conn = app.pool.get().await?;
    store::give_up_late(&mut conn).await?;
    if room == 0 {
        return Ok(Round::default());
    }
    let (lease_id, leased_at) = (Uuid::now_v7(), Instant::now());
    let leased = store::lease_due(&mut conn, lease_id, room as i64).await?;
    let mut round = Round {
        is_full: leased.len() == room,
        ..Round::default()
    };
    let mut ready = Vec::new();
    for (leased, judged) in judge(app, &mut conn, leased).await? {
        let settlement = match judged {
            Judged::Tell(message) => {
                ready.push((leased, *message));
                continue;
            }
            Judged::Drop(why) => Settlement::Dropped { why },
            Judged::Fail(why) => Settlement::Failed { why },
            Judged::PutOff(why) => again(&leased, why, None),
        };
        store::settle(&mut conn, lease_id, leased.notice_id, &settlement).await?;
        round.count(&settlement);
    }
    // Sending may take long: the connection is for those who wait for it.
    drop(conn);
    let mut sending = stream::iter(ready)
        .map(|(leased, message)| send(app, lease_id, leased_at, leased, message))
        .buffer_unordered(AT_ONCE);
    let mut lost = None;
    while let Some(outcome) = sending.next().await {
        match outcome {
            Ok(ended) => round.add(ended),
            // The others are with providers: their outcomes are still written if they can be.
            Err(failure) => lost = Some(failure),
        }
    }
    lost.map_or(Ok(round), Err)
}

/// What is to become of a notice before it is sent.
enum Judged {
    Tell(Box<Message>),
    /// Its reason is gone, or nobody needs to be told.
    Drop(&'static str),
    /// Somebody must be told, and cannot be: the desk's list shows it.
    Fail(&'static str),
    PutOff(&'static str),
}

/// Asks again whether each reason stands, and finds whom to tell.
async fn judge(
    app: &App,
    conn: &mut Conn,
    leased: Vec<Leased>,
) -> Result<Vec<(Leased, Judged)>, Failure> {
    let reasons: Vec<Option<NoticeReason>> = leased.iter().map(reason_of).collect();
    let known: Vec<NoticeReason> = reasons.iter().flatten().cloned().collect();
    let mut found = booking::notice_facts(conn, &known).await?.into_iter();
    let mut judged = Vec::with_capacity(leased.len());
    for (leased, reason) in leased.into_iter().zip(reasons) {
        let told = match reason {
            Some(reason) => match found.next().flatten() {
                Some(facts) => address(app, conn, &leased, reason.kind, facts).await?,
                None => Judged::Drop("reason_gone"),
            },
            // A newer program may know what it is.
            None => Judged::PutOff("unknown_kind"),
        };
        judged.push((leased, told));
    }
    Ok(judged)
}

/// What the feature is asked; nothing of a kind that only a newer program knows.
fn reason_of(leased: &Leased) -> Option<NoticeReason> {
    Some(NoticeReason {
        kind: Kind::parse(&leased.kind)?,
        subject_id: leased.subject_id?,
        params: leased.params()?,
    })
}

/// To the citizen, or for somebody without a phone to the relative who booked and left one, else when it
/// matters to the helper.
async fn address(
    app: &App,
    conn: &mut Conn,
    leased: &Leased,
    kind: Kind,
    facts: NoticeFacts,
) -> Result<Judged, Failure> {
    let (phone, reader) = match leased.phone(&app.keys) {
        Err(Unreadable) => return Ok(Judged::PutOff("unreadable")),
        Ok(Some(phone)) if facts.is_proxys_phone() => (phone, Reader::Helper),
        Ok(Some(phone)) => (phone, Reader::Citizen),
        Ok(None) if !kind.must_arrive() => return Ok(Judged::Drop("nobody_to_tell")),
        Ok(None) => match helpers_phone(app, conn, &facts).await? {
            Some(phone) => (phone, Reader::Helper),
            None => return Ok(Judged::Fail("no_phone")),
        },
    };
    let words = words(kind, reader, &facts.facts, &app.config.http.public_origin);
    Ok(Judged::Tell(Box::new(Message {
        notice_id: leased.notice_id,
        kind,
        phone,
        facts: facts.facts,
        words,
    })))
}

async fn helpers_phone(
    app: &App,
    conn: &mut Conn,
    facts: &NoticeFacts,
) -> Result<Option<MobilePhone>, Failure> {
    let Some(helper_id) = facts.helper_id else {
        return Ok(None);
    };
    let mut phones = identity::phones_of(conn, &app.keys, &[helper_id]).await?;
    Ok(phones.remove(&helper_id))
}

/// Hands one notice over and writes what became of it.
async fn send(
    app: &App,
    lease_id: Uuid,
    leased_at: Instant,
    leased: Leased,
    message: Message,
) -> Result<Round, Failure> {
    let mut round = Round::default();
    let gone = TimeDelta::from_std(leased_at.elapsed()).unwrap_or(TimeDelta::MAX);
    if gone.num_milliseconds() >= leased.left_ms || gone > LEASE - LEASE_RESERVE {
        // Too late, or somebody else's soon: the next round or the end of the lease says which.
        round.put_off += 1;
        return Ok(round);
    }
    // After some tries another channel may tell it, at the risk of telling it twice.
    let only = leased.channel.as_deref();
    let only = only.filter(|_| leased.tries <= 1 + TRIES_WITH_ONE);
    let delivery = app.channels.deliver(&app.clock, &message, only).await;
    let settlement = match &delivery {
        Delivery::Sent(channel) => Settlement::Sent { channel },
        // It never had it, then: the others may be asked.
        Delivery::Refused(why) if only.is_some() => again(&leased, why, None),
        Delivery::Refused(why) => Settlement::Failed { why },
        Delivery::NotTaken(why) => again(&leased, why, only),
        Delivery::Unknown(channel, why) => again(&leased, why, Some(channel)),
        Delivery::NotTried if only.is_some() => again(&leased, "provider_down", only),
        Delivery::NotTried => Settlement::NotTried {
            after: REST_OF_UNTRIED,
        },
    };
    let mut conn = app.pool.get().await?;
    store::settle(&mut conn, lease_id, leased.notice_id, &settlement).await?;
    round.count(&settlement);
    Ok(round)
}

/// Once more after a while, unless it was tried often enough.
fn again<'a>(leased: &Leased, why: &'a str, channel: Option<&'a str>) -> Settlement<'a> {
    if leased.tries >= TRIES_MAX {
        return Settlement::Failed { why };
    }
    Settlement::Again {
        after: wait_after(leased.tries, chance()),
        why,
        channel,
    }
}

/// Evenly between 0 and 1.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}
