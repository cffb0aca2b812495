//! How many citizens were served with an appointment, and what became of the places of a day, for those who report it.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::ids::UnitId;

use crate::db::{Conn, prepared};

/// Appointments that were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct ServedTotals {
    #[diesel(sql_type = BigInt)]
    pub served: i64,
    /// Of these, for the day on which they were made.
    #[diesel(sql_type = BigInt)]
    pub same_day: i64,
}

/// Who was served at the offices of these units on these days, with an appointment.
///
/// # Errors
/// When the database cannot.
pub async fn count_served(
    conn: &mut Conn,
    units: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<ServedTotals> {
    // The day in Vietnam is that of seven hours later in UTC.
    prepared(
        diesel::sql_query(
            "select count(*) as served,
                    count(*) filter (
                      where (a.booked_at at time zone 'UTC' + interval '7 hours')::date
                          = (a.starts_at at time zone 'UTC' + interval '7 hours')::date
                    ) as same_day
             from appointment a
             join office o using (office_id)
             where a.status = 'served' and o.unit_id = any($1) and a.starts_at >= $2 and a.starts_at < $3",
        )
        .bind::<Array<Integer>, _>(units)
        .bind::<Timestamptz, _>(local_day_bounds(first).start)
        .bind::<Timestamptz, _>(local_day_bounds(last).end),
    )
    .get_result(conn)
    .await
}

/// The places of a day at some offices, and who is expected the day after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct DayOfPlaces {
    /// Given up on the day itself.
    #[diesel(sql_type = BigInt)]
    pub freed: i64,
    /// Of these, those that somebody else has.
    #[diesel(sql_type = BigInt)]
    pub refilled: i64,
    /// Appointments whose owners did not come.
    #[diesel(sql_type = BigInt)]
    pub missed: i64,
    #[diesel(sql_type = BigInt)]
    pub booked_tomorrow: i64,
}

/// # Errors
/// When the database cannot.
pub async fn count_places(
    conn: &mut Conn,
    units: &[UnitId],
    on: NaiveDate,
) -> QueryResult<DayOfPlaces> {
    let (today, tomorrow) = (local_day_bounds(on), local_day_bounds(on + Days::new(1)));
    prepared(
        diesel::sql_query(include_str!("count_places.sql"))
            .bind::<Array<Integer>, _>(units)
            .bind::<Timestamptz, _>(today.start)
            .bind::<Timestamptz, _>(today.end)
            .bind::<Timestamptz, _>(tomorrow.end),
    )
    .get_result(conn)
    .await
}
