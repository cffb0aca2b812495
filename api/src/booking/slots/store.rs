//! Slots and places, remembered. Every update of a place raises its `rev`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::OfficeId;

use crate::booking::holds::mirror::{Change, State};
use crate::booking::offices::OfficeEntry;
use crate::booking::slots::day::PlaceState;
use crate::booking::slots::rules::SlotPlan;
use crate::db::schema::{place, slot};
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// A place as a row.
#[derive(Debug, Clone, Queryable)]
pub struct PlaceRow {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    pub opens_at: Option<DateTime<Utc>>,
    pub for_unverified: bool,
    pub rev: i64,
    pub booked: bool,
    pub held: Option<bool>,
    pub withdrawn: bool,
}

impl PlaceRow {
    pub fn state(&self) -> PlaceState {
        PlaceState {
            place_no: self.place_no,
            opens_at: self.opens_at,
            for_unverified: self.for_unverified,
            rev: self.rev,
            taken: self.booked || self.held == Some(true),
            held: false,
        }
    }
}

/// The places of these offices' day that have rows.
pub async fn list_places_of_day(
    conn: &mut Conn,
    offices: &[OfficeId],
    on: NaiveDate,
) -> QueryResult<Vec<PlaceRow>> {
    let day = local_day_bounds(on);
    place::table
        .filter(place::office_id.eq_any(offices))
        .filter(place::starts_at.ge(day.start))
        .filter(place::starts_at.lt(day.end))
        .order((place::office_id, place::starts_at, place::place_no))
        .select((
            place::office_id,
            place::starts_at,
            place::place_no,
            place::opens_at,
            place::for_unverified,
            place::rev,
            place::appointment_id.is_not_null(),
            place::hold_until.gt(app_now().nullable()),
            place::withdrawn,
        ))
        .load(conn)
        .await
}

/// Gives a slot its rows, unless it has them.
///
/// # Errors
/// 503 when its office has changed its hours since they were read: asked again, they are new.
pub async fn materialise(
    conn: &mut Conn,
    office: &OfficeEntry,
    plan: &SlotPlan,
) -> Result<(), Failure> {
    let places = office.timetable.places_of(plan);
    let numbers: Vec<i16> = places.iter().map(|place| place.place_no).collect();
    let opens: Vec<Option<DateTime<Utc>>> = places.iter().map(|place| place.opens_at).collect();
    let strangers: Vec<bool> = places.iter().map(|place| place.for_unverified).collect();
    // The lock waits for a change of hours that is under way, and then finds its new number.
    let added = prepared(
        diesel::sql_query(
            "with open as ( \
           select office_id from office where office_id = $1 and hours_rev = $2 for share \
         ), fresh as ( \
           insert into slot (office_id, starts_at, ends_at, closes_at) \
           select office_id, $3, $4, $5 from open \
           on conflict do nothing \
           returning office_id, starts_at \
         ) \
         insert into place (office_id, starts_at, place_no, opens_at, for_unverified) \
         select fresh.office_id, fresh.starts_at, p.place_no, p.opens_at, p.for_unverified \
         from fresh, unnest($6, $7, $8) as p (place_no, opens_at, for_unverified)",
        )
        .bind::<Integer, _>(office.row.office_id.0)
        .bind::<Integer, _>(office.row.hours_rev)
        .bind::<Timestamptz, _>(plan.starts_at)
        .bind::<Timestamptz, _>(plan.ends_at)
        .bind::<Timestamptz, _>(plan.closes_at)
        .bind::<Array<SmallInt>, _>(numbers)
        .bind::<Array<Nullable<Timestamptz>>, _>(opens)
        .bind::<Array<Bool>, _>(strangers),
    )
    .execute(conn)
    .await?;
    if added == 0 {
        let row = slot::table.find((office.row.office_id, plan.starts_at));
        let is_there: bool = diesel::select(diesel::dsl::exists(row))
            .get_result(conn)
            .await?;
        if !is_there {
            return Err(Failure::unavailable(
                "the office has just changed its hours",
            ));
        }
    }
    Ok(())
}

/// Parties wait for one another, so that two of them do not each take half of what one needs.
/// Single claims skip, and never wait.
pub async fn queue_party(
    conn: &mut Conn,
    office_id: OfficeId,
    starts_at: DateTime<Utc>,
) -> QueryResult<()> {
    slot::table
        .find((office_id, starts_at))
        .select(slot::starts_at)
        .for_no_key_update()
        .first::<DateTime<Utc>>(conn)
        .await
        .optional()?;
    Ok(())
}

#[derive(QueryableByName)]
pub struct Claimed {
    #[diesel(sql_type = SmallInt)]
    pub place_no: i16,
    #[diesel(sql_type = BigInt)]
    pub rev: i64,
}

impl Claimed {
    pub fn change(&self, starts_at: DateTime<Utc>, state: State) -> Change {
        Change {
            starts_at,
            place_no: self.place_no,
            rev: self.rev,
            state,
        }
    }
}

/// Offices and days from this one on that have places with rows.
pub async fn list_open_days(
    conn: &mut Conn,
    from: NaiveDate,
) -> QueryResult<Vec<(OfficeId, NaiveDate)>> {
    let starts: Vec<(OfficeId, DateTime<Utc>)> = slot::table
        .filter(slot::starts_at.ge(local_day_bounds(from).start))
        .select((slot::office_id, slot::starts_at))
        .order((slot::office_id, slot::starts_at))
        .limit(20_000)
        .load(conn)
        .await?;
    let days = starts.into_iter();
    let mut days: Vec<_> = days.map(|(id, at)| (id, local_day(at))).collect();
    days.dedup();
    Ok(days)
}

/// Starts of this office's coming slots that have rows.
pub async fn list_coming_slots(
    conn: &mut Conn,
    office_id: OfficeId,
) -> QueryResult<Vec<DateTime<Utc>>> {
    slot::table
        .filter(slot::office_id.eq(office_id))
        .filter(slot::starts_at.gt(app_now()))
        .order(slot::starts_at)
        .select(slot::starts_at)
        .load(conn)
        .await
}
