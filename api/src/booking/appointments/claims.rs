//! Claims of places. One's own place is waited for while another transaction looks at it; any other is
//! claimed unless somebody is at it, without waiting. The law is in the tables' unique indexes.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, SmallInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AppointmentId, OfficeId};
use uuid::Uuid;

use crate::booking::appointments::store::AppointmentRow;
use crate::booking::holds::mirror::{Change, State};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::store::{Claimed, queue_party};
use crate::db::schema::{place, place_freed};
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// What a claim is made with.
#[derive(Debug, Clone)]
pub struct Claim {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// The places of the hold, tried first.
    pub place_nos: Vec<i16>,
    /// PostgreSQL's own hold under this number is no obstacle.
    pub hold_id: Uuid,
    pub vouched: bool,
    /// Judged by the database's clock: the hold's end, the slot's start, the request's deadline.
    pub until: DateTime<Utc>,
    /// Walk-in places too: the desk may.
    pub at_desk: bool,
}

/// Claims one place for each appointment: the held ones, else the highest free ones.
///
/// # Errors
/// [`BookingProblem::HoldEnded`] by the database's clock, [`BookingProblem::SlotFull`].
pub async fn claim_places(
    conn: &mut Conn,
    claim: &Claim,
    appointment_ids: &[AppointmentId],
) -> Result<Vec<Change>, Failure> {
    if appointment_ids.len() > 1 {
        queue_party(conn, claim.office_id, claim.starts_at).await?;
    }
    let mut changes = Vec::with_capacity(appointment_ids.len());
    for (at, id) in appointment_ids.iter().enumerate() {
        let mut claimed = None;
        if let Some(place_no) = claim.place_nos.get(at) {
            claimed = claim_one(conn, claim, *id, Some(*place_no)).await?;
        }
        if claimed.is_none() {
            claimed = claim_one(conn, claim, *id, None).await?;
        }
        match claimed {
            Some(claimed) => changes.push(claimed.change(claim.starts_at, State::Booked)),
            None => return Err(why_none(conn, claim).await?.into()),
        }
    }
    Ok(changes)
}

/// Claims the places of a family, slot by slot in order of time, and one appointment a person: all, or
/// none when it is rolled back. Where it has fewer places than people, they share the time of a place:
/// the first has it, and the others ride along.
///
/// # Errors
/// [`BookingProblem::HoldEnded`] by the database's clock, [`BookingProblem::SlotFull`].
pub async fn claim_party(
    conn: &mut Conn,
    claims: &[Claim],
    appointment_ids: &[AppointmentId],
) -> Result<Vec<Change>, Failure> {
    if let ([claim], 1) = (claims, appointment_ids.len()) {
        return claim_places(conn, claim, appointment_ids).await;
    }
    // Everybody queues in order of time: parties that cross wait, and never for each other.
    for claim in claims {
        queue_party(conn, claim.office_id, claim.starts_at).await?;
    }
    let places = claims.iter().map(|claim| claim.place_nos.len()).sum();
    let mut changes = Vec::with_capacity(appointment_ids.len());
    let mut at = 0;
    for claim in claims {
        for place_no in &claim.place_nos {
            let sharing = share(appointment_ids, at, places);
            let [first, riding @ ..] = sharing else {
                return Err(Failure::internal("a hold has more places than people"));
            };
            let mut claimed = claim_one(conn, claim, *first, Some(*place_no)).await?;
            if claimed.is_none() {
                claimed = claim_one(conn, claim, *first, None).await?;
            }
            let Some(claimed) = claimed else {
                return Err(why_none(conn, claim).await?.into());
            };
            let on = claimed.place_no;
            changes.push(claimed.change(claim.starts_at, State::Booked));
            for id in riding {
                let seat = ride_along(conn, claim, on, *id).await?;
                changes.push(seat.change(claim.starts_at, State::Booked));
            }
            at += 1;
        }
    }
    Ok(changes)
}

/// Those who share a place: each place has about as many.
pub fn share<T>(people: &[T], at: usize, places: usize) -> &[T] {
    let from = people.len() * at / places;
    let to = people.len() * (at + 1) / places;
    &people[from..to]
}

/// Numbers above this are given to places that ride along; a slot has fewer of its own.
const OWN_PLACES_MAX: i16 = 250;

