//! Holds: one call of a script, or a reservation on the place's row when Redis is away. Either way
//! the caller gets a signed token that is good without both.

pub mod kept;
pub mod mirror;
pub mod routes;
pub mod rules;
pub mod store;
pub mod token;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use mobile_contracts::booking::HeldPlace;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use redis::Script;
use uuid::Uuid;

use self::store::{HoldSlot, NewHold};
use crate::app::App;
use crate::booking::holds::mirror::{State, day_key, life_ms, mirror_all};
use crate::booking::holds::token::{HoldToken, people_hash, short, word};
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::day::SlotState;
use crate::booking::slots::rules::field;
use crate::booking::slots::store::materialise;
use crate::db;
use crate::http::failure::Failure;

static HOLD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("hold.lua")));

static PARTY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("party.lua")));

static FORGET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("forget.lua")));
static PERSON: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("person.lua")));

/// Most parties for which one device holds places at once.
const PARTIES_PER_DEVICE: usize = 2;

/// Most parties for which one helper does.
const PARTIES_PER_HELPER: usize = 10;

/// Who wants what.
pub struct Wish {
    pub office: Arc<OfficeEntry>,
    /// The slot in which it begins, and those that follow it without a gap, as far as may be needed.
    pub slots: Vec<SlotState>,
    /// How many places.
    pub places: usize,
    /// Blind indexes, one a person.
    pub people: Vec<Vec<u8>>,
    /// The device of a stranger, or the account of a helper.
    pub device: String,
    pub vouched: bool,
}

impl Wish {
    fn office_id(&self) -> OfficeId {
        self.office.row.office_id
    }

    fn starts_at(&self) -> DateTime<Utc> {
        self.slots[0].plan.starts_at
    }
}

/// Holds places of one slot, or of several that follow each other, all or none.
///
/// # Errors
/// [`BookingProblem::SlotFull`], [`BookingProblem::TooManyHolds`].
pub async fn hold(app: &App, wish: &Wish) -> Result<HoldToken, Failure> {
    let now = app.clock.now();
    let booking = &app.config.booking;
    let ttl_s = if wish.vouched {
        booking.hold_ttl_s
    } else {
        booking.unverified_hold_ttl_s
    };
    let until = (now + TimeDelta::seconds(ttl_s.into())).min(wish.starts_at());
    let draft = Draft {
        hold_id: Uuid::new_v4(),
        until: DateTime::from_timestamp_millis(until.timestamp_millis()).unwrap_or(until),
        ttl_ms: (until - now).num_milliseconds().max(1),
        people: people_hash(&app.keys, &wish.people),
        device: hex(&short(
            app.keys.mac("hold-device/v1", &[wish.device.as_bytes()]),
        )),
    };
    match hold_in_redis(app, wish, &draft).await {
        Some(outcome) => outcome,
        None => hold_in_postgres(app, wish, &draft).await,
    }
}

/// A hold that is being made.
struct Draft {
    hold_id: Uuid,
    until: DateTime<Utc>,
    ttl_ms: i64,
    people: [u8; 16],
    device: String,
}

impl Draft {
    fn word(&self) -> String {
        word(self.hold_id, self.until)
    }

    fn holder(&self) -> String {
        format!("{}.{}", hex(&self.people), self.device)
    }

    fn token(
        &self,
        wish: &Wish,
        hold_id: Uuid,
        until: DateTime<Utc>,
        places: Vec<HeldPlace>,
    ) -> HoldToken {
        HoldToken {
            hold_id,
            office_id: wish.office_id(),
            ends_at: until,
            places,
            people: self.people,
            vouched: wish.vouched,
            offered: false,
        }
    }
}

fn parties_max(wish: &Wish) -> usize {
    if wish.vouched {
        PARTIES_PER_HELPER
    } else {
        PARTIES_PER_DEVICE
    }
}

