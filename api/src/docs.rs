//! The documentation page: Swagger UI from the program itself, working without internet.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::http::failure::{CommonProblem, Failure};

/// Swagger UI styles itself inline and draws its icons from data; it runs only our own scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(
        Config::from("/api/v1/openapi.json")
            .display_request_duration(true)
            .filter(true),
    )
});

/// Mounts the page. Not part of the contract.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/docs", web::get().to(enter))
        .route("/docs/{file:.*}", web::get().to(show_file));
}

async fn enter() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

async fn show_file(path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let file = utoipa_swagger_ui::serve(&path, CONFIG.clone())
        .map_err(|why| Failure::internal(why.to_string()))?
        .ok_or(CommonProblem::NotFound)?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response
        .content_type(file.content_type)
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(file.bytes.into_owned()))
}
