//! Recording: batches of a hundred operations, one after another, from several phones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use uuid::Uuid;

use super::client::{Connection, request};
use super::load::{self, Measured};
use super::program::Program;

pub const BATCH: usize = 100;
const PHONES: usize = 4;

/// Pushes batches of new people's activations in the volunteer's villages.
pub async fn push(program: &Program) -> Measured {
    let token = program.sign_in("0900000007").await;
    let me = program.send("GET", "/api/v1/me", Some(&token), b"").await;
    let path = format!("/api/v1/units?level=village&within={}", me["unit_id"]);
    let units = program.send("GET", &path, None, b"").await;
    let villages: Vec<i64> = units["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["unit_id"].as_i64().unwrap())
        .collect();
    let (next, villages, bearer) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(villages),
        format!("Bearer {token}"),
    );
    let author = me["account_id"].clone();
    load::drive(&program.address, PHONES, BATCH, move || {
        let (next, villages, bearer, author) = (next.clone(), villages.clone(), bearer.clone(), author.clone());
        async move |connection: &mut Connection| {
            let first = next.fetch_add(BATCH, Ordering::Relaxed);
            let now = api::clock::Clock::default().now();
            let ops: Vec<_> = (first..first + BATCH)
                .map(|person| {
                    json!({
                        "op_id": Uuid::now_v7(), "kind": "record", "author_id": author, "recorded_at": now,
                        "clock_offset_ms": 0, "clock_offset_age_s": 0,
                        "village_id": villages[person % villages.len()], "stage": "level2_activated",
                        "device_holder": "own", "consent": { "method": "spoken" },
                        "subject": { "kind": "plain", "id_number": format!("0581{:02}{:06}", 91 + person / 1_000_000, person % 1_000_000) },
                    })
                })
                .collect();
            let body = json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": ops }).to_string();
            Some(connection.send(&request("POST", "/api/v1/sync/push", &[("authorization", &bearer)], body.as_bytes())).await)
        }
    })
    .await
}
