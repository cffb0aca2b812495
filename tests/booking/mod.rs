//! Booking over HTTP: the way of one appointment, and what must hold when many want one place.

mod holds;
mod offices;
pub mod pages;
mod races;

use api::db::schema::audit_event;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use mobile_contracts::booking::{Appointment, BookedParty, DeskDay, Hold, ReissuedKey};
use mobile_contracts::calendar::local_day;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{assert_laws, confirmation, key_of};
use crate::harness::{TestApp, citizen};

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_is_found_held_confirmed_seen_moved_and_cancelled() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let stranger = app.stranger();
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let id = citizen::id_number();

    assert_eq!(stranger.slot(&office, first).await.free, 4);
    let hold: Hold = stranger
        .hold(&office, first, &[&id])
        .await
        .expect(201)
        .json();
    assert_eq!(hold.place_nos, [1], "the lowest place");
    let party: BookedParty = stranger.confirm(&hold, &[&id]).await.expect(201).json();
    let booked = &party.appointments[0];
    assert_eq!((booked.place_no, booked.verified), (1, false));

    let seen: Appointment = stranger.appointment(booked).await;
    assert_eq!((seen.status.as_str(), seen.starts_at), ("booked", first));
    assert!(!seen.documents.is_empty(), "what to bring");
    assert_eq!(stranger.slot(&office, first).await.free, 3);

    let hold: Hold = stranger
        .hold_for_move(&office, second, booked)
        .await
        .expect(201)
        .json();
    let moved: Appointment = stranger.reschedule(booked, &hold).await.expect(200).json();
    assert_eq!(moved.starts_at, second);
    assert_eq!(stranger.slot(&office, first).await.free, 4);

    let file = stranger
        .post("/api/v1/appointments/calendar", key_of(booked))
        .await
        .expect(200);
    assert!(file.text.starts_with("BEGIN:VCALENDAR\r\n"));

    let cancelled: Appointment = stranger.cancel(booked).await.expect(200).json();
    assert_eq!(cancelled.status, "cancelled");
    stranger.cancel(booked).await.expect(200);
    assert_eq!(stranger.slot(&office, second).await.free, 4);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_and_a_wrong_secret_answer_alike() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let mut titles = Vec::new();
    for (code, secret) in [
        (booked.code.as_str(), "AAAAA-AAAAA"),
        ("AAAA-AAAA", booked.secret.as_deref().unwrap()),
    ] {
        let body = json!({ "code": code, "secret": secret });
        let answer = person.post("/api/v1/appointments/lookup", body).await;
        titles.push(answer.refused(404, "appointment-not-found").title);
    }
    assert_eq!(titles[0], titles[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_comes_with_a_guardian() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let year = chrono::Datelike::year(&local_day(app.app.clock.now())) - 2000;
    let child = format!("0582{:02}123456", year - 8);
    let hold: Hold = person
        .hold(&office, app.coming(1)[0], &[&child])
        .await
        .expect(201)
        .json();
    let mut body = confirmation(&hold.hold_token, &[&child]);
    let confirm = async |body| {
        person
            .post_once("/api/v1/appointments", Uuid::new_v4(), body)
            .await
    };
    let problem = confirm(body.clone()).await.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/visitors/0/guardian_name");
    body["visitors"][0]["guardian_name"] = json!("Trần Văn Giám");
    confirm(body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_with_the_card_wins_at_the_desk() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let (person, id) = (app.stranger(), citizen::id_number());
    let booked = person.book(&office, first, &id).await;
    let officer = app.officer("22786").await;
    let desk = format!("/api/v1/offices/{}/desk", office.office_id);

    let found: DeskDay = officer
        .post(&format!("{desk}/find"), json!({ "id_number": id }))
        .await
        .expect(200)
        .json();
    assert_eq!(found.appointments[0].name, "Nguyễn Thị Thử");
    let on = local_day(first);
    let day: DeskDay = officer
        .get(&format!("{desk}/day?on={on}"))
        .await
        .expect(200)
        .json();
    assert_eq!(day.appointments.len(), 1);

    let one = format!("{desk}/appointments/{}", booked.appointment_id);
    let key: ReissuedKey = officer
        .post(&format!("{one}/reissue"), json!({}))
        .await
        .expect(200)
        .json();
    person
        .look_up(&booked)
        .await
        .refused(404, "appointment-not-found");
    person
        .post("/api/v1/appointments/lookup", json!(key))
        .await
        .expect(200);

    officer
        .post(&format!("{one}/move"), json!({ "starts_at": second }))
        .await
        .expect(200);
    assert_eq!(person.slot(&office, second).await.free, 3);
    officer
        .post(&format!("{one}/void"), json!({}))
        .await
        .expect(200);
    assert_eq!(person.slot(&office, second).await.free, 4);
    person.book(&office, first, &id).await;

    // Another commune's officer sees nothing of it.
    let other = app.officer("22759").await;
    other
        .get(&format!("{desk}/day"))
        .await
        .refused(404, "not-found");
    other
        .post(&format!("{one}/void"), json!({}))
        .await
        .refused(404, "not-found");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_desk_reads_the_desks_list_and_each_read_is_audited() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let path = format!("/api/v1/offices/{}/desk/day", office.office_id);
    for person in [
        app.commander().await,
        app.volunteer("22786").await,
        app.lead("22786").await,
    ] {
        person.get(&path).await.refused(403, "forbidden");
    }
    let officer = app.officer("22786").await;
    officer.get(&path).await.expect(200);
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("booking.list_desk_day"))
        .filter(audit_event::actor_id.eq(officer.account_id.unwrap().0))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(reads, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_number_stands_in_no_table() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let (person, id) = (app.stranger(), citizen::id_number());
    person.book(&office, app.coming(1)[0], &id).await;
    let mut conn = app.owner().await;
    for table in [
        "appointment",
        "place",
        "idempotency",
        "audit_event",
        "notice",
    ] {
        let sql = format!(
            "select count(*) as n from {table} t where t::text like '%{id}%' or t::text like '%Nguyễn Thị Thử%'"
        );
        let found: Found = diesel::sql_query(sql).get_result(&mut conn).await.unwrap();
        assert_eq!(found.n, 0, "{table}");
    }
}

#[derive(diesel::QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}
