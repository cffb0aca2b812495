//! What an officer changes of an office's days: weekly hours, exceptions, desks and kits, added places.
//! Each may be rehearsed, and each looks after the people who are booked there.

use actix_web::{HttpResponse, delete, get, post, put, web};
use chrono::NaiveDate;
use mobile_contracts::booking::SetHours;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::opening::{
    AddException, ChangedOffice, Equipment, OfficeExceptions, SetExtraPlaces,
};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::app::App;
use crate::booking::calendar::rules::{check_equipment, check_exception, is_sane};
use crate::booking::calendar::store::{self, NewException};
use crate::booking::closures::change::{Asked, change_office};
use crate::booking::closures::options::ChangeOptions;
use crate::booking::offices::rules::{check_hours, check_range, check_text, one_of};
use crate::booking::offices::store::{replace_hours, set_open_on_holidays, set_stations};
use crate::booking::offices::{OfficeEntry, own_office};
use crate::booking::problem::BookingProblem;
use crate::db::Conn;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::OptionalKey;
use crate::identity::Caller;
use crate::identity::permission::ManageOffices;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_hours)
        .service(list_exceptions)
        .service(add_exception)
        .service(remove_exception)
        .service(show_equipment)
        .service(set_equipment)
        .service(set_extra_places);
}

pub fn refuse_if(faults: Vec<FieldError>) -> Result<(), Failure> {
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}

/// Replace an office's weekly hours.
///
/// Slots exist at once. Refused while somebody would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = SetHours,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[put("/offices/{office_id}/hours")]
async fn set_hours(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<SetHours>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let today = local_day(app.clock.now());
    let longest = office.timetable.lengths.longest(today..=NaiveDate::MAX);
    let mut faults = check_hours(&body.hours, longest);
    if body.hours.len() > 14 {
        faults.push(one_of("/hours", "≤ 14"));
    }
    refuse_if(faults)?;
    let id = office.row.office_id;
    let asked = Asked {
        office_id: id,
        action: "booking.set_hours",
        body: &body.0,
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| {
        replace_hours(conn, id, &body.hours).await?;
        if let Some(open) = body.open_on_holidays {
            set_open_on_holidays(conn, id, open).await?;
        }
        Ok(())
    };
    change_office(&app, &caller, &asked, write).await
}

/// List the exceptions of an office that are not over.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "In the order in which they were made.", body = OfficeExceptions)))]
#[get("/offices/{office_id}/exceptions")]
async fn list_exceptions(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
) -> Result<web::Json<OfficeExceptions>, Failure> {
    let id = own_office(&app, &caller, path.0).await?.row.office_id;
    let mut conn = app.pool.get().await?;
    let mut all = store::load_exceptions(&mut conn, Some(id)).await?;
    let exceptions = all.remove(&id).unwrap_or_default();
    Ok(web::Json(OfficeExceptions { exceptions }))
}

/// Make some days of an office other than the weeks: closed, with other places, open on a holiday,
/// standing elsewhere.
///
/// Refused while somebody would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = AddException,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[post("/offices/{office_id}/exceptions")]
async fn add_exception(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<AddException>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let today = local_day(app.clock.now());
    if let Some(place) = &body.place {
        let geography = app.fresh_geography().await?;
        caller.require_unit(&geography, place.unit_id, today)?;
    }
    let lengths = &office.timetable.lengths;
    let longest = lengths.longest(body.from_on..=body.to_on.max(body.from_on));
    refuse_if(check_exception(&body, today, longest))?;
    let new = new_exception(&office, &body, &caller);
    let asked = Asked {
        office_id: office.row.office_id,
        action: "booking.add_exception",
        body: &body.0,
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| {
        store::insert_exception(conn, &new).await?;
        Ok(())
    };
    change_office(&app, &caller, &asked, write).await
}

fn new_exception<'a>(
    office: &OfficeEntry,
    body: &'a AddException,
    caller: &Caller<ManageOffices>,
) -> NewException<'a> {
    NewException {
        office_id: office.row.office_id,
        kind: body.kind,
        from_on: body.from_on,
        to_on: body.to_on,
        from_min: body.from_min.unwrap_or(0),
        to_min: body.to_min.unwrap_or(1440),
        capacity: body.capacity,
        sessions: &body.sessions,
        place: body.place.as_ref(),
        reason: body.reason.trim(),
        note: body.note.trim(),
        closure_id: None,
        set_by: Some(caller.account_id),
    }
}

/// Take an exception back: its days are as if it had never been.
///
/// Refused while somebody would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("exception_id" = Uuid, Path, description = "Which exception."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[delete("/offices/{office_id}/exceptions/{exception_id}")]
async fn remove_exception(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<(OfficeId, Uuid)>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
) -> Result<HttpResponse, Failure> {
    let (office_id, exception_id) = path.0;
    let id = own_office(&app, &caller, office_id).await?.row.office_id;
    let asked = Asked {
        office_id: id,
        action: "booking.remove_exception",
        body: &exception_id,
        options: &options,
        key,
    };
    let write =
        async |conn: &mut Conn| match store::delete_exception(conn, id, exception_id).await? {
            true => Ok(()),
            false => Err(CommonProblem::NotFound.into()),
        };
    change_office(&app, &caller, &asked, write).await
}

/// Show an office's desks and kits.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "As they are.", body = Equipment)))]
#[get("/offices/{office_id}/equipment")]
async fn show_equipment(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
) -> Result<web::Json<Equipment>, Failure> {
    let id = own_office(&app, &caller, path.0).await?.row.office_id;
    let mut conn = app.pool.get().await?;
    Ok(web::Json(store::get_equipment(&mut conn, id).await?))
}

/// Replace an office's desks and kits, or say that a kit is out of order.
///
/// Desks or working kits, whichever are fewer, bound the places of every slot. Refused while somebody
/// would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = Equipment,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[put("/offices/{office_id}/equipment")]
async fn set_equipment(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<Equipment>,
) -> Result<HttpResponse, Failure> {
    let id = own_office(&app, &caller, path.0).await?.row.office_id;
    refuse_if(check_equipment(&body))?;
    let asked = Asked {
        office_id: id,
        action: "booking.set_equipment",
        body: &body.0,
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| {
        set_stations(conn, id, body.desks, body.people_per_kit).await?;
        store::replace_kits(conn, id, &body.kits).await
    };
    change_office(&app, &caller, &asked, write).await
}

/// Add places to one slot, with a reason; the change is audited.
///
/// They stand beyond hours and kits, and can be booked at once. Taking them back is refused while
/// somebody would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = SetExtraPlaces,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[put("/offices/{office_id}/extra-places")]
async fn set_extra_places(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<SetExtraPlaces>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let mut faults = Vec::new();
    check_range("/places", Some(body.places), 0..=50, &mut faults);
    check_text("/reason", &body.reason, 1..=300, &mut faults);
    refuse_if(faults)?;
    // Added places have no hours of their own: they stand where a slot is.
    if !is_sane(body.starts_at) || office.timetable.slot_at(body.starts_at).is_none() {
        return Err(BookingProblem::SlotNotFound.into());
    }
    let id = office.row.office_id;
    let asked = Asked {
        office_id: id,
        action: "booking.set_extra_places",
        body: &body.0,
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| {
        store::set_extra(conn, id, &body, caller.account_id).await?;
        Ok(())
    };
    change_office(&app, &caller, &asked, write).await
}
