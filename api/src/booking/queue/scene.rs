//! What an office knows when it tells somebody the wait: who waits, which desks work and on whom, who
//! is booked and has not come.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::TicketId;
use mobile_contracts::queue::WaitEstimate;

use super::estimate::{Scene, Told, Waiting, estimate, free_in, turn_of_booked};
use super::rules::Turn;
use super::store::TicketRow;
use crate::booking::offices::OfficeEntry;
use crate::db::Conn;
use crate::db::schema::{appointment, service, ticket_estimate};

/// A desk that called nobody for so long is taken to be closed.
const DESK_IDLE_MAX: TimeDelta = TimeDelta::minutes(30);
/// Who is booked later than this changes no wait of now.
const BOOKED_AHEAD: TimeDelta = TimeDelta::hours(4);
/// Today's own pace counts from so many services on, and within these bounds.
const PACE_FROM: usize = 3;
const PACE_BOUNDS: (f64, f64) = (0.5, 2.0);

/// The scene of an office now.
///
/// # Errors
/// When the database cannot.
pub async fn load_scene(
    conn: &mut Conn,
    office: &OfficeEntry,
    now: DateTime<Utc>,
) -> QueryResult<Scene> {
    let minutes = list_minutes(conn).await?;
    let of_service = |code: &str| minutes.get(code).copied().unwrap_or(15.0);
    let today = super::store::list_day(conn, office.row.office_id, local_day(now)).await?;
    let pace = pace_of(&today, of_service);
    let waiting = today.iter().filter(|row| row.state == "waiting");
    let coming = list_booked(conn, office, now).await?;
    Ok(Scene {
        desks: desks_of(&today, office, now, pace, of_service),
        waiting: waiting
            .map(|row| Waiting {
                turn: row.turn(),
                minutes: of_service(&row.service_code) * pace,
            })
            .collect(),
        coming: coming
            .into_iter()
            .map(|(hour, code)| Waiting {
                turn: turn_of_booked(hour),
                minutes: of_service(&code) * pace,
            })
            .collect(),
    })
}

/// How long each service takes, about.
async fn list_minutes(conn: &mut Conn) -> QueryResult<HashMap<String, f64>> {
    let rows: Vec<(String, i16)> = service::table
        .select((service::service_code, service::minutes))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(code, minutes)| (code, f64::from(minutes)))
        .collect())
}

/// Who is booked here and has not come; who is late beyond a quarter of an hour is not waited for.
async fn list_booked(
    conn: &mut Conn,
    office: &OfficeEntry,
    now: DateTime<Utc>,
) -> QueryResult<Vec<(DateTime<Utc>, String)>> {
    appointment::table
        .filter(appointment::office_id.eq(office.row.office_id))
        .filter(appointment::status.eq("booked"))
        .filter(appointment::starts_at.gt(now - TimeDelta::minutes(15)))
        .filter(appointment::starts_at.lt(now + BOOKED_AHEAD))
        .select((appointment::starts_at, appointment::service_code))
        .limit(1_000)
        .load(conn)
        .await
}

/// How much longer today's services take than they should.
fn pace_of(today: &[TicketRow], of_service: impl Fn(&str) -> f64) -> f64 {
    let done: Vec<(f64, f64)> = today
        .iter()
        .filter(|row| row.result.is_some() && !row.entered_later)
        .filter_map(|row| {
            let took = row.ended_at? - row.serving_at?;
            Some((
                took.num_seconds() as f64 / 60.0,
                of_service(&row.service_code),
            ))
        })
        .collect();
    if done.len() < PACE_FROM {
        return 1.0;
    }
    let (took, planned) = done.iter().fold((0.0, 0.0), |(took, planned), one| {
        (took + one.0, planned + one.1)
    });
    (took / planned).clamp(PACE_BOUNDS.0, PACE_BOUNDS.1)
}

