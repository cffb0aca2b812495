//! Recording: batches of a hundred operations, one after another, from several phones.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Connection, Response, request};
use super::load::{self, Measured};
use super::program::Program;

pub const BATCH: usize = 100;
const PHONES: usize = 5;

/// Somebody who records: bearer header, account, villages.
pub struct Recorder {
    pub bearer: String,
    account_id: Value,
    villages: Vec<i64>,
}

impl Recorder {
    pub async fn sign_in(program: &Program, phone: &str) -> Self {
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

    /// A push from a phone of theirs, with an activation of each of these people.
    pub fn batch(&self, device_id: Uuid, people: Range<usize>) -> Vec<u8> {
        let now = api::clock::Clock::default().now();
        let ops: Vec<_> = people
            .map(|person| {
                json!({
                    "op_id": Uuid::now_v7(), "kind": "record", "author_id": self.account_id, "recorded_at": now,
                    "clock_offset_ms": 0, "clock_offset_age_s": 0,
                    "village_id": self.villages[person % self.villages.len()], "stage": "level2_activated",
                    "device_holder": "own", "consent": { "method": "spoken" },
                    "subject": { "kind": "plain", "id_number": format!("058191{person:06}") },
                })
            })
            .collect();
        let body = json!({ "protocol": 1, "device_id": device_id, "client_time": now, "ops": ops });
        let headers = [("authorization", self.bearer.as_str())];
        request(
            "POST",
            "/api/v1/sync/push",
            &headers,
            body.to_string().as_bytes(),
        )
    }
}

/// How many operations of an answer were applied.
pub fn applied(answer: &Response) -> usize {
    String::from_utf8_lossy(&answer.body)
        .matches("\"applied\"")
        .count()
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
            let batch = recorder.batch(Uuid::now_v7(), first..first + BATCH);
            let answer = connection.send(&batch).await;
            assert!(
                answer.status != 200 || applied(&answer) == BATCH,
                "{}",
                String::from_utf8_lossy(&answer.body)
            );
            Some(answer)
        }
    })
    .await
}
