//! The document does not lie.

mod about;
mod deprecation;
mod examples;
mod release;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::TestApp;
use crate::harness::matrix::{is_secured, nowhere};

fn document() -> Value {
    serde_json::from_str(&api::routes::document_text()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    operations
}

#[test]
fn the_committed_document_is_the_generated_one() {
    let committed = include_str!("../mobile-contracts/openapi.json");
    assert!(
        committed == api::routes::document_text(),
        "mobile-contracts/openapi.json is old: run `cargo run -- openapi >mobile-contracts/openapi.json`"
    );
}

#[test]
fn no_reference_dangles() {
    fn collect(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    found.insert(target.clone());
                }
                map.values().for_each(|value| collect(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut targets = BTreeSet::new();
    collect(&document, &mut targets);
    assert!(targets.contains("#/components/schemas/Problem"));
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target} dangles");
    }
}

#[test]
fn every_operation_is_described_and_refuses_in_one_shape() {
    let document = document();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|summary| summary.len() > 5),
            "{at}: no summary"
        );
        let own_tags = operation["tags"].as_array().unwrap();
        assert_eq!(own_tags.len(), 1, "{at}: one tag");
        assert!(
            tags.contains(own_tags[0].as_str().unwrap()),
            "{at}: unknown tag"
        );
        let id = operation["operationId"].as_str().unwrap();
        assert!(
            id.contains('_') && ids.insert(id.to_owned()),
            "{at}: {id} is not a verb_noun of its own"
        );
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('4') || status.starts_with('5') {
                let content: Vec<&String> =
                    response["content"].as_object().unwrap().keys().collect();
                assert_eq!(content, ["application/problem+json"], "{at} {status}");
            }
        }
    }
}

#[test]
fn every_list_that_may_be_sent_has_an_end() {
    fn walk(document: &Value, schema: &Value, at: &str) {
        if let Some(target) = schema["$ref"].as_str() {
            return walk(document, document.pointer(&target[1..]).unwrap(), target);
        }
        for variant in schema["oneOf"].as_array().into_iter().flatten() {
            walk(document, variant, at);
        }
        if !schema["items"].is_null() {
            assert!(schema["maxItems"].is_u64(), "{at}: no maxItems");
            walk(document, &schema["items"], at);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            walk(document, property, &format!("{at}/{name}"));
        }
    }
    let document = document();
    for (method, path, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        walk(&document, body, &format!("{method} {path}"));
    }
}

/// Generated clients make of "this or that" a class that requires the fields of both.
#[test]
fn nothing_is_this_or_that() {
    fn walk(value: &Value, at: &str) {
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let parts = value[keyword].as_array().into_iter().flatten();
            let real = parts.filter(|part| part["type"] != "null").count();
            assert!(real < 2, "{at}: {keyword} of {real}");
        }
        for (name, member) in value.as_object().into_iter().flatten() {
            walk(member, &format!("{at}/{name}"));
        }
    }
    let document = document();
    let schemas = &document["components"]["schemas"];
    walk(schemas, "schemas");
    for (name, schema) in schemas.as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let rows = &property["items"]["properties"];
            assert!(rows.is_null(), "{name}.{field}: its rows have no name");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secured_means_401_for_strangers_and_open_means_not() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for (method, path, operation) in operations(&document()) {
        let request = stranger.request(method.parse().unwrap(), &nowhere(&path));
        let answer = stranger.send(request.json(&serde_json::json!({}))).await;
        let secured = is_secured(&operation);
        assert_eq!(
            answer.status == 401,
            secured,
            "{method} {path}: {}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_path_is_served() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for (method, path, _) in operations(&document()) {
        let request = stranger.request(method.parse().unwrap(), &nowhere(&path));
        let answer = stranger.send(request).await;
        assert_ne!(answer.status, 405, "{method} {path}");
        let missing = answer.status == 404
            && answer.text.contains("\"/problems/not-found\"")
            && !path.contains('{');
        assert!(!missing, "{method} {path} is not served");
    }
}
