//! Outreach activities as whoever leads sees them: listed, summed, corrected, voided, undone.

use api::db::schema::audit_event;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::outreach::{
    OutreachActivity, OutreachActivityDetail, OutreachSum, OutreachSums,
};
use mobile_contracts::page::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Tells of an activity so many days ago, and gives its id.
async fn tell(app: &TestApp, author: &Person, village: UnitId, days_ago: i64, what: Value) -> Uuid {
    let (id, now) = (Uuid::now_v7(), app.app.clock.now());
    let mut op = json!({
        "op_id": id, "kind": "activity", "author_id": author.account_id,
        "recorded_at": now - TimeDelta::days(days_ago),
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
    });
    for (name, value) in what.as_object().unwrap() {
        op[name] = value.clone();
    }
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let answer = author
        .post("/api/v1/sync/push", body)
        .await
        .expect(200)
        .value();
    assert_eq!(answer["results"][0]["result"], "applied", "{answer}");
    id
}

async fn list(person: &Person, query: &str) -> Page<OutreachActivity> {
    let path = format!("/api/v1/activities{query}");
    person.get(&path).await.expect(200).json()
}

async fn sums(person: &Person, query: &str) -> OutreachSums {
    let path = format!("/api/v1/activities/sums{query}");
    person.get(&path).await.expect(200).json()
}

fn told(sum: &OutreachSum) -> (i64, i64, i64, i64) {
    (sum.activities, sum.attended, sum.leaflets, sum.helped)
}

