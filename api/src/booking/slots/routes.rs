//! Finding: an office's slots of a day, and the nearest free ones.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::booking::{DaySlots, NearestSlots, PARTY_MAX};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::day::{Day, SlotState};
use crate::booking::slots::rules::SlotPlan;
use crate::booking::slots::search::{Search, find_nearest};
use crate::geography::Level;
use crate::http::etag;
use crate::http::extract::{Path, Query};
use crate::http::failure::{Failure, FieldError};

/// Mounts finding.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(find_nearest_slots).service(list_slots);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SlotFilter {
    /// Which day; today if left out.
    on: Option<NaiveDate>,
    /// Refuses an office that does not do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
}

/// List an office's slots of one day, at most two seconds old.
#[utoipa::path(tag = "booking",
    params(("office_id" = OfficeId, Path, description = "Which office."), SlotFilter),
    responses(
        (status = OK, description = "The slots that can still be held.", body = DaySlots),
        (status = NOT_MODIFIED, description = "Nothing changed since that ETag."),
        BookingProblem))]
#[get("/offices/{office_id}/slots")]
async fn list_slots(
    app: web::Data<App>,
    path: Path<OfficeId>,
    filter: Query<SlotFilter>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now();
    let office = app.availability.office(&app, path.0).await?;
    if let Some(code) = read_service(filter.service.as_deref())? {
        require_service(&office, code, "?service")?;
    }
    let on = filter.on.unwrap_or_else(|| local_day(now));
    let day = if is_bookable_day(&app, on, now) {
        app.availability.day(&app, &office, on).await?
    } else {
        Arc::new(Day::empty(office, on))
    };
    let (body, etag) = day.answer(now);
    if let Some(known) = etag::known(&request, etag) {
        return Ok(known);
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag.as_str()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=1"))
        .content_type("application/json")
        .body(body.clone()))
}

pub fn is_bookable_day(app: &App, on: NaiveDate, now: DateTime<Utc>) -> bool {
    let today = local_day(now);
    let last = today + TimeDelta::days(app.config.booking.horizon_days.into());
    (today..=last).contains(&on)
}

/// A service code that could be one; an unknown one finds nothing, which is an answer.
pub fn read_service(code: Option<&str>) -> Result<Option<&str>, Failure> {
    const CODE_CHARS_MAX: usize = 40;
    match code {
        Some(code) if code.chars().count() > CODE_CHARS_MAX => {
            Err(Failure::invalid(vec![FieldError::new(
                "?service",
                "LENGTH",
                format!("Mã thủ tục tối đa {CODE_CHARS_MAX} ký tự."),
                format!("A service code has at most {CODE_CHARS_MAX} characters."),
            )]))
        }
        code => Ok(code),
    }
}

pub fn require_service(
    office: &OfficeEntry,
    code: &str,
    pointer: &'static str,
) -> Result<(), Failure> {
    if office.service(code).is_some() {
        return Ok(());
    }
    Err(Failure::invalid(vec![FieldError::new(
        pointer,
        "SERVICE",
        "Điểm tiếp nhận này không làm thủ tục đó.",
        "This office does not do that service.",
    )]))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NearestFilter {
    /// A commune or a village: its commune's offices come first.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Offices that do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
    /// From this day; today if left out.
    from: Option<NaiveDate>,
    /// How many people of one family come together: a slot is found where they begin.
    #[param(minimum = 1, maximum = 6, default = 1)]
    people: Option<u16>,
    /// true: for somebody whom nobody vouches for, so slots whose last places are kept for others are left out.
    #[param(default = false)]
    unverified: Option<bool>,
}

/// Find the nearest free slots, today's first.
#[utoipa::path(tag = "booking", params(NearestFilter), responses(
    (status = OK, description = "Up to ten free slots.", body = NearestSlots)))]
#[get("/slots/nearest")]
async fn find_nearest_slots(
    app: web::Data<App>,
    filter: Query<NearestFilter>,
) -> Result<web::Json<NearestSlots>, Failure> {
    let party = filter.people.unwrap_or(1);
    if !(1..=PARTY_MAX).contains(&usize::from(party)) {
        return Err(Failure::invalid(vec![FieldError::new(
            "?people",
            "RANGE",
            format!("Số người đi cùng từ 1 đến {PARTY_MAX}."),
            format!("people is 1 to {PARTY_MAX}."),
        )]));
    }
    let now = app.clock.now();
    let commune = match filter.unit_id {
        None => None,
        Some(unit_id) => {
            let mut conn = app.pool.get().await?;
            let geography = app.geography(&mut conn).await?;
            geography.ancestor_on(unit_id, Level::Commune, local_day(now))
        }
    };
    let search = Search {
        commune,
        service_code: read_service(filter.service.as_deref())?,
        from: filter.from.unwrap_or_else(|| local_day(now)),
        wanted: 10,
        for_strangers: filter.unverified.unwrap_or(false),
        party,
    };
    let slots = find_nearest(&app, search).await?;
    Ok(web::Json(NearestSlots { slots }))
}

/// The slot that starts then, if it can still be held, and those that follow it without a gap, at most
/// one a person.
pub async fn find_run(
    app: &App,
    office: &Arc<OfficeEntry>,
    starts_at: DateTime<Utc>,
    people: usize,
) -> Result<Vec<SlotState>, Failure> {
    let now = app.clock.now();
    let on = local_day(starts_at);
    if !is_bookable_day(app, on, now) {
        return Err(BookingProblem::SlotNotFound.into());
    }
    let day = app.availability.day(app, office, on).await?;
    let run = day.run_from(starts_at, people);
    let slot = run.first().ok_or(BookingProblem::SlotNotFound)?;
    if now >= slot.plan.closes_at || office.row.closed_at.is_some() {
        return Err(BookingProblem::SlotClosed.into());
    }
    Ok(run.to_vec())
}

/// A slot of a token. One that the hours no longer make has its rows, if it has anything: a replay
/// must find its answer whatever became of the hours.
pub async fn planned(
    app: &App,
    office: &Arc<OfficeEntry>,
    starts_at: DateTime<Utc>,
) -> Result<(SlotPlan, bool), Failure> {
    let on = local_day(starts_at);
    let day = app.availability.day(app, office, on).await?;
    if let Some(slot) = day.slot_at(starts_at) {
        return Ok((slot.plan.clone(), slot.materialised));
    }
    let plan = SlotPlan {
        starts_at,
        ends_at: starts_at + TimeDelta::minutes(office.timetable.lengths.on(on).into()),
        closes_at: starts_at,
        capacity: 0,
        extra: 0,
    };
    Ok((plan, true))
}
