//! What becomes of each operation of a batch, and of a batch that cannot be taken.

use chrono::TimeDelta;
use mobile_contracts::tracking::LookedUpOperations;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, again, assert_rollups_equal_a_recount, push, push_one, push_raw, record,
    sum, told,
};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_operation_blocks_no_other_and_none_disappears() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let far = app.village("22795", 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let now = app.app.clock.now();
    let cases = [
        (good(), ("applied", None, true)),
        (
            good().with("mood", "happy"),
            ("held", Some("LEGACY_SCHEMA"), false),
        ),
        (
            good().with("name", "A\0B"),
            ("held", Some("LEGACY_SCHEMA"), false),
        ),
        (
            good().with("kind", "tally"),
            ("held", Some("LEGACY_SCHEMA"), false),
        ),
        (
            good().with("stage", "level9"),
            ("held", Some("LEGACY_SCHEMA"), false),
        ),
        (
            good().without("device_holder"),
            ("held", Some("LEGACY_SCHEMA"), false),
        ),
        (
            good().with("village_id", far),
            ("held", Some("UNIT_OUT_OF_SCOPE"), false),
        ),
        (
            good().with("village_id", 999_999),
            ("held", Some("UNIT_UNKNOWN"), false),
        ),
        (
            good().with("recorded_at", now + TimeDelta::hours(1)),
            ("held", Some("FUTURE_DATED"), false),
        ),
        (
            good().with("author_id", Uuid::now_v7()),
            ("held", Some("AUTHOR_MISMATCH"), false),
        ),
        (
            good().with("subject", json!({"kind": "plain", "id_number": "12345"})),
            ("rejected", Some("SUBJECT_FORMAT"), false),
        ),
        (
            good().with(
                "subject",
                json!({"kind": "sealed", "kid": "k9", "sealed": "A".repeat(168)}),
            ),
            ("rejected", Some("SUBJECT_KEY_UNKNOWN"), false),
        ),
        (
            good().with(
                "subject",
                json!({"kind": "sealed", "kid": "k1", "sealed": "A".repeat(168)}),
            ),
            ("rejected", Some("SUBJECT_UNSEAL_FAILED"), false),
        ),
        (
            good().with("birth_year", 1955),
            ("held", Some("SUBJECT_DISAGREES"), false),
        ),
        (
            good().with("phone", "113"),
            ("held", Some("PERSON_FORMAT"), false),
        ),
        (
            good().with("device_holder", "helper"),
            ("applied", Some("HELPER_DEVICE"), false),
        ),
        (
            good().with("clock_offset_ms", Value::Null),
            ("applied", Some("CLOCK_UNTRUSTED"), true),
        ),
        (
            good().with("recorded_at", now - TimeDelta::days(30)),
            ("applied", Some("CLOCK_LIMITED"), true),
        ),
        (
            json!({"hello": "world"}),
            ("rejected", Some("OP_ID_MISSING"), false),
        ),
        (
            json!(["not", "an", "object"]),
            ("rejected", Some("OP_ID_MISSING"), false),
        ),
        (good(), ("applied", None, true)),
    ];
    let ops: Vec<Value> = cases.iter().map(|(op, _)| op.clone()).collect();
    let results = push(&app, &volunteer, &ops).await;
    for ((op, expected), result) in cases.iter().zip(&results) {
        assert_eq!(told(result), *expected, "{op}");
        assert_eq!(result.code.is_some(), result.message.is_some());
    }
    let ids: Vec<&Value> = ops.iter().filter_map(|op| op.get("op_id")).collect();
    let found: LookedUpOperations = volunteer
        .post("/api/v1/sync/ops:lookup", json!({ "op_ids": ids }))
        .await
        .expect(200)
        .json();
    assert_eq!(found.results.len(), ids.len(), "every one is findable");
    // A helper's phone is kept and nobody is credited for it.
    assert_eq!(sum(&app).await.0, 4);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_with_another_payload_is_refused_and_leaves_the_stored_one_alone() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let other = op.clone().with("stage", "installed");
    let results = push(&app, &volunteer, &[op.clone(), other.clone(), op.clone()]).await;
    assert_eq!(told(&results[0]), ("applied", None, true));
    assert_eq!(told(&results[1]), ("rejected", Some("OP_ID_REUSED"), false));
    assert_eq!(told(&results[2]), ("replayed", None, true));
    assert_eq!(
        told(&push_one(&app, &volunteer, &other).await),
        ("rejected", Some("OP_ID_REUSED"), false)
    );
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("replayed", None, true)
    );
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_confirms_what_was_sent_from_somebody_elses_session() {
    let app = TestApp::start().await;
    let (owner, borrower) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &owner, village, &citizen::id_number());
    let held = ("held", Some("AUTHOR_MISMATCH"), false);
    assert_eq!(told(&push_one(&app, &borrower, &op).await), held);
    assert_eq!(
        told(&push_one(&app, &owner, &op).await),
        ("applied", None, true)
    );
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_citizens_a_day_is_bounded_and_the_rest_waits() {
    let app = TestApp::with()
        .set("TO06_SUBJECTS_PER_DAY", "3")
        .start()
        .await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ids: Vec<String> = (0..4).map(|_| citizen::id_number()).collect();
    let ops: Vec<Value> = ids
        .iter()
        .map(|id| record(&app, &volunteer, village, id))
        .collect();
    let results = push(&app, &volunteer, &ops).await;
    assert_eq!(told(&results[2]), ("applied", None, true));
    assert_eq!(told(&results[3]), ("retry", Some("QUOTA"), false));
    // Another stage of a citizen of today costs nothing; a replay neither.
    let more = record(&app, &volunteer, village, &ids[0]).with("stage", "installed");
    assert_eq!(
        told(&push_one(&app, &volunteer, &more).await),
        ("applied", None, true)
    );
    assert_eq!(push_one(&app, &volunteer, &ops[0]).await.result, "replayed");
    app.advance(TimeDelta::days(1)).await;
    let volunteer = again(&volunteer).await;
    assert_eq!(
        told(&push_one(&app, &volunteer, &ops[3]).await),
        ("applied", None, true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_cannot_be_taken_is_refused_whole() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let many = vec![op.clone(); 201];
    push_raw(&app, &volunteer, &many)
        .await
        .refused(413, "batch-too-large");
    let body = json!({
        "protocol": 2, "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "ops": [],
    });
    volunteer
        .post("/api/v1/sync/push", &body)
        .await
        .refused(400, "sync-protocol-unknown");
    let body = body.with("protocol", 1).with("colour", "red");
    volunteer
        .post("/api/v1/sync/push", &body)
        .await
        .refused(422, "invalid");
    let body = body.without("colour");
    volunteer.post("/api/v1/sync/push", &body).await.expect(200);
}