#[tokio::test(flavor = "multi_thread")]
async fn activities_are_listed_by_day_and_summed_by_unit_union_kind_and_month() {
    let app = TestApp::start().await;
    let lead = app.lead(HERE).await;
    let commune = app.commune(HERE).await;
    let (one, other) = (app.village(HERE, 0).await, app.village(HERE, 1).await);
    let youth = app.volunteer(HERE).await;
    let woman = app
        .account(Role::Volunteer, MassUnion::Women, commune)
        .await;
    let meeting = json!({ "activity": "meeting", "attended": 62, "helped": 9 });
    let old = tell(&app, &youth, one, 3, meeting.clone()).await;
    let new = tell(
        &app,
        &woman,
        other,
        0,
        json!({ "activity": "leaflet", "leaflets": 200 }),
    )
    .await;
    tell(
        &app,
        &woman,
        one,
        1,
        json!({ "activity": "meeting", "attended": 40 }),
    )
    .await;
    let far = app.volunteer(ELSEWHERE).await;
    tell(&app, &far, app.village(ELSEWHERE, 0).await, 0, meeting).await;

    let first = list(&lead, "?limit=2").await;
    assert_eq!(first.items[0].activity_id.0, new);
    let next = format!("?limit=2&cursor={}", first.next_cursor.unwrap());
    let second = list(&lead, &next).await;
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
    assert_eq!(second.items[0].activity_id.0, old);
    assert_eq!(
        list(&lead, "?mass_union=women&kind=meeting")
            .await
            .items
            .len(),
        1
    );
    let today = local_day(app.app.clock.now());
    let query = format!("?from={today}&to={today}");
    assert_eq!(list(&lead, &query).await.items.len(), 1);

    let by_unit = sums(&lead, "").await;
    assert_eq!(told(&by_unit.total), (3, 102, 200, 9));
    assert_eq!(by_unit.by, "unit");
    let of = |unit| {
        by_unit
            .sums
            .iter()
            .find(|sum| sum.unit_id == Some(unit))
            .map(told)
    };
    assert_eq!(of(one), Some((2, 102, 0, 9)));
    assert_eq!(of(other), Some((1, 0, 200, 0)));
    let by_union = sums(&lead, "?by=union").await;
    let unions: Vec<_> = by_union
        .sums
        .iter()
        .map(|sum| (sum.mass_union.as_deref(), told(sum)))
        .collect();
    assert_eq!(
        unions,
        [
            (Some("women"), (2, 40, 200, 0)),
            (Some("youth"), (1, 62, 0, 9))
        ]
    );
    let by_kind = sums(&lead, "?by=kind&mass_union=women").await;
    let kinds: Vec<_> = by_kind
        .sums
        .iter()
        .map(|sum| (sum.activity.as_deref(), sum.activities))
        .collect();
    assert_eq!(kinds, [(Some("leaflet"), 1), (Some("meeting"), 1)]);
    let by_month = sums(&lead, "?by=month").await;
    assert_eq!(
        by_month.sums.iter().map(|sum| sum.activities).sum::<i64>(),
        3
    );
    assert!(by_month.sums.iter().all(|sum| sum.month.is_some()));
    // The commune as a whole, seen from the province.
    let of_province = sums(&app.commander().await, "").await;
    let hers = of_province
        .sums
        .iter()
        .find(|sum| sum.unit_id == Some(commune));
    assert_eq!(
        (told(hers.unwrap()), of_province.total.activities),
        ((3, 102, 200, 9), 4)
    );

    for query in [
        "?by=week",
        "?mass_union=all",
        "?from=2020-01-01",
        "?to=2020-01-01&from=2020-02-01",
    ] {
        let path = format!("/api/v1/activities/sums{query}");
        lead.get(&path).await.refused(422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_corrects_and_voids_an_activity_with_a_reason_and_every_step_can_be_undone() {
    let app = TestApp::start().await;
    let (lead, volunteer) = (app.lead(HERE).await, app.volunteer(HERE).await);
    let village = app.village(HERE, 0).await;
    let what = json!({ "activity": "meeting", "attended": 62, "text": "Họp ở nhà ông Thử" });
    let id = tell(&app, &volunteer, village, 0, what).await;
    let path = format!("/api/v1/activities/{id}");
    let shown: OutreachActivityDetail = lead.get(&path).await.expect(200).json();
    assert_eq!(shown.text.as_deref(), Some("Họp ở nhà ông Thử"));
    assert!(!shown.author_name.is_empty() && shown.corrections.is_empty());

    let correction = json!({ "activity": "meeting", "attended": 26, "leaflets": 5, "reason": "biên bản ghi 26" });
    let corrected: OutreachActivityDetail = lead
        .post(&format!("{path}/corrections"), &correction)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (corrected.activity.attended, corrected.activity.leaflets),
        (Some(26), Some(5))
    );
    assert_eq!(told(&sums(&lead, "").await.total), (1, 26, 5, 0));
    let voided: OutreachActivityDetail = lead
        .post(
            &format!("{path}/voiding"),
            json!({ "reason": "báo hai lần" }),
        )
        .await
        .expect(200)
        .json();
    assert!(voided.activity.is_voided);
    assert_eq!(told(&sums(&lead, "").await.total), (0, 0, 0, 0));
    assert!(
        list(&lead, "").await.items[0].is_voided,
        "it is still there, and says so"
    );
    lead.post(&format!("{path}/corrections"), &correction)
        .await
        .refused(409, "activity-voided");
    lead.post(&format!("{path}/voiding"), json!({ "reason": "nữa" }))
        .await
        .refused(409, "activity-voided");
    // What is taken away tells the same.
    let table = json!({ "table": "activities", "format": "csv", "reason": "kiểm tra" });
    let file = lead.post("/api/v1/exports", table).await.expect(200);
    let line = file
        .text
        .lines()
        .find(|line| line.contains(&id.to_string()))
        .unwrap();
    assert!(line.contains(";26;5;") && line.contains(";x;"), "{line}");

    // Undone step by step, until what the author told holds again.
    let undo = |id: Uuid| format!("/api/v1/activity-corrections/{id}/undo");
    let voiding = voided.activity.correction_id.unwrap();
    let back: OutreachActivityDetail = lead
        .post(&undo(voiding), json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (back.activity.is_voided, back.activity.attended),
        (false, Some(26))
    );
    lead.post(&undo(voiding), json!({}))
        .await
        .refused(409, "correction-undone");
    let first = corrected.activity.correction_id.unwrap();
    let back: OutreachActivityDetail = lead.post(&undo(first), json!({})).await.expect(200).json();
    assert_eq!(
        (back.activity.attended, back.activity.correction_id),
        (Some(62), None)
    );
    assert_eq!(back.corrections.len(), 2);
    assert!(
        back.corrections
            .iter()
            .all(|one| one.undone_by == lead.account_id)
    );
    let actions: Vec<String> = audit_event::table
        .filter(audit_event::object.eq(format!("activity:{id}")))
        .select(audit_event::action)
        .order(audit_event::seq)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(
        actions,
        [
            "tracking.read_activity",
            "tracking.correct_activity",
            "tracking.void_activity",
            "tracking.undo_activity_correction",
            "tracking.undo_activity_correction",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_without_a_reason_or_of_somebody_elses_activity_is_refused() {
    let app = TestApp::start().await;
    let (lead, volunteer) = (app.lead(HERE).await, app.volunteer(HERE).await);
    let village = app.village(HERE, 0).await;
    let id = tell(
        &app,
        &volunteer,
        village,
        0,
        json!({ "activity": "market" }),
    )
    .await;
    let path = format!("/api/v1/activities/{id}/corrections");
    for wrong in [
        json!({ "activity": "market", "reason": " " }),
        json!({ "activity": "market", "reason": "x".repeat(201) }),
        json!({ "activity": "Chợ phiên", "reason": "đếm lại" }),
        json!({ "activity": "market", "attended": -1, "reason": "đếm lại" }),
        json!({ "activity": "market", "helped": 100_001, "reason": "đếm lại" }),
    ] {
        lead.post(&path, wrong).await.refused(422, "invalid");
    }
    let voiding = format!("/api/v1/activities/{id}/voiding");
    lead.post(&voiding, json!({ "reason": "" }))
        .await
        .refused(422, "invalid");
    let right = json!({ "activity": "market", "reason": "đếm lại" });
    let stranger = app.lead(ELSEWHERE).await;
    stranger.post(&path, &right).await.refused(404, "not-found");
    stranger
        .post(&voiding, json!({ "reason": "của xã khác" }))
        .await
        .refused(404, "not-found");
    volunteer
        .post(&path, &right)
        .await
        .refused(403, "forbidden");
    // A record is no activity.
    let none = format!("/api/v1/activities/{}/corrections", Uuid::now_v7());
    lead.post(&none, &right).await.refused(404, "not-found");
}
