//! The queue of a desk over HTTP: a day's story, two officers at once, and what must come of it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use mobile_contracts::booking::{Appointment, BookedAppointment, DeskDay};
use mobile_contracts::ids::AppointmentId;
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::queue::{DeskTicket, OwnTicket};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::harness::booking::assert_laws;
use crate::harness::queue::{Desk, visitor};
use crate::harness::{Person, TestApp, citizen, eventually};

async fn status(person: &Person, booked: &BookedAppointment) -> String {
    person.appointment(booked).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_appointment_is_called_at_the_hour_and_not_at_the_door() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let booked = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let to_hour = hour - app.app.clock.now();

    // An hour early, by the QR code of the slip.
    app.pass(&mut desk, to_hour - TimeDelta::minutes(60)).await;
    let qr = format!("TO06:{}", booked.code.replace('-', ""));
    let early: DeskTicket = desk.check_in(&qr).await.expect(201).json();
    assert_eq!((early.number.as_str(), early.waits_from), ("A001", hour));
    assert_eq!(early.name.as_deref(), Some("Nguyễn Thị Thử"));
    assert_eq!(status(&stranger, &booked).await, "checked_in");
    let walk_in = desk.walk_in().await;
    assert_eq!(walk_in.number, "B001");
    assert_eq!(desk.waiting().await, ["B001", "A001"]);

    // At the hour, before whoever came less than twenty minutes before it.
    app.pass(&mut desk, TimeDelta::minutes(45)).await;
    desk.walk_in().await;
    app.pass(&mut desk, TimeDelta::minutes(15)).await;
    assert_eq!(desk.waiting().await, ["B001", "A001", "B002"]);
    for number in ["B001", "A001", "B002"] {
        let called = desk.called(1).await;
        assert_eq!(called.number, number);
        desk.act(called.ticket_id, "start").await.expect(200);
        desk.finish(called.ticket_id, "card_requested")
            .await
            .expect(200);
    }
    desk.call(1).await.refused(409, "queue-empty");
    assert_eq!(status(&stranger, &booked).await, "served");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_at_once_never_get_the_same_person() {
    let app = TestApp::start().await;
    let first = app.desk("22786").await;
    let second = Desk {
        office: crate::harness::booking::TestOffice {
            office_id: first.office.office_id,
        },
        officer: app.officer("22786").await,
    };
    for _ in 0..80 {
        first.walk_in().await;
    }
    let mut seen = BTreeSet::new();
    for _ in 0..40 {
        let (left, right) = tokio::join!(first.call(1), second.call(2));
        for answer in [left, right] {
            let called: DeskTicket = answer.expect(200).json();
            assert!(
                seen.insert(called.number.clone()),
                "{} was called twice",
                called.number
            );
            first.act(called.ticket_id, "start").await.expect(200);
            first.finish(called.ticket_id, "other").await.expect(200);
        }
    }
    assert_eq!(seen.len(), 80);
    first.call(1).await.refused(409, "queue-empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_officers_want_the_last_person_and_one_gets_them() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    desk.walk_in().await;
    let answers = join_all((1..=20).map(|desk_no| desk.call(desk_no))).await;
    let called = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(called, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "queue-empty");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_has_one_person_at_a_time_and_a_double_tap_calls_once() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    desk.walk_in().await;
    desk.walk_in().await;
    let key = Uuid::new_v4();
    let taps = join_all((0..5).map(|_| async {
        let body = json!({ "desk_no": 3 });
        desk.officer.post_once(&desk.path("calls"), key, body).await
    }))
    .await;
    let numbers: BTreeSet<String> = taps
        .into_iter()
        .map(|answer| answer.expect(200).json::<DeskTicket>().number)
        .collect();
    assert_eq!(numbers, BTreeSet::from(["B001".to_owned()]));
    desk.call(3).await.refused(409, "desk-busy");
    assert_eq!(desk.called(4).await.number, "B002");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_is_called_three_times_before_they_are_a_no_show() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let (stranger, id) = (app.stranger(), citizen::id_number());
    let hour = app.coming(1)[0];
    let booked = stranger.book(&desk.office, hour, &id).await;
    let wait = hour - app.app.clock.now();
    app.pass(&mut desk, wait).await;
    let by_card = json!({ "id_number": id });
    let ticket: DeskTicket = desk.press("check-ins", by_card).await.expect(201).json();
    let ticket_id = ticket.ticket_id;
    desk.walk_in().await;

    assert_eq!(desk.called(1).await.ticket_id, ticket_id);
    // A breath later it is the same call.
    let again: DeskTicket = desk.act(ticket_id, "recall").await.expect(200).json();
    assert_eq!(again.calls, 1);
    app.pass(&mut desk, TimeDelta::seconds(30)).await;
    let again: DeskTicket = desk.act(ticket_id, "recall").await.expect(200).json();
    assert_eq!(again.calls, 2);
    let problem = desk
        .act(ticket_id, "no_show")
        .await
        .refused(409, "too-few-calls");
    assert_eq!(problem.more["needed"], 3);

    // Skipped: the others come first, but nobody is forgotten.
    desk.act(ticket_id, "skip").await.expect(200);
    assert_eq!(desk.waiting().await, ["B001", "A001"]);
    let other = desk.called(1).await;
    assert_eq!(other.number, "B001");
    desk.act(other.ticket_id, "start").await.expect(200);
    desk.finish(other.ticket_id, "other").await.expect(200);
    assert_eq!(desk.called(1).await.calls, 3);
    desk.act(ticket_id, "no_show").await.expect(200);
    assert_eq!(status(&stranger, &booked).await, "no_show");
    assert_laws(&app).await;

    // It was wrong: within ten minutes it is as if it had not been, and the place is theirs again.
    app.pass(&mut desk, TimeDelta::minutes(9)).await;
    let back: DeskTicket = desk.act(ticket_id, "undo").await.expect(200).json();
    assert_eq!((back.state.as_str(), back.calls), ("waiting", 0));
    assert_eq!(status(&stranger, &booked).await, "checked_in");
    assert_laws(&app).await;
    desk.called(1).await;
    desk.act(ticket_id, "leave").await.expect(200);
    assert_eq!(status(&stranger, &booked).await, "cancelled");
    app.pass(&mut desk, TimeDelta::minutes(11)).await;
    desk.act(ticket_id, "undo")
        .await
        .refused(409, "undo-too-late");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_show_frees_nothing_for_booking() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = *app.coming(2).last().unwrap();
    let booked = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let free = stranger.slot(&desk.office, hour).await.free;
    // Called early, because nobody else was there, and gone for a walk.
    let ticket: DeskTicket = desk.check_in(&booked.code).await.expect(201).json();
    desk.called(1).await;
    for _ in 0..2 {
        app.pass(&mut desk, TimeDelta::seconds(30)).await;
        desk.act(ticket.ticket_id, "recall").await.expect(200);
    }
    desk.act(ticket.ticket_id, "no_show").await.expect(200);
    app.app.availability.forget_office(desk.office.office_id);
    let slot = stranger.slot(&desk.office, hour).await;
    assert_eq!(slot.free, free, "the place is the desk's");
    assert_laws(&app).await;
}

async fn collected(person: &Person) -> (i64, i64) {
    let path = "/api/v1/leaderboards/commune?metric=count&stage=level2_collected&period=today";
    let board: Leaderboard = person.get(path).await.expect(200).json();
    let confirmed = board.rows.iter().map(|row| row.confirmed).sum();
    (board.total.count, confirmed)
}

async fn assert_rollups(app: &TestApp) {
    let mut conn = app.owner().await;
    let differences = api::tracking::verify::list_differences(&mut conn).await;
    assert_eq!(differences.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collected_dossier_is_a_confirmed_stage_of_the_village_and_undo_takes_it_back() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let commander = app.commander().await;
    let village = app.village("22795", 0).await;
    let before = collected(&commander).await;
    let body = json!({
        "service_code": "level2",
        "visitor": visitor(&citizen::id_number(), Some(village)),
    });
    let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    let served: DeskTicket = desk
        .finish(ticket.ticket_id, "dossier_collected")
        .await
        .expect(200)
        .json();
    assert!(served.stage_recorded);
    let after = (before.0 + 1, before.1 + 1);
    eventually(async || (collected(&commander).await == after).then_some(())).await;
    assert_rollups(&app).await;

    desk.act(ticket.ticket_id, "undo").await.expect(200);
    eventually(async || (collected(&commander).await == before).then_some(())).await;
    assert_rollups(&app).await;
    assert_laws(&app).await;

    // The same desk goes on with the same person, and it counts again, once.
    assert_eq!(desk.called(1).await.ticket_id, ticket.ticket_id);
    desk.act(ticket.ticket_id, "start").await.expect(200);
    desk.finish(ticket.ticket_id, "dossier_collected")
        .await
        .expect(200);
    eventually(async || (collected(&commander).await == after).then_some(())).await;
    assert_rollups(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_recorded_by_a_volunteer_is_confirmed_and_the_volunteer_keeps_the_credit() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let commander = app.commander().await;
    let volunteer = app.volunteer("22786").await;
    let village = app.village("22786", 0).await;
    let id = citizen::id_number();
    let now = app.app.clock.now();
    let record = json!({
        "device_id": Uuid::now_v7(), "client_time": now,
        "operation": {
            "op_id": Uuid::now_v7(), "kind": "record", "author_id": volunteer.account_id,
            "recorded_at": now, "clock_offset_ms": 0, "clock_offset_age_s": 0,
            "village_id": village, "stage": "level2_collected",
            "subject": { "kind": "plain", "id_number": id }, "consent": { "method": "spoken" },
        },
    });
    volunteer.post("/api/v1/records", record).await.expect(201);
    eventually(async || (collected(&commander).await == (1, 0)).then_some(())).await;
    let body = json!({ "service_code": "level2", "visitor": visitor(&id, Some(village)) });
    let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    desk.finish(ticket.ticket_id, "dossier_collected")
        .await
        .expect(200);
    eventually(async || (collected(&commander).await == (1, 1)).then_some(())).await;
    assert_rollups(&app).await;
    desk.act(ticket.ticket_id, "undo").await.expect(200);
    eventually(async || (collected(&commander).await == (1, 0)).then_some(())).await;
    assert_rollups(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_or_village_only_the_office_counts() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let village = app.village("22786", 0).await;
    let mut silent = visitor(&citizen::id_number(), Some(village));
    silent["consent"] = json!("none");
    for who in [json!(null), silent, visitor(&citizen::id_number(), None)] {
        let body = json!({ "service_code": "level2", "visitor": who });
        let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
        desk.called(1).await;
        desk.act(ticket.ticket_id, "start").await.expect(200);
        let finished = desk.finish(ticket.ticket_id, "dossier_collected").await;
        let served: DeskTicket = finished.expect(200).json();
        assert!(!served.stage_recorded);
    }
    assert_eq!(collected(&app.commander().await).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_in_with_an_appointment_elsewhere_is_told_and_moved_here_on_request() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let other = app.office("22795", 4).await;
    let (stranger, id) = (app.stranger(), citizen::id_number());
    let hour = app.coming(1)[0];
    let booked = stranger.book(&other, hour, &id).await;
    let free = stranger.slot(&other, hour).await.free;
    let mut body = json!({ "service_code": "cccd_new", "visitor": visitor(&id, None) });
    let told = desk.issue(body.clone()).await;
    let problem = told.refused(409, "appointment-elsewhere");
    assert_eq!(problem.more["office_name"], "Điểm tiếp nhận thử");
    assert_eq!(status(&stranger, &booked).await, "booked");
    // Brought to the wrong office, the code says the same.
    desk.check_in(&booked.code)
        .await
        .refused(409, "appointment-elsewhere");

    body["move_here"] = json!(true);
    desk.issue(body.clone()).await.expect(201);
    assert_eq!(status(&stranger, &booked).await, "cancelled");
    eventually(async || (stranger.slot(&other, hour).await.free == free + 1).then_some(())).await;
    desk.issue(body).await.refused(409, "already-queued");
    assert_laws(&app).await;

    // Whoever is booked here today comes with the appointment.
    let id = citizen::id_number();
    let booked = stranger.book(&desk.office, hour, &id).await;
    let body = json!({ "service_code": "cccd_new", "visitor": visitor(&id, None) });
    let problem = desk.issue(body).await.refused(409, "appointment-here");
    let known = json!({ "appointment_id": problem.more["appointment_id"] });
    desk.press("check-ins", known).await.expect(201);
    assert_eq!(status(&stranger, &booked).await, "checked_in");
    desk.check_in(&booked.code)
        .await
        .refused(409, "not-to-check-in");
    desk.check_in("0000-0000")
        .await
        .refused(404, "appointment-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_in_the_days_own_list_without_its_marks() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let booked = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let find = async |name: &str| -> Vec<AppointmentId> {
        let path = desk.path("find-by-name");
        let answer = desk.officer.post(&path, json!({ "name": name })).await;
        let day: DeskDay = answer.expect(200).json();
        let found = day.appointments.into_iter();
        found.map(|one| one.appointment_id).collect()
    };
    assert_eq!(find("nguyen thu").await, [booked.appointment_id]);
    assert_eq!(find("THỬ").await, [booked.appointment_id]);
    assert_eq!(find("tran").await, []);
    let path = desk.path("find-by-name");
    let empty = desk.officer.post(&path, json!({ "name": " a " })).await;
    empty.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_parked_and_comes_back_to_their_turn_or_is_sent_on_with_the_time_they_waited() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let first = desk.walk_in().await;
    app.pass(&mut desk, TimeDelta::minutes(1)).await;
    desk.walk_in().await;
    desk.called(1).await;
    let park = format!("tickets/{}/park", first.ticket_id);
    let parked = desk.press(&park, json!({ "reason": "papers" })).await;
    let parked: DeskTicket = parked.expect(200).json();
    assert_eq!(parked.parked_for.as_deref(), Some("papers"));
    assert_eq!(desk.waiting().await, ["B002"]);
    desk.act(first.ticket_id, "start")
        .await
        .refused(409, "wrong-ticket-state");
    desk.act(first.ticket_id, "return").await.expect(200);
    assert_eq!(desk.waiting().await, ["B001", "B002"]);

    // To desk 5 by name, for another service: desk 1 gets the next.
    let redirect = format!("tickets/{}/redirect", first.ticket_id);
    let there = json!({ "desk_no": 5, "service_code": "level2" });
    let sent: DeskTicket = desk.press(&redirect, there).await.expect(200).json();
    assert_eq!(
        (sent.for_desk, sent.service_code.as_str()),
        (Some(5), "level2")
    );
    assert_eq!(sent.waits_from, first.waits_from);
    assert_eq!(desk.called(1).await.number, "B002");
    assert_eq!(desk.called(5).await.number, "B001");

    // To another office of the commune, with a number of that office.
    let other = app.office("22786", 4).await;
    let there = json!({ "office_id": other.office_id });
    let sent: DeskTicket = desk.press(&redirect, there).await.expect(200).json();
    assert_eq!(
        (sent.office_id, sent.number.as_str()),
        (other.office_id, "B001")
    );
    desk.act(first.ticket_id, "return")
        .await
        .refused(404, "not-found");
    let elsewhere = app.office("22795", 4).await;
    let other = Desk {
        office: other,
        officer: desk.officer.clone(),
    };
    let there = json!({ "office_id": elsewhere.office_id });
    other
        .press(&redirect, there)
        .await
        .refused(404, "not-found");
    assert_eq!(other.called(1).await.ticket_id, first.ticket_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_sees_with_number_and_pin_how_long_it_will_take() {
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    for _ in 0..8 {
        desk.walk_in().await;
    }
    let mine = desk.walk_in().await;
    let told = mine.estimate.unwrap();
    assert_eq!(told.before, 8);
    assert!(told.from_min < told.to_min && told.to_min <= 60, "{told:?}");
    let stranger = app.stranger();
    let key = |number: &str, pin: &str| json!({ "office_id": desk.office.office_id, "number": number, "pin": pin });
    let pin = mine.pin.as_deref().unwrap();
    let own = stranger
        .post(
            "/api/v1/tickets/lookup",
            key(&mine.number.to_lowercase(), pin),
        )
        .await;
    let own: OwnTicket = own.expect(200).json();
    assert_eq!(own.state, "waiting");
    assert_eq!(own.estimate.unwrap().before, 8);
    for wrong in [key(&mine.number, "000000"), key("B777", pin), key("X", "")] {
        stranger
            .post("/api/v1/tickets/lookup", wrong)
            .await
            .refused(404, "ticket-not-found");
    }
    let office_id = desk.office.office_id.to_string();
    let typed = |pin| {
        [
            ("office_id", office_id.as_str()),
            ("number", mine.number.as_str()),
            ("pin", pin),
        ]
    };
    let (status, page) = stranger.post_form("/so-thu-tu", &typed(pin)).await;
    assert!(
        status == 200 && page.contains("Còn 8 người trước bạn"),
        "{page}"
    );
    let (status, page) = stranger.post_form("/so-thu-tu", &typed("000000")).await;
    assert!(
        status == 404 && page.contains(&format!("value=\"{}\"", mine.number)),
        "{page}"
    );
    assert!(!page.contains(pin), "{page}");
    desk.called(2).await;
    let own: OwnTicket = stranger
        .post("/api/v1/tickets/lookup", key(&mine.number, pin))
        .await
        .expect(200)
        .json();
    assert_eq!(own.estimate.unwrap().before, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_late_beyond_the_offices_grace_queues_from_the_door() {
    let app = TestApp::start().await;
    let mut desk = app.desk("22786").await;
    let rules = json!({ "no_show_calls": 1, "grace_min": 5, "undo_min": 10 });
    let path = desk.path("rules");
    desk.officer.put(&path, &rules).await.expect(200);
    let too_many = json!({ "no_show_calls": 11, "grace_min": 5, "undo_min": 0 });
    let problem = desk.officer.put(&path, &too_many).await;
    assert_eq!(problem.refused(422, "invalid").errors.len(), 2);
    let stranger = app.stranger();
    let hour = app.coming(1)[0];
    let booked = stranger
        .book(&desk.office, hour, &citizen::id_number())
        .await;
    let wait = hour - app.app.clock.now() + TimeDelta::minutes(6);
    app.pass(&mut desk, wait).await;
    let late: DeskTicket = desk.check_in(&booked.code).await.expect(201).json();
    assert_eq!(late.waits_from, late.arrived_at);
    desk.called(1).await;
    desk.act(late.ticket_id, "no_show").await.expect(200);
    let seen: Appointment = stranger.appointment(&booked).await;
    assert_eq!(seen.status, "no_show");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_and_no_number_of_a_card_stands_in_the_tables_of_the_queue() {
    use diesel_async::RunQueryDsl as _;
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let app = TestApp::start().await;
    let desk = app.desk("22786").await;
    let id = citizen::id_number();
    let village = app.village("22786", 0).await;
    let body = json!({ "service_code": "level2", "visitor": visitor(&id, Some(village)) });
    let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
    assert_eq!(ticket.name.as_deref(), Some("Nguyễn Thị Thử"));
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    desk.finish(ticket.ticket_id, "dossier_collected")
        .await
        .expect(200);
    let mut conn = app.owner().await;
    for table in [
        "ticket",
        "ticket_person",
        "ticket_estimate",
        "display_event",
        "idempotency",
        "audit_event",
        "operation",
        "person",
    ] {
        let sql = format!(
            "select count(*) as n from {table} t where t::text like '%{id}%' or t::text like '%Nguyễn Thị Thử%'"
        );
        let found: Found = diesel::sql_query(sql).get_result(&mut conn).await.unwrap();
        assert_eq!(found.n, 0, "{table}");
    }
}
