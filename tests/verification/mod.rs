//! Whether the numbers can be trusted, over HTTP.

mod call_backs;
mod commands;
mod ended;
mod grades;
mod merger;
mod police_lists;
mod score;
mod signals;

use chrono::{DateTime, TimeDelta, Utc};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::ids::{DeviceId, UnitId};
use mobile_contracts::tracking::PushedOperations;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp, citizen};

const COMMUNE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Eight in the morning of the day before yesterday, in Vietnam: whatever is added stays in the past.
fn morning(app: &TestApp) -> DateTime<Utc> {
    let day = local_day(app.app.clock.now()) - TimeDelta::days(2);
    local_day_bounds(day).start + TimeDelta::hours(8)
}

/// A record of level 1 at this time.
fn record(author: &Person, village: UnitId, at: DateTime<Utc>) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "record",
        "author_id": author.account_id,
        "recorded_at": at,
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "village_id": village,
        "stage": "level1_activated",
        "device_holder": "own",
        "subject": { "kind": "plain", "id_number": spread_number() },
        "consent": { "method": "spoken" },
    })
}

/// A number whose neighbours in time are no neighbours in number.
fn spread_number() -> String {
    let next = citizen::id_number();
    let digits: u64 = next[6..].parse().unwrap();
    format!("{}{:06}", &next[..6], digits * 7_919 % 1_000_000)
}

/// Pushes from one phone, in batches.
async fn push_from(app: &TestApp, author: &Person, device: DeviceId, ops: &[Value]) {
    push_expecting(app, author, device, ops, "applied").await;
}

/// Pushes from one's own phone what is to wait for a decision.
async fn push_held(app: &TestApp, author: &Person, ops: &[Value]) {
    let own = DeviceId(author.account_id.unwrap().0);
    push_expecting(app, author, own, ops, "held").await;
}

/// Takes a record back.
async fn take_back(app: &TestApp, lead: &Person, op: &Value) {
    let void = json!({
        "op_id": Uuid::now_v7(), "kind": "void", "author_id": lead.account_id,
        "recorded_at": app.app.clock.now(), "clock_offset_ms": 0, "clock_offset_age_s": 60,
        "target_op_id": op["op_id"], "reason": "nhầm người",
    });
    push(app, lead, &[void]).await;
}

/// Lets a record stand again that was taken back.
async fn reinstate(lead: &Person, op: &Value) {
    let path = format!(
        "/api/v1/records/{}/reinstatement",
        op["op_id"].as_str().unwrap()
    );
    let why = json!({ "reason": "Hủy nhầm" });
    lead.post_once(&path, Uuid::now_v7(), why).await.expect(200);
}

/// Approves what was held.
async fn approve(lead: &Person, op: &Value) {
    let path = format!(
        "/api/v1/held-operations/{}/decision",
        op["op_id"].as_str().unwrap()
    );
    let body = json!({ "decision": "approve", "reason": "đã hỏi lại" });
    lead.post(&path, body).await.expect(200);
}

async fn push_expecting(
    app: &TestApp,
    author: &Person,
    device: DeviceId,
    ops: &[Value],
    expected: &str,
) {
    for ops in ops.chunks(100) {
        let body = json!({
            "protocol": 1, "device_id": device, "client_time": app.app.clock.now(), "ops": ops,
        });
        let answer = author.post("/api/v1/sync/push", body).await.expect(200);
        let pushed: PushedOperations = answer.json();
        for result in pushed.results {
            assert_eq!(result.result, expected, "{result:?}");
        }
    }
}

async fn push(app: &TestApp, author: &Person, ops: &[Value]) {
    let own = DeviceId(author.account_id.unwrap().0);
    push_from(app, author, own, ops).await;
}
