//! Recording: batches of a hundred operations, one after another, from several phones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Connection, request};
use super::load::{self, Measured};
use super::program::Program;

pub const BATCH: usize = 100;
const PHONES: usize = 5;

/// Somebody who records: bearer header, account, villages.
struct Recorder {
    bearer: String,
    account_id: Value,
    villages: Vec<i64>,
}

impl Recorder {
    async fn sign_in(program: &Program, phone: &str) -> Self {
        let token = program.sign_in(phone).await;
        let me = program.send("GET", "/api/v1/me", Some(&token), b"").await;
        let path = format!("/api/v1/units?level=village&within={}", me["unit_id"]);
        let units = program.send("GET", &path, None, b"").await;
        let villages = units["items"].as_array().unwrap();
        Self {
            bearer: format!("Bearer {token}"),
            account_id: me["account_id"].clone(),
            villages: villages
                .iter()
                .map(|unit| unit["unit_id"].as_i64().unwrap())
                .collect(),
        }
    }
}

/// Pushes batches of new people's activations, by every account of the demo that may record: one
/// alone would meet its limit.
pub async fn push(program: &Program) -> Measured {
    let mut recorders = Vec::new();
    for phone in [
        "0900000005",
        "0900000006",
        "0900000007",
        "0900000008",
        "0900000009",
    ] {
        recorders.push(Recorder::sign_in(program, phone).await);
    }
    let (next, recorders) = (Arc::new(AtomicUsize::new(0)), Arc::new(recorders));
    load::drive(&program.address, PHONES, BATCH, move || {
        let (next, recorders) = (next.clone(), recorders.clone());
        async move |connection: &mut Connection| {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            let recorder = &recorders[first / BATCH % recorders.len()];
            let now = api::clock::Clock::default().now();
            let ops: Vec<_> = (first..first + BATCH)
                .map(|person| {
                    json!({
                        "op_id": Uuid::now_v7(), "kind": "record", "author_id": recorder.account_id, "recorded_at": now,
                        "clock_offset_ms": 0, "clock_offset_age_s": 0,
                        "village_id": recorder.villages[person % recorder.villages.len()], "stage": "level2_activated",
                        "device_holder": "own", "consent": { "method": "spoken" },
                        "subject": { "kind": "plain", "id_number": format!("058191{person:06}") },
                    })
                })
                .collect();
            let body = json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": ops });
            let headers = [("authorization", recorder.bearer.as_str())];
            let answer = connection.send(&request("POST", "/api/v1/sync/push", &headers, body.to_string().as_bytes())).await;
            let applied = String::from_utf8_lossy(&answer.body).matches("\"applied\"").count();
            assert!(answer.status != 200 || applied == BATCH, "{}", String::from_utf8_lossy(&answer.body));
            Some(answer)
        }
    })
    .await
}
