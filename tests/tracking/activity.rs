//! Outreach activities: counts without a person, from the phone to the table.

use api::privacy::keys::Place;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::ids::UnitId;
use mobile_contracts::tracking::Ledger;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, With as _, push, push_one, sum, told, void};
use crate::harness::{Person, TestApp};

/// A village meeting that 62 people came to.
fn meeting(app: &TestApp, author: &Person, village: UnitId) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "activity",
        "author_id": author.account_id,
        "recorded_at": app.app.clock.now(),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "village_id": village,
        "activity": "meeting",
        "attended": 62,
        "helped": 9,
    })
}

#[derive(Debug, Queryable)]
struct Row {
    what: String,
    attended: Option<i32>,
    leaflets: Option<i32>,
    helped: Option<i32>,
    text: Option<Vec<u8>>,
    voided_by: Option<Uuid>,
}

async fn stored(app: &TestApp, op: &Value) -> Option<Row> {
    use api::db::schema::activity::dsl::*;
    let id: Uuid = serde_json::from_value(op["op_id"].clone()).unwrap();
    activity
        .find(id)
        .select((what, attended, leaflets, helped, text, voided_by))
        .first(&mut app.conn().await)
        .await
        .optional()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_is_kept_once_with_its_counts_and_its_words_unreadable() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let words = "Ông Chamaléa Thử cho mượn loa, gọi 0912 345 678";
    let op = meeting(&app, &volunteer, village).with("text", words);
    let bare = meeting(&app, &volunteer, village)
        .with("activity", "boat_ride")
        .without("attended")
        .without("helped");
    let results = push(&app, &volunteer, &[op.clone(), bare.clone(), op.clone()]).await;
    assert_eq!(told(&results[0]), ("applied", None, false));
    assert_eq!(told(&results[1]), ("applied", None, false));
    assert_eq!(told(&results[2]), ("replayed", None, false));
    assert!(results[0].recorded_on.is_some());
    let row = stored(&app, &op).await.unwrap();
    assert_eq!(
        (row.what.as_str(), row.attended, row.leaflets, row.helped),
        ("meeting", Some(62), None, Some(9))
    );
    let text = row.text.unwrap();
    assert!(!String::from_utf8_lossy(&text).contains("0912"));
    let id: Uuid = serde_json::from_value(op["op_id"].clone()).unwrap();
    let place = Place {
        column: "activity.text",
        row: id.as_bytes(),
    };
    assert_eq!(app.app.keys.decrypt(&place, &text).unwrap(), words);
    // A word of a newer app, and nothing counted.
    let row = stored(&app, &bare).await.unwrap();
    assert_eq!((row.what.as_str(), row.attended), ("boat_ride", None));
    assert_eq!(sum(&app).await, (0, 0, 0, 0), "boards count citizens");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_of_somebody_or_with_impossible_counts_waits_for_a_person() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let meeting = || meeting(&app, &volunteer, village);
    let ops = [
        meeting().with("subject", json!({ "kind": "none" })),
        meeting().with("name", "Nguyễn Thị Thử"),
        meeting().with("phone", "0912345678"),
        meeting().with("consent", json!({ "method": "spoken" })),
        meeting().with("birth_year", 1990),
        meeting().with("attended", -1),
        meeting().with("leaflets", 100_001),
        meeting().with("helped", 1.5),
        meeting().with("activity", "Họp thôn"),
        meeting().with("activity", "x".repeat(31)),
        meeting().with("text", ""),
        meeting().without("activity"),
        meeting().without("village_id"),
        // Of another kind.
        meeting().with("kind", "note").with("text", "một"),
        meeting().with("kind", "visit").with("outcome", "done"),
    ];
    for (op, result) in ops.iter().zip(push(&app, &volunteer, &ops).await) {
        assert_eq!(
            told(&result),
            ("held", Some("LEGACY_SCHEMA"), false),
            "{op}"
        );
        assert!(stored(&app, op).await.is_none(), "{op}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_is_taken_back_before_or_after_it_comes() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let (first, second) = (
        meeting(&app, &volunteer, village),
        meeting(&app, &volunteer, village),
    );
    let early = void(&app, &volunteer, &second);
    assert_eq!(
        told(&push_one(&app, &volunteer, &early).await),
        ("applied", Some("VOID_TARGET_UNKNOWN"), false)
    );
    let results = push(&app, &volunteer, &[first.clone(), second.clone()]).await;
    assert_eq!(told(&results[0]), ("applied", None, false));
    assert_eq!(told(&results[1]), ("applied", Some("VOIDED"), false));
    let counts = async || {
        let ledger: Ledger = volunteer.get("/api/v1/me/ledger").await.expect(200).json();
        let voided = ledger
            .items
            .iter()
            .filter(|one| one.kind == "activity" && one.voided);
        (ledger.counts.recognised, voided.count())
    };
    assert_eq!(counts().await, (1, 1));
    push_one(&app, &volunteer, &void(&app, &volunteer, &first)).await;
    assert_eq!(counts().await, (0, 2));
    for op in [&first, &second] {
        assert!(stored(&app, op).await.unwrap().voided_by.is_some());
    }
}

/// What came while the program did not know the kind yet was kept as it was sent; a lead's yes reads it
/// again.
#[tokio::test(flavor = "multi_thread")]
async fn an_activity_that_came_before_its_kind_was_known_is_approved() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let op = meeting(&app, &volunteer, village).with("author_id", Uuid::now_v7());
    assert_eq!(push_one(&app, &volunteer, &op).await.result, "held");
    // As the program of then wrote it.
    app.owner()
        .await
        .batch_execute(
            "update operation set kind = 'unknown', code = 'LEGACY_SCHEMA', village_id = null,
                 effective_at = null",
        )
        .await
        .unwrap();
    let path = format!(
        "/api/v1/held-operations/{}/decision",
        op["op_id"].as_str().unwrap()
    );
    let approve = json!({ "decision": "approve", "reason": "họp thật" });
    let reviewed = lead.post(&path, approve).await.expect(200).value();
    assert_eq!(reviewed["result"], "applied");
    assert_eq!(stored(&app, &op).await.unwrap().attended, Some(62));
    let ledger: Ledger = volunteer.get("/api/v1/me/ledger").await.expect(200).json();
    assert_eq!(ledger.items[0].kind, "activity");
}
