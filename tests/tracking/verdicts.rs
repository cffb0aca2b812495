//! What becomes of each operation of a batch, and of a batch that cannot be taken.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::tracking::{LookedUpOperations, OperationResult, PushedOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, push_raw, record, sum, told,
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
    let midnight = local_day_bounds(local_day(app.app.clock.now())).end;
    let left = (midnight - app.app.clock.now()).num_seconds();
    let told_s = i64::from(results[3].retry_after_s.unwrap());
    assert!((left..left + 60).contains(&told_s), "{told_s} s of {left}");
    assert_eq!(results[2].retry_after_s, None);
    // Another stage of a citizen of today costs nothing; a replay neither.
    let more = record(&app, &volunteer, village, &ids[0]).with("stage", "installed");
    assert_eq!(
        told(&push_one(&app, &volunteer, &more).await),
        ("applied", None, true)
    );
    assert_eq!(push_one(&app, &volunteer, &ops[0]).await.result, "replayed");
    app.advance(TimeDelta::days(1)).await;
    let volunteer = volunteer.again().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_no_calendar_has_stops_nothing_but_its_own_operation() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let wish = |day: &str, value: &str| {
        good()
            .without("stage")
            .without("device_holder")
            .with("kind", "request_appointment")
            .with("name", "Chamaléa Thị Thử")
            .with(
                "appointment",
                json!({ "service_code": "cccd_new", day: value }),
            )
    };
    let ops = [
        good(),
        wish("not_before", "0000-01-01"),
        wish("not_after", "+12345-01-01"),
        wish("not_after", "2026-12-31"),
        good(),
    ];
    let results = push(&app, &volunteer, &ops).await;
    let told: Vec<_> = results.iter().map(told).collect();
    let held = ("held", Some("LEGACY_SCHEMA"), false);
    let applied = ("applied", None, true);
    assert_eq!(
        told,
        [applied, held, held, ("applied", None, false), applied]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_cannot_hold_is_held_for_a_person_and_stops_no_other() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let mut owner = app.owner().await;
    // A value that a column cannot hold, and a constraint that the rules know nothing of.
    owner
        .batch_execute(
            "create function odd() returns trigger language plpgsql as
                 $$ begin perform new.outcome::date; return new; end $$;
             create trigger odd before insert on visit for each row execute function odd();
             alter table note add constraint note_odd check (false)",
        )
        .await
        .unwrap();
    let about = || good().without("stage").without("device_holder");
    let ops = [
        good(),
        about().with("kind", "visit").with("outcome", "declined"),
        good(),
        about().with("kind", "note").with("text", "nhà đi vắng"),
        good(),
    ];
    let (applied, held) = (
        ("applied", None, true),
        ("held", Some("LEGACY_SCHEMA"), false),
    );
    let results = push(&app, &volunteer, &ops).await;
    let first: Vec<_> = results.iter().map(told).collect();
    assert_eq!(first, [applied, held, applied, held, applied]);
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(result.result, "replayed");
    }
    assert_eq!(sum(&app).await, (3, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
    // Nothing of it is lost: mended, it is what it was.
    owner
        .batch_execute("drop trigger odd on visit; alter table note drop constraint note_odd")
        .await
        .unwrap();
    for op in [&ops[1], &ops[3]] {
        let id = op["op_id"].as_str().unwrap();
        let path = format!("/api/v1/held-operations/{id}/decision");
        let approve = json!({ "decision": "approve", "reason": "đã hỏi lại" });
        let reviewed = lead.post(&path, approve).await.expect(200).value();
        assert_eq!(reviewed["result"], "applied");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_means_nothing_is_answered_under_its_id_and_its_words_are_kept() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let number = citizen::id_number();
    let good = || record(&app, &volunteer, village, &number);
    // Half of a picture, a number beyond all numbers, and lists in lists.
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let odd = [r#""nhớ gọi lại \ud83d""#, "1e999", deep.as_str()];
    let ops = odd.map(|_| good().with("mood", "ODD"));
    let texts: Vec<String> = ops
        .iter()
        .zip(odd)
        .map(|(op, odd)| op.to_string().replace("\"ODD\"", odd))
        .chain([good().to_string()])
        .collect();
    let send = async || -> Vec<OperationResult> {
        let head = json!({
            "protocol": 1, "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        });
        let head = head.to_string();
        let body = format!(
            "{},\"ops\":[{}]}}",
            head.trim_end_matches('}'),
            texts.join(",")
        );
        let request = volunteer
            .request(reqwest::Method::POST, "/api/v1/sync/push")
            .header("content-type", "application/json")
            .body(body);
        let pushed: PushedOperations = volunteer.send(request).await.expect(200).json();
        pushed.results
    };
    let (first, second) = (send().await, send().await);
    for (at, op) in ops.iter().enumerate() {
        assert_eq!(told(&first[at]), ("held", Some("LEGACY_SCHEMA"), false));
        assert_eq!(json!(first[at].op_id), op["op_id"]);
        assert_eq!(second[at].result, "replayed");
        let path = format!("/api/v1/held-operations/{}", op["op_id"].as_str().unwrap());
        let shown = lead.get(&path).await.expect(200).text;
        assert!(!shown.contains(&number), "{shown}");
    }
    assert_eq!(told(&first[3]), ("applied", None, true));
    let path = format!(
        "/api/v1/held-operations/{}",
        ops[0]["op_id"].as_str().unwrap()
    );
    let shown = lead.get(&path).await.expect(200).value();
    assert_eq!(shown["sent"]["mood"], "nhớ gọi lại \u{FFFD}");
    assert_eq!(shown["sent"]["subject"]["tail"], number[8..]);
}
