//! What was held or refused is forgotten after its time, and everything that was decided stays.

use api::db::schema::{audit_event, operation};
use api::privacy::keys::{MasterKey, Place};
use api::tracking::{nightly, quarantine};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::page::Page;
use mobile_contracts::review::HeldOperation;
use mobile_contracts::tracking::Ledger;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, record, sum, told, void,
};
use crate::harness::{Person, TestApp, citizen};

/// How many operations still have their words.
async fn kept(app: &TestApp) -> i64 {
    operation::table
        .filter(operation::raw.is_not_null())
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap()
}

/// The lines of the audit trail about it.
async fn audited(app: &TestApp) -> Vec<Value> {
    audit_event::table
        .filter(audit_event::action.eq("tracking.empty_quarantine"))
        .select(audit_event::detail)
        .order(audit_event::seq)
        .load(&mut app.conn().await)
        .await
        .unwrap()
}

async fn empty(app: &TestApp) -> (i64, i64) {
    let days = app.app.config.sync.quarantine_days;
    let mut conn = app.conn().await;
    let emptied = quarantine::empty(&mut conn, days).await.unwrap();
    (emptied.held, emptied.rejected)
}

async fn counts(person: &Person) -> (i64, i64, i64) {
    let ledger: Ledger = person.get("/api/v1/me/ledger").await.expect(200).json();
    let counts = ledger.counts;
    (counts.recognised, counts.under_review, counts.refused)
}

