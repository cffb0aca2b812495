//! The day on paper, for an office that loses power or network: a page that prints well, and the same
//! as a table file. Both hold names, so both are audited.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::person::list_visitors;
use super::rules::class_of;
use super::store::{TicketRow, list_day};
use crate::app::App;
use crate::booking::appointments::secret::spell_code;
use crate::booking::appointments::store::list_of_day;
use crate::booking::offices::{OfficeEntry, own_office};
use crate::http::extract::{Path, Query};
use crate::http::failure::Failure;
use crate::http::html::{Escaped, page};
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(print_sheet).service(export_sheet);
}

/// Empty lines for those who come without an appointment.
const BLANK_LINES: usize = 20;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SheetFilter {
    /// Which day; today if left out.
    on: Option<NaiveDate>,
}

/// A line of the day.
struct Entry {
    time: String,
    code: String,
    number: String,
    name: String,
    id_tail: String,
    service: String,
    class: &'static str,
    arrived: bool,
    served: bool,
}

/// Print the day: codes, hours, names, last four digits, and boxes to tick.
///
/// For an office that loses power or network. The read is audited.
#[utoipa::path(tag = "queue", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), SheetFilter),
    responses((status = OK, description = "A page to print.", body = String, content_type = "text/html")))]
#[get("/offices/{office_id}/desk/sheet")]
async fn print_sheet(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    filter: Query<SheetFilter>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let now = app.clock.now();
    let on = filter.on.unwrap_or_else(|| local_day(now));
    let entries = read_day(&app, &office, on, caller.account_id, "booking.print_sheet").await?;
    let title = format!("Danh sách ngày {}", on.format("%d/%m/%Y"));
    Ok(page(StatusCode::OK, &title, &body(&office, &entries, now)))
}

/// The day as a CSV file (UTF-8), with the same columns.
///
/// The read is audited.
#[utoipa::path(tag = "queue", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), SheetFilter),
    responses((status = OK, description = "A file for a spreadsheet.", body = String, content_type = "text/csv")))]
#[get("/offices/{office_id}/desk/sheet.csv")]
async fn export_sheet(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    filter: Query<SheetFilter>,
) -> Result<HttpResponse, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let on = filter.on.unwrap_or_else(|| local_day(app.clock.now()));
    let entries = read_day(&app, &office, on, caller.account_id, "booking.export_sheet").await?;
    let file = csv_of(&entries).map_err(Failure::internal)?;
    let name = format!("attachment; filename=\"danh-sach-{on}.csv\"");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, name))
        .body(file))
}

/// Appointments and tickets of a day, in the order of their hours.
async fn read_day(
    app: &App,
    office: &OfficeEntry,
    on: NaiveDate,
    officer: AccountId,
    action: &str,
) -> Result<Vec<Entry>, Failure> {
    let office_id = office.row.office_id;
    let mut conn = app.pool.get().await?;
    let booked = list_of_day(&mut conn, office_id, on).await?;
    let tickets = list_day(&mut conn, office_id, on).await?;
    let by_appointment: HashMap<AppointmentId, &TicketRow> = tickets
        .iter()
        .filter_map(|row| Some((row.appointment_id?, row)))
        .collect();
    let service = |code: &str| {
        let known = office.service(code);
        known.map_or_else(|| code.to_owned(), |service| service.name.clone())
    };
    let mut entries: Vec<(DateTime<Utc>, Entry)> = Vec::new();
    for row in &booked {
        let ticket = by_appointment.get(&row.appointment_id);
        let seen = ticket.map_or("none", |ticket| ticket.class.as_str());
        let entry = Entry {
            time: spell_hour(row.starts_at),
            code: spell_code(&row.code),
            number: ticket.map(|ticket| ticket.number()).unwrap_or_default(),
            name: row.name(&app.keys)?,
            id_tail: row.id_tail.clone(),
            service: service(&row.service_code),
            class: spell_class(seen, Some(row.birth_year), on),
            arrived: ticket.is_some(),
            served: row.status == "served",
        };
        entries.push((row.starts_at, entry));
    }
    // Who came without an appointment, or was sent here with one of another office.
    let others: Vec<TicketRow> = tickets
        .iter()
        .filter(|row| {
            row.appointment_id
                .is_none_or(|id| booked.iter().all(|one| one.appointment_id != id))
        })
        .cloned()
        .collect();
    let visitors = list_visitors(&mut conn, &app.keys, &others).await?;
    for row in &others {
        let visitor = visitors.get(&row.ticket_id);
        let entry = Entry {
            time: spell_hour(row.arrived_at),
            code: String::new(),
            number: row.number(),
            name: visitor.map_or_else(String::new, |visitor| visitor.name.clone()),
            id_tail: visitor.map_or_else(String::new, |visitor| visitor.id_tail.clone()),
            service: service(&row.service_code),
            class: spell_class(&row.class, None, on),
            arrived: true,
            served: row.result.is_some(),
        };
        entries.push((row.arrived_at, entry));
    }
    entries.sort_by_key(|(hour, _)| *hour);
    let detail = json!({ "on": on, "rows": entries.len() });
    let object = format!("office:{office_id}");
    audit::record(&mut conn, Some(officer), action, &object, detail).await?;
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// `07:30`, local.
fn spell_hour(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(7)).format("%H:%M").to_string()
}

