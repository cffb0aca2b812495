//! The page of a second screen: read from five metres, renewed by the stream where scripts run, and
//! every ten seconds where they do not.

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;
use mobile_contracts::ids::OfficeId;
use mobile_contracts::queue::DisplayBoard;
use sha2::{Digest as _, Sha256};

use super::board::read_board;
use crate::app::App;
use crate::http::extract::Path;
use crate::http::failure::Failure;
use crate::http::fallback::tell;
use crate::http::html::Escaped;

const STYLE: &str = include_str!("screen.css");
const SCRIPT: &str = include_str!("screen.js");
/// Ahead of UTC, all year.
const VIETNAM: TimeDelta = TimeDelta::hours(7);

/// Its own style and script and no other; it asks nobody but this server.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| BASE64.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// Mounts the page. Not part of the contract.
pub fn pages(config: &mut web::ServiceConfig) {
    config.route("/man-hinh/{office_id}", web::get().to(show_screen));
}

/// Whoever types the number of an office wrong is told so on a page.
async fn show_screen(
    app: web::Data<App>,
    request: HttpRequest,
    path: Result<Path<OfficeId>, Failure>,
) -> Result<HttpResponse, Failure> {
    let office = match path {
        Ok(path) => app.availability.office(&app, path.0).await,
        Err(failure) => Err(failure),
    };
    let office = match office {
        Ok(office) => office,
        Err(failure) => return tell(&request, failure),
    };
    let board = read_board(&app, &office).await?;
    let clock = (app.clock.now() + VIETNAM).format("%H:%M");
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .body(page(&board, &clock.to_string(), site_of(&app))))
}

/// What somebody types into a phone to come here.
fn site_of(app: &App) -> &str {
    let origin = &app.config.http.public_origin;
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// The clock is the server's, as of this answer: one that stands still is one that nobody renews.
fn page(board: &DisplayBoard, clock: &str, site: &str) -> String {
    let name = Escaped(&board.office_name);
    let mut calls = String::new();
    for call in &board.calls {
        let class = if call.serving { "" } else { " class=\"new\"" };
        let number = Escaped(&call.number);
        let _ = write!(
            calls,
            "<li{class}><strong>{number}</strong> <span>Quầy {desk}<span lang=\"en\">Counter {desk}</span></span></li>",
            desk = call.desk_no
        );
    }
    let calls = if calls.is_empty() {
        "<p class=\"empty\">Chưa gọi số nào.<span lang=\"en\">No number has been called.</span></p>"
            .to_owned()
    } else {
        format!("<ol aria-live=\"polite\">{calls}</ol>")
    };
    let (waiting, newcomer) = (board.waiting, board.newcomer);
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Mời số · {name}</title>\n<style>{STYLE}</style>\n\
         <noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n</head>\n<body>\n\
         <main data-stream=\"/api/v1/offices/{office_id}/display/stream\">\n\
         <header><h1>{name}</h1><time>{clock}</time></header>\n{calls}\n\
         <p>Đang chờ: {waiting} người. Người mới đến chờ khoảng {from}–{to} phút.\
         <span lang=\"en\">Waiting: {waiting}. Newcomers wait about {from}–{to} minutes.</span></p>\n\
         <p class=\"own\">Đang chờ? Xem số của mình trên điện thoại: <b>{site}/so-thu-tu</b>\
         <span lang=\"en\">Waiting? Look at your own number on your phone, with the pin on the ticket.</span></p>\n\
         <p class=\"stale\" role=\"alert\">Mất kết nối: số trên màn hình là của lúc <b>{clock}</b>. Hãy nghe loa hoặc hỏi quầy.\
         <span lang=\"en\">No connection: please listen, or ask at a counter.</span></p>\n\
         </main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        office_id = board.office_id,
        site = Escaped(site),
        from = newcomer.from_min,
        to = newcomer.to_min,
    )
}
