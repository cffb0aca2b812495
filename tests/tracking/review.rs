//! What was held waits for somebody who answers for the place, and its author is told.

use api::db::schema::consent;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::Role;
use mobile_contracts::page::Page;
use mobile_contracts::review::{HeldOperation, HeldOperationDetail, ReviewedOperation};
use mobile_contracts::tracking::{Ledger, LookedUpOperations};
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
    let ledger: Ledger = volunteer.get("/api/v1/me/ledger").await.expect(200).json();
    let decision = ledger.items[0].decision.clone().unwrap();
    assert_eq!(
        (decision.decision.as_str(), decision.reason.as_str()),
        ("refused", "không có người này")
    );
    assert_eq!(decision.decided_by_role, Some(Role::Lead));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_recorded_when_a_guardian_agreed_and_until_then_waits_for_somebody_who_asks_one()
{
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let year = chrono::Datelike::year(&app.app.clock.now());
    // Boys of this century whose birthdays nobody knows.
    let born = |years_ago: i32, tail: u32| format!("0582{:02}{tail:06}", (year - years_ago) % 100);
    let by = |method: &str| json!({ "method": method });
    let grown = record(&app, &volunteer, village, &born(14, 1));
    let agreed =
        record(&app, &volunteer, village, &born(13, 2)).with("consent", by("guardian_spoken"));
    let alone = record(&app, &volunteer, village, &born(13, 3)).with("consent", by("signed"));
    let without_number = record(&app, &volunteer, village, "")
        .with(
            "subject",
            json!({ "kind": "provisional", "person_id": uuid::Uuid::now_v7() }),
        )
        .with("name", "Katơr Thử")
        .with("birth_year", year - 8);
    let ops = [grown, agreed, alone.clone(), without_number.clone()];
    let results = push(&app, &volunteer, &ops).await;
    let results: Vec<_> = results.iter().map(told).collect();
    let waits = ("held", Some("GUARDIAN_MISSING"), false);
    assert_eq!(
        results,
        [
            ("applied", None, true),
            ("applied", None, true),
            waits,
            waits
        ]
    );
    let methods = async || -> Vec<String> {
        consent::table
            .select(consent::method)
            .order(consent::method)
            .load(&mut app.conn().await)
            .await
            .unwrap()
    };
    assert_eq!(methods().await, ["guardian_spoken", "spoken"]);
    // Nothing is lost, and an approval is somebody's word that a guardian was asked.
    for op in [&alone, &without_number] {
        let approved = approve(&lead, op).await;
        assert_eq!(reviewed(&approved), ("applied", Some("REVIEWED"), true));
    }
    assert_eq!(
        methods().await,
        [
            "guardian_signed",
            "guardian_spoken",
            "guardian_spoken",
            "spoken"
        ]
    );
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_who_agreed_alone_is_approved_once_a_guardian_was_asked_whatever_it_was_held_for() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let now = app.app.clock.now();
    let year = chrono::Datelike::year(&now);
    let born = |years_ago: i32, tail: u32| format!("0582{:02}{tail:06}", (year - years_ago) % 100);
    // The clock of the phone shows tomorrow.
    let of = |years_ago, tail| {
        record(&app, &volunteer, village, &born(years_ago, tail))
            .with("recorded_at", now + TimeDelta::days(1))
    };
    let (alone, grown) = (of(9, 1), of(15, 2));
    let agreed = of(9, 3).with("consent", json!({ "method": "guardian_signed" }));
    for result in push(
        &app,
        &volunteer,
        &[alone.clone(), grown.clone(), agreed.clone()],
    )
    .await
    {
        assert_eq!(told(&result), ("held", Some("FUTURE_DATED"), false));
    }
    for op in [&grown, &agreed] {
        let approved = approve(&lead, op).await;
        assert_eq!(reviewed(&approved), ("applied", Some("REVIEWED"), true));
    }
    let yes = json!({ "decision": "approve", "reason": "đã hỏi lại" });
    let refused = decide(&lead, &alone, yes.clone()).await;
    refused.refused(409, "guardian-needed");
    assert!(refused.text.contains("Hãy hỏi họ"), "{}", refused.text);
    let no = json!({ "decision": "refuse", "reason": "không hỏi được", "guardian_agreed": true });
    let refused = decide(&lead, &alone, no).await.refused(422, "invalid");
    assert_eq!(refused.errors[0].pointer, "/guardian_agreed");
    // Nothing was decided by that; now somebody was asked.
    let approved = decide(&lead, &alone, yes.with("guardian_agreed", true)).await;
    let approved: ReviewedOperation = approved.expect(200).json();
    assert_eq!(reviewed(&approved), ("applied", Some("REVIEWED"), true));
    let methods: Vec<String> = consent::table
        .select(consent::method)
        .order(consent::method)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(methods, ["guardian_signed", "guardian_spoken", "spoken"]);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_about_their_own_record() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let future = app.app.clock.now() + TimeDelta::hours(3);
    let op = record(&app, &lead, village, &citizen::id_number()).with("recorded_at", future);
    assert_eq!(push_one(&app, &lead, &op).await.result, "held");
    for decision in ["approve", "refuse"] {
        let body = json!({ "decision": decision, "reason": "việc của tôi" });
        decide(&lead, &op, body)
            .await
            .refused(409, "own-held-record");
    }
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    // The only lead of a commune has somebody above them.
    assert_eq!(approve(&app.commander().await, &op).await.result, "applied");
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_counts_for_the_union_for_which_it_was_done() {
    let app = TestApp::start().await;
    let (volunteer, far) = (app.volunteer(COMMUNE).await, app.village("22795", 0).await);
    let op = record(&app, &volunteer, far, &citizen::id_number());
    let held = push_one(&app, &volunteer, &op).await;
    assert_eq!(held.code.as_deref(), Some("UNIT_OUT_OF_SCOPE"));
    let path = format!("/api/v1/accounts/{}", volunteer.account_id.unwrap());
    let women = json!({ "mass_union": "women" });
    app.admin().await.patch(&path, women).await.expect(200);
    approve(&app.commander().await, &op).await;
    let unions: Vec<String> = totals(&app).await.into_keys().map(|key| key.2).collect();
    assert_eq!(unions, ["youth"]);
    assert_rollups_equal_a_recount(&app).await;
}
