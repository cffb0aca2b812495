//! Around every request: an id, one log line, the reader's language for refusals, and the headers
//! that every answer carries, errors too.
//!
//! The log line is readable alone and holds nothing personal: the route's pattern instead of the
//! path, no query, no body, no address.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    self, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName,
    HeaderValue,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use uuid::Uuid;

use super::client;
use super::failure::{CommonProblem, Failure, Language};
use crate::app::App;

/// The id of a request: in the log, in `X-Request-Id`, in `instance` of a problem.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// The middleware. Give it to `actix_web::middleware::from_fn`.
///
/// It sets no time limit of its own: a request that is cut off in a transaction would leave it open,
/// and every wait inside (body, pool, statement, lock, Redis, hashing) has a bound.
///
/// # Errors
/// Only what the framework itself cannot answer.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let started = Instant::now();
    let id = RequestId(Uuid::now_v7());
    request.extensions_mut().insert(id);
    let language = Language::accepted(
        request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok()),
    );
    if let Err(refusal) = admit(&request) {
        let response = request.error_response(refusal).map_into_right_body();
        return Ok(finish(response, id, language, started));
    }
    let response = next.call(request).await?.map_into_left_body();
    Ok(finish(response, id, language, started))
}

/// Refusals in the reader's language, headers, the log line.
fn finish<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B>>,
    id: RequestId,
    language: Language,
    started: Instant,
) -> ServiceResponse<EitherBody<B>> {
    let refusal = response.response().error().map(|error| {
        let failure = as_failure(error);
        log_cause(&failure, id);
        failure
            .as_ref()
            .answer(language, &format!("urn:uuid:{}", id.0))
    });
    let mut response = match refusal {
        Some(answer) => response.into_response(answer.map_into_right_body()),
        None => response,
    };
    let is_personal = may_be_personal(response.request());
    set_headers(response.headers_mut(), id, is_personal);
    log_answer(&response, id, started.elapsed());
    response
}

/// The wide limit per address, before anything costs anything.
fn admit(request: &ServiceRequest) -> Result<(), Failure> {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return Ok(());
    };
    let address: Option<IpAddr> = client::address_of(request, &app.config.http);
    app.limiter.admit_address(address)
}

/// A failure of ours, or one made of whatever the framework refused.
enum Refusal<'a> {
    Ours(&'a Failure),
    Framework(Failure),
}

impl Refusal<'_> {
    fn as_ref(&self) -> &Failure {
        match self {
            Self::Ours(failure) => failure,
            Self::Framework(failure) => failure,
        }
    }
}

fn as_failure(error: &Error) -> Refusal<'_> {
    if let Some(failure) = error.as_error::<Failure>() {
        return Refusal::Ours(failure);
    }
    let status = error.as_response_error().status_code();
    Refusal::Framework(match status.as_u16() {
        404 => CommonProblem::NotFound.into(),
        405 => CommonProblem::MethodNotAllowed.into(),
        408 => CommonProblem::TooSlow.into(),
        413 => CommonProblem::TooLarge.into(),
        415 => CommonProblem::MediaType.into(),
        400..500 => CommonProblem::Malformed.into(),
        _ => Failure::internal(error.to_string()),
    })
}

fn log_cause(refusal: &Refusal<'_>, id: RequestId) {
    let failure = refusal.as_ref();
    if let Some(cause) = failure.cause() {
        tracing::error!(request_id = %id.0, problem = failure.kind().slug, %cause, "request failed");
    }
}

fn log_answer<B>(response: &ServiceResponse<B>, id: RequestId, took: Duration) {
    let request = response.request();
    let route = request.match_pattern();
    tracing::info!(
        request_id = %id.0,
        method = %request.method(),
        route = route.as_deref().unwrap_or("(none)"),
        status = response.status().as_u16(),
        duration_ms = took.as_secs_f64() * 1000.0,
        "answered"
    );
}

/// Headers of every answer. A handler that set its own policy (the docs page, a form) keeps it.
/// Whether the answer may depend on who asks: it is nobody else's to keep.
fn may_be_personal(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(header::AUTHORIZATION)
        || (headers.contains_key(header::COOKIE) && request.path().starts_with("/api/"))
}

fn set_headers(headers: &mut HeaderMap, id: RequestId, is_personal: bool) {
    const FIXED: [(HeaderName, &str); 4] = [
        (
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
            ),
        );
    }
    if is_personal || !headers.contains_key(CACHE_CONTROL) {
        // An ETag still works: the client asks again, and is told that nothing changed.
        let value = if headers.contains_key(header::ETAG) {
            "private, no-cache"
        } else {
            "no-store"
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&id.0.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
