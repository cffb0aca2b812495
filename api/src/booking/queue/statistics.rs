//! An office's days in figures.

use actix_web::{get, web};
use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::{DayStatistics, OfficeStatistics};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::figures::list_days;
use crate::app::App;
use crate::booking::offices::own_office;
use crate::http::extract::{Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::ReadDesk;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_statistics);
}

/// A quarter of a year at once.
const DAYS_MAX: i64 = 92;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    /// One day; today if nothing is said.
    on: Option<NaiveDate>,
    /// The first of several days, at most 92.
    from: Option<NaiveDate>,
    /// The last of them; today if left out.
    to: Option<NaiveDate>,
}

/// Show an office's days in figures: booked, arrived, waited, served, missed, freed and taken again.
#[utoipa::path(tag = "queue", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), Span),
    responses((status = OK, description = "Each day of the span.", body = OfficeStatistics)))]
#[get("/offices/{office_id}/statistics")]
async fn show_statistics(
    app: web::Data<App>,
    caller: Caller<ReadDesk>,
    path: Path<OfficeId>,
    span: Query<Span>,
) -> Result<web::Json<OfficeStatistics>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let (from, to) = read_span(&span, local_day(app.clock.now()))?;
    let mut conn = app.pool.get().await?;
    let days: Vec<DayStatistics> = list_days(&mut conn, office.row.office_id, from, to).await?;
    Ok(web::Json(OfficeStatistics {
        office_id: office.row.office_id,
        days,
    }))
}

fn read_span(span: &Span, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Failure> {
    let (from, to) = match (span.on, span.from) {
        (Some(_), Some(_)) => {
            return Err(Failure::invalid(vec![FieldError::new(
                "?on",
                "ONE_OF",
                "Chọn một ngày (on) hoặc một khoảng (from, to).",
                "Give one day (on) or a span (from, to).",
            )]));
        }
        (None, Some(from)) => (from, span.to.unwrap_or(today)),
        (on, None) => {
            let on = on.or(span.to).unwrap_or(today);
            (on, on)
        }
    };
    let length = to - from;
    if length < TimeDelta::zero() || length >= TimeDelta::days(DAYS_MAX) {
        return Err(Failure::invalid(vec![FieldError::new(
            "?to",
            "SPAN",
            format!("Khoảng ngày từ trước đến sau, tối đa {DAYS_MAX} ngày."),
            format!("The first day before the last, at most {DAYS_MAX} days."),
        )]));
    }
    Ok((from, to))
}
