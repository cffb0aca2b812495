//! The appointment moves along with its ticket, in the same transaction. A no-show frees nothing for
//! booking: its place becomes the desk's own time.

use chrono::TimeDelta;
use diesel::dsl::update;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AppointmentId, OfficeId};
use uuid::Uuid;

use super::machine::State;
use super::problem::QueueProblem;
use super::store::TicketRow;
use crate::booking::appointments::claims::{Claim, claim_back, claim_places, pass_on};
use crate::booking::appointments::store::{AppointmentRow, lock_appointment};
use crate::booking::holds::mirror::{self, Change, Changes};
use crate::booking::problem::BookingProblem;
use crate::db::constraint::OnConstraint as _;
use crate::db::schema::{appointment, place};
use crate::db::{Conn, app_now};
use crate::http::failure::Failure;

/// The appointment comes in: booked before, checked in now.
///
/// # Errors
/// [`QueueProblem::NotToCheckIn`] when it waits for nobody.
pub async fn check_in(conn: &mut Conn, id: AppointmentId) -> Result<(), Failure> {
    let changed = update(
        appointment::table
            .find(id)
            .filter(appointment::status.eq("booked")),
    )
    .set((
        appointment::status.eq("checked_in"),
        appointment::changed_at.eq(app_now()),
    ))
    .execute(conn)
    .await?;
    if changed == 1 {
        Ok(())
    } else {
        Err(QueueProblem::NotToCheckIn.into())
    }
}

/// The appointment of a ticket follows it from one state to another.
///
/// # Errors
/// [`QueueProblem::PlaceUsed`] when an end is taken back and the place is no longer there;
/// [`BookingProblem::AlreadyBooked`] when the citizen has meanwhile booked again.
pub async fn follow(
    conn: &mut Conn,
    ticket: &TicketRow,
    from: State,
    to: State,
) -> Result<Changes, Failure> {
    let Some(id) = ticket.appointment_id else {
        return Ok(Vec::new());
    };
    if from.appointment_status() == to.appointment_status() {
        return Ok(Vec::new());
    }
    let row = lock_appointment(conn, id).await?;
    let row = row.ok_or_else(|| Failure::internal("a ticket's appointment is gone"))?;
    if row.status != from.appointment_status() {
        return Err(QueueProblem::WrongTicketState.into());
    }
    let mut places = Vec::new();
    let mut place_no = row.place_no;
    if from.keeps_place() && !to.keeps_place() {
        places.extend(give_to_desk(conn, &row).await?);
    } else if !from.keeps_place() && to.keeps_place() {
        let claimed = take_back(conn, &row).await?;
        place_no = Some(claimed.place_no);
        places.push((row.office_id, claimed));
    }
    update(appointment::table.find(id))
        .set((
            appointment::status.eq(to.appointment_status()),
            appointment::place_no.eq(place_no),
            appointment::cancelled_by.eq((to == State::Left).then_some("desk")),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await
        .on_constraint::<Failure>(
            "appointment_citizen_live_key",
            BookingProblem::AlreadyBooked,
        )?;
    Ok(places)
}

/// A booking whose person never came is a no-show.
///
/// # Errors
/// When the database cannot.
pub async fn end_absent(
    conn: &mut Conn,
    row: &AppointmentRow,
) -> QueryResult<Option<(OfficeId, Change)>> {
    let given = give_to_desk(conn, row).await?;
    set_status(conn, row.appointment_id, State::NoShow.appointment_status()).await?;
    Ok(given)
}

/// A no-show of whom a printed list says that they came: booked again, for a moment.
///
/// # Errors
/// As [`follow`].
pub async fn revive(conn: &mut Conn, row: &AppointmentRow) -> Result<Changes, Failure> {
    let claimed = take_back(conn, row).await?;
    update(appointment::table.find(row.appointment_id))
        .set((
            appointment::status.eq("booked"),
            appointment::place_no.eq(Some(claimed.place_no)),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await
        .on_constraint::<Failure>(
            "appointment_citizen_live_key",
            BookingProblem::AlreadyBooked,
        )?;
    Ok(vec![(row.office_id, claimed)])
}

async fn set_status(conn: &mut Conn, id: AppointmentId, status: &str) -> QueryResult<()> {
    update(appointment::table.find(id))
        .set((
            appointment::status.eq(status),
            appointment::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The place becomes one that only the desk may use.
async fn give_to_desk(
    conn: &mut Conn,
    row: &AppointmentRow,
) -> QueryResult<Option<(OfficeId, Change)>> {
    let given: Option<(i16, i64)> =
        update(place::table.filter(place::appointment_id.eq(row.appointment_id)))
            .set((
                place::appointment_id.eq(None::<AppointmentId>),
                place::opens_at.eq(None::<chrono::DateTime<chrono::Utc>>),
                place::rev.eq(place::rev + 1),
            ))
            .returning((place::place_no, place::rev))
            .get_result(conn)
            .await
            .optional()?;
    let Some((place_no, rev)) = given else {
        return Ok(None);
    };
    // Where others of the family ride on it, its time is theirs.
    let inherited = pass_on(conn, row, place_no).await?;
    let change = Change {
        starts_at: row.starts_at,
        place_no,
        rev: inherited.unwrap_or(rev),
        // For whoever books it is as good as taken.
        state: mirror::State::Booked,
    };
    Ok(Some((row.office_id, change)))
}

/// The appointment gets its place again, or another of its slot.
async fn take_back(conn: &mut Conn, row: &AppointmentRow) -> Result<Change, Failure> {
    if let Some(place_no) = row.place_no
        && let Some(own) = claim_back(conn, row, place_no).await?
    {
        return Ok(own);
    }
    let now = super::store::now(conn).await?;
    let claim = Claim {
        office_id: row.office_id,
        starts_at: row.starts_at,
        place_nos: row.place_no.into_iter().collect(),
        hold_id: Uuid::new_v4(),
        vouched: true,
        until: now + TimeDelta::minutes(1),
        at_desk: true,
    };
    match claim_places(conn, &claim, &[row.appointment_id]).await {
        Ok(mut claimed) => Ok(claimed.remove(0)),
        Err(refusal) if refusal.status().is_client_error() => Err(QueueProblem::PlaceUsed.into()),
        Err(failure) => Err(failure),
    }
}
