//! Recording over HTTP: batches in any order, as often as wanted, and counts that stay right.

mod activity;
mod at_once;
mod bad_network;
mod clocks;
mod correcting;
mod counting;
mod data_rights;
mod devices;
mod ended;
mod epochs;
mod erasure;
mod held;
mod hints;
mod ledger;
mod mergers;
mod merging;
mod merging_at_once;
mod new_key;
mod notes;
mod old_client;
mod persons;
mod pull;
mod quarantine;
mod recount;
mod requests;
mod restricting;
mod review;
mod roles;
mod subjects;
mod twins;
mod verdicts;

use std::collections::BTreeMap;

use api::tracking::verify;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::tracking::{OperationResult, PushedOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp};

const COMMUNE: &str = "22786";

/// A record of level 1 with consent and a plain ID number.
fn record(app: &TestApp, author: &Person, village: UnitId, id_number: &str) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "record",
        "author_id": author.account_id,
        "recorded_at": app.app.clock.now(),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "village_id": village,
        "stage": "level1_activated",
        "device_holder": "own",
        "subject": { "kind": "plain", "id_number": id_number },
        "consent": { "method": "spoken" },
    })
}

fn void(app: &TestApp, author: &Person, target: &Value) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "void",
        "author_id": author.account_id,
        "recorded_at": app.app.clock.now(),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "target_op_id": target["op_id"],
        "reason": "nhầm người",
    })
}

/// A record in the place of another one.
fn replace(
    app: &TestApp,
    author: &Person,
    village: UnitId,
    id_number: &str,
    target: &Value,
) -> Value {
    record(app, author, village, id_number)
        .with("kind", "replace")
        .with("target_op_id", &target["op_id"])
        .with("reason", "nhầm thôn")
}

trait With {
    fn with(self, field: &str, value: impl serde::Serialize) -> Self;
    fn without(self, field: &str) -> Self;
}

impl With for Value {
    fn with(mut self, field: &str, value: impl serde::Serialize) -> Self {
        self[field] = json!(value);
        self
    }

    fn without(mut self, field: &str) -> Self {
        self.as_object_mut().unwrap().remove(field);
        self
    }
}

async fn push_raw(app: &TestApp, person: &Person, ops: &[Value]) -> Answer {
    let body = json!({
        "protocol": 1,
        "device_id": Uuid::now_v7(),
        "client_time": app.app.clock.now(),
        "ops": ops,
    });
    person.post("/api/v1/sync/push", body).await
}

async fn push(app: &TestApp, person: &Person, ops: &[Value]) -> Vec<OperationResult> {
    let pushed: PushedOperations = push_raw(app, person, ops).await.expect(200).json();
    assert_eq!(pushed.results.len(), ops.len());
    pushed.results
}

async fn push_one(app: &TestApp, person: &Person, op: &Value) -> OperationResult {
    push(app, person, std::slice::from_ref(op)).await.remove(0)
}

fn told(result: &OperationResult) -> (&str, Option<&str>, bool) {
    (&result.result, result.code.as_deref(), result.counted)
}

/// n, assists, confirmed, anonymous by village, stage and union.
type Totals = BTreeMap<(i32, String, String), (i32, i32, i32, i32)>;

/// Since the beginning.
async fn totals(app: &TestApp) -> Totals {
    use api::db::schema::rollup_total::dsl::*;
    type Row = (i32, String, String, i32, i32, i32, i32);
    let rows: Vec<Row> = rollup_total
        .select((
            village_id, stage, mass_union, n, assists, confirmed, anonymous,
        ))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    rows.into_iter()
        .filter(|row| (row.3, row.4, row.5, row.6) != (0, 0, 0, 0))
        .map(|row| ((row.0, row.1, row.2), (row.3, row.4, row.5, row.6)))
        .collect()
}

async fn sum(app: &TestApp) -> (i32, i32, i32, i32) {
    totals(app).await.values().fold((0, 0, 0, 0), |a, b| {
        (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3)
    })
}

async fn assert_rollups_equal_a_recount(app: &TestApp) {
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
}

async fn other_union(app: &TestApp) -> Person {
    let commune = app.commune(COMMUNE).await;
    app.account(Role::Volunteer, MassUnion::Women, commune)
        .await
}
