//! Offices and services, as everybody may see them.

use actix_web::{get, web};
use mobile_contracts::booking::{Office, Service};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use mobile_contracts::page::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::offices::OfficeEntry;
use crate::booking::problem::BookingProblem;
use crate::booking::slots::routes::read_service;
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::http::page::{PageQuery, page};

/// Mounts what anybody may ask; `show_office` comes last, after the longer paths.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_services).service(list_offices);
}

/// List what citizens come to an office for.
#[utoipa::path(tag = "booking", responses(
    (status = OK, description = "Every service.", body = [Service])))]
#[get("/services")]
async fn list_services(app: web::Data<App>) -> Result<web::Json<Vec<Service>>, Failure> {
    let offices = app.availability.offices(&app).await?;
    Ok(web::Json(offices.services.clone()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfficeFilter {
    /// Offices within this unit.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Offices that do this service.
    #[param(max_length = 40, example = "cccd_new")]
    service: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List offices, by place and service.
#[utoipa::path(tag = "booking", params(OfficeFilter), responses(
    (status = OK, description = "A page of offices.", body = Page<Office>)))]
#[get("/offices")]
async fn list_offices(
    app: web::Data<App>,
    filter: Query<OfficeFilter>,
) -> Result<web::Json<Page<Office>>, Failure> {
    let query = PageQuery::read(&app.keys, "offices", filter.cursor.as_deref(), filter.limit)?;
    let after: Option<OfficeId> = query.after()?;
    let service = read_service(filter.service.as_deref())?;
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    let offices = app.availability.offices(&app).await?;
    let fits = |office: &OfficeEntry| {
        let near = filter.unit_id.is_none_or(|unit_id| {
            geography.covers(unit_id, office.row.unit_id, today)
                || geography.covers(unit_id, office.place_on(today).unit_id, today)
        });
        let does = service.is_none_or(|code| office.service(code).is_some());
        near && does && after.is_none_or(|after| office.row.office_id > after)
    };
    let found: Vec<Office> = offices
        .all
        .values()
        .filter(|office| fits(office))
        .take(query.rows() as usize)
        .map(|office| office.tell(&geography, today))
        .collect();
    Ok(web::Json(page(&app.keys, &query, found, |office| {
        office.office_id
    })))
}

/// Show an office: where it is, when it is open, what to bring.
#[utoipa::path(tag = "booking",
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "The office.", body = Office), BookingProblem))]
#[get("/offices/{office_id}")]
pub async fn show_office(
    app: web::Data<App>,
    path: Path<OfficeId>,
) -> Result<web::Json<Office>, Failure> {
    let office = app.availability.office(&app, path.0).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    Ok(web::Json(office.tell(&geography, today)))
}