/// A place beside those of the slot, for somebody who is served in the time of a place of the same
/// family. Parties queue for their slots, so no two look for a number at once.
async fn ride_along(
    conn: &mut Conn,
    claim: &Claim,
    on: i16,
    id: AppointmentId,
) -> QueryResult<Claimed> {
    let seat = diesel::sql_query(
        "with of_slot as ( \
           select place_no, rides_on is not null and appointment_id is null as empty \
           from place where office_id = $2 and starts_at = $3 \
         ), seat as ( \
           select coalesce( \
             min(place_no) filter (where empty and place_no > $5), \
             greatest(max(place_no), $5) + 1)::smallint as place_no from of_slot \
         ) \
         insert into place (office_id, starts_at, place_no, for_unverified, rides_on, appointment_id) \
         select $2, $3, place_no, false, $4, $1 from seat \
         on conflict (office_id, starts_at, place_no) do update \
           set rides_on = excluded.rides_on, appointment_id = excluded.appointment_id, \
             rev = place.rev + 1 \
         returning place_no, rev",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(claim.office_id)
    .bind::<Timestamptz, _>(claim.starts_at)
    .bind::<SmallInt, _>(on)
    .bind::<SmallInt, _>(OWN_PLACES_MAX);
    prepared(seat).get_result(conn).await
}

/// Takes the place of the hold; it may be one that strangers cannot claim otherwise. Whoever has the row
/// locked may leave it as it was, as the waitlist does with a place that suits nobody: only the end of that
/// transaction says whether the place is lost.
const CLAIM_HELD: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where office_id = $2 and starts_at = $3 and place_no = $7 and appointment_id is null \
       and not withdrawn and rides_on is null and app_now() < $6 \
       and (hold_until is null or hold_until <= app_now() or hold_id = $4) \
       and ($5 or opens_at <= app_now()) \
     returning place_no, rev";

/// Takes the highest free place: holds take the lowest, so the fewest are robbed.
const CLAIM_ANY: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where (office_id, starts_at, place_no) = ( \
       select office_id, starts_at, place_no from place \
       where office_id = $2 and starts_at = $3 and appointment_id is null \
         and ($7 or for_unverified) and place_no <> all ($8) \
         and not withdrawn and rides_on is null and app_now() < $6 \
         and (hold_until is null or hold_until <= app_now() or hold_id = $4) \
         and ($5 or opens_at <= app_now()) \
       order by place_no desc limit 1 \
       for update skip locked) \
     returning place_no, rev";

async fn claim_one(
    conn: &mut Conn,
    claim: &Claim,
    id: AppointmentId,
    place_no: Option<i16>,
) -> QueryResult<Option<Claimed>> {
    // Two statements, for the first finds its one row by the key, and the clock is dear to ask.
    let claiming = |sql: &'static str| {
        diesel::sql_query(sql)
            .bind::<SqlUuid, _>(id)
            .bind::<Integer, _>(claim.office_id)
            .bind::<Timestamptz, _>(claim.starts_at)
            .bind::<SqlUuid, _>(claim.hold_id)
            .bind::<Bool, _>(claim.at_desk)
            .bind::<Timestamptz, _>(claim.until)
    };
    let claimed = match place_no {
        Some(place_no) => {
            let held = claiming(CLAIM_HELD).bind::<SmallInt, _>(place_no);
            prepared(held).get_result(conn).await
        }
        None => {
            let any = claiming(CLAIM_ANY)
                .bind::<Bool, _>(claim.vouched)
                .bind::<Array<SmallInt>, _>(&claim.place_nos);
            prepared(any).get_result(conn).await
        }
    };
    claimed.optional()
}

async fn why_none(conn: &mut Conn, claim: &Claim) -> QueryResult<BookingProblem> {
    let now: DateTime<Utc> = diesel::select(app_now()).get_result(conn).await?;
    Ok(if now >= claim.until {
        BookingProblem::HoldEnded
    } else {
        BookingProblem::SlotFull
    })
}

/// A place that was somebody's.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct OldPlace {
    pub rev: i64,
    pub withdrawn: bool,
    pub rides_on: Option<i16>,
}

/// The place that an appointment had.
pub async fn get_place(
    conn: &mut Conn,
    row: &AppointmentRow,
    place_no: i16,
) -> QueryResult<OldPlace> {
    place::table
        .find((row.office_id, row.starts_at, place_no))
        .select((place::rev, place::withdrawn, place::rides_on))
        .first(conn)
        .await
}

