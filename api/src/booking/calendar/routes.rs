//! Which days are worked, which offices are open then, and where they stand.

use actix_web::{HttpResponse, delete, get, put, web};
use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::opening::{
    Calendar, CalendarDay, DAYS_MAX, OfficeDay, OfficeDays, SetCalendarDay,
};
use mobile_contracts::working_calendar::WorkingCalendar;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::calendar::rules::{check_calendar_day, check_days, tell_kind, worked_like};
use crate::booking::calendar::store;
use crate::booking::closures::rearrange::fit_office;
use crate::booking::offices::OfficeEntry;
use crate::booking::offices::load::load_offices;
use crate::booking::offices::store::lock_all_offices;
use crate::booking::problem::BookingProblem;
use crate::db::{self, Conn};
use crate::geography::Level;
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::ManageCalendar;
use crate::privacy::audit;

/// Most days of an office that one answer tells.
const OFFICE_DAYS_MAX: i64 = 62;

/// Mounts the calendar.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_calendar)
        .service(set_calendar_day)
        .service(remove_calendar_day)
        .service(list_office_days);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DaysFilter {
    /// From this day; today if left out.
    from: Option<NaiveDate>,
    /// Up to this day; thirty days later if left out.
    to: Option<NaiveDate>,
}

impl DaysFilter {
    fn days(
        &self,
        today: NaiveDate,
        days_max: i64,
    ) -> Result<impl Iterator<Item = NaiveDate> + use<>, Failure> {
        let from = self.from.unwrap_or(today);
        let later = from.checked_add_signed(TimeDelta::days(30));
        let to = self.to.or(later).unwrap_or(from);
        match check_days(from, to, ["?from", "?to"], days_max) {
            Some(fault) => Err(Failure::invalid(vec![fault])),
            None => Ok(from.iter_days().take_while(move |day| *day <= to)),
        }
    }
}

/// List which days are worked: weekly rest, public holidays, substitute and swapped days.
#[utoipa::path(tag = "booking", params(DaysFilter), responses(
    (status = OK, description = "The days, at most 367 of them.", body = Calendar)))]
#[get("/calendar")]
async fn list_calendar(
    app: web::Data<App>,
    filter: Query<DaysFilter>,
) -> Result<web::Json<Calendar>, Failure> {
    let days = filter.days(local_day(app.clock.now()), DAYS_MAX)?;
    let offices = app.availability.offices(&app).await?;
    let days = days.map(|on| tell_day(&offices.calendar, on)).collect();
    Ok(web::Json(Calendar { days }))
}

fn tell_day(calendar: &WorkingCalendar, on: NaiveDate) -> CalendarDay {
    let (nature, like_weekday, because) = tell_kind(calendar.kind_of(on));
    CalendarDay {
        on,
        nature,
        like_weekday,
        because,
        overridden: calendar.is_overridden(on),
    }
}

/// Decide a day otherwise than law and weekday do.
///
/// It holds for every office. Refused while somebody would lose a place by it: close the offices on
/// that day first, which moves people and tells them.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = SetCalendarDay,
    params(("on" = NaiveDate, Path, description = "Which day.", example = "2026-12-31")),
    responses((status = OK, description = "The day as it is now.", body = CalendarDay), BookingProblem))]
#[put("/calendar/{on}")]
async fn set_calendar_day(
    app: web::Data<App>,
    caller: Caller<ManageCalendar>,
    path: Path<NaiveDate>,
    body: Json<SetCalendarDay>,
) -> Result<web::Json<CalendarDay>, Failure> {
    require_province(&app, &caller).await?;
    let faults = check_calendar_day(&body, path.0);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let (on, body) = (path.0, body.0);
    let like = worked_like(body.decision, body.like_weekday, on);
    let calendar = change_calendar(&app, async |conn| {
        let (decision, set_by) = (body.decision, caller.account_id);
        store::set_calendar_day(conn, on, like, decision, &body.reason, set_by).await?;
        let object = format!("calendar:{on}");
        audit::record(
            conn,
            Some(set_by),
            "booking.set_calendar_day",
            &object,
            &body,
        )
        .await?;
        Ok(())
    })
    .await?;
    Ok(web::Json(tell_day(&calendar, on)))
}

