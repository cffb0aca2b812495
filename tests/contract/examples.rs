//! What app developers take as their tests must be what the server answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use api::tracking::code::Code;
use chrono::{DateTime, Utc};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::AccountId;
use mobile_contracts::tracking::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp};

const COMMUNE: &str = "22786";
/// Set, it lets the tests write what the server answers into the examples.
const WRITE_EXAMPLES: &str = "TO06_WRITE_EXAMPLES";

/// What may become of any operation.
const OF_ANY: &[&str] = &["applied", "held", "rejected", "replayed"];
/// And of those that count people: somebody else was first, or there were enough people for one day. A busy server
/// puts off any other kind too, but cannot be had for the asking.
const OF_RECORDS: &[&str] = &["applied", "held", "merged", "rejected", "replayed", "retry"];
/// Every verdict that a kind of operation may come to.
const REACHABLE: [(&str, &[&str]); 7] = [
    ("record", OF_RECORDS),
    ("replace", OF_RECORDS),
    ("visit", OF_ANY),
    ("note", OF_ANY),
    ("void", OF_ANY),
    ("request_appointment", OF_ANY),
    ("activity", OF_ANY),
];

/// A file of examples.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Examples {
    about: String,
    server_time: DateTime<Utc>,
    volunteers: Vec<Volunteer>,
    pub(super) examples: Vec<Example>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Volunteer {
    by: String,
    account_id: AccountId,
    mass_union: MassUnion,
}

/// One operation, what was pushed before it, and what becomes of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    pub(super) name: String,
    /// Of a server that is set up otherwise than usual.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    settings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    before: Vec<Pushed>,
    by: String,
    /// What the phone's clock shows, if not the server's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_time: Option<DateTime<Utc>>,
    op: Value,
    #[serde(default)]
    pub(super) result: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pushed {
    by: String,
    op: Value,
}

/// A server at the time of the examples, and its volunteers.
struct Stage {
    app: TestApp,
    people: BTreeMap<String, Person>,
}

impl Stage {
    async fn set(examples: &Examples, settings: &BTreeMap<String, String>) -> Self {
        let mut options = TestApp::with();
        for (name, value) in settings {
            options = options.set(name, value);
        }
        let app = options.start().await;
        app.advance(examples.server_time - app.app.clock.now())
            .await;
        let unit = app.commune(COMMUNE).await;
        let mut people = BTreeMap::new();
        for one in &examples.volunteers {
            let person = app.account_as(one.account_id, Role::Volunteer, one.mass_union, unit);
            people.insert(one.by.clone(), person.await);
        }
        Self { app, people }
    }

    async fn push(&self, by: &str, op: &Value, client_time: Option<DateTime<Utc>>) -> Value {
        let body = json!({
            "protocol": 1,
            "device_id": Uuid::now_v7(),
            "client_time": client_time.unwrap_or_else(|| self.app.app.clock.now()),
            "ops": [op],
        });
        let answer = self.people[by].post("/api/v1/sync/push", body).await;
        let mut answer = answer.expect(200).value();
        let mut result = answer["results"][0].take();
        // Until tomorrow it is another number of seconds at every run.
        if let Some(told) = result.as_object_mut() {
            told.remove("retry_after_s");
        }
        result
    }

    async fn play(&self, example: &Example) -> Value {
        for Pushed { by, op } in &example.before {
            self.push(by, op, None).await;
        }
        self.push(&example.by, &example.op, example.client_time)
            .await
    }
}

pub(super) fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../mobile-contracts")
        .join(name)
}

pub(super) fn read(name: &str) -> Examples {
    let text = std::fs::read_to_string(path(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Each example with what this build answers.
pub(super) async fn answers(examples: &Examples) -> Vec<Value> {
    let usual = Stage::set(examples, &BTreeMap::new()).await;
    let mut answers = Vec::new();
    for example in &examples.examples {
        let answer = if example.settings.is_empty() {
            usual.play(example).await
        } else {
            Stage::set(examples, &example.settings)
                .await
                .play(example)
                .await
        };
        answers.push(answer);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_answered_as_its_example_says() {
    const FILE: &str = "examples/operations.json";
    let mut examples = read(FILE);
    let answers = answers(&examples).await;
    #[allow(
        clippy::disallowed_methods,
        reason = "a test is told to write by whoever runs it"
    )]
    let write = std::env::var_os(WRITE_EXAMPLES).is_some();
    for (example, answer) in examples.examples.iter_mut().zip(answers) {
        if write {
            example.result = answer;
        } else {
            assert_eq!(example.result, answer, "{}", example.name);
        }
    }
    if write {
        let text = serde_json::to_string_pretty(&examples).unwrap() + "\n";
        std::fs::write(path(FILE), text).unwrap();
    }
}

#[test]
fn there_is_an_example_of_every_verdict_of_every_kind_and_of_every_reason() {
    // A busy server cannot be had for the asking, nor a lost phone, another role or a village that was split; a
    // review comes later: it is pulled.
    let elsewhere = [
        Code::Busy,
        Code::RoleLost,
        Code::UnitRetired,
        Code::DeviceLost,
        Code::Reviewed,
        Code::ReviewRefused,
    ];
    let examples = read("examples/operations.json").examples;
    let results = examples.iter().map(|one| &one.result);
    let codes: BTreeSet<&str> = results.filter_map(|one| one["code"].as_str()).collect();
    for code in Code::ALL {
        let is_told = codes.contains(code.as_str());
        assert_eq!(is_told, !elsewhere.contains(code), "{}", code.as_str());
    }
    let mut told: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in &examples {
        let (kind, result) = (one.op["kind"].as_str(), one.result["result"].as_str());
        let results = told.entry(kind.unwrap()).or_default();
        results.insert(result.unwrap());
    }
    let reachable: BTreeMap<&str, BTreeSet<&str>> = REACHABLE
        .iter()
        .map(|(kind, results)| (*kind, results.iter().copied().collect()))
        .collect();
    assert_eq!(told, reachable);
    // What is not understood is no operation; everything else is one, to the letter.
    for example in &examples {
        let is_understood = !["LEGACY_SCHEMA", "OP_ID_MISSING"]
            .contains(&example.result["code"].as_str().unwrap_or(""));
        let read = serde_json::from_value::<Operation>(example.op.clone());
        if is_understood {
            let again = serde_json::to_value(read.unwrap()).unwrap();
            assert_eq!(again, example.op, "{}", example.name);
        }
    }
}
