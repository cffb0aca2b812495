//! Claims of places. They skip what somebody else is just claiming, so they never wait and never
//! deadlock; the law is in the tables' unique indexes.

use chrono::{DateTime, Utc};
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

/// Takes the place of the hold; it may be one that strangers cannot claim otherwise.
const CLAIM_HELD: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where (office_id, starts_at, place_no) = ( \
       select office_id, starts_at, place_no from place \
       where office_id = $2 and starts_at = $3 and place_no = $7 and appointment_id is null \
         and not withdrawn and app_now() < $6 \
         and (hold_until is null or hold_until <= app_now() or hold_id = $4) \
         and ($5 or opens_at <= app_now()) \
       for update skip locked) \
     returning place_no, rev";

/// Takes the highest free place: holds take the lowest, so the fewest are robbed.
const CLAIM_ANY: &str = "update place set appointment_id = $1, hold_id = null, hold_until = null, \
       hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
     where (office_id, starts_at, place_no) = ( \
       select office_id, starts_at, place_no from place \
       where office_id = $2 and starts_at = $3 and appointment_id is null \
         and ($7 or for_unverified) and place_no <> all ($8) \
         and not withdrawn and app_now() < $6 \
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

/// Frees the place of an appointment, and counts it among those that were given up.
pub async fn free_place(conn: &mut Conn, row: &AppointmentRow) -> QueryResult<Option<Change>> {
    let freed: Option<(i16, i64)> =
        update(place::table.filter(place::appointment_id.eq(row.appointment_id)))
            .set((
                place::appointment_id.eq(None::<AppointmentId>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((place::place_no, place::rev))
            .get_result(conn)
            .await
            .optional()?;
    if let Some((place_no, rev)) = freed {
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
    Ok(freed.map(|(place_no, rev)| Change {
        starts_at: row.starts_at,
        place_no,
        rev,
        state: State::Free,
    }))
}
