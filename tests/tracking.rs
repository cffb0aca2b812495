//! Recording over HTTP: batches in any order, as often as wanted, and counts that stay right.

use std::collections::BTreeMap;

use api::privacy::keys::{Keys, MasterKey};
use api::tracking::verify;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::sealing::{KeyId, SealingPublicKey, seal};
use mobile_contracts::tracking::{
    Ledger, LookedUpOperations, OperationResult, PulledChanges, PushedOperations, ServerMeta,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp, citizen};

const COMMUNE: &str = "22786";

/// A record of level 1 with consent and a plain ID number.
fn record(app: &TestApp, author: &Person, village: UnitId, id_number: &str) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "record",
        "author_id": author.account_id,
        "recorded_at": app.app.clock.now(),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "village_id": village,
        "stage": "level1_activated",
        "device_holder": "own",
        "subject": { "kind": "plain", "id_number": id_number },
        "consent": { "method": "spoken" },
    })
}

fn void(app: &TestApp, author: &Person, target: &Value) -> Value {
    json!({
        "op_id": Uuid::now_v7(),
        "kind": "void",
        "author_id": author.account_id,
        "recorded_at": app.app.clock.now(),
        "clock_offset_ms": 0,
        "clock_offset_age_s": 60,
        "target_op_id": target["op_id"],
        "reason": "nhầm người",
    })
}

trait With {
    fn with(self, field: &str, value: impl serde::Serialize) -> Self;
    fn without(self, field: &str) -> Self;
}

impl With for Value {
    fn with(mut self, field: &str, value: impl serde::Serialize) -> Self {
        self[field] = json!(value);
        self
    }

    fn without(mut self, field: &str) -> Self {
        self.as_object_mut().unwrap().remove(field);
        self
    }
}

async fn push_raw(app: &TestApp, person: &Person, ops: &[Value]) -> Answer {
    let body = json!({
        "protocol": 1,
        "device_id": Uuid::now_v7(),
        "client_time": app.app.clock.now(),
        "ops": ops,
    });
    person.post("/api/v1/sync/push", body).await
}

async fn push(app: &TestApp, person: &Person, ops: &[Value]) -> Vec<OperationResult> {
    let pushed: PushedOperations = push_raw(app, person, ops).await.expect(200).json();
    assert_eq!(pushed.results.len(), ops.len());
    pushed.results
}

async fn push_one(app: &TestApp, person: &Person, op: &Value) -> OperationResult {
    push(app, person, std::slice::from_ref(op)).await.remove(0)
}

fn told(result: &OperationResult) -> (&str, Option<&str>, bool) {
    (&result.result, result.code.as_deref(), result.counted)
}

/// n, assists, confirmed, anonymous by village, stage and union, since the beginning.
async fn totals(app: &TestApp) -> BTreeMap<(i32, String, String), (i32, i32, i32, i32)> {
    use api::db::schema::rollup_total::dsl::*;
    type Row = (i32, String, String, i32, i32, i32, i32);
    let rows: Vec<Row> = rollup_total
        .select((
            village_id, stage, mass_union, n, assists, confirmed, anonymous,
        ))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    rows.into_iter()
        .filter(|row| (row.3, row.4, row.5, row.6) != (0, 0, 0, 0))
        .map(|row| ((row.0, row.1, row.2), (row.3, row.4, row.5, row.6)))
        .collect()
}

async fn sum(app: &TestApp) -> (i32, i32, i32, i32) {
    totals(app).await.values().fold((0, 0, 0, 0), |a, b| {
        (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3)
    })
}

async fn assert_rollups_equal_a_recount(app: &TestApp) {
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
}