/// Minutes until each desk that works is free. Before the first call of the day: as many desks as the
/// hours say, from the first slot on.
fn desks_of(
    today: &[TicketRow],
    office: &OfficeEntry,
    now: DateTime<Utc>,
    pace: f64,
    of_service: impl Fn(&str) -> f64,
) -> Vec<f64> {
    let mut desks: HashMap<i16, f64> = HashMap::new();
    for row in today {
        let (Some(desk_no), Some(called_at)) = (row.desk_no, row.called_at) else {
            continue;
        };
        if row.state().is_at_desk() {
            let since = row.serving_at.unwrap_or(called_at);
            let worked = (now - since).num_seconds() as f64 / 60.0;
            desks.insert(
                desk_no,
                free_in(of_service(&row.service_code) * pace, worked),
            );
        } else if row.ended_at.unwrap_or(called_at) > now - DESK_IDLE_MAX {
            desks.entry(desk_no).or_insert(0.0);
        }
    }
    if !desks.is_empty() {
        return desks.into_values().collect();
    }
    let slots = office.timetable.slots_of(local_day(now));
    let Some(next) = slots.iter().find(|slot| slot.ends_at > now) else {
        return Vec::new();
    };
    let opens_in = (next.starts_at - now).num_seconds().max(0) as f64 / 60.0;
    let slot_min = (next.ends_at - next.starts_at).num_minutes() as f64;
    let kits = f64::from(next.capacity) * 15.0 / slot_min;
    vec![opens_in; kits.round().max(1.0) as usize]
}

/// What somebody with this turn is told.
pub fn tell(scene: &Scene, mine: &Turn, now: DateTime<Utc>) -> WaitEstimate {
    let told = estimate(scene, mine, now);
    let small = |minutes: i64| u16::try_from(minutes).unwrap_or(u16::MAX);
    WaitEstimate {
        before: u16::try_from(told.before).unwrap_or(u16::MAX),
        from_min: small(told.from_min),
        to_min: small(told.to_min),
    }
}

/// Keeps what was told at the door.
pub async fn keep_estimate(
    conn: &mut Conn,
    id: TicketId,
    told: &WaitEstimate,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    insert_into(ticket_estimate::table)
        .values((
            ticket_estimate::ticket_id.eq(id),
            ticket_estimate::told_at.eq(now),
            ticket_estimate::before.eq(i16::try_from(told.before).unwrap_or(i16::MAX)),
            ticket_estimate::from_at.eq(now + TimeDelta::minutes(told.from_min.into())),
            ticket_estimate::to_at.eq(now + TimeDelta::minutes(told.to_min.into())),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down by how much the range missed, at the first call.
pub async fn judge_estimate(
    conn: &mut Conn,
    id: TicketId,
    called_at: DateTime<Utc>,
) -> QueryResult<()> {
    let told: Option<(DateTime<Utc>, DateTime<Utc>)> = ticket_estimate::table
        .find(id)
        .filter(ticket_estimate::miss_min.is_null())
        .select((ticket_estimate::from_at, ticket_estimate::to_at))
        .first(conn)
        .await
        .optional()?;
    let Some((from, to)) = told else {
        return Ok(());
    };
    let miss = Told::miss_min(from, to, called_at).clamp(-9_999, 9_999);
    update(ticket_estimate::table.find(id))
        .set(ticket_estimate::miss_min.eq(Some(miss as i16)))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many are booked for this day and have not come.
///
/// # Errors
/// When the database cannot.
pub async fn count_expected(
    conn: &mut Conn,
    office: &OfficeEntry,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    let day = mobile_contracts::calendar::local_day_bounds(local_day(now));
    appointment::table
        .filter(appointment::office_id.eq(office.row.office_id))
        .filter(appointment::status.eq("booked"))
        .filter(
            appointment::starts_at
                .ge(day.start)
                .and(appointment::starts_at.lt(day.end)),
        )
        .count()
        .get_result(conn)
        .await
}
