//! An appointment for a phone's calendar (RFC 5545).

use actix_web::{HttpRequest, HttpResponse, post, web};
use chrono::{DateTime, Utc};
use mobile_contracts::booking::AppointmentKey;

use crate::app::App;
use crate::booking::appointments::own::tell;
use crate::booking::appointments::routes::{admit_lookup, open_appointment};
use crate::booking::problem::BookingProblem;
use crate::http::extract::Json;
use crate::http::failure::Failure;

/// Give an appointment as a calendar file.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "A file for a phone's calendar.", body = String, content_type = "text/calendar"),
    BookingProblem))]
#[post("/appointments/calendar")]
pub async fn export_calendar(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    admit_lookup(&app, &request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(&app, &mut conn, &body).await?;
    drop(conn);
    let told = tell(&app, &row).await?;
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let plain = |text: &str| {
        text.replace('\\', "\\\\")
            .replace(',', "\\,")
            .replace(';', "\\;")
            .replace('\n', "\\n")
    };
    let file = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//To06//VI\r\nBEGIN:VEVENT\r\nUID:{}@to06\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:{}\r\nLOCATION:{}\r\nSTATUS:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        told.appointment_id,
        stamp(app.clock.now()),
        stamp(told.starts_at),
        stamp(told.ends_at),
        plain(&format!("Lịch hẹn {}", told.code)),
        plain(&format!("{} - {}", told.office_name, told.address)),
        if told.status == "cancelled" {
            "CANCELLED"
        } else {
            "CONFIRMED"
        },
    );
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .body(file))
}
