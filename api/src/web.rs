//! The scripts and styles of the pages: built from `web/`, committed under `web/dist`, part of the
//! program, and compressed once in its life.

use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::Face;

/// A file of a page.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    gzip: Vec<u8>,
    /// Says which content it is: another build has another address, so nobody asks twice for one.
    version: String,
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; what would be missing is served as it is.
        let gzip = gzip
            .write_all(bytes)
            .and_then(|()| gzip.finish())
            .unwrap_or_default();
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
        Self {
            name,
            content_type,
            bytes,
            gzip,
            version: hash[..12].to_owned(),
        }
    }

    fn address(&self) -> String {
        format!("/assets/{}?v={}", self.name, self.version)
    }
}

static ASSETS: LazyLock<[Asset; 2]> = LazyLock::new(|| {
    [
        Asset::new(
            "booking.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../web/dist/booking.js"),
        ),
        Asset::new(
            "booking.css",
            "text/css; charset=utf-8",
            include_bytes!("../../web/dist/booking.css"),
        ),
    ]
});

/// Booking, for citizens.
pub static BOOKING: LazyLock<Face> = LazyLock::new(|| Face {
    script: ASSETS[0].address(),
    style: ASSETS[1].address(),
});

/// Mounts the files. Not part of the contract.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/assets/{name}", web::get().to(show_asset));
}

async fn show_asset(
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name.as_str())
        .ok_or(CommonProblem::NotFound)?;
    // An address without the version may mean another content tomorrow.
    let is_versioned = request.query_string() == format!("v={}", asset.version);
    let keep = if is_versioned {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, ACCEPT_ENCODING.as_str()));
    let accepted = request.headers().get(ACCEPT_ENCODING);
    let reads_gzip = accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    if reads_gzip && !asset.gzip.is_empty() {
        response.insert_header((CONTENT_ENCODING, "gzip"));
        return Ok(response.body(asset.gzip.as_slice()));
    }
    Ok(response.body(asset.bytes))
}
