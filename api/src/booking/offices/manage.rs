//! Offices as their officers set them: opening one, its address and shares.

use actix_web::{HttpResponse, patch, post, web};
use mobile_contracts::booking::{Office, OpenOffice, UpdateOffice};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::booking::offices::rules::{check_range, check_text, one_of};
use crate::booking::offices::{own_office, store};
use crate::db;
use crate::http::extract::{Json, Path};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::ManageOffices;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(open_office).service(update_office);
}

/// Open an office in one's own unit.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = OpenOffice, responses(
    (status = CREATED, description = "Opened; set its hours.", body = Office)))]
#[post("/offices")]
async fn open_office(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    body: Json<OpenOffice>,
) -> Result<HttpResponse, Failure> {
    let body = body.0;
    let known = app.availability.offices(&app).await?;
    let mut faults = Vec::new();
    check_text("/name", &body.name, 1..=200, &mut faults);
    check_text("/address", &body.address, 1..=300, &mut faults);
    check_text("/directions", &body.directions, 0..=500, &mut faults);
    if !matches!(body.kind.as_str(), "fixed" | "mobile") {
        faults.push(one_of("/kind", "fixed, mobile"));
    }
    for (at, code) in body.services.iter().enumerate() {
        if !known.services.iter().any(|one| one.service_code == *code) {
            faults.push(one_of(format!("/services/{at}"), "GET /services"));
        }
    }
    if body.services.is_empty() || body.services.len() > 20 {
        faults.push(one_of("/services", "GET /services"));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    caller.require_unit(&geography, body.unit_id, today)?;
    let office_id = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let id = store::insert_office(conn, &body).await?;
        let object = format!("office:{id}");
        audit::record(
            conn,
            Some(caller.account_id),
            "booking.open_office",
            &object,
            (),
        )
        .await?;
        Ok(id)
    })
    .await?;
    drop(conn);
    app.availability.forget_office(office_id);
    let office = app.availability.office(&app, office_id).await?;
    Ok(HttpResponse::Created().json(office.tell(&geography, today)))
}

/// Change an office's name, address or shares, or close it.
#[utoipa::path(tag = "booking", security(("session" = [])), request_body = UpdateOffice,
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "As it is now.", body = Office)))]
#[patch("/offices/{office_id}")]
async fn update_office(
    app: web::Data<App>,
    caller: Caller<ManageOffices>,
    path: Path<OfficeId>,
    body: Json<UpdateOffice>,
) -> Result<web::Json<Office>, Failure> {
    let body = body.0;
    let office = own_office(&app, &caller, path.0).await?;
    let mut faults = Vec::new();
    if let Some(name) = &body.name {
        check_text("/name", name, 1..=200, &mut faults);
    }
    if let Some(address) = &body.address {
        check_text("/address", address, 1..=300, &mut faults);
    }
    if let Some(directions) = &body.directions {
        check_text("/directions", directions, 0..=500, &mut faults);
    }
    check_range("/lead_min", body.lead_min, 0..=1440, &mut faults);
    check_range("/same_day_share", body.same_day_share, 0..=100, &mut faults);
    check_range("/release_min", body.release_min, 0..=1439, &mut faults);
    check_range("/walk_in_places", body.walk_in_places, 0..=50, &mut faults);
    check_range(
        "/unverified_share",
        body.unverified_share,
        0..=100,
        &mut faults,
    );
    check_range("/group_share", body.group_share, 0..=100, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let id = office.row.office_id;
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_office(conn, id)
            .await?
            .ok_or(CommonProblem::NotFound)?;
        store::update_office(conn, &row, &body).await?;
        let object = format!("office:{id}");
        audit::record(
            conn,
            Some(caller.account_id),
            "booking.update_office",
            &object,
            &body,
        )
        .await?;
        Ok(())
    })
    .await?;
    drop(conn);
    Ok(web::Json(tell_again(&app, id).await?))
}

async fn tell_again(app: &App, id: OfficeId) -> Result<Office, Failure> {
    app.availability.forget_office(id);
    let office = app.availability.office(app, id).await?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    Ok(office.tell(&geography, local_day(app.clock.now())))
}