async fn other_union(app: &TestApp) -> Person {
    let commune = app.commune(COMMUNE).await;
    app.account(Role::Volunteer, MassUnion::Women, commune)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_recorded_once_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let stages = [
        "installed",
        "level1_activated",
        "level2_collected",
        "level2_approved",
        "level2_activated",
    ];
    let id = citizen::id_number();
    let ops: Vec<Value> = stages
        .iter()
        .map(|stage| record(&app, &volunteer, village, &id).with("stage", stage))
        .collect();
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(told(&result), ("applied", None, true));
        assert!(result.recorded_on.is_some());
    }
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(told(&result), ("replayed", None, true));
        assert_eq!(result.original_result.as_deref(), Some("applied"));
    }
    let totals = totals(&app).await;
    assert_eq!(totals.len(), 5);
    assert!(totals.values().all(|counts| *counts == (1, 0, 0, 0)));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_citizen_counts_once_and_a_second_union_assists() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let id = citizen::id_number();
    let earlier = app.app.clock.now() - TimeDelta::hours(2);
    let late = record(&app, &first, here, &id);
    let early = record(&app, &second, there, &id).with("recorded_at", earlier);
    assert_eq!(
        told(&push_one(&app, &first, &late).await),
        ("applied", None, true)
    );
    // The earlier act takes the credit, whenever it comes; the first one's verdict stands.
    assert_eq!(
        told(&push_one(&app, &second, &early).await),
        ("applied", None, true)
    );
    assert_eq!(
        told(&push_one(&app, &first, &late).await),
        ("replayed", None, false)
    );
    let again = record(&app, &first, here, &id);
    assert_eq!(
        told(&push_one(&app, &first, &again).await),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    let stage = "level1_activated".to_owned();
    assert_eq!(
        totals(&app).await,
        BTreeMap::from([
            ((there.0, stage.clone(), "women".to_owned()), (1, 0, 0, 0)),
            ((here.0, stage, "youth".to_owned()), (0, 1, 0, 0)),
        ])
    );
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_the_holder_promotes_the_next_and_voiding_twice_is_harmless() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let id = citizen::id_number();
    let holder = record(&app, &first, here, &id);
    let next = record(&app, &second, there, &id);
    push(&app, &first, std::slice::from_ref(&holder)).await;
    push(&app, &second, std::slice::from_ref(&next)).await;
    assert_eq!(sum(&app).await, (1, 1, 0, 0));
    let back = void(&app, &first, &holder);
    let back_again = void(&app, &first, &holder);
    for result in push(&app, &first, &[back, back_again]).await {
        assert_eq!(told(&result), ("applied", None, false));
    }
    let totals = totals(&app).await;
    assert_eq!(totals.len(), 1, "{totals:?}");
    assert!(totals.contains_key(&(there.0, "level1_activated".to_owned(), "women".to_owned())));
    assert_rollups_equal_a_recount(&app).await;
    // Recording anew after a void counts behind the one that was promoted.
    let anew = record(&app, &first, here, &id);
    assert_eq!(
        told(&push_one(&app, &first, &anew).await),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_may_come_before_its_record() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let back = void(&app, &volunteer, &op);
    assert_eq!(
        told(&push_one(&app, &volunteer, &back).await),
        ("applied", Some("VOID_TARGET_UNKNOWN"), false)
    );
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("applied", Some("VOIDED"), false)
    );
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    // A stranger's void that came first does nothing.
    let stranger = app.volunteer(COMMUNE).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &stranger, &void(&app, &stranger, &op)).await;
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("applied", None, true)
    );
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_author_within_a_day_or_who_leads_the_place_takes_back() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let (one, two) = (
        record(&app, &volunteer, village, &citizen::id_number()),
        record(&app, &volunteer, village, &citizen::id_number()),
    );
    push(&app, &volunteer, &[one.clone(), two.clone()]).await;
    let colleague = app.volunteer(COMMUNE).await;
    let elsewhere = app.lead("22795").await;
    for person in [&colleague, &elsewhere] {
        let refused = push_one(&app, person, &void(&app, person, &one)).await;
        assert_eq!(
            told(&refused),
            ("rejected", Some("VOID_NOT_ALLOWED"), false)
        );
    }
    app.advance(TimeDelta::hours(25)).await;
    let volunteer = again(&volunteer).await;
    let refused = push_one(&app, &volunteer, &void(&app, &volunteer, &one)).await;
    assert_eq!(
        told(&refused),
        ("rejected", Some("VOID_NOT_ALLOWED"), false)
    );
    let lead = app.lead(COMMUNE).await;
    assert_eq!(
        told(&push_one(&app, &lead, &void(&app, &lead, &one)).await),
        ("applied", None, false)
    );
    let commander = app.commander().await;
    let body = json!({
        "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        "operation": void(&app, &commander, &two),
    });
    let answer = commander.post("/api/v1/corrections", &body).await;
    assert_eq!(told(&answer.expect(201).json()), ("applied", None, false));
    commander
        .post("/api/v1/corrections", &body)
        .await
        .expect(200);
    let wrong = json!({
        "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        "operation": record(&app, &commander, village, &citizen::id_number()),
    });
    commander
        .post("/api/v1/corrections", wrong)
        .await
        .refused(422, "invalid");
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

