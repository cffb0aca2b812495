//! What nobody serves: 404, or 405 with `Allow` where the document knows the path under other methods.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::{OpenApi, PathItem};

use super::failure::{CommonProblem, Failure};
use super::html::page;

/// The documented paths and the methods of each, to tell a wrong method from a wrong path.
#[derive(Debug, Clone)]
pub struct KnownPaths(Arc<Vec<(Vec<Segment>, String)>>);

#[derive(Debug, PartialEq)]
enum Segment {
    Literal(String),
    Parameter,
}

impl KnownPaths {
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(Arc::new(
            paths
                .map(|(path, item)| (segments(path), methods(item)))
                .collect(),
        ))
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let matches = |known: &[Segment]| {
            known.len() == parts.len()
                && known
                    .iter()
                    .zip(&parts)
                    .all(|(segment, part)| match segment {
                        Segment::Literal(text) => text == part,
                        Segment::Parameter => !part.is_empty(),
                    })
        };
        self.0
            .iter()
            .find(|(known, _)| matches(known))
            .map(|(_, methods)| methods.as_str())
    }
}

fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                Segment::Parameter
            } else {
                Segment::Literal(part.to_owned())
            }
        })
        .collect()
}

fn methods(item: &PathItem) -> String {
    [
        ("GET, HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .iter()
    .filter(|(_, served)| *served)
    .map(|(name, _)| *name)
    .collect::<Vec<_>>()
    .join(", ")
}

const LOST: &str = "<p>Địa chỉ gõ sai, hoặc trang đã được dời. Hãy xem lại địa chỉ, hay đi từ <a href=\"/\">trang đầu</a>.</p>\
     <p class=\"soft\" lang=\"en\">There is no such page. Check the address, or begin at the <a href=\"/\">front page</a>.</p>";

/// Whether somebody looks for a page, and no program asks the API.
fn is_somebodys(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    !request.path().starts_with("/api/") && accepts.is_some_and(|it| it.contains("text/html"))
}

fn no_such_page() -> HttpResponse {
    page(StatusCode::NOT_FOUND, "Không có trang này", LOST)
}

/// What a page refuses: an address behind which there is nothing is told to somebody on a page, and everything else
/// as it is to everybody.
///
/// # Errors
/// The failure itself, if it is not told on a page.
pub fn tell(request: &HttpRequest, failure: Failure) -> Result<HttpResponse, Failure> {
    match failure.status() {
        StatusCode::NOT_FOUND if is_somebodys(request) => Ok(no_such_page()),
        _ => Err(failure),
    }
}

/// The handler of everything that no route matched.
pub async fn not_served(
    request: HttpRequest,
    known: actix_web::web::Data<KnownPaths>,
) -> Result<HttpResponse, Failure> {
    if is_somebodys(&request) {
        return Ok(no_such_page());
    }
    Err(match known.allowed(request.path()) {
        Some(methods) => {
            Failure::from(CommonProblem::MethodNotAllowed).allowing(methods.to_owned())
        }
        None => CommonProblem::NotFound.into(),
    })
}
