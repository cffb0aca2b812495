//! Groups, remembered: who booked one, and how many places groups have on a day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::insert_into;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, SmallInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use uuid::Uuid;

use crate::booking::appointments::store::AppointmentRow;
use crate::booking::groups::rules::Room;
use crate::booking::holds::mirror::{Change, State};
use crate::booking::slots::store::Claimed;
use crate::db::schema::{appointment, group_booking, group_person};
use crate::db::{Conn, prepared};

/// A group about to be written.
#[derive(Debug)]
pub struct NewGroup<'a> {
    pub group_id: Uuid,
    pub office_id: OfficeId,
    pub on_day: NaiveDate,
    pub service_code: &'a str,
    pub booked_by: AccountId,
}

/// Groups of one office and day are booked one after another, so that two of them together keep
/// within the share. Nothing else waits.
pub async fn queue_group(conn: &mut Conn, office_id: OfficeId, on: NaiveDate) -> QueryResult<()> {
    diesel::sql_query("select pg_advisory_xact_lock($1, $2 - date '2000-01-01')")
        .bind::<Integer, _>(office_id)
        .bind::<Date, _>(on)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many places groups have on that day.
pub async fn count_places(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
) -> QueryResult<usize> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let count: Count = diesel::sql_query(
        "select count(*) as n from group_booking g join group_person using (group_id) \
         join appointment a using (appointment_id) \
         where g.office_id = $1 and g.on_day = $2 and a.office_id = $1 \
           and a.status in ('booked', 'checked_in', 'called', 'serving', 'served')",
    )
    .bind::<Integer, _>(office_id)
    .bind::<Date, _>(on)
    .get_result(conn)
    .await?;
    Ok(usize::try_from(count.n).unwrap_or(0))
}

/// Writes a group with its people, whose appointments are there.
pub async fn insert_group(
    conn: &mut Conn,
    new: &NewGroup<'_>,
    people: &[AppointmentId],
) -> QueryResult<()> {
    insert_into(group_booking::table)
        .values((
            group_booking::group_id.eq(new.group_id),
            group_booking::office_id.eq(new.office_id),
            group_booking::on_day.eq(new.on_day),
            group_booking::service_code.eq(new.service_code),
            group_booking::booked_by.eq(new.booked_by),
            group_booking::people.eq(i16::try_from(people.len()).unwrap_or(i16::MAX)),
        ))
        .execute(conn)
        .await?;
    let rows: Vec<_> = people
        .iter()
        .map(|id| {
            (
                group_person::group_id.eq(new.group_id),
                group_person::appointment_id.eq(*id),
            )
        })
        .collect();
    insert_into(group_person::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the places of one slot for these appointments, one each, as far as they are still free. What
/// somebody else is just taking is skipped.
pub async fn claim_room(
    conn: &mut Conn,
    office_id: OfficeId,
    room: &Room,
    until: DateTime<Utc>,
    appointment_ids: &[AppointmentId],
) -> QueryResult<Vec<(AppointmentId, Change)>> {
    #[derive(QueryableByName)]
    struct Seated {
        #[diesel(sql_type = SqlUuid)]
        appointment_id: AppointmentId,
        #[diesel(embed)]
        place: Claimed,
    }
    let place_nos: Vec<i16> = room.places.iter().map(|(place_no, _)| *place_no).collect();
    let ids: Vec<Uuid> = appointment_ids.iter().map(|id| id.0).collect();
    let seated: Vec<Seated> = prepared(
        diesel::sql_query(
            "with free as ( \
               select place_no from place \
               where office_id = $1 and starts_at = $2 and place_no = any ($3) \
                 and appointment_id is null and not withdrawn and opens_at <= app_now() \
                 and (hold_until is null or hold_until <= app_now()) and app_now() < $4 \
               order by place_no limit cardinality($5) for update skip locked \
             ), numbered as ( \
               select place_no, row_number() over (order by place_no) as n from free \
             ) \
             update place set appointment_id = ($5)[numbered.n], hold_id = null, hold_until = null, \
               hold_party = null, hold_person = null, hold_device = null, rev = rev + 1 \
             from numbered \
             where office_id = $1 and starts_at = $2 and place.place_no = numbered.place_no \
             returning place.appointment_id, place.place_no, place.rev",
        )
        .bind::<Integer, _>(office_id)
        .bind::<Timestamptz, _>(room.starts_at)
        .bind::<Array<SmallInt>, _>(place_nos)
        .bind::<Timestamptz, _>(until)
        .bind::<Array<SqlUuid>, _>(ids),
    )
    .load(conn)
    .await?;
    let mut seated: Vec<(AppointmentId, Change)> = seated
        .into_iter()
        .map(|one| {
            let change = one.place.change(room.starts_at, State::Booked);
            (one.appointment_id, change)
        })
        .collect();
    seated.sort_by_key(|(_, change)| change.place_no);
    Ok(seated)
}

/// The appointments of a group that this account booked, in order of time. Somebody else's group is
/// none.
pub async fn list_group(
    conn: &mut Conn,
    group_id: Uuid,
    booked_by: AccountId,
) -> QueryResult<Vec<AppointmentRow>> {
    appointment::table
        .inner_join(group_person::table.inner_join(group_booking::table))
        .filter(group_booking::group_id.eq(group_id))
        .filter(group_booking::booked_by.eq(booked_by))
        .order((
            appointment::starts_at,
            appointment::place_no,
            appointment::appointment_id,
        ))
        .select(AppointmentRow::as_select())
        .load(conn)
        .await
}
