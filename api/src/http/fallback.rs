//! What nobody serves: 404, or 405 with `Allow` where the document knows the path under other methods.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::{OpenApi, PathItem};

use super::failure::{CommonProblem, Failure};

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

/// The handler of everything that no route matched.
pub async fn not_served(
    request: HttpRequest,
    known: actix_web::web::Data<KnownPaths>,
) -> Result<HttpResponse, Failure> {
    Err(match known.allowed(request.path()) {
        Some(methods) => {
            Failure::from(CommonProblem::MethodNotAllowed).allowing(methods.to_owned())
        }
        None => CommonProblem::NotFound.into(),
    })
}