/// Strikes the last time that a place was given up from those that are counted: it was taken back.
pub async fn forget_freed(conn: &mut Conn, row: &AppointmentRow, place_no: i16) -> QueryResult<()> {
    diesel::sql_query(
        "delete from place_freed where (office_id, starts_at, place_no, rev) = ( \
           select office_id, starts_at, place_no, max(rev) from place_freed \
           where office_id = $1 and starts_at = $2 and place_no = $3 and freed_at >= $4 \
           group by 1, 2, 3)",
    )
    .bind::<Integer, _>(row.office_id)
    .bind::<Timestamptz, _>(row.starts_at)
    .bind::<SmallInt, _>(place_no)
    .bind::<Timestamptz, _>(row.changed_at - TimeDelta::seconds(10))
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives an appointment the very place back that it had, if nobody has, holds or was offered it: its
/// own, or one that rides on a place which its party still has. `None`: it is somebody else's now.
pub async fn claim_back(
    conn: &mut Conn,
    row: &AppointmentRow,
    place_no: i16,
) -> QueryResult<Option<Change>> {
    let claimed: Option<Claimed> = prepared(
        diesel::sql_query(
            "update place set appointment_id = $1, hold_id = null, hold_until = null, \
               hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
             where (office_id, starts_at, place_no) = ( \
               select p.office_id, p.starts_at, p.place_no from place p \
               left join place o on (o.office_id, o.starts_at, o.place_no) = (p.office_id, p.starts_at, p.rides_on) \
               left join appointment theirs on theirs.appointment_id = o.appointment_id \
               where p.office_id = $2 and p.starts_at = $3 and p.place_no = $4 \
                 and p.appointment_id is null and not p.withdrawn \
                 and (p.hold_until is null or p.hold_until <= app_now()) \
                 and (p.rides_on is null or theirs.party_id = $5) \
               for update of p skip locked) \
             returning place_no, rev",
        )
        .bind::<SqlUuid, _>(row.appointment_id)
        .bind::<Integer, _>(row.office_id)
        .bind::<Timestamptz, _>(row.starts_at)
        .bind::<SmallInt, _>(place_no)
        .bind::<SqlUuid, _>(row.party_id),
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(claimed.map(|claimed| claimed.change(row.starts_at, State::Booked)))
}

/// Frees the place of an appointment, and counts it among those that were given up. Where others of the
/// family ride on it, its time goes on to them and is nobody else's.
pub async fn free_place(conn: &mut Conn, row: &AppointmentRow) -> QueryResult<Option<Change>> {
    let freed: Option<(i16, i64, Option<i16>)> =
        update(place::table.filter(place::appointment_id.eq(row.appointment_id)))
            .set((
                place::appointment_id.eq(None::<AppointmentId>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((place::place_no, place::rev, place::rides_on))
            .get_result(conn)
            .await
            .optional()?;
    let Some((place_no, rev, rides_on)) = freed else {
        return Ok(None);
    };
    let inherited = pass_on(conn, row, place_no).await?;
    if rides_on.is_none() && inherited.is_none() {
        insert_into(place_freed::table)
            .values((
                place_freed::office_id.eq(row.office_id),
                place_freed::starts_at.eq(row.starts_at),
                place_freed::place_no.eq(place_no),
                place_freed::rev.eq(rev),
            ))
            .execute(conn)
            .await?;
    }
    Ok(Some(Change {
        starts_at: row.starts_at,
        place_no,
        rev: inherited.unwrap_or(rev),
        state: match inherited {
            Some(_) => State::Booked,
            None => State::Free,
        },
    }))
}

/// Gives the time of a place that was just freed to the first of those who ride on it; the two numbers
/// change their parts, so that nobody's appointment changes. Answers the new rev of the freed one.
pub async fn pass_on(
    conn: &mut Conn,
    row: &AppointmentRow,
    place_no: i16,
) -> QueryResult<Option<i64>> {
    let changed: Vec<Claimed> = prepared(
        diesel::sql_query(
            "with heir as ( \
               select place_no from place \
               where office_id = $1 and starts_at = $2 and rides_on = $3 \
                 and appointment_id is not null \
               order by place_no limit 1 for update \
             ), gone as ( \
               select opens_at, for_unverified from place \
               where office_id = $1 and starts_at = $2 and place_no = $3 \
             ) \
             update place p set \
               rides_on = case when p.place_no = heir.place_no then null else heir.place_no end, \
               opens_at = case when p.place_no = heir.place_no then gone.opens_at end, \
               for_unverified = p.place_no = heir.place_no and gone.for_unverified, \
               rev = p.rev + 1 \
             from heir, gone \
             where p.office_id = $1 and p.starts_at = $2 and (p.place_no = $3 or p.rides_on = $3) \
             returning p.place_no, p.rev",
        )
        .bind::<Integer, _>(row.office_id)
        .bind::<Timestamptz, _>(row.starts_at)
        .bind::<SmallInt, _>(place_no),
    )
    .load(conn)
    .await?;
    let freed = changed.iter().find(|one| one.place_no == place_no);
    Ok(freed.map(|one| one.rev))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_share_places_evenly_and_in_order() {
        let shared = |people: &[u8], places| -> Vec<Vec<u8>> {
            let places = (0..places).map(|at| share(people, at, places).to_vec());
            places.collect()
        };
        assert_eq!(shared(&[1, 2, 3, 4], 2), [[1, 2], [3, 4]]);
        assert_eq!(shared(&[1, 2, 3, 4], 3), [vec![1], vec![2], vec![3, 4]]);
        assert_eq!(shared(&[1, 2], 2), [[1], [2]]);
    }
}
