//! Slips to be printed for those who have no phone.

mod qr;
pub mod sheet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post, web};
use mobile_contracts::booking::AppointmentKey;
use mobile_contracts::ids::AccountId;
use utoipa_actix_web::service_config::ServiceConfig;

use self::sheet::{Manage, Slip, sheet};
use crate::app::App;
use crate::booking::appointments::own::tell;
use crate::booking::appointments::routes::{admit_lookup, open_appointment};
use crate::booking::appointments::secret::secret;
use crate::booking::appointments::store::AppointmentRow;
use crate::booking::problem::BookingProblem;
use crate::db::Conn;
use crate::http::extract::Json;
use crate::http::failure::Failure;
use crate::http::html::page;
use crate::identity;

/// Mounts printing.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(print_slip);
}

/// Print an appointment: a page for paper of the size A6, with a QR code for the desk.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "A page without scripts.", body = String, content_type = "text/html"),
    BookingProblem))]
#[post("/appointments/slip")]
async fn print_slip(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    slip_for(&app, &request, &body).await
}

/// Prints, for the API and the forms.
///
/// # Errors
/// 404, 429.
pub async fn slip_for(
    app: &App,
    request: &HttpRequest,
    key: &AppointmentKey,
) -> Result<HttpResponse, Failure> {
    admit_lookup(app, request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(app, &mut conn, key).await?;
    let slips = slips_of(app, &mut conn, std::slice::from_ref(&row)).await?;
    drop(conn);
    Ok(slip_page(app, &slips))
}

/// What is printed for these appointments, secrets included: for their owner, or for who booked them.
///
/// # Errors
/// When an office or a name cannot be read.
pub async fn slips_of(
    app: &App,
    conn: &mut Conn,
    rows: &[AppointmentRow],
) -> Result<Vec<Slip>, Failure> {
    let helpers: Vec<AccountId> = rows.iter().filter_map(|row| row.helper_id).collect();
    let helpers = identity::names_of(conn, &app.keys, &helpers).await?;
    let offices = app.availability.offices(app).await?;
    let mut slips = Vec::with_capacity(rows.len());
    for row in rows {
        let mut services = offices.services.iter();
        let service = services.find(|one| one.service_code == row.service_code);
        slips.push(Slip {
            told: tell(app, row).await?,
            name: row.name(&app.keys)?,
            service_name: service.map_or_else(String::new, |one| one.name.clone()),
            secret: secret(&app.keys, row.appointment_id, row.secret_version),
            proxy: row.proxy(&app.keys)?,
            helper_name: row.helper_id.and_then(|id| helpers.get(&id).cloned()),
        });
    }
    Ok(slips)
}

/// The page of these slips.
pub fn slip_page(app: &App, slips: &[Slip]) -> HttpResponse {
    let manage = Manage {
        origin: &app.config.http.public_origin,
    };
    page(StatusCode::OK, "Phiếu hẹn", &sheet(slips, &manage))
}
