//! Undoing one's own cancellation, while the place is free. By the database's clock, and decided by
//! its constraints.

use actix_web::{HttpRequest, post, web};
use mobile_contracts::booking::{Appointment, AppointmentKey, HeldPlace};
use mobile_contracts::ids::AppointmentId;

use crate::app::App;
use crate::booking::appointments::notices::tell_moved;
use crate::booking::appointments::own::with_key;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::appointments::{claims, store};
use crate::booking::holds::kept;
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::holds::routes::with_alternatives;
use crate::booking::problem::BookingProblem;
use crate::db::{self, Conn};
use crate::http::extract::Json;
use crate::http::failure::Failure;
use crate::notice::Kind;
use crate::privacy::audit;

/// Undo one's own cancellation within 60 seconds, while nobody else has the place.
///
/// Undoing again changes nothing. When the place is taken, held or offered to somebody who waited, the
/// answer names the nearest others.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "Booked again.", body = Appointment), BookingProblem))]
#[post("/appointments/restore")]
pub async fn restore_appointment(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<web::Json<Appointment>, Failure> {
    Ok(web::Json(with_key(&app, &request, &body, restore).await?))
}

/// Undoes the cancellation of one's own.
///
/// # Errors
/// 409.
pub async fn restore(app: &App, row: AppointmentRow) -> Result<AppointmentRow, Failure> {
    match keep_and_restore(app, &row).await {
        Ok((row, changes)) => {
            mirror_all(app, &changes).await;
            Ok(row)
        }
        Err(refusal) => {
            let office = app.availability.office(app, row.office_id).await?;
            Err(with_alternatives(app, refusal, &row.service_code, &office, row.verified, 1).await)
        }
    }
}

/// Redis is asked first, for only it knows who holds the place; while it is kept there, nobody begins to.
async fn keep_and_restore(app: &App, row: &AppointmentRow) -> Result<Restored, Failure> {
    let mut conn = app.pool.get().await?;
    let place = find_place(&mut conn, row).await?;
    drop(conn);
    let kept = kept::keep(app, row.office_id, place.as_slice()).await?;
    let mut conn = app.pool.get().await?;
    let restored = db::transaction::<_, Failure>(&mut conn, async |conn| {
        restore_kept(app, conn, row.appointment_id).await
    })
    .await;
    drop(conn);
    if restored.is_err() {
        kept::let_go(app, kept).await;
    }
    restored
}

/// The place that a cancelled appointment had, with its rev. Nobody holds one that rides along with a
/// place of the family, so it need not be kept.
async fn find_place(
    conn: &mut Conn,
    row: &AppointmentRow,
) -> Result<Option<(HeldPlace, i64)>, Failure> {
    let Some(place_no) = row.place_no.filter(|_| row.status == "cancelled") else {
        return Ok(None);
    };
    let place = claims::get_place(conn, row, place_no).await?;
    if place.withdrawn {
        return Err(BookingProblem::SlotClosed.into());
    }
    let held = HeldPlace {
        starts_at: row.starts_at,
        place_no,
    };
    Ok(place.rides_on.is_none().then_some((held, place.rev)))
}

/// The appointment as it is now, and what became of its place.
type Restored = (AppointmentRow, Changes);

async fn restore_kept(app: &App, conn: &mut Conn, id: AppointmentId) -> Result<Restored, Failure> {
    let locked = store::lock_undoable(conn, id).await?;
    let (mut row, is_undoable) = locked.ok_or(BookingProblem::AppointmentNotFound)?;
    if row.status == "booked" {
        return Ok((row, Vec::new()));
    }
    let place_no = row.place_no.filter(|_| is_undoable);
    let place_no = place_no.ok_or(BookingProblem::NotRestorable)?;
    let claimed = claims::claim_back(conn, &row, place_no).await?;
    let change = claimed.ok_or(BookingProblem::PlaceTaken)?;
    claims::forget_freed(conn, &row, place_no).await?;
    store::set_restored(conn, id).await?;
    let object = format!("appointment:{id}");
    audit::record(conn, None, "booking.restore", &object, ()).await?;
    row.status = "booked".to_owned();
    let version = format!("restored.{}", change.rev);
    let now = app.clock.now();
    tell_moved(conn, &app.keys, Kind::Confirmed, &row, version, now).await?;
    Ok((row.clone(), vec![(row.office_id, change)]))
}
