//! Operations that will go one day, and say so in every answer: `Deprecation` (RFC 9745) and `Sunset`
//! (RFC 8594), from the dates that the document gives them:
//!
//! ```text
//! #[deprecated]
//! #[utoipa::path(extensions(("x-deprecated-on" = json!("2027-01-04")), ("x-sunset-on" = json!("2027-08-02"))), …)]
//! ```
//!
//! Whoever still calls one is named in the log by `X-Client`, for nobody takes away what is in use.

use std::collections::HashMap;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day_bounds;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Deprecated, OpenApi};

/// At least so long passes between saying it and doing it.
pub const NOTICE: TimeDelta = TimeDelta::days(180);
/// Phones of any age push, for ever.
pub const NEVER: &[&str] = &["/api/v1/sync/push", "/api/v1/meta"];
/// Longest name of a client that is written down.
const CLIENT_CHARS_MAX: usize = 40;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What answers say, by method and pattern.
pub struct Deprecations(HashMap<(String, String), Farewell>);

#[derive(Debug, Clone)]
struct Farewell {
    deprecation: HeaderValue,
    sunset: HeaderValue,
}

impl Deprecations {
    /// Reads them from the document.
    ///
    /// # Errors
    /// A sentence that names the operation: a date is missing or wrong, the time between them is too
    /// short, or it is one that never goes.
    pub fn of(document: &OpenApi) -> Result<Self, String> {
        let mut found = HashMap::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("PATCH", &item.patch),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else {
                    continue;
                };
                if matches!(operation.deprecated, Some(Deprecated::True)) {
                    let farewell = farewell(path, operation)
                        .map_err(|why| format!("{method} {path} is deprecated, but {why}"))?;
                    found.insert((method.to_owned(), path.clone()), farewell);
                }
            }
        }
        Ok(Self(found))
    }
}

fn farewell(path: &str, operation: &Operation) -> Result<Farewell, String> {
    if NEVER.contains(&path) {
        return Err("phones of any age must be able to call it".to_owned());
    }
    let day = |name: &str| -> Result<DateTime<Utc>, String> {
        let extensions = operation.extensions.as_ref();
        let text = extensions.and_then(|all| all.get(name)?.as_str());
        let day: Option<NaiveDate> = text.and_then(|text| text.parse().ok());
        let day = day.ok_or_else(|| format!("{name} gives no date such as 2027-01-04"))?;
        Ok(local_day_bounds(day).start)
    };
    let (on, until) = (day("x-deprecated-on")?, day("x-sunset-on")?);
    if until - on < NOTICE {
        return Err(format!("goes sooner than {} days after", NOTICE.num_days()));
    }
    let header = |text: String| HeaderValue::from_str(&text).map_err(|why| why.to_string());
    Ok(Farewell {
        deprecation: header(format!("@{}", on.timestamp()))?,
        sunset: header(until.format("%a, %d %b %Y %H:%M:%S GMT").to_string())?,
    })
}

/// The middleware. Give it to `actix_web::middleware::from_fn`.
///
/// # Errors
/// Only what lies below it cannot answer.
pub async fn announce<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let request = response.request();
    let known = request.app_data::<web::Data<Deprecations>>();
    let Some(known) = known.filter(|known| !known.0.is_empty()) else {
        return Ok(response);
    };
    let Some(pattern) = request.match_pattern() else {
        return Ok(response);
    };
    let key = (request.method().as_str().to_owned(), pattern);
    if let Some(farewell) = known.0.get(&key).cloned() {
        let client = client(request.headers().get("x-client"));
        tracing::info!(method = %key.0, route = %key.1, client, "a deprecated operation was called");
        let headers = response.headers_mut();
        headers.insert(DEPRECATION, farewell.deprecation);
        headers.insert(SUNSET, farewell.sunset);
    }
    Ok(response)
}

/// What a client calls itself, as `to06-web/1.8.2`; nothing that somebody could hide in it.
fn client(header: Option<&HeaderValue>) -> &str {
    let name = header.and_then(|value| value.to_str().ok());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./-_".contains(&byte);
    name.filter(|name| name.len() <= CLIENT_CHARS_MAX && name.bytes().all(plain))
        .unwrap_or("unnamed")
}

#[cfg(test)]
mod tests {
    #![allow(deprecated, reason = "that is what is tested")]

    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, get};
    use serde_json::json;
    use utoipa::OpenApi as _;

    use super::*;

    #[utoipa::path(extensions(("x-deprecated-on" = json!("2027-01-04")), ("x-sunset-on" = json!("2027-08-02"))))]
    #[get("/old/{id}")]
    #[deprecated]
    async fn old() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[utoipa::path()]
    #[get("/new")]
    async fn new() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(old, new))]
    struct Document;

    #[actix_web::test]
    async fn a_deprecated_operation_says_since_when_and_until_when() {
        let known = Deprecations::of(&Document::openapi()).unwrap();
        let served = App::new()
            .app_data(web::Data::new(known))
            .wrap(from_fn(announce))
            .service(old)
            .service(new);
        let served = init_service(served).await;
        let answer = call_service(&served, TestRequest::with_uri("/old/7").to_request()).await;
        // Both at midnight in Vietnam.
        assert_eq!(answer.headers().get("deprecation").unwrap(), "@1798995600");
        assert_eq!(
            answer.headers().get("sunset").unwrap(),
            "Sun, 01 Aug 2027 17:00:00 GMT"
        );
        let answer = call_service(&served, TestRequest::with_uri("/new").to_request()).await;
        assert!(!answer.headers().contains_key("deprecation"));
    }

    #[test]
    fn a_farewell_without_notice_is_refused() {
        let refused = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut document = serde_json::to_value(Document::openapi()).unwrap();
            change(&mut document);
            let document: OpenApi = serde_json::from_value(document).unwrap();
            Deprecations::of(&document).err().unwrap()
        };
        let why =
            refused(&|doc| doc["paths"]["/old/{id}"]["get"]["x-sunset-on"] = json!("2027-07-01"));
        assert!(
            why.contains("GET /old/{id}") && why.contains("180 days"),
            "{why}"
        );
        let why = refused(&|doc| doc["paths"]["/old/{id}"]["get"]["x-sunset-on"] = json!("soon"));
        assert!(why.contains("x-sunset-on"), "{why}");
        let why =
            refused(&|doc| doc["paths"]["/api/v1/sync/push"] = doc["paths"]["/old/{id}"].clone());
        assert!(why.contains("any age"), "{why}");
    }

    #[test]
    fn a_client_is_named_only_plainly() {
        let name = |text: &'static str| client(Some(&HeaderValue::from_static(text))).to_owned();
        assert_eq!(name("to06-web/1.8.2"), "to06-web/1.8.2");
        assert_eq!(name("Nguyen Van A 0912345678"), "unnamed");
        assert_eq!(client(None), "unnamed");
    }
}
