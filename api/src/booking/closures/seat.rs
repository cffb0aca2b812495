//! A party into a slot, or onto the list of those without one; each owner is told once.

use chrono::TimeDelta;
use mobile_contracts::ids::AppointmentId;
use serde_json::json;
use uuid::Uuid;

use crate::booking::appointments::claims::{self, Claim};
use crate::booking::appointments::notices::{tell_moved, tell_owner};
use crate::booking::appointments::rules::keep_by;
use crate::booking::appointments::store::{AppointmentRow, set_moved};
use crate::booking::closures::rearrange::Scene;
use crate::booking::closures::rules::{Taken, Target};
use crate::booking::holds::mirror::Changes;
use crate::booking::offices::Offices;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::rules::SlotPlan;
use crate::booking::slots::store::materialise;
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::notice::Kind;
use crate::privacy::audit;

/// Slots with room, and whether each has rows.
#[derive(Default)]
pub struct Seats {
    pub targets: Vec<Target>,
    pub materialised: Vec<bool>,
}

/// Gives a party its places, all or none, and tells each of them. `None`: somebody else has been
/// faster.
///
/// # Errors
/// When the database cannot.
pub async fn seat_party(
    conn: &mut Conn,
    scene: &Scene<'_>,
    offices: &Offices,
    seats: &mut Seats,
    taken: &[Taken],
    rows: &[AppointmentRow],
) -> Result<Option<Changes>, Failure> {
    let first = &seats.targets[taken[0].0];
    let (office_id, begins_at) = (first.office_id, first.starts_at);
    let Some(office) = offices.all.get(&office_id) else {
        return Ok(None);
    };
    let soon = scene.app.clock.now() + TimeDelta::minutes(1);
    let claim = |(at, count): &Taken| Claim {
        office_id,
        starts_at: seats.targets[*at].starts_at,
        // So many, and none in particular.
        place_nos: (1..).take(*count).map(|number: i16| -number).collect(),
        hold_id: Uuid::new_v4(),
        // The office that moves them stands behind them.
        vouched: true,
        until: begins_at.min(soon),
        at_desk: false,
    };
    let claims: Vec<Claim> = taken.iter().map(claim).collect();
    let ids: Vec<AppointmentId> = rows.iter().map(|row| row.appointment_id).collect();
    let bare = taken.iter().filter(|(at, _)| !seats.materialised[*at]);
    let bare: Vec<SlotPlan> = bare
        .filter_map(|(at, _)| office.timetable.slot_at(seats.targets[*at].starts_at))
        .collect();
    let mut work = async |conn: &mut Conn| {
        for plan in &bare {
            materialise(conn, office, plan).await?;
        }
        claims::claim_party(conn, &claims, &ids).await
    };
    let claimed = match db::attempt(conn, &mut work).await {
        Ok(claimed) => claimed,
        Err(full) if full.kind() == BookingProblem::SlotFull.kind() => {
            seats.targets[taken[0].0].free = 0;
            return Ok(None);
        }
        Err(failure) => return Err(failure),
    };
    for (at, count) in taken {
        seats.materialised[*at] = true;
        seats.targets[*at].free -= count;
    }
    for (row, change) in rows.iter().zip(&claimed) {
        let id = row.appointment_id;
        // Who has said that they come need not say it again.
        let has_said = row.keep_by.is_none();
        let starts_at = change.starts_at;
        let keep_by = keep_by(has_said, scene.app.clock.now(), starts_at);
        set_moved(conn, id, office_id, starts_at, change.place_no, keep_by).await?;
        let detail = json!({ "from": row.starts_at, "to": starts_at, "office_id": office_id });
        let object = format!("appointment:{id}");
        let actor = Some(scene.actor_id);
        audit::record(conn, actor, "booking.move_displaced", &object, detail).await?;
        let version = format!(
            "{}.{}.{}",
            starts_at.timestamp(),
            change.place_no,
            change.rev
        );
        let moved = AppointmentRow {
            office_id,
            starts_at,
            place_no: Some(change.place_no),
            status: "booked".to_owned(),
            keep_by,
            ..row.clone()
        };
        let (kind, now) = (Kind::ClosedMoved, scene.app.clock.now());
        tell_moved(conn, &scene.app.keys, kind, &moved, version, now).await?;
    }
    let changes = claimed.into_iter().map(|change| (office_id, change));
    Ok(Some(changes.collect()))
}

/// Tells a party that there is no place for them yet.
///
/// # Errors
/// When the database cannot.
pub async fn leave_without(
    conn: &mut Conn,
    scene: &Scene<'_>,
    rows: &[AppointmentRow],
) -> Result<(), Failure> {
    for row in rows {
        let object = format!("appointment:{}", row.appointment_id);
        let detail = json!({ "from": row.starts_at });
        let actor = Some(scene.actor_id);
        audit::record(conn, actor, "booking.conflict", &object, detail).await?;
        // Told in the transaction of the loss, so once; the next loss is another.
        let version = Uuid::now_v7();
        tell_owner(conn, &scene.app.keys, Kind::Conflict, row, version).await?;
    }
    Ok(())
}
