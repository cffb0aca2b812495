//! The whole story with the real binary, as the README tells it: two volunteers and one citizen,
//! one booking for today, a power cut, and everything still there.

use chrono::{DateTime, Utc};
use mobile_contracts::geography::Unit;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::page::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::binary::{Installation, Serving};
use crate::harness::{Person, citizen, eventually};

/// One volunteer's record that this citizen has activated level 2 in a village.
fn batch(volunteer: &Person, village: &Unit, id_number: &str, op_id: Uuid) -> Value {
    let now = now();
    json!({
        "protocol": 1,
        "device_id": Uuid::now_v7(),
        "client_time": now,
        "ops": [{
            "op_id": op_id,
            "kind": "record",
            "author_id": volunteer.account_id,
            "recorded_at": now,
            "clock_offset_ms": 0,
            "clock_offset_age_s": 0,
            "village_id": village.unit_id,
            "stage": "level2_activated",
            "device_holder": "own",
            "subject": { "kind": "plain", "id_number": id_number },
            "consent": { "method": "spoken" },
        }],
    })
}

#[allow(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn push(volunteer: &Person, batch: &Value) -> Value {
    let answer = volunteer.post("/api/v1/sync/push", batch).await.expect(200);
    answer.value()["results"][0].clone()
}

async fn recognised(person: &Person) -> i64 {
    let board: Leaderboard = person
        .get("/api/v1/leaderboards/commune?metric=count")
        .await
        .expect(200)
        .json();
    board.total.count
}

async fn free(stranger: &Person, slot: &Value) -> i64 {
    let day = slot["starts_at"]
        .as_str()
        .unwrap()
        .parse::<DateTime<Utc>>()
        .unwrap();
    let day = mobile_contracts::calendar::local_day(day);
    let path = format!("/api/v1/offices/{}/slots?on={day}", slot["office_id"]);
    let slots = stranger.get(&path).await.expect(200).value();
    let found = slots["slots"]
        .as_array()
        .unwrap()
        .iter()
        .find(|other| other["starts_at"] == slot["starts_at"]);
    found.map_or(0, |slot| slot["free"].as_i64().unwrap())
}

async fn hold(stranger: &Person, slot: &Value, who: Value) -> Value {
    let mut body = json!({
        "office_id": slot["office_id"],
        "starts_at": slot["starts_at"],
        "service_code": "cccd_new",
        "device_id": Uuid::now_v7(),
    });
    body.as_object_mut()
        .unwrap()
        .extend(who.as_object().unwrap().clone());
    stranger
        .post("/api/v1/holds", body)
        .await
        .expect(201)
        .value()
}

async fn two_slots_today(serving: &Serving) -> (Value, Value) {
    let nearest = serving
        .stranger()
        .get("/api/v1/slots/nearest?service=cccd_new")
        .await
        .expect(200)
        .value();
    let today: Vec<Value> = nearest["slots"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|slot| slot["today"] == true)
        .cloned()
        .collect();
    // In the last minutes before midnight today has run out, and the nearest slots are tomorrow's.
    let all = nearest["slots"].as_array().unwrap();
    let pick = |index: usize| today.get(index).unwrap_or(&all[index]).clone();
    (pick(0), pick(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_counts_once_books_for_today_and_survives_a_power_cut() {
    let installation = Installation::new();
    let serving = installation.serve(&["--demo"]);

    // Two unions record one citizen; one of them sends it twice. The board moves once.
    let ha = serving.demo("0900000007").await;
    let lan = serving.demo("0900000008").await;
    let villages: Page<Unit> = ha
        .get("/api/v1/units?q=bac+ai+tay+thon+1&level=village")
        .await
        .expect(200)
        .json();
    let village = &villages.items[0];
    let before = recognised(&ha).await;
    let id_number = citizen::id_number();
    let operation = Uuid::now_v7();
    let record = batch(&ha, village, &id_number, operation);
    assert_eq!(push(&ha, &record).await["result"], "applied");
    assert_eq!(push(&ha, &record).await["result"], "replayed");
    assert_eq!(
        push(&lan, &batch(&lan, village, &id_number, Uuid::now_v7())).await["result"],
        "merged"
    );
    eventually(async || (recognised(&ha).await == before + 1).then_some(())).await;

    // The citizen finds a slot today, holds it, confirms, moves it.
    let citizen = serving.stranger();
    let (first, second) = two_slots_today(&serving).await;
    let free_before = free(&citizen, &first).await;
    let held = hold(&citizen, &first, json!({ "id_numbers": [id_number] })).await;
    let confirm = json!({
        "hold_token": held["hold_token"],
        "service_code": "cccd_new",
        "visitors": [{ "id_number": id_number, "name": "Nguyễn Thị Thử", "phone": "0912 345 678", "village_id": village.unit_id, "consent": "self_given" }],
    });
    let key = Uuid::now_v7();
    let booked = citizen
        .post_once("/api/v1/appointments", key, &confirm)
        .await
        .expect(201);
    let again = citizen
        .post_once("/api/v1/appointments", key, &confirm)
        .await
        .expect(201);
    assert_eq!(
        booked.value(),
        again.value(),
        "the same key gives the same answer"
    );
    let booked = booked.value()["appointments"][0].clone();
    let own = json!({ "code": booked["code"], "secret": booked["secret"] });
    eventually(async || (free(&citizen, &first).await == free_before - 1).then_some(())).await;
    let held = hold(&citizen, &second, json!({ "appointment": own })).await;
    let mut moving = own.clone();
    moving["hold_token"] = held["hold_token"].clone();
    citizen
        .post_once("/api/v1/appointments/reschedule", Uuid::now_v7(), &moving)
        .await
        .expect(200);
    eventually(async || (free(&citizen, &first).await == free_before).then_some(())).await;

    // The power fails.
    serving.kill();
    let serving = installation.serve(&["--demo"]);
    let citizen = serving.stranger();
    let found = citizen
        .post("/api/v1/appointments/lookup", &own)
        .await
        .expect(200)
        .value();
    assert_eq!(
        (&found["starts_at"], &found["status"]),
        (&second["starts_at"], &json!("booked"))
    );
    let ha = serving.demo("0900000007").await;
    assert_eq!(recognised(&ha).await, before + 1);
    assert_eq!(push(&ha, &record).await["result"], "replayed");

    // The citizen cancels: the place is free again within two seconds.
    let free_before = free(&citizen, &second).await;
    citizen
        .post_once("/api/v1/appointments/cancel", Uuid::now_v7(), &own)
        .await
        .expect(200);
    let cancelled_at = std::time::Instant::now();
    eventually(async || (free(&citizen, &second).await == free_before + 1).then_some(())).await;
    assert!(
        cancelled_at.elapsed() < std::time::Duration::from_secs(3),
        "{:?}",
        cancelled_at.elapsed()
    );
    let found = citizen
        .post("/api/v1/appointments/lookup", &own)
        .await
        .expect(200)
        .value();
    assert_eq!(found["status"], "cancelled");
    installation.ok(&["verify-rollups"]);
}