fn spell_class(seen: &str, birth_year: Option<i16>, on: NaiveDate) -> &'static str {
    use mobile_contracts::waitlist::PriorityClass;
    match class_of(
        PriorityClass::parse(seen).unwrap_or_default(),
        birth_year,
        on,
    ) {
        PriorityClass::None => "",
        PriorityClass::Elderly => "Cao tuổi",
        PriorityClass::Pregnant => "Mang thai",
        PriorityClass::Disabled => "Khuyết tật",
        PriorityClass::SmallChildren => "Có con nhỏ",
    }
}

const HEADINGS: [&str; 10] = [
    "Giờ",
    "Mã hẹn",
    "Số phiếu",
    "Họ và tên",
    "4 số cuối",
    "Thủ tục",
    "Ưu tiên",
    "Đã đến",
    "Đã xong",
    "Giờ xong, kết quả",
];

fn body(office: &OfficeEntry, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut html = format!(
        "<p>{}, {}. In lúc {}. Đánh dấu khi mất điện hoặc mất mạng, rồi nhập lại theo mã hẹn hoặc số phiếu.</p>\
         <div class=\"scroll\" role=\"region\" aria-label=\"Danh sách\" tabindex=\"0\"><table class=\"wide\"><thead><tr>",
        Escaped(&office.row.name),
        Escaped(&office.row.address),
        (now + TimeDelta::hours(7)).format("%H:%M %d/%m/%Y"),
    );
    for heading in HEADINGS {
        let _ = write!(html, "<th scope=\"col\">{heading}</th>");
    }
    html.push_str("</tr></thead><tbody>");
    let tick = |done: bool| if done { "☑" } else { "☐" };
    for entry in entries {
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>&nbsp;</td></tr>",
            Escaped(&entry.time),
            Escaped(&entry.code),
            Escaped(&entry.number),
            Escaped(&entry.name),
            Escaped(&entry.id_tail),
            Escaped(&entry.service),
            entry.class,
            tick(entry.arrived),
            tick(entry.served),
        );
    }
    let blank = "<td>&nbsp;</td>".repeat(6);
    for line in 1..=BLANK_LINES {
        let _ = write!(
            html,
            "<tr><td>Không hẹn {line}</td>{blank}<td>☐</td><td>☐</td><td>&nbsp;</td></tr>"
        );
    }
    html.push_str("</tbody></table></div>");
    html
}

/// With a byte-order mark, without which Excel takes Vietnamese for something else; a cell that a
/// spreadsheet would calculate is made text.
fn csv_of(entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADINGS)?;
    let plain = |cell: &str| match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    let tick = |done: bool| if done { "x" } else { "" };
    for entry in entries {
        writer.write_record([
            &entry.time,
            &entry.code,
            &entry.number,
            &plain(&entry.name),
            // Text: a spreadsheet would drop leading zeros.
            &format!("'{}", entry.id_tail),
            &plain(&entry.service),
            entry.class,
            tick(entry.arrived),
            tick(entry.served),
            "",
        ])?;
    }
    writer
        .into_inner()
        .map_err(|why| csv::Error::from(std::io::Error::other(why.to_string())))
}
