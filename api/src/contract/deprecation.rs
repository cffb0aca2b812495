//! Operations that will go one day, and say so in every answer: `Deprecation` (RFC 9745) and `Sunset`
//! (RFC 8594), from the dates that the document gives them:
//!
//! ```text
//! #[deprecated]
//! #[utoipa::path(extensions(("x-deprecated-on" = json!("2027-01-04")), ("x-sunset-on" = json!("2027-08-02"))), …)]
//! ```
//!
//! `x-successor` may say what to call instead, as `GET /api/v1/worklists`. Whoever still calls one is counted by
//! `X-Client` ([`super::callers`]), for nobody takes away what is in use.

use std::collections::BTreeMap;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Deprecated, OpenApi};

use super::callers::client;
use crate::app::App;
use crate::tracking::client::CLIENT;

/// At least so long passes between saying it and doing it.
pub const NOTICE: TimeDelta = TimeDelta::days(180);
/// Phones of any age push, for ever.
pub const NEVER: &[&str] = &["/api/v1/sync/push", "/api/v1/meta"];

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// What will go, by method and pattern.
pub struct Deprecations(BTreeMap<(String, String), Farewell>);

/// What is said of an operation that will go.
#[derive(Debug, Clone)]
pub struct Farewell {
    pub operation_id: String,
    pub deprecated_on: NaiveDate,
    pub sunset_on: NaiveDate,
    /// What to call instead.
    pub successor: Option<String>,
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
        let mut found = BTreeMap::new();
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

    /// Method, path, and what is said of it.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, &Farewell)> {
        let all = self.0.iter();
        all.map(|((method, path), farewell)| (method.as_str(), path.as_str(), farewell))
    }
}

fn farewell(path: &str, operation: &Operation) -> Result<Farewell, String> {
    if NEVER.contains(&path) {
        return Err("phones of any age must be able to call it".to_owned());
    }
    let operation_id = operation.operation_id.clone();
    let operation_id = operation_id.ok_or("has no operationId")?;
    let text = |name: &str| operation.extensions.as_ref()?.get(name)?.as_str();
    let day = |name: &str| -> Result<NaiveDate, String> {
        let day = text(name).and_then(|text| text.parse().ok());
        day.ok_or_else(|| format!("{name} gives no date such as 2027-01-04"))
    };
    let (deprecated_on, sunset_on) = (day("x-deprecated-on")?, day("x-sunset-on")?);
    if sunset_on - deprecated_on < NOTICE {
        return Err(format!("goes sooner than {} days after", NOTICE.num_days()));
    }
    let [on, until] = [deprecated_on, sunset_on].map(|day| local_day_bounds(day).start);
    let header = |text: String| HeaderValue::from_str(&text).map_err(|why| why.to_string());
    Ok(Farewell {
        operation_id,
        deprecated_on,
        sunset_on,
        successor: text("x-successor").map(str::to_owned),
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
        if let Some(app) = request.app_data::<web::Data<App>>() {
            let client = client(request.headers().get(CLIENT));
            let today = local_day(app.clock.now());
            app.callers.count(&farewell.operation_id, client, today);
        }
        let headers = response.headers_mut();
        headers.insert(DEPRECATION, farewell.deprecation);
        headers.insert(SUNSET, farewell.sunset);
    }
    Ok(response)
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
}
