//! What the end of a day does: who never came is a no-show, who was never called has gone home, and
//! screens forget. A printed list that is entered later says better.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::OfficeId;
use serde_json::json;

use super::acts::record_step;
use super::booked::{end_absent, follow};
use super::display;
use super::machine::{Act, State};
use super::store::{Change, TicketRow, change_ticket};
use crate::app::App;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::db::schema::{appointment, ticket};
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::privacy::audit;

/// Rows that one transaction ends.
const BATCH: i64 = 50;
/// What screens showed is kept so long.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(2);

/// Ends what earlier days left open; several processes may do so at once.
///
/// # Errors
/// When the database cannot be asked.
pub async fn end_days(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let midnight = local_day_bounds(local_day(now)).start;
    let mut conn = app.pool.get().await?;
    let places = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let mut places = end_tickets(conn, midnight).await?;
        places.extend(end_bookings(conn, midnight).await?);
        Ok(places)
    })
    .await?;
    display::store::forget(&mut conn, now - EVENTS_KEPT).await?;
    drop(conn);
    mirror_all(app, &places).await;
    Ok(())
}

/// Whoever still stood in a queue has gone home.
async fn end_tickets(conn: &mut Conn, midnight: DateTime<Utc>) -> Result<Changes, Failure> {
    let open = [State::Waiting, State::Called, State::Serving, State::Parked].map(State::as_str);
    let rows: Vec<TicketRow> = ticket::table
        .filter(ticket::on_day.lt(local_day(midnight)))
        .filter(ticket::state.eq_any(open))
        .order(ticket::ticket_id)
        .limit(BATCH)
        .for_update()
        .skip_locked()
        .select(TicketRow::as_select())
        .load(conn)
        .await?;
    let mut places = Vec::new();
    for seen in rows {
        let change = Change {
            state: Some(State::Left.as_str()),
            parked_for: Some(None),
            back_at: Some(None),
            ended_at: Some(Some(midnight)),
            ..Change::default()
        };
        let row = change_ticket(conn, &seen, &change).await?;
        places.extend(follow(conn, &row, seen.state(), State::Left).await?);
        record_step(conn, None, Act::Leave, &seen, &row).await?;
    }
    Ok(places)
}

/// Whoever was booked and never came is a no-show.
async fn end_bookings(conn: &mut Conn, midnight: DateTime<Utc>) -> Result<Changes, Failure> {
    let rows: Vec<AppointmentRow> = appointment::table
        .filter(appointment::starts_at.lt(midnight))
        .filter(appointment::status.eq("booked"))
        .order(appointment::appointment_id)
        .limit(BATCH)
        .for_update()
        .skip_locked()
        .select(AppointmentRow::as_select())
        .load(conn)
        .await?;
    let mut places: Vec<(OfficeId, _)> = Vec::new();
    for row in rows {
        places.extend(end_absent(conn, &row).await?);
        let object = format!("appointment:{}", row.appointment_id);
        let detail = json!({ "office_id": row.office_id });
        audit::record(conn, None, "booking.no_show_at_end", &object, detail).await?;
    }
    Ok(places)
}
