//! Mobilising members: how many there are, how many have begun, and who has not.

use chrono::{NaiveDate, TimeDelta};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::mobilisation::{Mobilisation, WaitingMember};
use mobile_contracts::page::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

fn count(unit: UnitId, union: &str, on: NaiveDate, members: i32) -> Value {
    json!({ "unit_id": unit, "mass_union": union, "counted_on": on, "members": members, "source": "BC 12" })
}

async fn set(person: &Person, counts: Value) -> Answer {
    person
        .put("/api/v1/mobilisation/members", json!({ "counts": counts }))
        .await
}

async fn rows(person: &Person, query: &str) -> Vec<Mobilisation> {
    let page: Page<Mobilisation> = person
        .get(&format!("/api/v1/mobilisation{query}"))
        .await
        .expect(200)
        .json();
    page.items
}

fn row<'a>(rows: &'a [Mobilisation], unit: UnitId, union: &str) -> &'a Mobilisation {
    rows.iter()
        .find(|row| row.unit_id == unit && row.mass_union == union)
        .unwrap()
}

async fn waiting(person: &Person, query: &str) -> Vec<WaitingMember> {
    let path = format!("/api/v1/mobilisation/waiting{query}");
    let page: Page<WaitingMember> = person.get(&path).await.expect(200).json();
    page.items
}

/// Pushes one operation.
async fn push(app: &TestApp, author: &Person, op: Value) {
    let now = app.app.clock.now();
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let answer = author
        .post("/api/v1/sync/push", body)
        .await
        .expect(200)
        .value();
    assert_eq!(answer["results"][0]["result"], "applied", "{answer}");
}

