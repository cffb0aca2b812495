//! The scripts and styles of the pages: built from `web/`, committed under `web/dist`, part of the
//! program, and compressed once in its life.

use std::borrow::Cow;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use actix_web::middleware::Compress;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use brotli::BrotliCompress;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::http::failure::{CommonProblem, Failure};
use crate::http::html::{Face, KeptFace, page_with};

/// From so many bytes on the last few of a hundred cost seconds.
const LARGE: usize = 256 * 1024;

/// A folder whose files stand for those of the program.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Serves the pages of a folder, each as it is when it is first asked for, so that whoever works on them builds no
/// program. To be said before anything is served.
pub fn serve_from(folder: PathBuf) {
    // Said once; a program serves from one folder.
    let _ = FOLDER.set(folder);
}

/// A file of a page.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: Cow<'static, [u8]>,
    gzip: OnceLock<Vec<u8>>,
    brotli: OnceLock<Vec<u8>>,
    /// Says which content it is: another build has another address, so nobody asks twice for one.
    version: String,
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, embedded: &'static [u8]) -> Self {
        let found = FOLDER.get().map(|folder| std::fs::read(folder.join(name)));
        let bytes = match found {
            Some(Ok(bytes)) => Cow::Owned(bytes),
            Some(Err(_)) | None => Cow::Borrowed(embedded),
        };
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
        Self {
            name,
            content_type,
            bytes,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            version: hash[..12].to_owned(),
        }
    }

    /// The same, compressed when somebody first asks for it: nobody waits for what they do not ask for.
    fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
            // Writing to memory does not fail; what would be missing is served as it is.
            gzip.write_all(&self.bytes)
                .and_then(|()| gzip.finish())
                .unwrap_or_default()
        })
    }

    /// A tenth smaller still, for a village's edge of the network. Browsers read it where nobody can meddle with what
    /// they load.
    fn brotli(&self) -> &[u8] {
        self.brotli.get_or_init(|| {
            let params = BrotliEncoderParams {
                quality: match self.bytes.len() > LARGE {
                    true => 9,
                    false => 10,
                },
                size_hint: self.bytes.len(),
                ..BrotliEncoderParams::default()
            };
            let mut bytes = Vec::new();
            match BrotliCompress(&mut &self.bytes[..], &mut bytes, &params) {
                Ok(_) => bytes,
                Err(_) => Vec::new(),
            }
        })
    }

    /// What a browser that accepts these gets, and how it is compressed.
    fn encoded(&self, accepted: &str) -> (&[u8], Option<&'static str>) {
        let reads = |word: &str| {
            let mut all = accepted.split(',');
            all.any(|one| one.split(';').next().unwrap_or_default().trim() == word)
        };
        if reads("br") && !self.brotli().is_empty() {
            return (self.brotli(), Some("br"));
        }
        if reads("gzip") && !self.gzip().is_empty() {
            return (self.gzip(), Some("gzip"));
        }
        (&self.bytes, None)
    }

    fn address(&self) -> String {
        format!("/assets/{}?v={}", self.name, self.version)
    }
}

/// Names with their types; all lie in `web/dist`.
macro_rules! assets {
    ($($name:literal: $content_type:literal,)+) => {
        vec![$(Asset::new($name, $content_type, include_bytes!(concat!("../../web/dist/", $name)))),+]
    };
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    assets! {
        "booking.js": "text/javascript; charset=utf-8",
        "booking-data.js": "text/javascript; charset=utf-8",
        "booking.css": "text/css; charset=utf-8",
        "app.js": "text/javascript; charset=utf-8",
        "app.css": "text/css; charset=utf-8",
        "app-worker.js": "text/javascript; charset=utf-8",
        "app-scan.js": "text/javascript; charset=utf-8",
        "app-badge.js": "text/javascript; charset=utf-8",
        "app-more.js": "text/javascript; charset=utf-8",
        "app-scan.wasm": "application/wasm",
        "app.webmanifest": "application/manifest+json",
        "app.svg": "image/svg+xml",
        "desk.js": "text/javascript; charset=utf-8",
        "desk.css": "text/css; charset=utf-8",
        "board.js": "text/javascript; charset=utf-8",
        "board.css": "text/css; charset=utf-8",
        "board-report.js": "text/javascript; charset=utf-8",
        "board-views.js": "text/javascript; charset=utf-8",
        "board-admin.js": "text/javascript; charset=utf-8",
        "board-work.js": "text/javascript; charset=utf-8",
        "app-180.png": "image/png",
        "app-512.png": "image/png",
    }
});

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// Where a file of `web/dist` is. One that is not named above is a mistake of this program.
fn address(name: &str) -> String {
    find(name).expect("it is one of the assets").address()
}

/// Booking, for citizens.
pub static BOOKING: LazyLock<Face> = LazyLock::new(|| Face {
    script: address("booking.js"),
    style: address("booking.css"),
    kept: None,
});

/// Recording in the field, for volunteers.
static APP: LazyLock<Face> = LazyLock::new(|| Face {
    script: address("app.js"),
    style: address("app.css"),
    kept: Some(KeptFace {
        manifest: address("app.webmanifest"),
        icon: address("app.svg"),
        touch_icon: address("app-180.png"),
    }),
});

/// The desk of an office, for its officers.
static DESK: LazyLock<Face> = LazyLock::new(|| Face {
    script: address("desk.js"),
    style: address("desk.css"),
    kept: None,
});

/// The board, for those who command.
static BOARD: LazyLock<Face> = LazyLock::new(|| Face {
    script: address("board.js"),
    style: address("board.css"),
    kept: None,
});

/// What the worker of the app may do: fetch from here, and nothing else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

/// Mounts the files, the app, the desk and the board. Not part of the contract. These pages are the same for everybody,
/// so compressing them tells nobody anything.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = |address: &str| web::resource(address).wrap(Compress::default());
    config
        .service(page("/app").route(web::get().to(show_app)))
        .service(page("/quay").route(web::get().to(show_desk)))
        .service(page("/chi-huy").route(web::get().to(show_board)))
        .route("/app-worker.js", web::get().to(show_app_worker))
        .route("/assets/{name}", web::get().to(show_asset));
}

async fn show_app() -> HttpResponse {
    page_with(
        &APP,
        "Tình nguyện viên",
        "<p>Đang mở ứng dụng… Ứng dụng cần trình duyệt có bật JavaScript.</p>",
    )
}

async fn show_desk() -> HttpResponse {
    page_with(
        &DESK,
        "Bàn tiếp nhận",
        "<p>Đang mở bàn tiếp nhận… Trang này cần trình duyệt có bật JavaScript.</p>",
    )
}

async fn show_board() -> HttpResponse {
    page_with(
        &BOARD,
        "Bảng chỉ huy",
        "<p>Đang mở bảng chỉ huy… Trang này cần trình duyệt có bật JavaScript. Bảng công khai: <a href=\"/bang\">/bang</a>.</p>",
    )
}

/// It lies above what it serves, for a worker reaches no higher than its own address.
async fn show_app_worker() -> Result<HttpResponse, Failure> {
    let asset = find("app-worker.js").ok_or(CommonProblem::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, WORKER_POLICY))
        .body(&asset.bytes[..]))
}

async fn show_asset(
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let asset = find(&name).ok_or(CommonProblem::NotFound)?;
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
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let (bytes, encoding) = asset.encoded(accepted.unwrap_or_default());
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    Ok(response.body(bytes))
}