/// `None` when Redis is away: nothing was decided.
async fn hold_in_redis(
    app: &App,
    wish: &Wish,
    draft: &Draft,
) -> Option<Result<HoldToken, Failure>> {
    let offset_ms = app.clock.offset_ms();
    let mut admit = PARTY.key(app.redis.key(&format!("holds:{{{}}}", draft.device)));
    admit
        .arg(offset_ms)
        .arg(parties_max(wish))
        .arg(hex(&draft.people))
        .arg(draft.ttl_ms);
    let admitted: i64 = app.redis.run(&admit).await?;
    if admitted == 0 {
        return Some(Err(BookingProblem::TooManyHolds.into()));
    }
    let on = local_day(wish.starts_at());
    let now = app.clock.now();
    let mut call = HOLD.key(day_key(app, wish.office_id(), on));
    call.arg(offset_ms)
        .arg(draft.word())
        .arg(draft.ttl_ms)
        .arg(draft.holder())
        .arg(wish.places)
        .arg(life_ms(now, on));
    let mut offered = HashMap::new();
    for slot in &wish.slots {
        let candidates = slot.candidates(wish.vouched, now);
        if candidates.is_empty() {
            break;
        }
        let starts_at = slot.plan.starts_at;
        for (place_no, rev) in candidates {
            let name = field(starts_at, place_no);
            call.arg(&name).arg(rev);
            let place = HeldPlace {
                starts_at,
                place_no,
            };
            offered.insert(name, place);
        }
    }
    let said: Vec<String> = app.redis.run(&call).await?;
    let [verdict, word, fields @ ..] = said.as_slice() else {
        if admitted == 1 {
            forget_party(app, Some(draft.holder())).await;
        }
        return Some(Err(BookingProblem::SlotFull.into()));
    };
    let (hold_id, until) = read_word(word)?;
    if verdict != "HELD" {
        return None;
    }
    let held = fields.iter().filter_map(|name| offered.get(name).copied());
    let held: Vec<HeldPlace> = held.collect();
    let names: Vec<&str> = fields.iter().map(String::as_str).collect();
    app.availability
        .set_held(wish.office_id(), on, &names, true);
    replace_older(app, wish, draft, word, fields).await;
    Some(Ok(draft.token(wish, hold_id, until, held)))
}

fn read_word(word: &str) -> Option<(Uuid, DateTime<Utc>)> {
    let (hold_id, until_ms) = word.split_once('.')?;
    let until = DateTime::from_timestamp_millis(until_ms.parse().ok()?)?;
    Some((hold_id.parse().ok()?, until))
}

/// A person's new hold replaces the old one, once it is granted.
async fn replace_older(app: &App, wish: &Wish, draft: &Draft, word: &str, fields: &[String]) {
    let on = local_day(wish.starts_at());
    let own = format!("{word}|{}|{on}|{}", wish.office_id(), fields.join(","));
    join_all(wish.people.iter().map(async |blind| {
        let person = hex(&short(app.keys.lasting_mac("hold-person/v1", &[blind])));
        let mut call = PERSON.key(app.redis.key(&format!("hold:{{{person}}}")));
        call.arg(&own).arg(draft.ttl_ms);
        let Some(Some(before)) = app.redis.run::<Option<String>>(&call).await else {
            return;
        };
        let parts: Vec<&str> = before.split('|').collect();
        if let [old_word, office_id, on, fields] = parts[..]
            && old_word != word
            && let (Ok(office_id), Ok(on)) = (office_id.parse::<OfficeId>(), on.parse())
        {
            let fields: Vec<&str> = fields.split(',').collect();
            let holder = mirror::release(app, office_id, on, old_word, &fields).await;
            // The same party on the same device is counted already for what replaces it.
            if holder.as_ref() != Some(&draft.holder()) {
                forget_party(app, holder).await;
            }
        }
    }))
    .await;
}