/// The same person after their session has ended.
async fn again(person: &Person) -> Person {
    use crate::harness::person::PASSWORD;
    use mobile_contracts::identity::Session;
    let session: Session = person.sign_in(PASSWORD).await.expect(201).json();
    person.with_token(&session.access_token)
}

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
async fn a_sealed_number_and_a_plain_one_are_one_citizen_and_neither_is_stored() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let answer = app.stranger().get("/api/v1/meta").await.expect(200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let meta: ServerMeta = answer.json();
    let key = SealingPublicKey::from_base64url(&meta.sealing_key.public_key).unwrap();
    let kid = KeyId::parse(&meta.sealing_key.kid).unwrap();
    let id = citizen::id_number();
    let op_id = Uuid::now_v7();
    let sealed = seal(&key, &kid, op_id, &id).unwrap();
    let subject = json!({ "kind": "sealed", "kid": kid.as_str(), "sealed": sealed.text() });
    let op = record(&app, &volunteer, village, &id)
        .with("op_id", op_id)
        .with("name", "Chamaléa Thị Thử")
        .with("subject", &subject);
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("applied", None, true)
    );
    let plain = record(&app, &volunteer, village, &id);
    assert_eq!(
        told(&push_one(&app, &volunteer, &plain).await),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    // Copied into another operation, it does not open.
    let stolen = record(&app, &volunteer, village, &id).with("subject", &subject);
    assert_eq!(
        told(&push_one(&app, &volunteer, &stolen).await),
        ("rejected", Some("SUBJECT_UNSEAL_FAILED"), false)
    );
    let note = record(&app, &volunteer, village, &id)
        .without("stage")
        .without("device_holder")
        .with("kind", "note")
        .with("text", format!("số {id}"));
    assert_eq!(
        told(&push_one(&app, &volunteer, &note).await),
        ("applied", None, false)
    );
    let odd = record(&app, &volunteer, village, &id).with("extra", &id);
    assert_eq!(push_one(&app, &volunteer, &odd).await.result, "held");
    assert_nowhere(&app, &id).await;
    assert_nowhere(&app, "Chamaléa").await;
}

