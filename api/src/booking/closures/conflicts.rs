//! People without a place: who they are, in their order, and what is done about them.

use actix_web::{get, post, web};
use mobile_contracts::booking::{DeskAppointment, DeskDay};
use mobile_contracts::ids::{AppointmentId, OfficeId};
use mobile_contracts::opening::{Resolution, ResolveConflict};
use serde_json::json;

use crate::app::App;
use crate::booking::appointments::change::{self, Move};
use crate::booking::appointments::store::By;
use crate::booking::closures::store;
use crate::booking::desk::{desk_claim, tell_all};
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::offices::{OfficeEntry, own_office};
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::require_service;
use crate::db::{self, Conn};
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::privacy::audit;

/// List an office's people without a place, those first who were to come first.
///
/// At most 500; each read is audited.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "Each with the time that they had.", body = DeskDay)))]
#[get("/offices/{office_id}/desk/conflicts")]
pub async fn list_conflicts(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
) -> Result<web::Json<DeskDay>, Failure> {
    let office_id = own_office(&app, &caller, path.0).await?.row.office_id;
    let mut conn = app.pool.get().await?;
    let rows = store::list_conflicts(&mut conn, office_id).await?;
    let (actor, object) = (Some(caller.account_id), format!("office:{office_id}"));
    let detail = json!({ "rows": rows.len() });
    audit::record(&mut conn, actor, "booking.list_conflicts", &object, detail).await?;
    let appointments = tell_all(&mut conn, &app.keys, &rows).await?;
    Ok(web::Json(DeskDay { appointments }))
}

/// Find a place for somebody in conflict, walk-in places included, or cancel them; with those who were
/// booked together.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = ResolveConflict,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("appointment_id" = AppointmentId, Path, description = "One of the party.")),
    responses((status = OK, description = "The whole party.", body = DeskDay), BookingProblem))]
#[post("/offices/{office_id}/desk/conflicts/{appointment_id}/resolve")]
pub async fn resolve_conflict(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, AppointmentId)>,
    body: Json<ResolveConflict>,
) -> Result<web::Json<DeskDay>, Failure> {
    let (office_id, id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let to_office = match body.office_id {
        None => office.clone(),
        Some(to) => own_office(&app, &caller, to).await?,
    };
    let mut conn = app.pool.get().await?;
    let (told, changes) = db::transaction::<_, Failure>(&mut conn, async |conn: &mut Conn| {
        let party = store::lock_party(conn, office.row.office_id, id).await?;
        if party.is_empty() {
            return Err(CommonProblem::NotFound.into());
        }
        let ids: Vec<AppointmentId> = party
            .iter()
            .filter(|row| row.status == "conflict")
            .map(|row| row.appointment_id)
            .collect();
        if !ids.contains(&id) {
            return Err(BookingProblem::NotMovable.into());
        }
        for row in &party {
            require_service(&to_office, &row.service_code, "/office_id")?;
        }
        resolve(&app, conn, &to_office, &ids, &body, &caller).await
    })
    .await?;
    drop(conn);
    mirror_all(&app, &changes).await;
    Ok(web::Json(DeskDay { appointments: told }))
}

/// All of the party, or nobody.
async fn resolve(
    app: &App,
    conn: &mut Conn,
    to_office: &OfficeEntry,
    ids: &[AppointmentId],
    body: &ResolveConflict,
    caller: &Caller<RunDesk>,
) -> Result<(Vec<DeskAppointment>, Changes), Failure> {
    let actor = Some(caller.account_id);
    let (mut rows, mut changes) = (Vec::new(), Vec::new());
    for id in ids {
        let (row, changed) = match body.resolution {
            Resolution::Cancel => {
                change::cancel_appointment(app, conn, *id, By::Conflict, actor).await?
            }
            Resolution::Move => {
                let to = move_to(app, to_office, body, caller)?;
                change::move_appointment(app, conn, *id, &to).await?
            }
        };
        rows.push(row);
        changes.extend(changed);
    }
    Ok((tell_all(conn, &app.keys, &rows).await?, changes))
}

fn move_to<'a>(
    app: &App,
    office: &'a OfficeEntry,
    body: &ResolveConflict,
    caller: &Caller<RunDesk>,
) -> Result<Move<'a>, Failure> {
    let starts_at = body.starts_at.ok_or_else(|| {
        Failure::invalid(vec![FieldError::new(
            "/starts_at",
            "MISSING_FIELD",
            "Chọn khung giờ để chuyển đến.",
            "Say which slot to move to.",
        )])
    })?;
    let plan = office.timetable.slot_at(starts_at);
    let plan = plan.ok_or(BookingProblem::SlotNotFound)?;
    Ok(Move {
        claim: desk_claim(office, starts_at, plan.ends_at, app.clock.now()),
        office,
        plan,
        materialised: false,
        actor_id: Some(caller.account_id),
    })
}
