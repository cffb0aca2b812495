//! Holds that PostgreSQL keeps, because Redis is away.

use chrono::{DateTime, Utc};
use diesel::dsl::update;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::OfficeId;
use uuid::Uuid;

use crate::booking::holds::mirror::{Change, State};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::store::{Claimed, queue_party};
use crate::db::schema::place;
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// A hold that PostgreSQL keeps, because Redis is away.
#[derive(Debug)]
pub struct NewHold {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// Hash of the party and its device.
    pub party: Vec<u8>,
    /// One hash a person.
    pub people: Vec<Vec<u8>>,
    pub device: Vec<u8>,
    pub parties_max: usize,
    pub vouched: bool,
    /// How Redis is told of it.
    pub mirrored: State,
}

/// What PostgreSQL holds for a party.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldPlaces {
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
    pub place_nos: Vec<i16>,
    /// To be mirrored after the commit, the given-back ones of other slots too.
    pub changes: Vec<(OfficeId, Change)>,
}

/// Holds places, all or none; the same party asking again is told the same. Run it in a transaction,
/// and roll back on an error.
///
/// # Errors
/// [`BookingProblem::SlotFull`], [`BookingProblem::TooManyHolds`].
pub async fn hold_places(conn: &mut Conn, new: &NewHold) -> Result<HeldPlaces, Failure> {
    let same: Vec<(i16, Option<Uuid>, Option<DateTime<Utc>>)> = place::table
        .filter(place::office_id.eq(new.office_id))
        .filter(place::starts_at.eq(new.starts_at))
        .filter(place::hold_party.eq(&new.party))
        .filter(place::hold_until.gt(app_now().nullable()))
        .order(place::place_no)
        .select((place::place_no, place::hold_id, place::hold_until))
        .load(conn)
        .await?;
    if let Some((_, Some(hold_id), Some(until))) = same.as_slice().first()
        && same.len() == new.people.len()
    {
        return Ok(HeldPlaces {
            hold_id: *hold_id,
            until: *until,
            place_nos: same.iter().map(|(place_no, ..)| *place_no).collect(),
            changes: Vec::new(),
        });
    }
    if new.people.len() > 1 {
        queue_party(conn, new.office_id, new.starts_at).await?;
    }
    let held = take_places(conn, new).await?;
    if held.len() < new.people.len() {
        return Err(BookingProblem::SlotFull.into());
    }
    let released = release_others(conn, new).await?;
    let parties: Vec<Option<Uuid>> = place::table
        .filter(place::hold_device.eq(&new.device))
        .filter(place::hold_until.gt(app_now().nullable()))
        .select(place::hold_id)
        .distinct()
        .load(conn)
        .await?;
    if parties.len() > new.parties_max {
        return Err(BookingProblem::TooManyHolds.into());
    }
    let mut changes: Vec<(OfficeId, Change)> = held
        .iter()
        .map(|held| {
            (
                new.office_id,
                held.change(new.starts_at, new.mirrored.clone()),
            )
        })
        .collect();
    changes.extend(released);
    Ok(HeldPlaces {
        hold_id: new.hold_id,
        until: new.until,
        place_nos: held.iter().map(|held| held.place_no).collect(),
        changes,
    })
}

async fn take_places(conn: &mut Conn, new: &NewHold) -> QueryResult<Vec<Claimed>> {
    prepared(
        diesel::sql_query(
            "with free as ( \
           select place_no from place \
           where office_id = $1 and starts_at = $2 and appointment_id is null \
             and (hold_until is null or hold_until <= app_now()) \
             and opens_at <= app_now() and app_now() < $3 and ($4 or for_unverified) \
           order by for_unverified, place_no limit $5 \
           for update skip locked \
         ), numbered as ( \
           select place_no, row_number() over (order by place_no) as n from free \
         ) \
         update place set hold_id = $6, hold_until = $7, hold_party = $8, \
           hold_person = ($9)[numbered.n], hold_device = $10, rev = rev + 1 \
         from numbered \
         where office_id = $1 and starts_at = $2 and place.place_no = numbered.place_no \
         returning place.place_no, place.rev",
        )
        .bind::<Integer, _>(new.office_id)
        .bind::<Timestamptz, _>(new.starts_at)
        .bind::<Timestamptz, _>(new.closes_at)
        .bind::<Bool, _>(new.vouched)
        .bind::<BigInt, _>(new.people.len() as i64)
        .bind::<SqlUuid, _>(new.hold_id)
        .bind::<Timestamptz, _>(new.until)
        .bind::<Binary, _>(&new.party)
        .bind::<Array<Binary>, _>(&new.people)
        .bind::<Binary, _>(&new.device),
    )
    .load(conn)
    .await
}

/// A person's new hold replaces the old one, wherever it was.
async fn release_others(conn: &mut Conn, new: &NewHold) -> QueryResult<Vec<(OfficeId, Change)>> {
    let others: Vec<Option<Uuid>> = place::table
        .filter(place::hold_person.eq_any(&new.people))
        .filter(place::hold_id.ne(Some(new.hold_id)))
        .select(place::hold_id)
        .load(conn)
        .await?;
    release_holds(conn, others).await
}

/// Gives back every place under these holds.
pub async fn release_holds(
    conn: &mut Conn,
    holds: Vec<Option<Uuid>>,
) -> QueryResult<Vec<(OfficeId, Change)>> {
    if holds.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(OfficeId, DateTime<Utc>, i16, i64)> =
        update(place::table.filter(place::hold_id.eq_any(holds)))
            .set((
                place::hold_id.eq(None::<Uuid>),
                place::hold_until.eq(None::<DateTime<Utc>>),
                place::hold_party.eq(None::<Vec<u8>>),
                place::hold_person.eq(None::<Vec<u8>>),
                place::hold_device.eq(None::<Vec<u8>>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((
                place::office_id,
                place::starts_at,
                place::place_no,
                place::rev,
            ))
            .load(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(office_id, starts_at, place_no, rev)| {
            let change = Change {
                starts_at,
                place_no,
                rev,
                state: State::Free,
            };
            (office_id, change)
        })
        .collect())
}
