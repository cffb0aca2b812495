//! A volunteer with the person and their card before them: the person with the card wins.

use api::db::schema::audit_event;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use mobile_contracts::booking::{Appointment, CardAppointments, Hold, ReissuedKey};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::{assert_laws, key_of};
use crate::harness::{Answer, Person, TestApp, citizen};

async fn find(helper: &Person, card_number: &str) -> Answer {
    helper
        .post(
            "/api/v1/appointments/by-card/find",
            json!({ "card_number": card_number }),
        )
        .await
}

async fn act(helper: &Person, what: &str, body: Value) -> Answer {
    let path = format!("/api/v1/appointments/by-card/{what}");
    helper.post_once(&path, Uuid::new_v4(), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_finds_a_booking_by_the_card_and_gives_its_key_out_anew() {
    let app = TestApp::start().await;
    // Booked far away from the volunteer's commune.
    let office = app.office("22759", 4).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let (person, id) = (app.stranger(), citizen::id_number());
    let booked = person.book(&office, first, &id).await;
    let helper = app.volunteer("22786").await;
    let found: CardAppointments = find(&helper, &id).await.expect(200).json();
    assert_eq!(found.appointments.len(), 1);
    assert_eq!(found.appointments[0].starts_at, first);

    let named = json!({ "card_number": id, "appointment_id": booked.appointment_id });
    let key: ReissuedKey = act(&helper, "reissue", named.clone())
        .await
        .expect(200)
        .json();
    person
        .look_up(&booked)
        .await
        .refused(404, "appointment-not-found");
    let seen: Appointment = person
        .post("/api/v1/appointments/lookup", json!(key))
        .await
        .expect(200)
        .json();
    assert_eq!(seen.appointment_id, booked.appointment_id);

    let hold: Hold = helper
        .hold(&office, second, &[&id])
        .await
        .expect(201)
        .json();
    let mut body = named.clone();
    body["hold_token"] = json!(hold.hold_token);
    let moved: Appointment = act(&helper, "move", body).await.expect(200).json();
    assert_eq!(moved.starts_at, second);
    assert_eq!(person.slot(&office, first).await.free, 4);

    let void: Appointment = act(&helper, "void", named).await.expect(200).json();
    assert_eq!(void.status, "cancelled");
    assert_eq!(person.slot(&office, second).await.free, 4);
    // Whoever made it cannot take it back, and its owner books at once.
    person
        .post("/api/v1/appointments/restore", json!(key))
        .await
        .refused(409, "not-restorable");
    helper.book(&office, first, &id).await;
    assert_laws(&app).await;

    let mut conn = app.conn().await;
    let actions: Vec<String> = audit_event::table
        .filter(audit_event::actor_id.eq(helper.account_id.unwrap().0))
        .order(audit_event::at)
        .select(audit_event::action)
        .load(&mut conn)
        .await
        .unwrap();
    for action in [
        "booking.find_by_card",
        "booking.reissue",
        "booking.move",
        "booking.void_not_by_owner",
    ] {
        assert!(
            actions.iter().any(|done| done == action),
            "{action}: {actions:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_card_an_appointment_is_not_there() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let (person, id) = (app.stranger(), citizen::id_number());
    let booked = person.book(&office, app.coming(1)[0], &id).await;
    let helper = app.volunteer("22786").await;
    let other =
        json!({ "card_number": citizen::id_number(), "appointment_id": booked.appointment_id });
    for what in ["reissue", "void"] {
        act(&helper, what, other.clone())
            .await
            .refused(404, "not-found");
    }
    let hold = helper.hold(&office, app.coming(2)[1], &[&id]).await;
    let mut body = other;
    body["hold_token"] = json!(hold.expect(201).json::<Hold>().hold_token);
    act(&helper, "move", body).await.refused(404, "not-found");
    let none: CardAppointments = find(&helper, &citizen::id_number())
        .await
        .expect(200)
        .json();
    assert!(none.appointments.is_empty());
    find(&helper, "0581").await.refused(422, "invalid");
    assert_eq!(person.appointment(&booked).await.status, "booked");
    person.look_up(&booked).await.expect(200);
    person
        .post(
            "/api/v1/appointments/by-card/find",
            json!({ "card_number": id }),
        )
        .await
        .refused(401, "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_for_somebody_else_moves_nobody() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let id = citizen::id_number();
    let booked = app.stranger().book(&office, first, &id).await;
    let helper = app.volunteer("22786").await;
    let hold = helper.hold(&office, second, &[&citizen::id_number()]).await;
    let body = json!({
        "card_number": id, "appointment_id": booked.appointment_id,
        "hold_token": hold.expect(201).json::<Hold>().hold_token,
    });
    act(&helper, "move", body)
        .await
        .refused(422, "hold-foreign");
    assert_eq!(key_of(&booked)["code"], json!(booked.code));
    assert_eq!(app.stranger().appointment(&booked).await.starts_at, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_looked_up_at_a_persons_pace_and_not_at_a_lists() {
    let app = TestApp::start().await;
    let helper = app.volunteer("22786").await;
    let mut found = 0;
    let refused = loop {
        let answer = find(&helper, &citizen::id_number()).await;
        if answer.status != 200 {
            break answer;
        }
        found += 1;
        assert!(found <= 40, "no limit");
    };
    assert!(found >= 10, "{found}");
    assert_eq!(refused.status, 429);
    let wait = refused.headers["retry-after"].to_str().unwrap();
    let field = |name: &str| refused.headers[name].to_str().unwrap();
    assert_eq!(field("ratelimit-policy"), "\"by-card\";q=20;w=1200");
    assert_eq!(field("ratelimit"), format!("\"by-card\";r=0;t={wait}"));
    // Another volunteer is not held up.
    let other = app.volunteer("22786").await;
    find(&other, &citizen::id_number()).await.expect(200);
}
