//! Booking forms that work without scripts: plain pages, plain posts, no cookie.
//!
//! Whatever is personal stands in the body of a POST, never in an address; a POST that another site
//! sent is refused. The pages ask the same functions as the API, so they can promise no more.

mod book;
mod find;
mod line;
mod own;
mod person;
pub mod refusal;
mod ticket;
mod wait;

use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, FixedOffset, Utc};
use mobile_contracts::booking::AppointmentKey;

use self::book::{confirm_by_form, edit_by_form, hold_by_form, show_person_form};
use self::find::show_search;
use self::own::{
    cancel_by_form, keep_by_form, move_by_form, print_by_form, restore_by_form, show_by_form,
    show_key_form,
};
use self::refusal::Refusal;
use crate::app::App;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Escaped, beside, page};

/// Mounts the pages, beside the API and outside its document.
pub fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/dat-lich", web::get().to(show_search))
        .route("/dat-lich/cong-dan", web::get().to(show_person_form))
        .route("/dat-lich/cong-dan", web::post().to(edit_by_form))
        .route("/dat-lich/giu-cho", web::post().to(hold_by_form))
        .route("/dat-lich/xac-nhan", web::post().to(confirm_by_form))
        .route("/so-thu-tu", web::get().to(ticket::show_ticket_form))
        .route("/so-thu-tu", web::post().to(ticket::show_ticket_by_form))
        .route("/cho", web::get().to(wait::show_wait_form))
        .route("/cho", web::post().to(wait::show_entry_by_form))
        .route("/cho/vao", web::get().to(wait::show_join_form))
        .route("/cho/vao", web::post().to(wait::join_by_form))
        .route("/cho/tu-choi", web::post().to(wait::decline_by_form))
        .route("/cho/bo", web::post().to(wait::leave_by_form))
        .route("/lich-hen", web::get().to(show_key_form))
        .route("/lich-hen", web::post().to(show_by_form))
        .route("/lich-hen/den", web::post().to(keep_by_form))
        .route("/lich-hen/huy", web::post().to(cancel_by_form))
        .route("/lich-hen/lay-lai", web::post().to(restore_by_form))
        .route("/lich-hen/phieu", web::post().to(print_by_form))
        .route("/lich-hen/doi", web::post().to(move_by_form));
}

/// A refusal where there is nothing to show again; what is our fault goes the way of all failures, so
/// that it is logged.
pub fn refused(failure: Failure) -> Result<HttpResponse, Failure> {
    let refusal = Refusal::of(failure)?;
    let body = format!(
        "{}<p><a href=\"/dat-lich\">{}</a></p><p><a href=\"/lich-hen\">{}</a></p>",
        refusal.notice(),
        beside("Chọn lại từ đầu", "Begin again"),
        beside("Xem lịch hẹn đã có", "See an appointment"),
    );
    Ok(page(refusal.status, ("Chưa làm được", "Not done"), &body))
}

/// Refuses a POST that another site sent. A browser says so itself in Sec-Fetch-Site; an older one
/// names the sender's Origin; one that says neither is not believed.
pub fn require_own_form(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let own = match header("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => header(ORIGIN.as_str()).is_some_and(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin == app.config.http.public_origin
                || (host.is_some() && host == header(HOST.as_str()))
        }),
    };
    if own {
        Ok(())
    } else {
        Err(CommonProblem::Forbidden.into())
    }
}

/// `07:30 ngày 23/11/2026`, local.
pub fn spell_time(at: DateTime<Utc>) -> String {
    let vietnam = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    at.with_timezone(&vietnam)
        .format("%H:%M ngày %d/%m/%Y")
        .to_string()
}

pub fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
        Escaped(value)
    )
}

/// Reads one of the forms that a body carries.
pub fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_urlencoded::from_str(body).map_err(|_| CommonProblem::Malformed.into())
}

/// Both codes, to be sent with whatever is done to what they open.
pub fn own(key: &AppointmentKey) -> String {
    hidden("code", &key.code) + &hidden("secret", &key.secret)
}

/// The form for two codes; what was typed of the first stays where it was wrong.
pub fn key_form(action: &str, label: (&str, &str), code: &str) -> String {
    let (vi, en) = label;
    let code = line::Line::new("c", "code", vi, en)
        .holding(code)
        .with("required autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"20\"");
    let secret = line::Line::new("k", "secret", "Mã bí mật", "Secret")
        .with("required autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"20\"");
    format!(
        "<form method=\"post\" action=\"{action}\">{}{}<button>{}</button></form>",
        code.markup(),
        secret.markup(),
        beside("Xem", "See"),
    )
}
