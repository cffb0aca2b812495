//! How long the slots of an office are, changed from a day on, with the people who are booked by then.

use actix_web::{HttpResponse, delete, put, web};
use chrono::NaiveDate;
use mobile_contracts::booking::SetSlotLength;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::opening::ChangedOffice;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::closures::change::{Asked, change_office};
use crate::booking::closures::options::ChangeOptions;
use crate::booking::closures::routes::refuse_if;
use crate::booking::offices::lengths::{COMING_MAX, check_first_day, check_length};
use crate::booking::offices::own_office;
use crate::booking::offices::store::{delete_slot_length, set_slot_length as write_slot_length};
use crate::booking::problem::BookingProblem;
use crate::db::Conn;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::idempotency::OptionalKey;
use crate::identity::Caller;
use crate::identity::permission::ManageOffices;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(set_slot_length).service(remove_slot_length);
}

/// Give an office slots of another length from a day on.
///
/// Each slot keeps as many places as the hours say, so shorter slots are more places a day. Somebody whose
/// slot no longer begins at that time loses the place: refused then, unless they are to be moved, never to an
/// earlier time. What is left of a session at its end is told under `unfilled`.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = SetSlotLength,
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("first_on" = NaiveDate, Path, description = "The first day of that length: tomorrow, up to 366 days ahead."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[put("/offices/{office_id}/slot-lengths/{first_on}")]
async fn set_slot_length(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<(OfficeId, NaiveDate)>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
    body: Json<SetSlotLength>,
) -> Result<HttpResponse, Failure> {
    let (office_id, first_on) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let today = local_day(app.clock.now());
    let (slot_min, timetable) = (body.slot_min, &office.timetable);
    let mut faults = Vec::from_iter(check_first_day(first_on, today));
    let (hours, exceptions) = (&timetable.hours, &timetable.exceptions);
    faults.extend(check_length(slot_min, first_on, hours, exceptions));
    refuse_if(faults)?;
    let id = office.row.office_id;
    let asked = Asked {
        office_id: id,
        action: "booking.set_slot_length",
        body: &(first_on, body.0),
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| {
        let set_by = caller.account_id;
        let coming = write_slot_length(conn, id, first_on, slot_min, set_by, today).await?;
        match coming <= COMING_MAX {
            true => Ok(()),
            false => Err(BookingProblem::TooManySlotLengths.into()),
        }
    };
    change_office(&app, &caller, &asked, write).await
}

/// Take a change of the length back that has not begun: the length before it goes on.
///
/// Refused while somebody would lose a place, unless they are to be moved.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("first_on" = NaiveDate, Path, description = "The first day of that length."), ChangeOptions,
        ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; needed unless it is a dry run.")),
    responses((status = OK, description = "Done, or what would be.", body = ChangedOffice), BookingProblem))]
#[delete("/offices/{office_id}/slot-lengths/{first_on}")]
async fn remove_slot_length(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<(OfficeId, NaiveDate)>,
    options: Query<ChangeOptions>,
    OptionalKey(key): OptionalKey,
) -> Result<HttpResponse, Failure> {
    let (office_id, first_on) = path.0;
    let id = own_office(&app, &caller, office_id).await?.row.office_id;
    let today = local_day(app.clock.now());
    refuse_if(Vec::from_iter(check_first_day(first_on, today)))?;
    let asked = Asked {
        office_id: id,
        action: "booking.remove_slot_length",
        body: &first_on,
        options: &options,
        key,
    };
    let write = async |conn: &mut Conn| match delete_slot_length(conn, id, first_on).await? {
        true => Ok(()),
        false => Err(CommonProblem::NotFound.into()),
    };
    change_office(&app, &caller, &asked, write).await
}
