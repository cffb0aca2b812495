//! Redis, told and asked: the day's hash, and the scripts that read and write it.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use redis::Script;

use crate::app::App;
use crate::booking::slots::rules::field;
use crate::booking::slots::store::list_places_of_day;
use crate::http::failure::Failure;

static MIRROR: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("mirror.lua")));
static DAY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("day.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("release.lua")));
static PROLONG: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("prolong.lua")));

/// The last day's hash is kept this much longer than the day.
const LIFE_AFTER_DAY_MS: i64 = 86_400_000;

/// What a committed transaction made of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub rev: i64,
    pub state: State,
}

/// The places that an act changed, each with its office; told to Redis after the commit.
pub type Changes = Vec<(OfficeId, Change)>;

/// What a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Free,
    Booked,
    Held {
        token: String,
        ttl_ms: i64,
        holder: String,
    },
}

/// The key of an office's day. One hash tag: a script serves a cluster.
pub fn day_key(app: &App, office_id: OfficeId, on: NaiveDate) -> String {
    app.redis.key(&format!("day:{{{office_id}:{on}}}"))
}

/// How long a day's hash may live from now.
pub fn life_ms(now: DateTime<Utc>, on: NaiveDate) -> i64 {
    let ends = mobile_contracts::calendar::local_day_bounds(on).end;
    (ends - now).num_milliseconds().max(0) + LIFE_AFTER_DAY_MS
}

/// Tells Redis, and this process's picture, what was committed. Call it after the commit, never in a
/// transaction. A Redis that does not hear it is corrected by the picture's `rev`.
pub async fn mirror(app: &App, office_id: OfficeId, changes: &[Change]) {
    let mut days: HashMap<NaiveDate, Vec<Change>> = HashMap::new();
    for change in changes {
        let day = days.entry(local_day(change.starts_at)).or_default();
        day.push(change.clone());
    }
    for (on, changes) in days {
        app.availability.apply(office_id, on, &changes);
        let mut call = MIRROR.key(day_key(app, office_id, on));
        call.arg(app.clock.offset_ms())
            .arg(life_ms(app.clock.now(), on));
        for change in &changes {
            let (state, held) = match &change.state {
                State::Free => ("F", String::new()),
                State::Booked => ("B", String::new()),
                State::Held {
                    token,
                    ttl_ms,
                    holder,
                } => ("P", format!("{token}|{ttl_ms}|{holder}")),
            };
            call.arg(field(change.starts_at, change.place_no))
                .arg(change.rev)
                .arg(state)
                .arg(held);
        }
        let _: Option<i64> = app.redis.run(&call).await;
    }
}

/// How Redis knows a place that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Redis gave the hold itself. It says nothing about what PostgreSQL decided.
    Held,
    /// PostgreSQL said so when the place had this rev.
    Told { booked: bool, rev: i64 },
}

/// Fields that Redis knows as taken. Empty without Redis.
pub async fn taken_of_day(app: &App, office_id: OfficeId, on: NaiveDate) -> HashMap<String, Known> {
    let mut call = DAY.key(day_key(app, office_id, on));
    call.arg(app.clock.offset_ms());
    let flat: Vec<String> = app.redis.run(&call).await.unwrap_or_default();
    flat.chunks_exact(3)
        .map(|one| {
            let known = match one[1].as_str() {
                "H" => Known::Held,
                kind => Known::Told {
                    booked: kind == "B",
                    rev: one[2].parse().unwrap_or(0),
                },
            };
            (one[0].clone(), known)
        })
        .collect()
}

/// Gives back what this token holds in Redis; answers whose it was.
pub async fn release(
    app: &App,
    office_id: OfficeId,
    on: NaiveDate,
    token: &str,
    fields: &[&str],
) -> Option<String> {
    let mut call = RELEASE.key(day_key(app, office_id, on));
    call.arg(token);
    for field in fields {
        call.arg(*field);
    }
    let holder: Option<String> = app.redis.run(&call).await.flatten();
    if holder.is_some() {
        app.availability.set_held(office_id, on, fields, false);
    }
    holder
}

/// Keeps what this token holds in Redis from lapsing while PostgreSQL commits; answers whose it is.
pub async fn prolong(
    app: &App,
    office_id: OfficeId,
    on: NaiveDate,
    token: &str,
    fields: &[String],
    grace_ms: i64,
) -> Option<String> {
    let mut call = PROLONG.key(day_key(app, office_id, on));
    call.arg(app.clock.offset_ms()).arg(grace_ms).arg(token);
    for field in fields {
        call.arg(field);
    }
    app.redis.run(&call).await.flatten()
}

/// Tells Redis once more what PostgreSQL has, where the two disagree about a place; says of how many.
/// A process that died between its commit and its mirroring leaves such places behind.
///
/// # Errors
/// When the database cannot be asked.
pub async fn set_right(app: &App, office_id: OfficeId, on: NaiveDate) -> Result<usize, Failure> {
    let rows = {
        let mut conn = app.pool.get().await?;
        list_places_of_day(&mut conn, &[office_id], on).await?
    };
    let known = taken_of_day(app, office_id, on).await;
    let wrong: Vec<Change> = rows
        .iter()
        .filter(|row| row.held != Some(true))
        .filter_map(|row| {
            let booked_there = match known.get(&field(row.starts_at, row.place_no)) {
                // What Redis knows is newer than this read.
                Some(Known::Told { rev, .. }) if *rev >= row.rev => return None,
                Some(Known::Told { booked, .. }) => *booked,
                Some(Known::Held) | None => false,
            };
            (booked_there != row.booked).then_some(Change {
                starts_at: row.starts_at,
                place_no: row.place_no,
                rev: row.rev,
                state: if row.booked {
                    State::Booked
                } else {
                    State::Free
                },
            })
        })
        .collect();
    if !wrong.is_empty() {
        mirror(app, office_id, &wrong).await;
    }
    Ok(wrong.len())
}

/// Tells Redis what was committed, each office's in one call.
pub async fn mirror_all(app: &App, changes: &[(OfficeId, Change)]) {
    let mut offices: Vec<OfficeId> = changes.iter().map(|(office_id, _)| *office_id).collect();
    offices.sort_unstable();
    offices.dedup();
    for office_id in offices {
        let own = changes.iter().filter(|(id, _)| *id == office_id);
        let own: Vec<Change> = own.map(|(_, change)| change.clone()).collect();
        mirror(app, office_id, &own).await;
    }
}