async fn decide(lead: &Person, op: &Value, decision: &str) -> crate::harness::Answer {
    let id = op["op_id"].as_str().unwrap();
    let path = format!("/api/v1/held-operations/{id}/decision");
    let body = json!({ "decision": decision, "reason": "đã hỏi lại" });
    lead.post(&path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_forgotten_after_thirty_days_and_verdicts_are_not() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let borrower = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let future = good()
        .with("recorded_at", app.app.clock.now() + TimeDelta::hours(2))
        .with("name", "Nguyễn Thị Thử");
    let stranger = good().with("mood", "happy");
    let refused = good().with("subject", json!({ "kind": "plain", "id_number": "1" }));
    let borrowed = good();
    let ops = [good(), future.clone(), stranger.clone(), refused.clone()];
    push(&app, &volunteer, &ops).await;
    let mismatch = ("held", Some("AUTHOR_MISMATCH"), false);
    assert_eq!(told(&push_one(&app, &borrower, &borrowed).await), mismatch);
    assert_eq!(kept(&app).await, 4);
    let held: Page<HeldOperation> = lead.get("/api/v1/held-operations").await.expect(200).json();
    let until = held.items[0].kept_until.unwrap() - held.items[0].received_at;
    assert_eq!(until, TimeDelta::days(30));

    app.advance(TimeDelta::days(29)).await;
    assert_eq!(empty(&app).await, (0, 0));
    assert_eq!((kept(&app).await, audited(&app).await.len()), (4, 0));
    // Still time to decide.
    let lead = lead.again().await;
    decide(&lead, &future, "approve").await.expect(200);
    assert_eq!(sum(&app).await, (2, 0, 0, 0));

    app.advance(TimeDelta::days(2)).await;
    let (volunteer, lead) = (volunteer.again().await, lead.again().await);
    let before = (counts(&volunteer).await, sum(&app).await);
    assert_eq!(before.0, (2, 1, 1));
    assert_eq!(empty(&app).await, (2, 1));
    assert_eq!(kept(&app).await, 0);
    let line = json!({ "held": 2, "rejected": 1, "days": 30 });
    assert_eq!(audited(&app).await, [line]);
    assert_eq!(empty(&app).await, (0, 0));
    assert_eq!(audited(&app).await.len(), 1, "nothing done is nothing told");
    assert_eq!((counts(&volunteer).await, sum(&app).await), before);
    assert_rollups_equal_a_recount(&app).await;

    // Sent again, they are answered as before, and forged as before.
    let results = push(&app, &volunteer, &ops).await;
    let original: Vec<_> = results
        .iter()
        .map(|one| (one.original_result.as_deref().unwrap(), one.code.as_deref()))
        .collect();
    assert_eq!(
        original,
        [
            ("applied", None),
            ("applied", Some("REVIEWED")),
            ("held", Some("LEGACY_SCHEMA")),
            ("rejected", Some("SUBJECT_FORMAT")),
        ]
    );
    let forged = push_one(&app, &volunteer, &refused.with("stage", "installed")).await;
    assert_eq!(forged.code.as_deref(), Some("OP_ID_REUSED"));
    // Whoever saved it still confirms it by sending it.
    let own = push_one(&app, &volunteer, &borrowed).await;
    assert_eq!(told(&own).0, "applied");

    // A lead sees that there is nothing left to see, and can only refuse.
    let path = format!(
        "/api/v1/held-operations/{}",
        stranger["op_id"].as_str().unwrap()
    );
    lead.get(&path).await.refused(409, "operation-not-kept");
    decide(&lead, &stranger, "approve")
        .await
        .refused(409, "operation-not-kept");
    let held: Page<HeldOperation> = lead.get("/api/v1/held-operations").await.expect(200).json();
    assert!(held.items.iter().all(|one| one.kept_until.is_none()));
    decide(&lead, &stranger, "refuse").await.expect(200);
    lead.get(&path).await.refused(409, "already-decided");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_account_left_held_is_forgotten_too_and_its_work_counts() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let good = record(&app, &volunteer, village, &citizen::id_number());
    let held = record(&app, &volunteer, village, &citizen::id_number()).with("mood", "happy");
    push(&app, &volunteer, &[good, held]).await;
    let path = format!("/api/v1/accounts/{}", volunteer.account_id.unwrap());
    lead.patch(&path, json!({ "disabled": true }))
        .await
        .expect(200);
    app.advance(TimeDelta::days(31)).await;
    assert_eq!(empty(&app).await, (1, 0));
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_counts_first_and_then_forgets() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let other = op.clone().with("op_id", Uuid::now_v7()).with("mood", "sad");
    push(&app, &volunteer, &[op.with("mood", "happy"), other]).await;
    app.advance(TimeDelta::days(8)).await;
    let run = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("quarantine")
            .args(arguments)
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_QUARANTINE_DAYS", "7")
            .env("TO06_LOG", "error");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = ran.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let told = run(&["--dry-run"]).await;
    assert!(
        told.contains("2 held and 0 refused") && told.contains("would be"),
        "{told}"
    );
    assert_eq!(kept(&app).await, 2);
    assert!(run(&[]).await.contains("2 held and 0 refused"));
    assert_eq!((kept(&app).await, audited(&app).await.len()), (0, 1));
    assert!(run(&[]).await.contains("0 held and 0 refused"));
}

/// A running server does it by itself: at once, if it was off at night, and once a night.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_runs_forgets_by_itself() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number()).with("mood", "happy");
    push_one(&app, &volunteer, &op).await;
    app.advance(TimeDelta::days(31)).await;
    let forgotten = async {
        while kept(&app).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        never = api::nightly::run(app.app.clone(), "retention", api::retention::purge::once) => match never {},
        () = forgotten => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_release_did_not_understand_is_judged_before_it_is_forgotten() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (village, far) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let of_another_kind = || good().without("stage").without("device_holder");
    let fields = |op: Value| op.with("mood", "happy");
    let ops = [
        fields(good()),
        fields(good().with("village_id", far)),
        fields(
            of_another_kind()
                .with("kind", "note")
                .with("text", "đi vắng"),
        ),
        fields(good().with("stage", "level9")),
        fields(good()),
    ];
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(told(&result), ("held", Some("LEGACY_SCHEMA"), false));
    }
    push_one(&app, &volunteer, &void(&app, &volunteer, &ops[4])).await;
    // A release that knows what a mood is: to it the words are those of this one without.
    let mut owner = app.owner().await;
    for op in &ops {
        let op_id: Uuid = op["op_id"].as_str().unwrap().parse().unwrap();
        let place = Place {
            column: "operation.raw",
            row: op_id.as_bytes(),
        };
        let row = operation::table.find(op_id);
        let raw: Option<Vec<u8>> = row.select(operation::raw).first(&mut owner).await.unwrap();
        let kept = app.app.keys.decrypt(&place, &raw.unwrap()).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let kept = kept.without("mood").to_string();
        diesel::update(row)
            .set(operation::raw.eq(app.app.keys.encrypt(&place, &kept)))
            .execute(&mut owner)
            .await
            .unwrap();
    }
    app.advance(TimeDelta::days(40)).await;
    for _ in 0..2 {
        nightly::once(&app.app).await.unwrap();
    }
    quarantine::empty(&mut owner, 30).await.unwrap();
    let volunteer = volunteer.again().await;
    let results = push(&app, &volunteer, &ops).await;
    let told: Vec<_> = results
        .iter()
        .map(|it| {
            (
                it.original_result.as_deref().unwrap(),
                it.code.as_deref(),
                it.counted,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("applied", None, true),
            ("held", Some("UNIT_OUT_OF_SCOPE"), false),
            ("applied", None, false),
            ("held", Some("LEGACY_SCHEMA"), false),
            ("applied", Some("VOIDED"), false),
        ]
    );
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}
