//! A volunteer without a signal asks for an appointment; the answer is there when they meet the server.

use api::retention::purge::purge_all;
use chrono::{Days, TimeDelta};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{OfficeId, UnitId};
use mobile_contracts::tracking::{LedgerEntry, LookedUpOperations, RequestedAppointment};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, With as _, push, push_one, record, told, void};
use crate::harness::{Person, TestApp, citizen};

pub(super) fn request(app: &TestApp, author: &Person, village: UnitId, id: &str) -> Value {
    record(app, author, village, id)
        .without("stage")
        .without("device_holder")
        .with("kind", "request_appointment")
        .with("name", "Chamaléa Thị Thử")
        .with("phone", citizen::phone())
        .with("appointment", json!({ "service_code": "cccd_new" }))
}

async fn answer(person: &Person, op: &Value) -> RequestedAppointment {
    let found: LookedUpOperations = person
        .post(
            "/api/v1/sync/ops:lookup",
            json!({ "op_ids": [op["op_id"]] }),
        )
        .await
        .expect(200)
        .json();
    let entry: LedgerEntry = found.results.into_iter().next().unwrap();
    entry
        .appointment
        .expect("a request has an answer, if only that it is open")
}

async fn live_appointments(app: &TestApp, office_id: OfficeId) -> i64 {
    use api::db::schema::appointment;
    appointment::table
        .filter(appointment::office_id.eq(office_id))
        .filter(appointment::status.eq("booked"))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_booked_when_it_arrives_and_once_however_often_it_does() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = request(&app, &volunteer, village, &citizen::id_number());
    let sent = (0..6).map(|_| push_one(&app, &volunteer, &op));
    let results = futures_util::future::join_all(sent).await;
    assert_eq!(
        results.iter().filter(|it| it.result == "applied").count(),
        1
    );
    assert_eq!(live_appointments(&app, office.office_id).await, 1);
    let told = answer(&volunteer, &op).await;
    assert_eq!((told.state.as_str(), &told.answer), ("booked", &None));
    let slip = told.booked.unwrap();
    assert_eq!(slip.office_id, office.office_id);
    // The slip opens what was booked, and its helper's name is on it: nobody need vouch for it again.
    let key = json!({ "code": slip.code, "secret": slip.secret });
    let stranger = app.stranger();
    let shown = stranger.post("/api/v1/appointments/lookup", &key).await;
    assert_eq!(shown.expect(200).value()["verified"], true);
    let cancelled = stranger.post_once("/api/v1/appointments/cancel", Uuid::now_v7(), &key);
    cancelled.await.expect(200);
    assert_eq!(
        answer(&volunteer, &op).await.booked.unwrap().status,
        "cancelled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_booked_says_why_or_waits_for_a_place() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 1).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let (id, day) = (
        citizen::id_number(),
        local_day(app.app.clock.now()) + Days::new(2),
    );
    let wish = |service: &str, office_id: OfficeId| json!({ "service_code": service, "office_id": office_id });
    let good = || request(&app, &volunteer, village, &citizen::id_number());
    let first = request(&app, &volunteer, village, &id);
    push_one(&app, &volunteer, &first).await;
    let twice = request(&app, &volunteer, village, &id);
    let cases = [
        (good(), "booked", None),
        (twice, "refused", Some("ALREADY_BOOKED")),
        (
            good().with("appointment", wish("cccd_new", OfficeId(999_999))),
            "refused",
            Some("OFFICE_UNKNOWN"),
        ),
        (
            good().with("appointment", wish("baptism", office.office_id)),
            "refused",
            Some("SERVICE_UNKNOWN"),
        ),
        (
            good().with("appointment", json!({ "service_code": "baptism" })),
            "refused",
            Some("SERVICE_UNKNOWN"),
        ),
    ];
    let ops: Vec<Value> = cases.iter().map(|(op, ..)| op.clone()).collect();
    for result in push(&app, &volunteer, &ops).await {
        assert_eq!(told(&result), ("applied", None, false));
    }
    for (op, state, word) in &cases {
        let told = answer(&volunteer, op).await;
        assert_eq!(
            (told.state.as_str(), told.answer.as_deref()),
            (*state, *word),
            "{op}"
        );
    }
    // A day without a free place: it stays open, is tried again at each contact, and lapses.
    let on_that_day = wish("cccd_new", office.office_id)
        .with("not_before", day)
        .with("not_after", day);
    let full = good().with("appointment", &on_that_day);
    let no_hours = format!(
        "delete from office_hours where office_id = {}",
        office.office_id
    );
    diesel::sql_query(no_hours)
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    app.app.availability.forget_office(office.office_id);
    push_one(&app, &volunteer, &full).await;
    assert_eq!(answer(&volunteer, &full).await.state, "open");
    app.advance(TimeDelta::days(4)).await;
    let volunteer = volunteer.again().await;
    volunteer.get("/api/v1/sync/pull").await.expect(200);
    let late = answer(&volunteer, &full).await;
    assert_eq!(
        (late.state.as_str(), late.answer.as_deref()),
        ("lapsed", Some("NO_PLACE"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_must_know_who_comes() {
    let app = TestApp::start().await;
    app.office(COMMUNE, 4).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || request(&app, &volunteer, village, &citizen::id_number());
    let provisional = json!({ "kind": "provisional", "person_id": Uuid::now_v7() });
    for op in [
        good().without("consent"),
        good().without("name"),
        good().with("subject", provisional),
    ] {
        assert_eq!(
            told(&push_one(&app, &volunteer, &op).await),
            ("rejected", Some("APPOINTMENT_NEEDS_PERSON"), false)
        );
    }
    for op in [
        good().without("appointment"),
        good().with("stage", "installed"),
        good().with(
            "appointment",
            json!({ "service_code": "cccd_new", "vip": true }),
        ),
    ] {
        assert_eq!(
            told(&push_one(&app, &volunteer, &op).await),
            ("held", Some("LEGACY_SCHEMA"), false)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_taken_back_first_books_nothing() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = request(&app, &volunteer, village, &citizen::id_number());
    push(&app, &volunteer, &[void(&app, &volunteer, &op), op.clone()]).await;
    volunteer.get("/api/v1/sync/pull").await.expect(200);
    assert_eq!(live_appointments(&app, office.office_id).await, 0);
    assert_eq!(answer(&volunteer, &op).await.state, "withdrawn");
}

/// Closes an office for good.
async fn without_hours(app: &TestApp, office_id: OfficeId) {
    diesel::sql_query(format!(
        "delete from office_hours where office_id = {office_id}"
    ))
    .execute(&mut app.owner().await)
    .await
    .unwrap();
    app.app.availability.forget_office(office_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_after_many_that_cannot_be_served_has_their_turn() {
    let app = TestApp::start().await;
    let (closed, open) = (app.office(COMMUNE, 4).await, app.office(COMMUNE, 4).await);
    without_hours(&app, closed.office_id).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let at = |office_id: OfficeId| {
        let wish = json!({ "service_code": "cccd_new", "office_id": office_id });
        request(&app, &volunteer, village, &citizen::id_number()).with("appointment", wish)
    };
    let mut ops: Vec<Value> = (0..21).map(|_| at(closed.office_id)).collect();
    ops.push(at(open.office_id));
    push(&app, &volunteer, &ops).await;
    let last = ops.last().unwrap();
    assert_eq!(answer(&volunteer, last).await.state, "open");
    volunteer.get("/api/v1/sync/pull").await.expect(200);
    assert_eq!(answer(&volunteer, last).await.state, "booked");
    assert_eq!(answer(&volunteer, &ops[0]).await.state, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_lapses_though_its_author_never_comes_back() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    without_hours(&app, office.office_id).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = request(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let state = async || -> (String, bool) {
        use api::db::schema::appointment_request::dsl::*;
        appointment_request
            .select((state, name.is_not_null()))
            .first(&mut app.owner().await)
            .await
            .unwrap()
    };
    app.advance(TimeDelta::days(29)).await;
    api::tracking::nightly::once(&app.app).await.unwrap();
    assert_eq!(state().await, ("open".to_owned(), true));
    app.advance(TimeDelta::days(3)).await;
    api::tracking::nightly::once(&app.app).await.unwrap();
    assert_eq!(state().await, ("lapsed".to_owned(), false));
    // Whoever does come back is told.
    let volunteer = volunteer.again().await;
    let told = answer(&volunteer, &op).await;
    assert_eq!(told.answer.as_deref(), Some("NO_PLACE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_request_that_was_taken_back_no_name_is_kept() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    without_hours(&app, office.office_id).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ops = [(); 2].map(|()| request(&app, &volunteer, village, &citizen::id_number()));
    push(&app, &volunteer, &ops).await;
    push_one(&app, &volunteer, &void(&app, &volunteer, &ops[0])).await;
    let named = async || -> i64 {
        use api::db::schema::appointment_request::dsl::*;
        appointment_request
            .filter(name.is_not_null().and(phone.is_not_null()))
            .count()
            .get_result(&mut app.owner().await)
            .await
            .unwrap()
    };
    assert_eq!(named().await, 2);
    app.advance(TimeDelta::days(8)).await;
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    purge_all(&mut *app.conn().await, &app.app.keys, schedule, now)
        .await
        .unwrap();
    assert_eq!(named().await, 1, "who still waits is still known");
    let volunteer = volunteer.again().await;
    assert_eq!(answer(&volunteer, &ops[0]).await.state, "withdrawn");
    assert_eq!(answer(&volunteer, &ops[1]).await.state, "open");
}