/// Records a visit in a village, and gives the operation.
async fn record(app: &TestApp, author: &Person, village: UnitId) -> Uuid {
    let (op_id, now) = (Uuid::now_v7(), app.app.clock.now());
    let op = json!({
        "op_id": op_id, "kind": "visit", "author_id": author.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village, "outcome": "away",
    });
    push(app, author, op).await;
    op_id
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_from_member_to_record_is_measured_against_the_newest_count() {
    let app = TestApp::start().await;
    let (commander, lead) = (app.commander().await, app.lead(HERE).await);
    let (province, commune) = (app.commune("56").await, app.commune(HERE).await);
    let village = app.village(HERE, 0).await;
    let today = local_day(app.app.clock.now());
    // Of the Youth Union: the lead, two who signed in, of whom one goes, and one who was invited only.
    let goes = app.volunteer(HERE).await;
    record(&app, &goes, village).await;
    let rests = app.volunteer(HERE).await;
    let invited = app
        .signed_up(Role::Volunteer, MassUnion::Youth, village)
        .await;
    let stopped = app.volunteer(HERE).await;
    let of = |person: &Person| person.account_id.unwrap();
    app.owner()
        .await
        .batch_execute(&format!(
            "update account set password_hash = null where account_id = '{}';
             update account set disabled_at = app_now() where account_id = '{}'",
            of(&invited),
            of(&stopped)
        ))
        .await
        .unwrap();
    app.officer(HERE).await;
    let before = rows(&lead, "").await;
    let youth = row(&before, commune, "youth");
    assert_eq!((youth.members, youth.accounts_percent), (None, None));
    assert_eq!((youth.accounts, youth.signed_in, youth.recorded), (4, 3, 1));
    let earlier = today - TimeDelta::days(40);
    set(
        &lead,
        json!([
            count(commune, "youth", earlier, 4),
            count(commune, "youth", today, 8)
        ]),
    )
    .await
    .expect(204);
    let told = rows(&lead, "").await;
    assert_eq!(told.len(), 2, "a commune, two unions");
    let youth = row(&told, commune, "youth");
    assert_eq!(
        (youth.members, youth.counted_on, youth.source.as_deref()),
        (Some(8), Some(today), Some("BC 12"))
    );
    assert_eq!(
        (
            youth.accounts_percent,
            youth.signed_in_percent,
            youth.recorded_percent
        ),
        (Some(50.0), Some(37.5), Some(12.5))
    );
    // A count that is removed leaves the one before it; a hundred per cent can be reached.
    let removal =
        json!({ "counts": [{ "unit_id": commune, "mass_union": "youth", "counted_on": today }] });
    for _ in 0..2 {
        lead.post("/api/v1/mobilisation/members/removals", &removal)
            .await
            .expect(204);
    }
    let told = rows(&lead, "").await;
    assert_eq!(row(&told, commune, "youth").accounts_percent, Some(100.0));
    // The period is what is asked for.
    let long_ago = format!("?from={earlier}&to={earlier}");
    assert_eq!(
        row(&rows(&lead, &long_ago).await, commune, "youth").recorded,
        0
    );
    // The province has the sum of its communes only once all of them were counted.
    let of_province = rows(&commander, "?limit=200").await;
    assert_eq!(row(&of_province, province, "youth").members, None);
    assert_eq!(row(&of_province, province, "youth").accounts, 4);
    assert_eq!(row(&of_province, commune, "youth").members, Some(4));
    set(&commander, json!([count(province, "youth", today, 1000)]))
        .await
        .expect(204);
    let of_province = rows(&commander, "").await;
    assert_eq!(
        row(&of_province, province, "youth").accounts_percent,
        Some(0.4)
    );
    // Who has not begun, by given name only.
    let told = waiting(&lead, "").await;
    let states = |person: &Person| {
        let one = told
            .iter()
            .find(|one| Some(one.account_id) == person.account_id);
        one.map(|one| one.state.as_str())
    };
    assert_eq!(states(&goes), None);
    assert_eq!(states(&rests), Some("nothing_recorded"));
    assert_eq!(states(&invited), Some("not_signed_in"));
    assert_eq!(states(&stopped), None);
    assert!(
        told.iter()
            .all(|one| !one.given_name.is_empty() && !one.given_name.contains(' '))
    );
    assert!(waiting(&lead, "?mass_union=women").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_cannot_be_and_a_question_too_wide_are_refused() {
    let app = TestApp::start().await;
    let (commander, lead) = (app.commander().await, app.lead(HERE).await);
    let commune = app.commune(HERE).await;
    let today = local_day(app.app.clock.now());
    let with = |field: &str, value: Value| {
        let mut one = count(commune, "youth", today, 10);
        one[field] = value;
        json!([one])
    };
    for wrong in [
        json!([]),
        with("mass_union", json!("none")),
        with("members", json!(0)),
        with("members", json!(10_000_001)),
        with("counted_on", json!(today + TimeDelta::days(1))),
        with("counted_on", json!("2019-12-31")),
        with("source", json!("")),
    ] {
        set(&lead, wrong).await.refused(422, "invalid");
    }
    let far = app.commune(ELSEWHERE).await;
    set(
        &lead,
        json!([
            count(commune, "youth", today, 10),
            count(far, "youth", today, 10)
        ]),
    )
    .await
    .refused(404, "not-found");
    assert_eq!(
        row(&rows(&lead, "").await, commune, "youth").members,
        None,
        "all or nothing"
    );
    let wide = "/api/v1/mobilisation/waiting";
    commander.get(wide).await.refused(422, "invalid");
    lead.get(&format!("{wide}?mass_union=none"))
        .await
        .refused(422, "invalid");
    lead.get(&format!("{wide}?unit_id={far}"))
        .await
        .refused(404, "not-found");
    app.volunteer(HERE)
        .await
        .get(wide)
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_back_all_that_they_recorded_has_not_begun() {
    let app = TestApp::start().await;
    let (lead, goes) = (app.lead(HERE).await, app.volunteer(HERE).await);
    let (commune, village) = (app.commune(HERE).await, app.village(HERE, 0).await);
    let recorded = async || row(&rows(&lead, "").await, commune, "youth").recorded;
    let took_back = async |target: Uuid| {
        let op = json!({
            "op_id": Uuid::now_v7(), "kind": "void", "author_id": goes.account_id,
            "recorded_at": app.app.clock.now(), "clock_offset_ms": 0, "clock_offset_age_s": 0,
            "target_op_id": target, "reason": "Nhầm nhà",
        });
        push(&app, &goes, op).await;
    };
    let (first, second) = (
        record(&app, &goes, village).await,
        record(&app, &goes, village).await,
    );
    took_back(first).await;
    assert_eq!(recorded().await, 1);
    took_back(second).await;
    assert_eq!(recorded().await, 0);
}
