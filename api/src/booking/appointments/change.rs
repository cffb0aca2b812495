//! From one slot to another, and from booked to cancelled: one transaction each.

use mobile_contracts::ids::{AccountId, AppointmentId};
use serde_json::json;

use crate::app::App;
use crate::booking::appointments::claims::Claim;
use crate::booking::appointments::notices::{tell_moved, tell_owner};
use crate::booking::appointments::rules::keep_by;
use crate::booking::appointments::store::{AppointmentRow, By};
use crate::booking::appointments::{claims, store};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::SlotPlan;
use crate::booking::slots::store::materialise;
use crate::booking::waitlist::offers::offer_freed;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::notice::Kind;
use crate::privacy::audit;

/// A move to a slot that is held.
pub struct Move<'a> {
    pub office: &'a OfficeEntry,
    pub plan: SlotPlan,
    pub materialised: bool,
    pub claim: Claim,
    pub actor_id: Option<AccountId>,
}

/// Frees the old place and claims the new one, or leaves everything as it was. Run it in a
/// transaction, and roll back on an error.
///
/// # Errors
/// [`BookingProblem::NotMovable`], [`BookingProblem::SlotFull`], [`BookingProblem::HoldEnded`].
pub async fn move_appointment(
    app: &App,
    conn: &mut Conn,
    id: AppointmentId,
    to: &Move<'_>,
) -> Result<(AppointmentRow, Changes), Failure> {
    let row = store::lock_appointment(conn, id)
        .await?
        .ok_or(BookingProblem::AppointmentNotFound)?;
    if !matches!(row.status.as_str(), "booked" | "conflict") {
        return Err(BookingProblem::NotMovable.into());
    }
    if !to.materialised {
        materialise(conn, to.office, &to.plan).await?;
    }
    let freed = claims::free_place(conn, &row).await?;
    let claimed = claims::claim_places(conn, &to.claim, &[id]).await?;
    let place_no = claimed[0].place_no;
    let keep_by = keep_by(row.verified, app.clock.now(), to.claim.starts_at);
    let (office_id, starts_at) = (to.claim.office_id, to.claim.starts_at);
    store::set_moved(conn, id, office_id, starts_at, place_no, keep_by).await?;
    let freed = freed.into_iter().map(|change| (row.office_id, change));
    let mut changes = offer_freed(app, conn, freed.collect()).await?;
    let claimed = claimed.into_iter();
    changes.extend(claimed.map(|change| (to.claim.office_id, change)));
    let object = format!("appointment:{id}");
    let detail =
        json!({ "from": row.starts_at, "to": to.claim.starts_at, "office_id": to.claim.office_id });
    audit::record(conn, to.actor_id, "booking.move", &object, detail).await?;
    let rev = changes.last().map_or(0, |(_, change)| change.rev);
    let version = format!("{}.{place_no}.{rev}", to.claim.starts_at.timestamp());
    let moved = AppointmentRow {
        office_id: to.claim.office_id,
        starts_at: to.claim.starts_at,
        place_no: Some(place_no),
        status: "booked".to_owned(),
        keep_by,
        ..row
    };
    if is_news(&moved, to.actor_id) {
        let now = app.clock.now();
        tell_moved(conn, &app.keys, Kind::Moved, &moved, version, now).await?;
    }
    Ok((moved, changes))
}

/// Whether somebody must be told of a change. Who makes it with the code and left no phone knows it
/// already, and nobody at the desk needs to look for them.
fn is_news(row: &AppointmentRow, actor_id: Option<AccountId>) -> bool {
    row.phone.is_some() || actor_id.is_some()
}

/// Cancels; cancelling again changes nothing. Run it in a transaction.
///
/// # Errors
/// [`BookingProblem::NotMovable`] once the person has come.
pub async fn cancel_appointment(
    app: &App,
    conn: &mut Conn,
    id: AppointmentId,
    by: By,
    actor_id: Option<AccountId>,
) -> Result<(AppointmentRow, Changes), Failure> {
    let mut row = store::lock_appointment(conn, id)
        .await?
        .ok_or(BookingProblem::AppointmentNotFound)?;
    match row.status.as_str() {
        "cancelled" => return Ok((row, Vec::new())),
        "booked" | "conflict" => {}
        _ => return Err(BookingProblem::NotMovable.into()),
    }
    let freed = claims::free_place(conn, &row).await?;
    store::set_cancelled(conn, id, by).await?;
    let action = match by {
        By::Owner => "booking.cancel",
        By::Desk => "booking.void_not_by_owner",
        By::Ticket => "booking.cancel_for_ticket",
        By::Conflict => "booking.cancel_conflict",
        By::Time => "booking.lapse",
    };
    audit::record(conn, actor_id, action, &format!("appointment:{id}"), ()).await?;
    let kind = match by {
        By::Time => Kind::Lapsed,
        By::Owner | By::Desk | By::Ticket | By::Conflict => Kind::Cancelled,
    };
    if by != By::Owner || is_news(&row, actor_id) {
        // Cancelled, taken back and cancelled once more is news each time: told once per state left.
        let version = row.changed_at.timestamp_micros();
        tell_owner(conn, &app.keys, kind, &row, version).await?;
    }
    row.status = "cancelled".to_owned();
    let freed = freed.into_iter().map(|change| (row.office_id, change));
    let changes = offer_freed(app, conn, freed.collect()).await?;
    Ok((row, changes))
}