/// The text stands in no row of any table, not even inside what is encrypted.
async fn assert_nowhere(app: &TestApp, text: &str) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        found: String,
    }
    let tables: Vec<Row> = diesel::sql_query(
        "select relname::text as found from pg_class
         where relnamespace = 'public'::regnamespace and relkind = 'r'",
    )
    .load(&mut app.owner().await)
    .await
    .unwrap();
    let mut conn = app.owner().await;
    for table in tables {
        let rows: Vec<Row> =
            diesel::sql_query(format!("select t::text as found from {} t", table.found))
                .load(&mut conn)
                .await
                .unwrap();
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            !rows
                .iter()
                .any(|row| row.found.contains(text) || row.found.contains(&hex)),
            "{text} stands in {}",
            table.found
        );
    }
    let keys = Keys::new(vec![MasterKey::new(1, [6; 32])]);
    let kept: Vec<(Uuid, Option<Vec<u8>>)> = {
        use api::db::schema::operation::dsl::*;
        operation
            .select((op_id, raw))
            .load(&mut conn)
            .await
            .unwrap()
    };
    for (op_id, raw) in kept {
        let Some(raw) = raw else { continue };
        let place = api::privacy::keys::Place {
            column: "operation.raw",
            row: op_id.as_bytes(),
        };
        let plain = keys.decrypt(&place, &raw).unwrap();
        assert!(text.starts_with("Cham") || !plain.contains(text), "{plain}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_only_an_anonymous_count_is_kept() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let op = record(&app, &volunteer, village, &id)
        .with("name", "Pi Năng Thử")
        .without("consent");
    let nameless = record(&app, &volunteer, village, &id).with("subject", json!({"kind": "none"}));
    for _ in 0..2 {
        push(&app, &volunteer, &[op.clone(), nameless.clone()]).await;
    }
    let replay = push(&app, &volunteer, &[op.clone(), nameless.clone()]).await;
    assert_eq!(
        told(&replay[0]),
        ("replayed", Some("CONSENT_MISSING"), false)
    );
    assert_eq!(
        told(&replay[1]),
        ("replayed", Some("SUBJECT_MISSING"), false)
    );
    assert_eq!(sum(&app).await, (0, 0, 0, 2));
    let persons: i64 = api::db::schema::person::table
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(persons, 0);
    push_one(&app, &volunteer, &void(&app, &volunteer, &op)).await;
    assert_eq!(sum(&app).await, (0, 0, 0, 1));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_and_notes_are_kept_and_may_be_taken_back() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let base = record(&app, &volunteer, village, &citizen::id_number())
        .without("stage")
        .without("device_holder");
    let visit = base
        .clone()
        .with("kind", "visit")
        .with("outcome", "no_smartphone");
    let note = base
        .with("op_id", Uuid::now_v7())
        .with("kind", "note")
        .with("text", "Hẹn lại tối thứ bảy");
    for result in push(&app, &volunteer, &[visit.clone(), note.clone()]).await {
        assert_eq!(told(&result), ("applied", None, false));
    }
    let back = void(&app, &volunteer, &visit);
    push_one(&app, &volunteer, &back).await;
    // A void is not taken back: record anew.
    let back_of_back = void(&app, &volunteer, &back);
    assert_eq!(
        told(&push_one(&app, &volunteer, &back_of_back).await),
        ("rejected", Some("VOID_NOT_ALLOWED"), false)
    );
    let ledger: Ledger = volunteer.get("/api/v1/me/ledger").await.expect(200).json();
    let find = |op: &Value| {
        let id = op["op_id"].as_str().unwrap();
        ledger
            .items
            .iter()
            .find(|item| item.op_id.to_string() == id)
            .unwrap()
    };
    assert!(find(&visit).voided && !find(&note).voided);
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_vietnams_and_the_clock_is_corrected() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    // Noon in Vietnam, so that half a day back and forth stays where it is meant.
    let now = app.app.clock.now();
    let noon = now.date_naive().and_hms_opt(5, 0, 0).unwrap().and_utc() + TimeDelta::days(1);
    app.advance(noon - now).await;
    let volunteer = again(&volunteer).await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let midnight = mobile_contracts::calendar::local_day_bounds(today).start;
    for (at, day) in [
        (midnight, today),
        (midnight - TimeDelta::seconds(1), today.pred_opt().unwrap()),
    ] {
        let op = record(&app, &volunteer, village, &citizen::id_number()).with("recorded_at", at);
        assert_eq!(push_one(&app, &volunteer, &op).await.recorded_on, Some(day));
    }
    // A phone that is a day slow and knows it.
    let slow = app.app.clock.now() - TimeDelta::days(1);
    let op = record(&app, &volunteer, village, &citizen::id_number())
        .with("recorded_at", slow)
        .with("clock_offset_ms", 86_400_000);
    let body = json!({
        "device_id": Uuid::now_v7(), "client_time": slow, "operation": op,
    });
    let result: OperationResult = volunteer
        .post("/api/v1/records", &body)
        .await
        .expect(201)
        .json();
    assert_eq!(told(&result), ("applied", Some("CLOCK_SKEW"), true));
    assert_eq!(result.recorded_on, Some(today));
    let again: OperationResult = volunteer
        .post("/api/v1/records", &body)
        .await
        .expect(200)
        .json();
    assert_eq!(again.result, "replayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_tells_verdicts_and_credit_that_moved_and_never_anothers() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let op = record(&app, &first, village, &id);
    push_one(&app, &first, &op).await;
    let pull = async |person: &Person, cursor: &str, wanted: usize| -> PulledChanges {
        // The bound is the whole cluster's oldest transaction, and other tests run in it.
        loop {
            let path = format!("/api/v1/sync/pull?limit=1{cursor}");
            let pulled: PulledChanges = person.get(&path).await.expect(200).json();
            if pulled.items.len() == wanted {
                return pulled;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let one = pull(&first, "", 1).await;
    let data = one.items[0].data.as_ref().unwrap();
    assert!(data.counted && one.items[0].op == "put");
    let cursor = format!("&cursor={}", one.next_cursor);
    pull(&first, &cursor, 0).await;
    // Somebody who was earlier takes the credit: the loser is told.
    let earlier = record(&app, &second, village, &id)
        .with("recorded_at", app.app.clock.now() - TimeDelta::hours(3));
    push_one(&app, &second, &earlier).await;
    let two = pull(&first, &cursor, 1).await;
    let data = two.items[0].data.as_ref().unwrap();
    assert_eq!(data.op_id.to_string(), op["op_id"].as_str().unwrap());
    assert_eq!((data.result.as_str(), data.counted), ("applied", false));
    // Another's cursor is a beginning, and another's operation is nobody's.
    let own = pull(&second, &cursor, 1).await;
    assert_eq!(
        own.items[0].id.to_string(),
        earlier["op_id"].as_str().unwrap()
    );
    let found: LookedUpOperations = second
        .post(
            "/api/v1/sync/ops:lookup",
            json!({ "op_ids": [op["op_id"]] }),
        )
        .await
        .json();
    assert!(found.results.is_empty());
    first
        .get("/api/v1/sync/pull?cursor=x")
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_is_not_skipped() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    // A transaction that wrote first and commits last.
    let mut slow = app.owner().await;
    let late = Uuid::now_v7();
    slow.batch_execute(&format!(
        "begin; insert into operation (op_id, author_id, kind, payload_hash, result, received_at, epoch)
         values ('{late}', '{}', 'unknown', '\\x00', 'held', app_now(), (select max(epoch) from sync_epoch))",
        volunteer.account_id.unwrap()
    ))
    .await
    .unwrap();
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let before: PulledChanges = volunteer.get("/api/v1/sync/pull").await.expect(200).json();
    assert!(
        before.items.is_empty(),
        "the later one waits for the earlier one"
    );
    slow.batch_execute("commit").await.unwrap();
    let mut seen = Vec::new();
    let mut cursor = before.next_cursor;
    while seen.len() < 2 {
        let pulled: PulledChanges = volunteer
            .get(&format!("/api/v1/sync/pull?cursor={cursor}"))
            .await
            .expect(200)
            .json();
        seen.extend(pulled.items.iter().map(|item| item.id));
        cursor = pulled.next_cursor;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(seen[0], late);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_is_told_and_makes_old_positions_begin_again() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let before: PulledChanges = volunteer.get("/api/v1/sync/pull").await.expect(200).json();
    let mut conn = app.conn().await;
    assert!(
        !api::tracking::ledger::store::begin_epoch_if_moved(&mut conn)
            .await
            .unwrap()
    );
    app.owner()
        .await
        .batch_execute("update sync_epoch set system_identifier = 'another cluster'")
        .await
        .unwrap();
    assert!(
        api::tracking::ledger::store::begin_epoch_if_moved(&mut conn)
            .await
            .unwrap()
    );
    let after: PulledChanges = volunteer
        .get(&format!("/api/v1/sync/pull?cursor={}", before.next_cursor))
        .await
        .expect(200)
        .json();
    assert_ne!(before.epoch, after.epoch);
    assert_eq!(
        after.items.len(),
        1,
        "everything of the life before is visible"
    );
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

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_found_and_mended() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ops: Vec<Value> = (0..5)
        .map(|_| record(&app, &volunteer, village, &citizen::id_number()))
        .collect();
    push(&app, &volunteer, &ops).await;
    assert_rollups_equal_a_recount(&app).await;
    let mut owner = app.owner().await;
    for damage in [
        "update rollup_day set n = n + 1",
        "update rollup_month set assists = 7",
        "delete from rollup_total",
        "insert into rollup_day (village_id, stage, mass_union, on_day, n)
         select village_id, 'installed', mass_union, on_day, 1 from rollup_day",
        "delete from credit where op_id = (select min(op_id::text)::uuid from credit)",
    ] {
        owner.batch_execute(damage).await.unwrap();
        let found = verify::list_differences(&mut owner).await.unwrap();
        assert_eq!(found.len(), 1, "{damage}: {found:?}");
        api::db::transaction::<_, diesel::result::Error>(&mut owner, async |conn| {
            verify::repair(conn).await
        })
        .await
        .unwrap();
        assert_rollups_equal_a_recount(&app).await;
    }
    assert_eq!(sum(&app).await, (5, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_cannot_be_changed_or_deleted_by_the_serving_login() {
    let app = TestApp::start().await;
    let mut conn = app.conn().await;
    for sql in [
        "update fact set stage = 'installed'",
        "update fact set effective_at = app_now()",
        "delete from fact",
        "delete from operation",
        "delete from void",
    ] {
        assert!(conn.batch_execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_phones_that_push_the_same_people_at_once_agree() {
    let app = TestApp::start().await;
    let villages = [
        app.village(COMMUNE, 0).await,
        app.village(COMMUNE, 1).await,
        app.village(COMMUNE, 2).await,
    ];
    let commune = app.commune(COMMUNE).await;
    let ids: Vec<String> = (0..25).map(|_| citizen::id_number()).collect();
    let mut phones = Vec::new();
    let mut shared = None;
    for device in 0..8_usize {
        let union = [MassUnion::Youth, MassUnion::Women][device % 2];
        let person = app.account(Role::Volunteer, union, commune).await;
        let mut ops: Vec<Value> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let minutes = TimeDelta::minutes(((at * 7 + device * 13) % 60) as i64);
                record(&app, &person, villages[(at + device) % 3], id)
                    .with("recorded_at", app.app.clock.now() - minutes)
            })
            .collect();
        let voids: Vec<Value> = ops
            .iter()
            .skip(device)
            .step_by(5)
            .map(|op| void(&app, &person, op))
            .collect();
        ops.extend(voids);
        // Everybody also sends one and the same operation.
        let twin = shared.get_or_insert_with(|| ops[0].clone()).clone();
        ops.push(twin);
        // Each phone in an order of its own.
        let turn = device * 5 % ops.len();
        ops.rotate_left(turn);
        if device % 2 == 0 {
            ops.reverse();
        }
        phones.push((person, ops));
    }
    let pushes = phones.iter().map(|(person, ops)| {
        let app = &app;
        async move {
            for batch in ops.chunks(9) {
                let results = push(app, person, batch).await;
                assert!(
                    results.iter().all(|result| result.result != "retry"),
                    "{results:?}"
                );
            }
            // The answer was lost: once more, at once.
            let results = push(app, person, ops).await;
            assert!(
                results.iter().all(|result| result.result != "retry"),
                "{results:?}"
            );
        }
    });
    futures_util::future::join_all(pushes).await;
    assert_eq!(sum(&app).await.0, ids.len() as i32);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_history_in_every_village_and_its_counts_are_right() {
    #[derive(Debug, QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Date)]
        first: chrono::NaiveDate,
        #[diesel(sql_type = diesel::sql_types::Date)]
        last: chrono::NaiveDate,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        villages: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        facts: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        own: i64,
    }
    let app = TestApp::start().await;
    let mut owner = app.owner().await;
    let now = app.app.clock.now();
    api::demo::load(&mut owner, &app.app.config, &app.app.keys, now)
        .await
        .unwrap();
    assert_rollups_equal_a_recount(&app).await;
    let row: Row = diesel::sql_query(
        "select min(on_day) as first, max(on_day) as last, count(distinct village_id) as villages,
            count(*) as facts,
            count(*) filter (where author_id in (select account_id from account where password_hash is not null)) as own
         from fact",
    )
    .get_result(&mut owner)
    .await
    .unwrap();
    let today = mobile_contracts::calendar::local_day(now);
    assert_eq!(row.first.to_string()[..7], *"2023-01");
    assert!(today - row.last <= TimeDelta::days(3), "{row:?}");
    assert_eq!(row.villages, 397);
    assert!((20_000..=45_000).contains(&row.facts), "{row:?}");
    assert!(row.own > 0, "the demo's volunteers have a ledger: {row:?}");
    let (n, assists, confirmed, anonymous) = sum(&app).await;
    assert!(n > 20_000 && assists > 500 && confirmed > 1_000 && anonymous > 200);
}

/// Not run by itself: it measures, and what it measures depends on the machine and the build.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures speed: cargo test -p api --test all -- --ignored operations_a_second --nocapture"]
async fn operations_a_second_in_batches_of_a_hundred() {
    measure(
        "plain",
        |_, _, id| json!({ "kind": "plain", "id_number": id }),
    )
    .await;
    measure("sealed", |app, op_id, id| {
        let kid = app.app.sealing.kid();
        let sealed = seal(app.app.sealing.public_key(), kid, op_id, id).unwrap();
        json!({ "kind": "sealed", "kid": kid.as_str(), "sealed": sealed.text() })
    })
    .await;
}

async fn measure(what: &str, subject: impl Fn(&TestApp, Uuid, &str) -> Value) {
    const PHONES: usize = 8;
    const BATCHES: usize = 10;
    let app = TestApp::with()
        .set("TO06_SUBJECTS_PER_DAY", "1000000")
        .start()
        .await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let commune = app.commune(COMMUNE).await;
    let villages = app
        .geography()
        .await
        .within(commune, api::geography::Level::Village, today);
    let mut phones = Vec::new();
    for _ in 0..PHONES {
        let person = app.volunteer(COMMUNE).await;
        let op = |at: usize| {
            let id = citizen::id_number();
            let op_id = Uuid::now_v7();
            record(&app, &person, villages[at % villages.len()], &id)
                .with("op_id", op_id)
                .with("subject", subject(&app, op_id, &id))
        };
        let batches: Vec<Vec<Value>> = (0..BATCHES).map(|_| (0..100).map(op).collect()).collect();
        phones.push((person, batches));
    }
    let started = std::time::Instant::now();
    let pushes = phones.iter().map(|(person, batches)| {
        let app = &app;
        async move {
            for batch in batches {
                push(app, person, batch).await;
            }
        }
    });
    futures_util::future::join_all(pushes).await;
    let seconds = started.elapsed().as_secs_f64();
    let ops = (PHONES * BATCHES * 100) as f64;
    println!(
        "{what}: {:.0} operations a second ({ops} in {seconds:.1} s)",
        ops / seconds
    );
    assert_eq!(sum(&app).await.0, ops as i32);
    assert_rollups_equal_a_recount(&app).await;
}

/// The program itself, over a test's database, until it is killed.
struct Served {
    process: std::process::Child,
    address: String,
}

impl Served {
    async fn start(app: &TestApp) -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("serve")
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("REDIS_URL", crate::harness::cluster::CLUSTER.redis.url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_BIND", "127.0.0.1:0")
            .env("TO06_LOG", "error")
            .stdout(std::process::Stdio::piped());
        tokio::task::spawn_blocking(move || {
            use std::io::BufRead as _;
            let mut process = command.spawn().unwrap();
            let mut lines = std::io::BufReader::new(process.stdout.take().unwrap()).lines();
            let address = lines
                .find_map(|line| {
                    let line = line.ok()?;
                    let rest = line.split_once("http://")?.1;
                    Some(format!("http://{}", rest.split('/').next()?))
                })
                .expect("it says where it listens");
            // Whoever writes to a closed pipe would die of that instead.
            std::thread::spawn(move || lines.for_each(drop));
            Self { process, address }
        })
        .await
        .unwrap()
    }

    fn kill(&mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_it_records_counts_nothing_twice_and_loses_nothing() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ids: Vec<String> = (0..60).map(|_| citizen::id_number()).collect();
    let ops: Vec<Value> = ids
        .iter()
        .cycle()
        .take(180)
        .map(|id| record(&app, &volunteer, village, id))
        .collect();
    let send = async |address: &str, ops: &[Value]| -> Option<PushedOperations> {
        let body = json!({
            "protocol": 1, "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "ops": ops,
        });
        let request = app
            .http
            .post(format!("{address}/api/v1/sync/push"))
            .bearer_auth(volunteer.token.as_deref().unwrap())
            .json(&body);
        let response = request.send().await.ok()?;
        (response.status() == 200).then_some(())?;
        response.json().await.ok()
    };
    let mut confirmed: Vec<Value> = Vec::new();
    for round in 0..4 {
        let mut served = Served::start(&app).await;
        let address = served.address.clone();
        let died = tokio::task::spawn_blocking(move || {
            std::thread::sleep(std::time::Duration::from_millis(40 + 35 * round));
            served.kill();
        });
        for batch in ops.chunks(6) {
            let Some(pushed) = send(&address, batch).await else {
                break;
            };
            assert!(pushed.results.iter().all(|result| result.result != "retry"));
            confirmed.extend(batch.iter().cloned());
        }
        died.await.unwrap();
        assert_rollups_equal_a_recount(&app).await;
    }
    // What was confirmed is there, and what was cut off is taken as if nothing had happened.
    let results = push(
        &app,
        &volunteer,
        &confirmed[confirmed.len().saturating_sub(180)..],
    )
    .await;
    assert!(results.iter().all(|result| result.result == "replayed"));
    push(&app, &volunteer, &ops).await;
    assert_eq!(sum(&app).await, (60, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_operation_from_eight_connections_is_applied_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let results =
        futures_util::future::join_all((0..8).map(|_| push_one(&app, &volunteer, &op))).await;
    let applied = results.iter().filter(|result| result.result == "applied");
    assert_eq!(applied.count(), 1, "{results:?}");
    let replayed = results.iter().filter(|result| result.result == "replayed");
    assert_eq!(replayed.count(), 7, "{results:?}");
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_that_races_its_record_always_meets_it() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    for _ in 0..15 {
        let named = record(&app, &volunteer, village, &citizen::id_number());
        let nameless = record(&app, &volunteer, village, &citizen::id_number()).without("consent");
        let ops = [named, nameless];
        let voids = [void(&app, &lead, &ops[0]), void(&app, &lead, &ops[1])];
        let (recorded, voided) =
            tokio::join!(push(&app, &volunteer, &ops), push(&app, &lead, &voids));
        for result in recorded.iter().chain(&voided) {
            assert_eq!(result.result, "applied");
        }
    }
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_numbers_are_refused_where_only_sealed_ones_are_taken() {
    let app = TestApp::with()
        .set("TO06_PLAIN_SUBJECTS", "no")
        .start()
        .await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    assert_eq!(
        told(&push_one(&app, &volunteer, &op).await),
        ("rejected", Some("SUBJECT_PLAIN_REFUSED"), false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_an_id_number_counts_once_under_the_phones_own_key() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let subject = json!({ "kind": "provisional", "person_id": Uuid::now_v7() });
    let op = || {
        record(&app, &volunteer, village, "")
            .with("op_id", Uuid::now_v7())
            .with("subject", &subject)
            .with("name", "Katơr Thử")
            .with("birth_year", 1970)
    };
    let results = push(&app, &volunteer, &[op(), op()]).await;
    assert_eq!(told(&results[0]), ("applied", None, true));
    assert_eq!(
        told(&results[1]),
        ("merged", Some("DUP_SUBJECT_STEP"), false)
    );
    assert_nowhere(&app, "Katơr").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_fails_on_a_wrong_count_until_it_has_mended_it() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let run = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("verify-rollups")
            .args(arguments)
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_LOG", "error");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        ran.await.unwrap()
    };
    assert!(run(&[]).await.status.success());
    app.owner()
        .await
        .batch_execute("update rollup_month set n = 6")
        .await
        .unwrap();
    let found = run(&[]).await;
    assert!(!found.status.success());
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        text.contains("rollup_month") && text.contains("kept 6/0/0/0, counted 1/0/0/0"),
        "{text}"
    );
    assert!(run(&["--repair"]).await.status.success());
    assert!(run(&[]).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_keeps_three_numbers_apart_and_is_walked_page_by_page() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let first = good();
    let ops = [
        first.clone(),
        good(),
        good().with("mood", "happy"),
        good().with("subject", json!({ "kind": "plain", "id_number": "1" })),
        void(&app, &volunteer, &first),
    ];
    push(&app, &volunteer, &ops).await;
    let mut path = "/api/v1/me/ledger?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let ledger: Ledger = volunteer.get(&path).await.expect(200).json();
        let counts = ledger.counts;
        assert_eq!(
            (counts.recognised, counts.under_review, counts.refused),
            (1, 1, 1)
        );
        seen.extend(ledger.items.into_iter().map(|item| item.op_id.0));
        match ledger.next_cursor {
            Some(cursor) => path = format!("/api/v1/me/ledger?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), ops.len());
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
    let other = app.volunteer(COMMUNE).await;
    let ledger: Ledger = other.get("/api/v1/me/ledger").await.expect(200).json();
    assert!(ledger.items.is_empty());
}
