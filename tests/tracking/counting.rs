//! Who counts, once, whatever comes first.

use std::collections::BTreeMap;

use api::campaign::targets::STAGES;
use chrono::TimeDelta;
use mobile_contracts::ids::UnitId;
use mobile_contracts::tracking::{Ledger, OperationResult};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record,
    replace, sum, told, totals, void,
};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_recorded_once_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let ops: Vec<Value> = STAGES
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
async fn a_correction_is_one_operation_that_takes_back_and_records() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let id = citizen::id_number();
    let wrong = record(&app, &volunteer, here, &id);
    let right = replace(&app, &volunteer, there, &id, &wrong);
    // In one batch, in the wrong order, and again.
    let results = push(&app, &volunteer, &[right.clone(), wrong.clone()]).await;
    assert_eq!(told(&results[0]), ("applied", None, true));
    assert_eq!(told(&results[1]), ("applied", Some("VOIDED"), false));
    for result in push(&app, &volunteer, &[wrong, right.clone()]).await {
        assert_eq!(result.result, "replayed");
    }
    let place = |village: UnitId| (village.0, "level1_activated".to_owned(), "youth".to_owned());
    assert_eq!(
        totals(&app).await,
        BTreeMap::from([(place(there), (1, 0, 0, 0))])
    );
    // A correction of the correction, which comes before what it corrects has ever been seen.
    let lost = replace(&app, &volunteer, there, &id, &right);
    let last = replace(&app, &volunteer, here, &id, &lost);
    let results = push(&app, &volunteer, &[last]).await;
    assert_eq!(results[0].code.as_deref(), Some("DUP_SUBJECT_STEP"));
    assert_eq!(
        told(&push_one(&app, &volunteer, &lost).await),
        ("applied", Some("VOIDED"), false)
    );
    assert_eq!(
        totals(&app).await,
        BTreeMap::from([(place(here), (1, 0, 0, 0))])
    );
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_replaces_somebody_elses_record_stands_beside_it() {
    let app = TestApp::start().await;
    let (volunteer, stranger) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let ids = [citizen::id_number(), citizen::id_number()];
    let ops = ids
        .each_ref()
        .map(|id| record(&app, &volunteer, village, id));
    let instead = ops
        .each_ref()
        .map(|op| replace(&app, &stranger, village, &citizen::id_number(), op));
    // Once the other is there, and once before anybody can know whose it is: the counts are the same.
    push_one(&app, &volunteer, &ops[0]).await;
    assert_eq!(
        told(&push_one(&app, &stranger, &instead[0]).await),
        ("applied", Some("REPLACED_STAYS"), true)
    );
    push_one(&app, &stranger, &instead[1]).await;
    assert_eq!(
        told(&push_one(&app, &volunteer, &ops[1]).await),
        ("applied", None, true)
    );
    assert_eq!(sum(&app).await, (4, 0, 0, 0));
    let itself = replace(&app, &volunteer, village, &ids[0], &ops[0]);
    let itself = itself.clone().with("target_op_id", &itself["op_id"]);
    assert_eq!(
        told(&push_one(&app, &volunteer, &itself).await),
        ("held", Some("LEGACY_SCHEMA"), false)
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
    let volunteer = volunteer.again().await;
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
    let volunteer = volunteer.again().await;
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
