//! The contract, to be read by programs.

use actix_web::http::header::{CACHE_CONTROL, ETAG};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::Days;
use mobile_contracts::calendar::local_day;
use mobile_contracts::contract::{
    ContractRelease, DEPRECATED_CALL_DAYS, DeprecatedOperation, DeprecatedOperations,
    ErrorCatalogue,
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::deprecation::Deprecations;
use super::{Contract, callers, catalogue, store};
use crate::app::App;
use crate::http::etag;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;
use crate::identity::permission::SeeRecounts;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_contract)
        .service(show_contract_release)
        .service(list_error_codes)
        .service(list_deprecated_operations)
        .service(download_contract);
}

/// Show this document.
#[utoipa::path(tag = "contract", responses(
    (status = OK, description = "The OpenAPI 3.1 document of this build.", body = Object)))]
#[get("/openapi.json")]
async fn show_contract(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(contract.text().to_owned())
}

/// Show which contract this server keeps.
///
/// A phone that knows the hash knows the document: it asks for this once a day with `If-None-Match`.
#[utoipa::path(tag = "contract", params(
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known.")),
    responses(
        (status = OK, description = "Version, hash, and where the document is.", body = ContractRelease,
            headers(("ETag" = String, description = "Changes with the document."))),
        (status = NOT_MODIFIED, description = "Still the same.")))]
#[get("/contract")]
async fn show_contract_release(
    contract: web::Data<Contract>,
    request: HttpRequest,
) -> HttpResponse {
    let sha256 = contract.sha256();
    let etag = format!("\"{sha256}\"");
    if let Some(known) = etag::known(&request, &etag) {
        return known;
    }
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .json(ContractRelease {
            version: mobile_contracts::VERSION.to_owned(),
            sha256: sha256.to_owned(),
            path: format!("/api/v1/contract/{sha256}"),
            bytes: contract.text().len() as u64,
        })
}

/// List every word with which this server refuses something.
#[utoipa::path(tag = "contract", responses(
    (status = OK, description = "In Vietnamese and English, with what to do.", body = ErrorCatalogue)))]
#[get("/contract/errors")]
async fn list_error_codes() -> HttpResponse {
    HttpResponse::Ok().json(catalogue::errors())
}

/// List what will go one day, and which apps have called it in the last 30 days.
///
/// An app is what it calls itself in `X-Client`; at most 100 of each operation, those first that call most. What
/// another process has counted may be missing for a minute.
#[utoipa::path(tag = "contract", security(("session" = [])), responses(
    (status = OK, description = "Deprecated operations with their callers.", body = DeprecatedOperations)))]
#[get("/contract/deprecated")]
async fn list_deprecated_operations(
    app: web::Data<App>,
    deprecations: web::Data<Deprecations>,
    _caller: Caller<SeeRecounts>,
) -> Result<web::Json<DeprecatedOperations>, Failure> {
    callers::save(&app).await;
    let as_of = app.clock.now();
    let since = local_day(as_of) - Days::new(u64::from(DEPRECATED_CALL_DAYS) - 1);
    let mut called = store::list(&mut *app.pool.get().await?, since).await?;
    let items = deprecations
        .all()
        .map(|(method, path, farewell)| DeprecatedOperation {
            operation_id: farewell.operation_id.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            deprecated_on: farewell.deprecated_on,
            sunset_on: farewell.sunset_on,
            successor: farewell.successor.clone(),
            callers: called.remove(&farewell.operation_id).unwrap_or_default(),
        });
    Ok(web::Json(DeprecatedOperations {
        items: items.collect(),
        since,
        as_of,
    }))
}

/// Download the document with this hash.
///
/// It never changes, so it may be kept for ever. A hash of another build is not found.
#[utoipa::path(tag = "contract", params(
        ("sha256" = String, Path, description = "As `GET /contract` tells it, in lower-case hexadecimal.")),
    responses((status = OK, description = "The OpenAPI 3.1 document.", body = Object)))]
#[get("/contract/{sha256}")]
async fn download_contract(
    contract: web::Data<Contract>,
    path: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    if path.as_str() != contract.sha256() {
        return Err(CommonProblem::NotFound.into());
    }
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(contract.text().to_owned()))
}
