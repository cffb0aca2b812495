//! The contract about itself: what a server says of its version, its document and its refusals.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::TestApp;

#[test]
fn the_committed_catalogue_is_the_generated_one() {
    assert!(
        include_str!("../../mobile-contracts/errors.json") == api::contract::catalogue::text(),
        "mobile-contracts/errors.json is old: run `cargo run -- contract errors >mobile-contracts/errors.json`"
    );
}

#[test]
fn every_refusal_is_told_in_two_languages_with_something_to_do() {
    const ACTIONS: [&str; 9] = [
        "correct", "choose", "wait", "sign_in", "ask", "refresh", "update", "report", "nothing",
    ];
    let mut seen = BTreeSet::new();
    for item in api::contract::catalogue::errors().items {
        assert!(
            seen.insert((item.of.clone(), item.code.clone())),
            "{item:?} comes twice"
        );
        assert!(ACTIONS.contains(&item.action.as_str()), "{item:?}");
        assert!(item.vi.ends_with('.') && item.en.ends_with('.'), "{item:?}");
        assert_ne!(item.vi, item.en);
        assert_eq!(item.status.is_some(), item.of == "problem", "{item:?}");
    }
    assert!(seen.len() > 60);
}

/// Words of answers that were enumerations when the contract was first released. They can neither be opened nor grow before
/// the next major version.
const CLOSED: [&str; 7] = [
    "DayNature",
    "Denominator",
    "OfficeException.kind",
    "PriorityClass",
    "Role",
    "UnreachedReason",
    "WhosePhone",
];

/// Answers grow while phones stay as they are: what an answer says in a word is open text, and no further enumeration.
#[test]
fn no_answer_has_a_further_enumeration() {
    let document: Value =
        serde_json::from_str(include_str!("../../mobile-contracts/openapi.json")).unwrap();
    let mut answers = Enumerations {
        schemas: &document["components"]["schemas"],
        seen: BTreeSet::new(),
        found: BTreeSet::new(),
    };
    let paths = document["paths"].as_object().unwrap().values();
    for operation in paths.flat_map(|path| path.as_object().unwrap().values()) {
        answers.look(&operation["responses"], "an answer");
    }
    assert!(answers.seen.len() > 200, "{}", answers.seen.len());
    let found: Vec<&str> = answers.found.iter().map(String::as_str).collect();
    assert_eq!(found, CLOSED);
}

struct Enumerations<'a> {
    schemas: &'a Value,
    seen: BTreeSet<&'a str>,
    found: BTreeSet<String>,
}

impl<'a> Enumerations<'a> {
    fn look(&mut self, part: &'a Value, at: &str) {
        if let Some(name) = part["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            if self.seen.insert(name) {
                self.look(&self.schemas[name], name);
            }
        }
        if part["enum"].is_array() {
            self.found.insert(at.to_owned());
        }
        for (word, part) in part.as_object().into_iter().flatten() {
            match (word.as_str(), part.as_object()) {
                ("properties", Some(fields)) => {
                    for (field, part) in fields {
                        self.look(part, &format!("{at}.{field}"));
                    }
                }
                ("example", _) => {}
                _ => self.look(part, at),
            }
        }
        for part in part.as_array().into_iter().flatten() {
            self.look(part, at);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_knows_the_hash_knows_the_document() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let release = stranger.get("/api/v1/contract").await;
    let told = release.value();
    assert_eq!(told["version"], mobile_contracts::VERSION);
    let sha256 = told["sha256"].as_str().unwrap();

    let document = stranger.get(told["path"].as_str().unwrap()).await;
    let hash = Sha256::digest(&document.text);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, sha256);
    assert_eq!(told["bytes"], document.text.len());
    assert_eq!(
        document.value()["info"]["version"],
        mobile_contracts::VERSION
    );
    let kept = document.headers["cache-control"].to_str().unwrap();
    assert!(kept.contains("immutable"), "{kept}");
    assert_eq!(
        stranger.get("/api/v1/openapi.json").await.text,
        document.text
    );

    let etag = release.headers["etag"].clone();
    let request = stranger.request(Method::GET, "/api/v1/contract");
    let again = stranger.send(request.header("if-none-match", etag)).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    let other = format!("/api/v1/contract/{}", "0".repeat(64));
    assert_eq!(stranger.get(&other).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_served_to_everybody() {
    let app = TestApp::start().await;
    let served = app.stranger().get("/api/v1/contract/errors").await;
    assert_eq!(served.status, 200);
    let committed: Value = serde_json::from_str(&api::contract::catalogue::text()).unwrap();
    assert_eq!(served.value(), committed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_told_what_to_show_and_when_it_is_too_old() {
    let usual = TestApp::start().await;
    let meta = usual.stranger().get("/api/v1/meta").await.value();
    assert_eq!(meta["contract_version"], mobile_contracts::VERSION);
    assert_eq!(meta["client_min"], "0.0.0");
    assert!(meta["banner"].is_null());
    let limits = &meta["limits"];
    assert_eq!(
        (&limits["sync_every_s"], &limits["backoff_max_s"]),
        (&json!(300), &json!(900))
    );
    assert_eq!(limits["ops_waiting_max"], 5_000);

    let told = "Máy chủ bảo trì từ 22 giờ đến 23 giờ hôm nay.";
    let announcing = TestApp::with()
        .set("TO06_BANNER", told)
        .set("TO06_SYNC_EVERY_S", "1800")
        .set("TO06_CLIENT_MIN", "1.4.0");
    let announcing = announcing.start().await;
    let meta = announcing.stranger().get("/api/v1/meta").await;
    assert!(meta.text.len() < 1_024, "it is asked for at every start");
    assert_eq!(meta.value()["banner"], told);
    assert_eq!(meta.value()["client_min"], "1.4.0");
    assert_eq!(meta.value()["limits"]["sync_every_s"], 1_800);
}
