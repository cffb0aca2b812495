//! What was held waits for somebody who answers for the place, and its author is told.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::page::Page;
use mobile_contracts::review::{HeldOperation, HeldOperationDetail, ReviewedOperation};
use mobile_contracts::tracking::LookedUpOperations;
use serde_json::{Value, json};

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, record, replace, sum, told,
    totals, void,
};
use crate::harness::{Answer, Person, TestApp, citizen};

async fn decide(person: &Person, op: &Value, body: Value) -> Answer {
    let id = op["op_id"].as_str().unwrap();
    let path = format!("/api/v1/held-operations/{id}/decision");
    person.post(&path, body).await
}

async fn approve(person: &Person, op: &Value) -> ReviewedOperation {
    let body = json!({ "decision": "approve", "reason": "đã hỏi lại" });
    decide(person, op, body).await.expect(200).json()
}

fn reviewed(result: &ReviewedOperation) -> (&str, Option<&str>, bool) {
    (&result.result, result.code.as_deref(), result.counted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_finds_what_is_held_and_what_they_approve_counts() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (village, far) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let id = citizen::id_number();
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let now = app.app.clock.now();
    let held = [
        good().with("recorded_at", now + TimeDelta::hours(3)),
        good().with("village_id", 999_999),
        good().with("phone", "113").with("name", "Chamaléa Thị Thử"),
        record(&app, &volunteer, village, &id).with("birth_year", 1955),
        good().with("village_id", far),
        good().with("mood", "happy"),
    ];
    for result in push(&app, &volunteer, &held).await {
        assert_eq!(result.result, "held");
    }
    let list = async |person: &Person, query: &str| -> Page<HeldOperation> {
        let path = format!("/api/v1/held-operations{query}");
        person.get(&path).await.expect(200).json()
    };
    let mut seen = Vec::new();
    let mut query = "?limit=4".to_owned();
    loop {
        let page = list(&lead, &query).await;
        seen.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query = format!("?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    let codes: Vec<&str> = seen.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "FUTURE_DATED",
            "UNIT_UNKNOWN",
            "PERSON_FORMAT",
            "SUBJECT_DISAGREES",
            "UNIT_OUT_OF_SCOPE",
            "LEGACY_SCHEMA"
        ]
    );
    // Who leads the place that it was sent for sees it too, and nothing else of this commune.
    let elsewhere = app.lead("22795").await;
    let theirs = list(&elsewhere, "").await;
    assert_eq!(theirs.items.len(), 1);

    let approved = approve(&lead, &held[0]).await;
    assert_eq!(reviewed(&approved), ("applied", Some("REVIEWED"), true));
    let today = mobile_contracts::calendar::local_day(now);
    assert_eq!(
        approved.recorded_on,
        Some(today),
        "a future was the receipt"
    );
    let body = json!({ "decision": "approve", "reason": "đúng thôn" });
    decide(&lead, &held[1], body.clone())
        .await
        .refused(409, "village-needed");
    decide(&lead, &held[4], body.clone())
        .await
        .refused(409, "village-needed");
    for op in [&held[1], &held[4]] {
        let body = body.clone().with("village_id", village);
        let answer = decide(&lead, op, body).await.expect(200);
        assert_eq!(
            reviewed(&answer.json()),
            ("applied", Some("REVIEWED"), true)
        );
    }
    assert_eq!(approve(&lead, &held[2]).await.result, "applied");
    assert_eq!(approve(&lead, &held[3]).await.result, "applied");
    decide(&lead, &held[5], body)
        .await
        .refused(409, "operation-not-understood");
    assert_eq!(sum(&app).await, (5, 0, 0, 0));
    assert!(totals(&app).await.keys().all(|key| key.0 == village.0));
    assert_eq!(list(&lead, "").await.items.len(), 1);
    // The author sends again what they never heard of, and the same citizen is one.
    assert_eq!(
        told(&push_one(&app, &volunteer, &held[0]).await),
        ("replayed", Some("REVIEWED"), true)
    );
    assert_eq!(
        told(&push_one(&app, &volunteer, &record(&app, &volunteer, village, &id)).await),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_taken_once_and_its_author_is_told() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let future = app.app.clock.now() + TimeDelta::hours(3);
    let op = record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", future);
    push_one(&app, &volunteer, &op).await;
    let refuse = json!({ "decision": "refuse", "reason": "không có người này" });
    for _ in 0..2 {
        let answer: ReviewedOperation = decide(&lead, &op, refuse.clone()).await.expect(200).json();
        assert_eq!(
            reviewed(&answer),
            ("rejected", Some("REVIEW_REFUSED"), false)
        );
    }
    let approve = json!({ "decision": "approve", "reason": "có" });
    decide(&lead, &op, approve.clone())
        .await
        .refused(409, "already-decided");
    let found: LookedUpOperations = volunteer
        .post(
            "/api/v1/sync/ops:lookup",
            json!({ "op_ids": [op["op_id"]] }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(found.results[0].code.as_deref(), Some("REVIEW_REFUSED"));
    assert!(found.results[0].message.is_some());
    for (wrong, pointer) in [
        (approve.clone().with("reason", "  "), "/reason"),
        (refuse.with("village_id", village), "/village_id"),
    ] {
        let problem = decide(&lead, &op, wrong).await.refused(422, "invalid");
        assert_eq!(problem.errors[0].pointer, pointer);
    }
    // What was never held is nobody's to decide about, and neither is another commune's.
    let fine = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &fine).await;
    decide(&lead, &fine, approve.clone())
        .await
        .refused(404, "not-found");
    let elsewhere = app.lead("22795").await;
    decide(&elsewhere, &op, approve)
        .await
        .refused(404, "not-found");
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_operation_is_shown_without_its_number_and_the_look_is_written_down() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let op = record(&app, &volunteer, village, &id)
        .with("phone", "113")
        .with("name", "Chamaléa Thị Thử");
    push_one(&app, &volunteer, &op).await;
    let path = format!("/api/v1/held-operations/{}", op["op_id"].as_str().unwrap());
    let answer = lead.get(&path).await.expect(200);
    assert!(!answer.text.contains(&id) && !answer.text.contains("blind\":"));
    let detail: HeldOperationDetail = answer.json();
    assert_eq!(detail.sent["name"], "Chamaléa Thị Thử");
    assert_eq!(detail.sent["subject"]["tail"], id[8..]);
    use api::db::schema::audit_event;
    let looks: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.read_held"))
        .filter(audit_event::actor_id.eq(lead.account_id.map(|id| id.0)))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(looks, 1);
    approve(&lead, &op).await;
    lead.get(&path).await.refused(409, "already-decided");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_by_another_account_only_that_one_can_confirm() {
    let app = TestApp::start().await;
    let (owner, borrower) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &owner, village, &citizen::id_number());
    push_one(&app, &borrower, &op).await;
    let body = json!({ "decision": "approve", "reason": "đúng" });
    decide(&lead, &op, body.clone())
        .await
        .refused(409, "author-must-confirm");
    assert_eq!(
        told(&push_one(&app, &owner, &op).await),
        ("applied", None, true)
    );
    decide(&lead, &op, body).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_or_a_replacement_meets_what_is_held_before_or_after_the_decision() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let future = app.app.clock.now() + TimeDelta::hours(3);
    let held =
        || record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", future);
    let ops = [held(), held(), held()];
    push(&app, &volunteer, &ops).await;
    push_one(&app, &volunteer, &void(&app, &volunteer, &ops[0])).await;
    let instead = replace(&app, &volunteer, village, &citizen::id_number(), &ops[1]);
    push_one(&app, &volunteer, &instead).await;
    for op in &ops {
        approve(&lead, op).await;
    }
    assert_eq!(sum(&app).await, (2, 0, 0, 0));
    push_one(&app, &volunteer, &void(&app, &volunteer, &ops[2])).await;
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_leads_who_decide_at_once_decide_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (lead, commander) = (app.lead(COMMUNE).await, app.commander().await);
    let village = app.village(COMMUNE, 0).await;
    let future = app.app.clock.now() + TimeDelta::hours(3);
    let ops: Vec<Value> = (0..8)
        .map(|_| {
            record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", future)
        })
        .collect();
    push(&app, &volunteer, &ops).await;
    let mut approved = 0;
    for op in &ops {
        let (yes, no) = tokio::join!(
            decide(&lead, op, json!({ "decision": "approve", "reason": "có" })),
            decide(
                &commander,
                op,
                json!({ "decision": "refuse", "reason": "không" })
            ),
        );
        assert_eq!(
            (yes.status == 200) as u8 + (no.status == 200) as u8,
            1,
            "{} {}",
            yes.text,
            no.text
        );
        approved += i32::from(yes.status == 200);
        // The phone sends it again meanwhile, as phones do.
        assert_eq!(push_one(&app, &volunteer, op).await.result, "replayed");
    }
    assert_eq!(sum(&app).await.0, approved);
    assert_rollups_equal_a_recount(&app).await;
}
