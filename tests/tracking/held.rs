//! What is held counts on a provisional board, once for each person, as long as it may still come true.

use api::tracking::{held, verify};
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::page::Page;
use mobile_contracts::review::HeldOperation;
use mobile_contracts::tracking::Ledger;
use serde_json::{Value, json};

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record, void,
};
use crate::harness::{Person, TestApp, citizen, eventually};

const ELSEWHERE: &str = "22795";

/// Count and held of the two communes, in the order COMMUNE, ELSEWHERE, on a basis.
async fn counts(app: &TestApp, person: &Person, basis: &str) -> [(i64, Option<i64>); 2] {
    let path = format!(
        "/api/v1/leaderboards/commune?stage=level1_activated&metric=count&limit=200&basis={basis}"
    );
    let board: Leaderboard = person.get(&path).await.expect(200).json();
    assert_eq!(board.basis, basis);
    let mut told = [(0, None); 2];
    for (told, code) in told.iter_mut().zip([COMMUNE, ELSEWHERE]) {
        let unit = app.commune(code).await;
        let row = board
            .rows
            .iter()
            .find(|row| row.unit_id == Some(unit))
            .unwrap();
        *told = (row.count, row.held);
    }
    told
}

/// Boards are at most a second old.
async fn settles(app: &TestApp, person: &Person, basis: &str, wanted: [(i64, Option<i64>); 2]) {
    eventually(async || (counts(app, person, basis).await == wanted).then_some(())).await;
}