async fn hold_in_postgres(app: &App, wish: &Wish, draft: &Draft) -> Result<HoldToken, Failure> {
    let now = app.clock.now();
    let people = wish.people.iter();
    let slots = wish.slots.iter().map(|slot| HoldSlot {
        starts_at: slot.plan.starts_at,
        closes_at: slot.plan.closes_at,
        // While somebody waits, what is free is theirs first, whoever keeps the holds.
        at_most: match slot.awaited {
            0 => usize::MAX,
            _ => slot.candidates(wish.vouched, now).len(),
        },
    });
    let new = NewHold {
        office_id: wish.office_id(),
        slots: slots.collect(),
        places: wish.places,
        hold_id: draft.hold_id,
        until: draft.until,
        party: draft.holder().into_bytes(),
        people: people
            .map(|blind| short(app.keys.lasting_mac("hold-person/v1", &[blind])).to_vec())
            .collect(),
        device: draft.device.clone().into_bytes(),
        parties_max: parties_max(wish),
        vouched: wish.vouched,
        mirrored: State::Held {
            token: draft.word(),
            ttl_ms: draft.ttl_ms,
            holder: draft.holder(),
        },
    };
    let mut conn = app.pool.get().await?;
    let held = db::transaction::<_, Failure>(&mut conn, async |conn| {
        // In order of time, like every lock on slots: parties that cross wait, and never for each other.
        for slot in wish.slots.iter().filter(|slot| !slot.materialised) {
            materialise(conn, &wish.office, &slot.plan).await?;
        }
        store::hold_places(conn, &new).await
    })
    .await?;
    drop(conn);
    mirror_all(app, &held.changes).await;
    Ok(draft.token(wish, held.hold_id, held.until, held.places))
}

/// Gives a hold back, wherever it is kept. A token that was given back may still confirm until its
/// end: it takes what is free then.
///
/// # Errors
/// When the database cannot be asked.
pub async fn release(app: &App, token: &HoldToken) -> Result<(), Failure> {
    let on = local_day(token.starts_at());
    let (word, fields) = (token.word(), token.fields());
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let holder = mirror::release(app, token.office_id, on, &word, &fields).await;
    forget_party(app, holder).await;
    let mut conn = app.pool.get().await?;
    let released = store::release_holds(&mut conn, vec![Some(token.hold_id)]).await?;
    drop(conn);
    mirror_all(app, &released).await;
    Ok(())
}

/// Longest that a hold is kept past its end, for a confirmation that is under way.
const GRACE_PAST_END_MS: i64 = 5_000;
/// Longest that a confirmation may be under way.
const CONFIRMATION_MS: i64 = 8_000;

/// Whose hold it is, as Redis knows it.
pub struct Holder(Option<String>);

/// Before the transaction: keeps the hold in Redis from lapsing while PostgreSQL commits. A hold that
/// has run out stays so, however often somebody tries to confirm it.
pub async fn prolong(app: &App, token: &HoldToken) -> Holder {
    let left_ms = (token.ends_at - app.clock.now()).num_milliseconds();
    if left_ms <= 0 {
        return Holder(None);
    }
    let grace_ms = CONFIRMATION_MS.min(left_ms + GRACE_PAST_END_MS);
    let (on, word, fields) = (local_day(token.starts_at()), token.word(), token.fields());
    let kept = mirror::prolong(app, token.office_id, on, &word, &fields, grace_ms);
    Holder(kept.await)
}

/// After the commit: the hold is an appointment, and counts against its device no more.
pub async fn used(app: &App, holder: Holder) {
    forget_party(app, holder.0).await;
}

async fn forget_party(app: &App, holder: Option<String>) {
    if let Some((party, device)) = holder.as_deref().and_then(|holder| holder.split_once('.')) {
        let mut call = FORGET.key(app.redis.key(&format!("holds:{{{device}}}")));
        let _: Option<i64> = app.redis.run(call.arg(party)).await;
    }
}

/// Bytes as Redis keeps them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
