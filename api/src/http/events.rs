//! Server-sent events (HTML standard, 9.2): what every stream of the program has in common.

use std::convert::Infallible;
use std::fmt::Display;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use futures_util::stream::Stream;
use serde::Serialize;

/// Proxies and phones close a line on which nothing comes.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Whoever lost its line tries again after this.
const RETRY_MS: u32 = 3_000;

/// The answer that a stream of events is.
pub fn answer(events: impl Stream<Item = Result<Bytes, Infallible>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Nginx would keep events until a page of them has come together.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events)
}

/// What comes first on a line: when to take it up again, should it break.
pub fn opening() -> Bytes {
    Bytes::from(format!("retry: {RETRY_MS}\n\n"))
}

/// A line on which nothing happened.
pub fn heartbeat() -> Bytes {
    Bytes::from_static(b": still here\n\n")
}

/// One event as it stands on the line. JSON has no line breaks of its own.
pub fn event(name: &str, id: impl Display, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!("id: {id}\nevent: {name}\ndata: {data}\n\n"))
}