async fn decide(person: &Person, op: &Value, decision: &str) {
    let id = op["op_id"].as_str().unwrap();
    let path = format!("/api/v1/held-operations/{id}/decision");
    let body = json!({ "decision": decision, "reason": "đã hỏi lại" });
    person.post(&path, body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_counts_provisionally_once_a_person_until_it_is_decided() {
    let app = TestApp::start().await;
    let (volunteer, sister) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let (commander, lead) = (app.commander().await, app.lead(ELSEWHERE).await);
    let (here, far) = (
        app.village(COMMUNE, 0).await,
        app.village(ELSEWHERE, 0).await,
    );
    let [known, new, other] = [(); 3].map(|()| citizen::id_number());
    let of = |author: &Person, village, id: &str| record(&app, author, village, id);
    push_one(&app, &volunteer, &of(&volunteer, here, &known)).await;
    let now = app.app.clock.now();
    let held = [
        of(&volunteer, far, &new),
        of(&volunteer, far, &other),
        // Has the stage already.
        of(&volunteer, far, &known),
        // Counts for nothing: a helper's phone, nobody who agreed, no such village, the future.
        of(&volunteer, far, &citizen::id_number()).with("device_holder", "helper"),
        of(&volunteer, far, &citizen::id_number()).without("consent"),
        of(&volunteer, here, &citizen::id_number()).with("village_id", 999_999),
        of(&volunteer, here, &citizen::id_number()).with("recorded_at", now + TimeDelta::hours(3)),
    ];
    for result in push(&app, &volunteer, &held).await {
        assert_eq!(result.result, "held");
    }
    // The other union has met one of them too.
    let again = of(&sister, far, &new);
    assert_eq!(push_one(&app, &sister, &again).await.result, "held");
    assert_rollups_equal_a_recount(&app).await;
    settles(
        &app,
        &commander,
        "provisional",
        [(1, Some(0)), (2, Some(2))],
    )
    .await;
    settles(&app, &commander, "recognised", [(1, None), (0, None)]).await;
    // In tens for who works elsewhere, and their own exactly.
    assert_eq!(
        counts(&app, &volunteer, "provisional").await,
        [(1, Some(0)), (0, None)]
    );
    let union = async |word: &str| {
        let path = format!(
            "/api/v1/leaderboards/union?stage=level1_activated&basis=provisional&period=today&mass_union={word}"
        );
        let board: Leaderboard = commander.get(&path).await.expect(200).json();
        board.total.count
    };
    assert_eq!(
        (union("youth").await, union("women").await),
        (3, 0),
        "the earliest"
    );

    // Approved, one is recognised, and what the other union holds of them counts no more.
    decide(&lead, &held[0], "approve").await;
    settles(&app, &commander, "recognised", [(1, None), (1, None)]).await;
    settles(
        &app,
        &commander,
        "provisional",
        [(1, Some(0)), (2, Some(1))],
    )
    .await;
    // Recorded by somebody who may, the other is recognised there, and nowhere else.
    let theirs = of(&volunteer, here, &other);
    assert!(push_one(&app, &volunteer, &theirs).await.counted);
    settles(
        &app,
        &commander,
        "provisional",
        [(2, Some(0)), (1, Some(0))],
    )
    .await;
    // Taken back, only what is held tells of them again, until that is refused.
    push_one(&app, &volunteer, &void(&app, &volunteer, &theirs)).await;
    settles(
        &app,
        &commander,
        "provisional",
        [(1, Some(0)), (2, Some(1))],
    )
    .await;
    decide(&lead, &held[1], "refuse").await;
    settles(
        &app,
        &commander,
        "provisional",
        [(1, Some(0)), (1, Some(0))],
    )
    .await;
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_record_that_is_missing_is_found_and_written_anew() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let far = app.village(ELSEWHERE, 0).await;
    let op = record(&app, &volunteer, far, &citizen::id_number());
    assert_eq!(push_one(&app, &volunteer, &op).await.result, "held");
    let commander = app.commander().await;
    settles(
        &app,
        &commander,
        "provisional",
        [(0, Some(0)), (1, Some(1))],
    )
    .await;
    let mut owner = app.owner().await;
    owner
        .batch_execute("delete from held_record")
        .await
        .unwrap();
    settles(
        &app,
        &commander,
        "provisional",
        [(0, Some(0)), (0, Some(0))],
    )
    .await;
    let found = verify::list_differences(&mut owner).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].place.starts_with("held_record "));
    let written = held::store::write_missing(&mut owner, &app.app.keys).await;
    assert_eq!(written.unwrap(), 1);
    assert_rollups_equal_a_recount(&app).await;
    settles(
        &app,
        &commander,
        "provisional",
        [(0, Some(0)), (1, Some(1))],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_and_taken_back_waits_for_nobody_in_either_order() {
    let app = TestApp::start().await;
    let (volunteer, commander) = (app.volunteer(COMMUNE).await, app.commander().await);
    let lead = app.lead(ELSEWHERE).await;
    let far = app.village(ELSEWHERE, 0).await;
    let held = || record(&app, &volunteer, far, &citizen::id_number());
    let odd = || held().with("mood", "happy");
    let (before, after) = ([held(), odd()], [held(), odd()]);
    let waits = held();
    let voids =
        |ops: &[Value]| -> Vec<Value> { ops.iter().map(|op| void(&app, &volunteer, op)).collect() };
    // First the record and then the void, first the void and then the record, and both at once.
    push(&app, &volunteer, &before).await;
    push(&app, &volunteer, &voids(&before)).await;
    push(&app, &volunteer, &voids(&after)).await;
    push(&app, &volunteer, &after).await;
    let both = held();
    let at_once = [void(&app, &volunteer, &both), both.clone(), waits.clone()];
    let results = push(&app, &volunteer, &at_once).await;
    assert_eq!(results[1].result, "held");
    settles(
        &app,
        &commander,
        "provisional",
        [(0, Some(0)), (1, Some(1))],
    )
    .await;
    let listed: Page<HeldOperation> = lead.get("/api/v1/held-operations").await.expect(200).json();
    let listed: Vec<Value> = listed.items.iter().map(|it| json!(it.op_id)).collect();
    assert_eq!(listed, [waits["op_id"].clone()]);
    let ledger: Ledger = volunteer.get("/api/v1/me/ledger").await.expect(200).json();
    assert_eq!(ledger.counts.under_review, 1);
    for op in before.iter().chain(&after).chain([&both]) {
        let mut entries = ledger.items.iter();
        let entry = entries.find(|it| json!(it.op_id) == op["op_id"]).unwrap();
        assert!(entry.voided, "{entry:?}");
    }
    assert_rollups_equal_a_recount(&app).await;
    // Whoever has it before their eyes still may decide, and it counts for nothing.
    decide(&lead, &before[0], "approve").await;
    decide(&lead, &after[0], "refuse").await;
    let found = volunteer.get("/api/v1/me/ledger").await.expect(200);
    let ledger: Ledger = found.json();
    let mut entries = ledger.items.iter();
    let entry = entries
        .find(|it| json!(it.op_id) == before[0]["op_id"])
        .unwrap();
    assert_eq!((entry.result.as_str(), entry.voided), ("applied", true));
    settles(&app, &commander, "recognised", [(0, None), (0, None)]).await;
    assert_rollups_equal_a_recount(&app).await;
}
