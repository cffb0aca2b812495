//! The whole screen at once, for those who ask now and then.

use std::sync::Arc;
use std::time::Instant;

use actix_web::{get, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{DisplayBoard, DisplayCall};
use mobile_contracts::waitlist::PriorityClass;

use super::store as events;
use crate::app::App;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::queue::rules::{Arrival, turn};
use crate::booking::queue::scene;
use crate::booking::queue::store::{TicketRow, list_day, now};
use crate::http::extract::Path;
use crate::http::failure::Failure;

/// Most numbers on a screen.
const CALLS_SHOWN: usize = 12;

/// Show what an office's second screen shows: numbers and desks, and how long a newcomer waits.
///
/// At most a second old. `position` is where the stream goes on.
#[utoipa::path(tag = "queue",
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "The screen.", body = DisplayBoard), BookingProblem))]
#[get("/offices/{office_id}/display")]
pub async fn show_display(
    app: web::Data<App>,
    path: Path<OfficeId>,
) -> Result<web::Json<DisplayBoard>, Failure> {
    let office = app.availability.office(&app, path.0).await?;
    Ok(web::Json(DisplayBoard::clone(
        &*read_board(&app, &office).await?,
    )))
}

/// The board of an office, at most a second old.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read_board(app: &App, office: &OfficeEntry) -> Result<Arc<DisplayBoard>, Failure> {
    let office_id = office.row.office_id;
    if let Some(board) = app.displays.fresh_board(office_id) {
        return Ok(board);
    }
    let made = Instant::now();
    let mut conn = app.pool.get().await?;
    // The position first: what changes in between is told again, and harms nothing.
    let position = events::head(&mut conn).await?;
    let at = now(&mut conn).await?;
    let today = list_day(&mut conn, office_id, local_day(at)).await?;
    let scene = scene::load_scene(&mut conn, office, at).await?;
    let newcomer = Arrival {
        arrived_at: at,
        booked_for: None,
        class: PriorityClass::None,
    };
    let newcomer = turn(&newcomer, chrono::TimeDelta::zero());
    let board = Arc::new(DisplayBoard {
        office_id,
        office_name: office.row.name.clone(),
        calls: calls_of(&today),
        waiting: u16::try_from(scene.waiting.len()).unwrap_or(u16::MAX),
        newcomer: scene::tell(&scene, &newcomer, at),
        changed_at: today.iter().map(|ticket| ticket.changed_at).max(),
        position: position.to_string(),
    });
    app.displays.keep_board(made, board.clone());
    Ok(board)
}

/// Who is called or being served, the last call first.
fn calls_of(today: &[TicketRow]) -> Vec<DisplayCall> {
    let mut calls: Vec<DisplayCall> = today
        .iter()
        .filter(|row| row.state().is_at_desk())
        .filter_map(|row| {
            Some(DisplayCall {
                number: row.number(),
                desk_no: row.desk_no?,
                called_at: row.called_at?,
                serving: row.serving_at.is_some(),
            })
        })
        .collect();
    calls.sort_by_key(|call| std::cmp::Reverse(call.called_at));
    calls.truncate(CALLS_SHOWN);
    calls
}
