//! Holds that PostgreSQL keeps, because Redis is away.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, SmallInt, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::HeldPlace;
use mobile_contracts::ids::OfficeId;
use uuid::Uuid;

use crate::booking::holds::mirror::{Change, Changes, State};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::store::{Claimed, queue_party};
use crate::db::schema::place;
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// A hold that PostgreSQL keeps, because Redis is away.
#[derive(Debug)]
pub struct NewHold {
    pub office_id: OfficeId,
    /// In order of time, each beginning where the one before ends.
    pub slots: Vec<HoldSlot>,
    /// How many places of them.
    pub places: usize,
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
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

/// A slot of which a hold may take places.
#[derive(Debug)]
pub struct HoldSlot {
    pub starts_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub at_most: usize,
}

/// What PostgreSQL holds for a party.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldPlaces {
    pub hold_id: Uuid,
    pub until: DateTime<Utc>,
    pub places: Vec<HeldPlace>,
    /// To be mirrored after the commit, the given-back ones of other slots too.
    pub changes: Changes,
}

/// Holds places, all or none; the same party asking again is told the same. Run it in a transaction,
/// and roll back on an error.
///
/// # Errors
/// [`BookingProblem::SlotFull`], [`BookingProblem::TooManyHolds`].
pub async fn hold_places(conn: &mut Conn, new: &NewHold) -> Result<HeldPlaces, Failure> {
    if let Some(same) = find_same(conn, new).await? {
        return Ok(same);
    }
    if new.people.len() > 1 {
        for slot in &new.slots {
            queue_party(conn, new.office_id, slot.starts_at).await?;
        }
    }
    let mut held: Vec<(HeldPlace, i64)> = Vec::with_capacity(new.places);
    for slot in &new.slots {
        let wanted = slot.at_most.min(new.places - held.len());
        let mut taken = take_places(conn, new, slot, held.len(), wanted).await?;
        if taken.is_empty() {
            break;
        }
        taken.sort_by_key(|claimed| claimed.place_no);
        held.extend(taken.iter().map(|claimed| {
            let place = HeldPlace {
                starts_at: slot.starts_at,
                place_no: claimed.place_no,
            };
            (place, claimed.rev)
        }));
    }
    if held.len() < new.places {
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
    let mut changes: Changes = held
        .iter()
        .map(|(place, rev)| {
            let change = Change {
                starts_at: place.starts_at,
                place_no: place.place_no,
                rev: *rev,
                state: new.mirrored.clone(),
            };
            (new.office_id, change)
        })
        .collect();
    changes.extend(released);
    Ok(HeldPlaces {
        hold_id: new.hold_id,
        until: new.until,
        places: held.into_iter().map(|(place, _)| place).collect(),
        changes,
    })
}

/// A held place with the number and the end of its hold.
type HeldRow = (DateTime<Utc>, i16, Option<Uuid>, Option<DateTime<Utc>>);

/// The hold that this party has already, if it is the one that it asks for.
async fn find_same(conn: &mut Conn, new: &NewHold) -> QueryResult<Option<HeldPlaces>> {
    let starts: Vec<DateTime<Utc>> = new.slots.iter().map(|slot| slot.starts_at).collect();
    let same: Vec<HeldRow> = place::table
        .filter(place::office_id.eq(new.office_id))
        .filter(place::starts_at.eq_any(&starts))
        .filter(place::hold_party.eq(&new.party))
        .filter(place::hold_until.gt(app_now().nullable()))
        .order((place::starts_at, place::place_no))
        .select((
            place::starts_at,
            place::place_no,
            place::hold_id,
            place::hold_until,
        ))
        .load(conn)
        .await?;
    let Some(&(first, _, Some(hold_id), Some(until))) = same.as_slice().first() else {
        return Ok(None);
    };
    let is_whole = same.len() == new.places && new.slots[0].starts_at == first;
    Ok(is_whole.then(|| HeldPlaces {
        hold_id,
        until,
        places: same
            .iter()
            .map(|&(starts_at, place_no, ..)| HeldPlace {
                starts_at,
                place_no,
            })
            .collect(),
        changes: Vec::new(),
    }))
}

/// Takes free places of one slot for those of the party who have none yet. What the party holds
/// already is free for it.
async fn take_places(
    conn: &mut Conn,
    new: &NewHold,
    slot: &HoldSlot,
    seated: usize,
    wanted: usize,
) -> QueryResult<Vec<Claimed>> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let people = new.people.get(seated..).unwrap_or_default();
    prepared(
        diesel::sql_query(
            "with free as ( \
           select place_no from place \
           where office_id = $1 and starts_at = $2 and appointment_id is null \
             and (hold_until is null or hold_until <= app_now() or hold_party = $8) \
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
        .bind::<Timestamptz, _>(slot.starts_at)
        .bind::<Timestamptz, _>(slot.closes_at)
        .bind::<Bool, _>(new.vouched)
        .bind::<BigInt, _>(i64::try_from(wanted).unwrap_or(i64::MAX))
        .bind::<SqlUuid, _>(new.hold_id)
        .bind::<Timestamptz, _>(new.until)
        .bind::<Binary, _>(&new.party)
        .bind::<Array<Binary>, _>(people)
        .bind::<Binary, _>(&new.device),
    )
    .load(conn)
    .await
}

/// A person's new hold replaces the old one, wherever it was. An offer of the waitlist is no hold of a
/// device: it was promised to them until its end, and stays.
async fn release_others(conn: &mut Conn, new: &NewHold) -> QueryResult<Changes> {
    let others: Vec<Option<Uuid>> = place::table
        .filter(place::hold_person.eq_any(&new.people))
        .filter(place::hold_id.ne(Some(new.hold_id)))
        .filter(place::hold_device.is_not_null())
        .select(place::hold_id)
        .load(conn)
        .await?;
    release_holds(conn, others).await
}

/// Gives back every place under these holds, less those on which somebody else is working: they are
/// just being given back or confirmed, and nobody waits for them here. A hold that has run out holds
/// nothing, and Redis may have given its place to somebody since: it stays as it is.
pub async fn release_holds(conn: &mut Conn, holds: Vec<Option<Uuid>>) -> QueryResult<Changes> {
    if holds.is_empty() {
        return Ok(Vec::new());
    }
    #[derive(QueryableByName)]
    struct Released {
        #[diesel(sql_type = Integer)]
        office_id: OfficeId,
        #[diesel(sql_type = Timestamptz)]
        starts_at: DateTime<Utc>,
        #[diesel(sql_type = SmallInt)]
        place_no: i16,
        #[diesel(sql_type = BigInt)]
        rev: i64,
    }
    let holds: Vec<Uuid> = holds.into_iter().flatten().collect();
    let rows: Vec<Released> = prepared(
        diesel::sql_query(
            "with own as ( \
               select office_id, starts_at, place_no from place \
               where hold_id = any ($1) and hold_until > app_now() \
               for update skip locked \
             ) \
             update place p set hold_id = null, hold_until = null, hold_party = null, \
               hold_person = null, hold_device = null, rev = rev + 1 \
             from own \
             where (p.office_id, p.starts_at, p.place_no) = (own.office_id, own.starts_at, own.place_no) \
             returning p.office_id, p.starts_at, p.place_no, p.rev",
        )
        .bind::<Array<SqlUuid>, _>(holds),
    )
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let change = Change {
                starts_at: row.starts_at,
                place_no: row.place_no,
                rev: row.rev,
                state: State::Free,
            };
            (row.office_id, change)
        })
        .collect())
}
