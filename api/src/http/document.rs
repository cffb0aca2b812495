//! Makes the OpenAPI document say what every operation has in common, once, instead of on each
//! handler: which problems can meet a body, a path, a session, a busy server.

use std::collections::BTreeMap;

use mobile_contracts::problem::PROBLEM_JSON;
use serde_json::json;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr};

use super::failure::{CommonProblem, Kind};

/// Each status of a table with its problems as named examples.
pub fn problem_responses(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<&Kind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.status).or_default().push(kind);
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), RefOr::T(problem_response(&kinds))))
        .collect()
}

fn problem_response(kinds: &[&Kind]) -> Response {
    let description = kinds
        .iter()
        .map(|kind| kind.en)
        .collect::<Vec<_>>()
        .join(" Or: ");
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    for kind in kinds {
        content = content.examples_from_iter([(
            kind.slug,
            ExampleBuilder::new()
                .summary(kind.en)
                .value(Some(json!({
                    "type": format!("/problems/{}", kind.slug),
                    "title": kind.vi,
                    "status": kind.status,
                    "instance": "urn:uuid:0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e",
                })))
                .build(),
        )]);
    }
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, content.build())
        .build()
}

/// Adds to every operation the problems that its shape makes possible.
pub fn add_common_problems(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            for problem in possible(path, operation) {
                add(operation, problem.kind());
            }
            // Said out loud: an operation without a lock is open on purpose.
            operation.security.get_or_insert_default();
        }
    }
}

/// A page of something comes with a copy of that thing's schema, and generated clients would get a
/// second class for it: lets the rows of such a list refer to what has a name.
pub fn name_rows(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else {
        return;
    };
    let named: Vec<(String, RefOr<Schema>)> = components
        .schemas
        .iter()
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for schema in components.schemas.values_mut() {
        let RefOr::T(Schema::Object(object)) = schema else {
            continue;
        };
        for property in object.properties.values_mut() {
            let RefOr::T(Schema::Array(list)) = property else {
                continue;
            };
            let ArrayItems::RefOrSchema(row) = &mut list.items else {
                continue;
            };
            let same = |(_, schema): &&(String, RefOr<Schema>)| {
                matches!(schema, RefOr::T(Schema::Object(object)) if !object.properties.is_empty())
                    && *schema == **row
            };
            if let Some((name, _)) = named.iter().find(same) {
                **row = Ref::from_schema_name(name).into();
            }
        }
    }
}

/// Whether a session may be shown, needed or not: a wrong one is refused either way.
fn takes_session(operation: &Operation) -> bool {
    operation
        .security
        .as_ref()
        .is_some_and(|locks| !locks.is_empty())
}

fn possible(path: &str, operation: &Operation) -> Vec<CommonProblem> {
    use CommonProblem::*;
    let mut problems = vec![Malformed, TooManyRequests, Internal, Unavailable];
    if takes_session(operation) {
        // Somebody else's object answers like a missing one.
        problems.extend([SignIn, Forbidden, NotFound]);
    }
    if operation.request_body.is_some() {
        problems.extend([TooSlow, TooLarge, MediaType, Invalid]);
    }
    if path.contains('{') {
        problems.push(NotFound);
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if parameters
        .iter()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in != ParameterIn::Path))
    {
        problems.push(Invalid);
    }
    problems
}

/// Adds one problem: a status of its own, or one more named example of a status that is there.
fn add(operation: &mut Operation, kind: &'static Kind) {
    let fresh = problem_response(&[kind]);
    match operation.responses.responses.entry(kind.status.to_string()) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(RefOr::T(fresh));
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            let RefOr::T(known) = entry.get_mut() else {
                return;
            };
            let (Some(RefOr::T(known_content)), Some(RefOr::T(fresh_content))) = (
                known.content.get_mut(PROBLEM_JSON),
                fresh.content.get(PROBLEM_JSON),
            ) else {
                return;
            };
            let before = known_content.examples.len();
            for (name, example) in &fresh_content.examples {
                known_content
                    .examples
                    .entry(name.clone())
                    .or_insert_with(|| example.clone());
            }
            if known_content.examples.len() > before {
                known.description = format!("{} Or: {}", known.description, kind.en);
            }
        }
    }
}