/// Leave a day to law and weekday again.
#[utoipa::path(tag = "booking", security(("session" = [])),
    params(("on" = NaiveDate, Path, description = "Which day.", example = "2026-12-31")),
    responses((status = NO_CONTENT, description = "As if it had never been decided."), BookingProblem))]
#[delete("/calendar/{on}")]
async fn remove_calendar_day(
    app: web::Data<App>,
    caller: Caller<ManageCalendar>,
    path: Path<NaiveDate>,
) -> Result<HttpResponse, Failure> {
    require_province(&app, &caller).await?;
    let on = path.0;
    change_calendar(&app, async |conn| {
        if store::delete_calendar_day(conn, on).await? {
            let (actor, object) = (Some(caller.account_id), format!("calendar:{on}"));
            audit::record(
                conn,
                actor,
                "booking.remove_calendar_day",
                &object,
                json!({}),
            )
            .await?;
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The calendar is everybody's: nobody below the province decides it.
async fn require_province<P>(app: &App, caller: &Caller<P>) -> Result<(), Failure> {
    let geography = app.fresh_geography().await?;
    let unit = geography.unit(caller.unit_id);
    match unit.is_some_and(|unit| unit.level == Level::Province) {
        true => Ok(()),
        false => Err(CommonProblem::Forbidden.into()),
    }
}

/// Changes the calendar, and fits every office's coming slots to it.
async fn change_calendar(
    app: &App,
    write: impl AsyncFn(&mut Conn) -> Result<(), Failure>,
) -> Result<WorkingCalendar, Failure> {
    let mut conn = app.pool.get().await?;
    let calendar = db::transaction::<_, Failure>(&mut conn, async |conn: &mut Conn| {
        let ids = lock_all_offices(conn).await?;
        let before = load_offices(conn).await?;
        write(conn).await?;
        let after = load_offices(conn).await?;
        let mut in_use: Vec<OfficeId> = Vec::new();
        for id in ids {
            let (Some(before), Some(after)) = (before.all.get(&id), after.all.get(&id)) else {
                continue;
            };
            if !fit_office(conn, &before.timetable, after)
                .await?
                .is_harmless()
            {
                in_use.push(id);
            }
        }
        if in_use.is_empty() {
            return Ok(after.calendar.clone());
        }
        Err(Failure::from(BookingProblem::HoursInUse).with("offices", in_use))
    })
    .await?;
    app.availability.forget_all();
    Ok(WorkingCalendar::clone(&calendar))
}

/// List an office's coming days: when it is open, where it stands, and why a day is other than usual.
#[utoipa::path(tag = "booking",
    params(("office_id" = OfficeId, Path, description = "Which office."), DaysFilter),
    responses((status = OK, description = "The days, at most 63 of them.", body = OfficeDays), BookingProblem))]
#[get("/offices/{office_id}/days")]
async fn list_office_days(
    app: web::Data<App>,
    path: Path<OfficeId>,
    filter: Query<DaysFilter>,
) -> Result<web::Json<OfficeDays>, Failure> {
    let today = local_day(app.clock.now());
    let days = filter.days(today, OFFICE_DAYS_MAX)?;
    let office = app.availability.office(&app, path.0).await?;
    let geography = app.fresh_geography().await?;
    let label = |unit| geography.label_on(unit, today);
    Ok(web::Json(OfficeDays {
        office_id: office.row.office_id,
        days: days.map(|on| tell_office_day(&office, on, label)).collect(),
    }))
}

fn tell_office_day(
    office: &OfficeEntry,
    on: NaiveDate,
    label: impl Fn(mobile_contracts::ids::UnitId) -> String,
) -> OfficeDay {
    let plan = office.timetable.plan_of(on);
    let place = office.place_on(on);
    OfficeDay {
        on,
        open: office.row.closed_at.is_none() && !office.timetable.slots_of(on).is_empty(),
        sessions: plan.sessions,
        note: plan.note,
        unit_label: label(place.unit_id),
        place,
    }
}
