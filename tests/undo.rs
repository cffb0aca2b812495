//! Taking a cancellation back: within a minute, and nobody is robbed.

use api::db::schema::{notice, place_freed};
use chrono::{TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use mobile_contracts::booking::{Appointment, BookedAppointment, BookedParty, Hold};
use mobile_contracts::calendar::local_day;
use mobile_contracts::waitlist::WaitlistEntry;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws, confirmation, key_of};
use crate::harness::own_redis::OwnRedis;
use crate::harness::{TestApp, citizen, eventually};

/// A body of `POST /waitlist` for one slot.
fn wait_for(office: &TestOffice, starts_at: chrono::DateTime<Utc>, id_number: &str) -> Value {
    let minute = api::booking::slots::rules::minute_of_day(starts_at);
    json!({
        "office_ids": [office.office_id], "service_code": "cccd_new", "id_number": id_number,
        "phone": citizen::phone(), "device_id": Uuid::new_v4(),
        "from_on": local_day(starts_at), "from_min": minute, "to_min": minute + 1,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_is_undone_within_a_minute() {
    let absent = TestApp::with().without_redis().start().await;
    for app in [TestApp::start().await, absent] {
        let office = app.office("22786", 1).await;
        let person = app.stranger();
        let starts_at = *app.coming(4).last().unwrap();
        let booked = person.book(&office, starts_at, &citizen::id_number()).await;
        person.restore(&booked).await.expect(200);
        person.cancel(&booked).await.expect(200);
        assert_eq!(person.slot(&office, starts_at).await.free, 1);
        app.advance(TimeDelta::seconds(55)).await;
        let again: Appointment = person.restore(&booked).await.expect(200).json();
        assert_eq!(again.status, "booked");
        assert_eq!(again.place_no, Some(booked.place_no), "the very same place");
        person.restore(&booked).await.expect(200);
        assert_eq!(person.slot(&office, starts_at).await.free, 0);
        assert_laws(&app).await;

        person.cancel(&booked).await.expect(200);
        app.advance(TimeDelta::seconds(61)).await;
        let late = person.restore(&booked).await;
        late.refused(409, "not-restorable");
        assert_eq!(person.appointment(&booked).await.status, "cancelled");
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_somebody_else_has_or_holds_is_not_given_back() {
    let absent = TestApp::with().without_redis().start().await;
    for app in [TestApp::start().await, absent] {
        let office = app.office("22786", 1).await;
        let person = app.stranger();
        let starts_at = app.coming(1)[0];
        let booked = person.book(&office, starts_at, &citizen::id_number()).await;
        person.cancel(&booked).await.expect(200);
        let (other, id) = (app.stranger(), citizen::id_number());
        let hold: Hold = other
            .hold(&office, starts_at, &[&id])
            .await
            .expect(201)
            .json();
        let problem = person.restore(&booked).await.refused(409, "place-taken");
        let others = problem.more["alternatives"].as_array().unwrap();
        assert_eq!(others.len(), 3, "three others");
        other.confirm(&hold, &[&id]).await.expect(201);
        person.restore(&booked).await.refused(409, "place-taken");
        assert_eq!(person.appointment(&booked).await.status, "cancelled");
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_freed_for_somebody_who_waited_stays_theirs() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = *app.coming(4).last().unwrap();
    let person = app.stranger();
    let booked = person.book(&office, starts_at, &citizen::id_number()).await;
    let wish = wait_for(&office, starts_at, &citizen::id_number());
    app.stranger()
        .post_once("/api/v1/waitlist", Uuid::new_v4(), wish)
        .await
        .expect(201);
    person.cancel(&booked).await.expect(200);
    person.restore(&booked).await.refused(409, "place-taken");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_and_booking_anew_at_once_leaves_one_appointment() {
    let app = TestApp::start().await;
    // A place for the hold of each round: where the undoing wins it is left behind.
    let office = app.office("22786", 8).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let helper = app.volunteer("22786").await;
    for _ in 0..8 {
        let id = citizen::id_number();
        let booked = helper.book(&office, first, &id).await;
        helper.cancel(&booked).await.expect(200);
        let hold = helper.hold(&office, second, &[&id]).await;
        let hold: Hold = hold.expect(201).json();
        let ids = [id.as_str()];
        let (undone, anew) = tokio::join!(helper.restore(&booked), helper.confirm(&hold, &ids));
        let won = [undone.status == 200, anew.status == 201];
        assert_eq!(
            won.iter().filter(|won| **won).count(),
            1,
            "{} {}",
            undone.text,
            anew.text
        );
        if won[0] {
            anew.refused(409, "already-booked");
            helper.cancel(&booked).await.expect(200);
        } else {
            undone.refused(409, "already-booked");
            let party: BookedParty = anew.json();
            helper.cancel(&party.appointments[0]).await.expect(200);
        }
        assert_laws(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_whose_first_one_cancels_by_mistake_is_together_again() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let (a, b) = (citizen::id_number(), citizen::id_number());
    let hold = person.hold(&office, starts_at, &[&a, &b]).await;
    let party: BookedParty = person
        .confirm(&hold.expect(201).json(), &[&a, &b])
        .await
        .expect(201)
        .json();
    for one in &party.appointments {
        person.cancel(one).await.expect(200);
        person.restore(one).await.expect(200);
        assert_laws(&app).await;
    }
    // Once the other one has gone as well, the time is free, and nobody's to ride on.
    for one in &party.appointments {
        person.cancel(one).await.expect(200);
    }
    eventually(async || (person.slot(&office, starts_at).await.free == 1).then_some(())).await;
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_that_died_between_does_not_stand_in_the_way_of_undoing() {
    let redis = std::sync::Mutex::new(OwnRedis::start());
    let url = redis.lock().unwrap().url();
    let app = TestApp::with().redis_at(&url).start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let starts_at = app.coming(1)[0];
    let booked = person.book(&office, starts_at, &citizen::id_number()).await;
    person.cancel(&booked).await.expect(200);
    redis.lock().unwrap().kill();
    person.restore(&booked).await.expect(200);
    assert_laws(&app).await;
}

/// Of those who want a place at once, one has it; who was told that they hold it books it.
async fn race(app: &TestApp) {
    let office = app.office("22786", 1).await;
    let slots = app.coming(9);
    for starts_at in &slots[4..] {
        let owner = app.stranger();
        let booked = owner.book(&office, *starts_at, &citizen::id_number()).await;
        owner.cancel(&booked).await.expect(200);
        let (other, waiter) = (app.stranger(), app.stranger());
        let (id, waiting_id) = (citizen::id_number(), citizen::id_number());
        let ids = [id.as_str()];
        let wish = wait_for(&office, *starts_at, &waiting_id);
        let (undone, held, joined) = tokio::join!(
            owner.restore(&booked),
            other.hold(&office, *starts_at, &ids),
            waiter.post_once("/api/v1/waitlist", Uuid::new_v4(), wish),
        );
        let joined: WaitlistEntry = joined.expect(201).json();
        let mut owners = Vec::new();
        if undone.status == 200 {
            owners.push("who took it back");
        } else {
            undone.refused(409, "place-taken");
        }
        if held.status == 201 {
            let confirmed = other.confirm(&held.json::<Hold>(), &ids).await;
            confirmed.expect(201);
            owners.push("who held it");
        } else {
            held.refused(409, "slot-full");
        }
        let key = json!({ "code": joined.code, "secret": joined.secret });
        let seen = waiter.post("/api/v1/waitlist/lookup", key).await;
        let seen: WaitlistEntry = seen.expect(200).json();
        if let Some(offer) = seen.offer {
            let body = confirmation(&offer.hold_token, &[&waiting_id]);
            let taken = waiter.post_once("/api/v1/appointments", Uuid::new_v4(), body);
            taken.await.expect(201);
            owners.push("who waited");
        }
        assert!(owners.len() <= 1, "{owners:?} have one place");
        assert_laws(app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_holding_and_waiting_at_once_rob_nobody() {
    race(&TestApp::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_holding_and_waiting_at_once_rob_nobody_without_redis_either() {
    race(&TestApp::with().without_redis().start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebodys_hold_at_another_process_stands_in_the_way_of_undoing() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let booked = person.book(&office, starts_at, &citizen::id_number()).await;
    person.cancel(&booked).await.expect(200);
    // This process has a picture of the day, which knows of no hold.
    assert_eq!(person.slot(&office, starts_at).await.free, 1);
    let twin = TestApp::with().start_on(app.database.clone()).await;
    let (other, id) = (twin.stranger(), citizen::id_number());
    let hold: Hold = other
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    person.restore(&booked).await.refused(409, "place-taken");
    other.confirm(&hold, &[&id]).await.expect(201);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_has_closed_meanwhile_takes_nobody_back() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(4)[3];
    let person = app.stranger();
    let booked = person.book(&office, starts_at, &citizen::id_number()).await;
    person.cancel(&booked).await.expect(200);
    let on = local_day(starts_at);
    let closed = json!({ "kind": "closed", "from_on": on, "to_on": on, "reason": "Tập huấn", "note": "Nghỉ" });
    let path = format!("/api/v1/offices/{}/exceptions", office.office_id);
    let officer = app.officer("22786").await;
    officer
        .post_once(&path, Uuid::new_v4(), closed)
        .await
        .expect(200);
    person.restore(&booked).await.refused(409, "slot-closed");
    assert_eq!(person.appointment(&booked).await.status, "cancelled");
    assert_laws(&app).await;
}

/// How often the owner of an appointment is told of this.
async fn told(app: &TestApp, booked: &BookedAppointment, kind: &str) -> i64 {
    notice::table
        .filter(notice::subject_id.eq(booked.appointment_id.0))
        .filter(notice::kind.eq(kind))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cancellation_is_told_and_one_that_was_taken_back_is_not_counted() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let freed = async || -> i64 {
        let mut conn = app.conn().await;
        place_freed::table
            .count()
            .get_result(&mut conn)
            .await
            .unwrap()
    };
    for times in 1..=3 {
        person.cancel(&booked).await.expect(200);
        person.cancel(&booked).await.expect(200);
        assert_eq!(told(&app, &booked, "booking.cancelled").await, times);
        assert_eq!(freed().await, 1);
        if times < 3 {
            person.restore(&booked).await.expect(200);
            assert_eq!(told(&app, &booked, "booking.confirmed").await, 1 + times);
            assert_eq!(freed().await, 0, "nothing was given up after all");
        }
    }
    let wrong = json!({ "code": booked.code, "secret": "AAAAA-AAAAA" });
    let wrong = person.post("/api/v1/appointments/restore", wrong).await;
    wrong.refused(404, "appointment-not-found");
    let mut more = key_of(&booked);
    more["why"] = json!("nothing");
    let more = person.post("/api/v1/appointments/restore", more).await;
    more.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_while_the_slot_closes_leaves_nobody_in_a_closed_slot() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let officer = app.officer("22786").await;
    let path = format!(
        "/api/v1/offices/{}/exceptions?on_conflict=move",
        office.office_id
    );
    // Slots one after the other: whoever is moved from one of them finds the last ones free.
    let slots = app.in_a_row(12);
    for starts_at in &slots[..6] {
        let person = app.stranger();
        let booked = person
            .book(&office, *starts_at, &citizen::id_number())
            .await;
        person.cancel(&booked).await.expect(200);
        let minute = api::booking::slots::rules::minute_of_day(*starts_at);
        let on = local_day(*starts_at);
        let closed = json!({ "kind": "closed", "from_on": on, "to_on": on, "from_min": minute, "to_min": minute + 30, "reason": "Tập huấn", "note": "" });
        let (undone, closed) = tokio::join!(
            person.restore(&booked),
            officer.post_once(&path, Uuid::new_v4(), closed),
        );
        closed.expect(200);
        let seen = person.appointment(&booked).await;
        if undone.status == 200 {
            assert_ne!(seen.starts_at, *starts_at, "moved with the others");
            assert_eq!(seen.status, "booked");
            person.cancel(&booked).await.expect(200);
        } else {
            assert!(undone.text.contains("slot-closed") || undone.text.contains("place-taken"));
            assert_eq!(seen.status, "cancelled");
        }
        assert_laws(&app).await;
    }
}
