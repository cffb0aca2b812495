//! Booking over HTTP: the way of one appointment, and what must hold when many want one place.

use api::booking::holds::mirror::{self, Change, State};
use api::db::schema::audit_event;
use chrono::TimeDelta;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use futures_util::future::join_all;
use mobile_contracts::booking::{
    Appointment, BookedParty, DeskDay, Hold, NearSlot, NearestSlots, Office, ReissuedKey,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::page::Page;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{assert_laws, confirmation, key_of, wish};
use crate::harness::{TestApp, citizen, eventually};

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
async fn forty_people_want_the_last_place_and_one_gets_it() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let people: Vec<_> = (0..40)
        .map(|_| (app.stranger(), citizen::id_number()))
        .collect();
    let holds = join_all(people.iter().map(async |(person, id)| {
        let answer = person.hold(&office, starts_at, &[id]).await;
        (person, id, answer)
    }))
    .await;
    let mut booked = 0;
    for (person, id, answer) in holds {
        if answer.status == 201 {
            person
                .confirm(&answer.json::<Hold>(), &[id])
                .await
                .expect(201);
            booked += 1;
        } else {
            let problem = answer.refused(409, "slot-full");
            let others = problem.more["alternatives"].as_array().unwrap();
            assert_eq!(others.len(), 3, "three others: {}", answer.text);
        }
    }
    assert_eq!(booked, 1);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_holders_whom_redis_forgot_confirm_the_last_place_and_one_gets_it() {
    // Each signed token is good, and Redis has been told nothing: PostgreSQL alone decides.
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let mut holders = Vec::new();
    for _ in 0..40 {
        let (person, id) = (app.stranger(), citizen::id_number());
        let hold: Hold = person
            .hold(&office, starts_at, &[&id])
            .await
            .expect(201)
            .json();
        let request = person
            .request(
                reqwest::Method::DELETE,
                &format!("/api/v1/holds/{}", hold.hold_id),
            )
            .header("x-hold-token", &hold.hold_token);
        person.send(request).await.expect(204);
        holders.push((person, id, hold));
    }
    let answers = join_all(
        holders
            .iter()
            .map(|(person, id, hold)| async move { person.confirm(hold, &[id]).await }),
    )
    .await;
    let booked = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(booked, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "slot-full");
    }
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_gets_all_its_places_or_none() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [starts_at, next] = app.in_a_row(2)[..] else {
        panic!()
    };
    let parties: Vec<_> = (0..6)
        .map(|_| {
            let ids: Vec<String> = (0..3).map(|_| citizen::id_number()).collect();
            (app.stranger(), ids)
        })
        .collect();
    let answers = join_all(parties.iter().map(async |(person, ids)| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let answer = person.hold(&office, starts_at, &ids).await;
        if answer.status != 201 {
            answer.refused(409, "slot-full");
            return 0;
        }
        let hold: Hold = answer.json();
        assert_eq!(hold.place_nos.len(), 3);
        let party: BookedParty = person.confirm(&hold, &ids).await.expect(201).json();
        party.appointments.len()
    }))
    .await;
    // The second party begins in what the first one left, and goes on in the next slot.
    assert_eq!(answers.iter().sum::<usize>(), 6, "{answers:?}");
    assert_eq!(app.stranger().slot(&office, starts_at).await.free, 0);
    assert_eq!(app.stranger().slot(&office, next).await.free, 2);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_whom_redis_forgot_do_not_each_take_half_of_what_one_needs() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(1)[0];
    let mut parties = Vec::new();
    for _ in 0..6 {
        let ids: Vec<String> = (0..3).map(|_| citizen::id_number()).collect();
        let person = app.stranger();
        let numbers: Vec<&str> = ids.iter().map(String::as_str).collect();
        let held = person.hold(&office, starts_at, &numbers).await.expect(201);
        let hold: Hold = held.json();
        let path = format!("/api/v1/holds/{}", hold.hold_id);
        let request = person
            .request(reqwest::Method::DELETE, &path)
            .header("x-hold-token", &hold.hold_token);
        person.send(request).await.expect(204);
        parties.push((person, ids, hold));
    }
    let booked = join_all(parties.iter().map(async |(person, ids, hold)| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let answer = person.confirm(hold, &ids).await;
        if answer.status != 201 {
            answer.refused(409, "slot-full");
            return 0;
        }
        answer.json::<BookedParty>().appointments.len()
    }))
    .await;
    assert_eq!(booked.iter().sum::<usize>(), 3, "{booked:?}");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn if_one_of_a_party_is_booked_already_nobody_is_booked_and_the_answer_names_who() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let (a, b) = (citizen::id_number(), citizen::id_number());
    person.book(&office, first, &b).await;
    let hold: Hold = person
        .hold(&office, second, &[&a, &b])
        .await
        .expect(201)
        .json();
    let answer = person.confirm(&hold, &[&a, &b]).await;
    let problem = answer.refused(409, "already-booked");
    assert_eq!(problem.more["visitors"], json!([1]));
    assert!(!answer.text.contains("starts_at"), "nothing of the first");
    person.book(&office, second, &a).await;
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twenty_times_at_once_books_once() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(1)[0];
    let (person, id, key) = (app.stranger(), citizen::id_number(), Uuid::new_v4());
    let hold: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    let body = confirmation(&hold.hold_token, &[&id]);
    let answers = join_all(
        (0..20).map(|_| async { person.post_once("/api/v1/appointments", key, &body).await }),
    )
    .await;
    let first = &answers[0].text;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.text), (201, first));
    }
    let fresh = answers
        .iter()
        .filter(|answer| !answer.headers.contains_key("idempotency-replayed"));
    assert_eq!(fresh.count(), 1);
    assert_eq!(person.slot(&office, starts_at).await.free, 3);

    let other = confirmation(&hold.hold_token, &[&id]);
    person
        .post_once("/api/v1/appointments", key, other)
        .await
        .refused(422, "idempotency-key-reused");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_citizen_on_two_phones_has_one_appointment() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let slots = app.coming(8);
    let id = citizen::id_number();
    // Each new hold replaces the one before, and every token still stands for its slot.
    let mut holds = Vec::new();
    for starts_at in &slots {
        let hold: Hold = app
            .stranger()
            .hold(&office, *starts_at, &[&id])
            .await
            .expect(201)
            .json();
        holds.push(hold);
    }
    let person = app.stranger();
    // What a replaced hold gives back may be seen a second later.
    eventually(async || (person.slot(&office, slots[0]).await.free == 4).then_some(())).await;
    let answers = join_all(
        holds
            .iter()
            .map(|hold| async { person.confirm(hold, &[&id]).await }),
    )
    .await;
    let booked = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(booked, 1);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_that_cross_between_two_full_slots_leave_everybody_one_place() {
    let app = TestApp::start().await;
    let office = app.office("22786", 3).await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        left.push(person.book(&office, first, &citizen::id_number()).await);
        right.push(person.book(&office, second, &citizen::id_number()).await);
    }
    // Each holds the last place of the other slot in turn; a released token may still try.
    let mut moves = Vec::new();
    for (booked, to) in left
        .iter()
        .map(|one| (one, second))
        .chain(right.iter().map(|one| (one, first)))
    {
        let hold: Hold = person
            .hold_for_move(&office, to, booked)
            .await
            .expect(201)
            .json();
        let request = person
            .request(
                reqwest::Method::DELETE,
                &format!("/api/v1/holds/{}", hold.hold_id),
            )
            .header("x-hold-token", &hold.hold_token);
        person.send(request).await.expect(204);
        moves.push((booked.clone(), hold));
    }
    // Then both slots fill up.
    person.book(&office, first, &citizen::id_number()).await;
    person.book(&office, second, &citizen::id_number()).await;
    for _ in 0..5 {
        let answers = join_all(
            moves
                .iter()
                .map(|(booked, hold)| async { person.reschedule(booked, hold).await }),
        )
        .await;
        for answer in answers {
            assert!(
                answer.status == 200 || answer.status == 409,
                "{}",
                answer.text
            );
        }
        assert_laws(&app).await;
    }
    for (booked, _) in &moves {
        assert_eq!(person.appointment(booked).await.status, "booked");
    }
    let free = person.slot(&office, first).await.free + person.slot(&office, second).await.free;
    assert_eq!(free, 0, "six people, six places");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_nobody_elses_and_ends() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let starts_at = *app.coming(8).last().unwrap();
    let person = app.stranger();
    let (id, other) = (citizen::id_number(), citizen::id_number());
    let hold: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    person
        .confirm(&hold, &[&other])
        .await
        .refused(422, "hold-foreign");
    let forged = Hold {
        hold_token: hold.hold_token.replace(['A', 'B'], "C"),
        ..hold.clone()
    };
    person
        .confirm(&forged, &[&id])
        .await
        .refused(422, "hold-foreign");
    app.advance(TimeDelta::seconds(121)).await;
    person
        .confirm(&hold, &[&id])
        .await
        .refused(410, "hold-ended");
    let again: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    assert_ne!(again.hold_id, hold.hold_id);
    person.confirm(&again, &[&id]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_gives_the_same_hold_and_few_parties_are_held_for_one_device() {
    let app = TestApp::start().await;
    let office = app.office("22786", 10).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let device = Uuid::new_v4();
    let hold = async |id: &str| {
        let mut body = wish(&office, starts_at, &[id]);
        body["device_id"] = json!(device);
        person.post("/api/v1/holds", body).await
    };
    let (a, b, c) = (
        citizen::id_number(),
        citizen::id_number(),
        citizen::id_number(),
    );
    let first: Hold = hold(&a).await.expect(201).json();
    let again: Hold = hold(&a).await.expect(201).json();
    assert_eq!(first.hold_token, again.hold_token);
    hold(&b).await.expect(201);
    hold(&c).await.refused(409, "too-many-holds");
    assert_eq!(person.slot(&office, starts_at).await.free, 8);
}

#[tokio::test]
async fn what_is_booked_or_full_counts_no_more_against_a_devices_holds() {
    let app = TestApp::start().await;
    let office = app.office("22786", 12).await;
    let helper = app.volunteer("22786").await;
    let starts_at = app.coming(2);
    // One after another, faster than holds run out: more than ten at once would be too many.
    for _ in 0..12 {
        helper
            .book(&office, starts_at[0], &citizen::id_number())
            .await;
    }
    let device = Uuid::new_v4();
    let try_full = async |id: &str| {
        let mut body = wish(&office, starts_at[0], &[id]);
        body["device_id"] = json!(device);
        app.stranger().post("/api/v1/holds", body).await
    };
    for _ in 0..3 {
        let id = citizen::id_number();
        try_full(&id).await.refused(409, "slot-full");
    }
}

/// A hold that could be prolonged by trying to confirm it would keep its place for as long as
/// somebody tries, and cost nothing.
#[tokio::test]
async fn a_hold_that_ran_out_frees_its_place_however_often_somebody_confirms_it() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let (holder, id) = (app.stranger(), citizen::id_number());
    let hold = holder.hold(&office, starts_at, &[&id]).await.expect(201);
    let hold: Hold = hold.json();
    let left = hold.ends_at - app.app.clock.now();
    app.advance(left - TimeDelta::seconds(1)).await;
    let other = citizen::id_number();
    for _ in 0..2 {
        app.advance(TimeDelta::milliseconds(3_100)).await;
        holder
            .confirm(&hold, &[&id])
            .await
            .refused(410, "hold-ended");
    }
    let late = app.stranger().hold(&office, starts_at, &[&other]).await;
    late.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_fill_their_share_and_helpers_the_rest() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    app.admin()
        .await
        .patch(
            &format!("/api/v1/offices/{}", office.office_id),
            json!({ "unverified_share": 50 }),
        )
        .await
        .expect(200);
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    for _ in 0..2 {
        person.book(&office, starts_at, &citizen::id_number()).await;
    }
    let late = citizen::id_number();
    person
        .hold(&office, starts_at, &[&late])
        .await
        .refused(409, "slot-full");
    let volunteer = app.volunteer("22786").await;
    let hold: Hold = volunteer
        .hold(&office, starts_at, &[&late])
        .await
        .expect(201)
        .json();
    // A helper's hold is confirmed by a helper.
    person
        .confirm(&hold, &[&late])
        .await
        .refused(422, "hold-foreign");
    let party: BookedParty = volunteer.confirm(&hold, &[&late]).await.expect(201).json();
    assert!(party.appointments[0].verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_own_share_opens_on_the_day() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let admin = app.admin().await;
    let path = format!("/api/v1/offices/{}", office.office_id);
    let change = json!({ "same_day_share": 50, "release_min": 0, "walk_in_places": 1 });
    admin.patch(&path, change).await.expect(200);
    let person = app.stranger();
    let tomorrow = *app.coming(48).last().unwrap();
    let slot = person.slot(&office, tomorrow).await;
    assert_eq!((slot.free, slot.opening_later), (1, 2), "{slot:?}");
    person.book(&office, tomorrow, &citizen::id_number()).await;
    person
        .hold(&office, tomorrow, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");
    let midnight = mobile_contracts::calendar::local_day_bounds(local_day(tomorrow)).start;
    app.advance(midnight - app.app.clock.now() + TimeDelta::seconds(1))
        .await;
    app.app.availability.forget_office(office.office_id);
    // Shortly before midnight, tomorrow's slot closes before its day has begun.
    if tomorrow > app.app.clock.now() + TimeDelta::minutes(20) {
        assert_eq!(person.slot(&office, tomorrow).await.free, 2);
        person.book(&office, tomorrow, &citizen::id_number()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_closes_before_it_starts_and_today_comes_first() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let far = app.office("22759", 4).await;
    let person = app.stranger();
    let commune = app.commune("22786").await;
    let nearest: NearestSlots = person
        .get(&format!(
            "/api/v1/slots/nearest?unit_id={commune}&service=cccd_new"
        ))
        .await
        .expect(200)
        .json();
    let first: &NearSlot = &nearest.slots[0];
    assert_eq!(first.office_id, office.office_id);
    assert!(first.same_commune && first.office_id != far.office_id);
    let now = app.app.clock.now();
    assert!(first.starts_at >= now + TimeDelta::minutes(15), "lead time");

    let past = first.starts_at - TimeDelta::minutes(30);
    let answer = person.hold(&office, past, &[&citizen::id_number()]).await;
    assert!(
        answer.text.contains("slot-closed") || answer.text.contains("slot-not-found"),
        "{}",
        answer.text
    );
    let between = first.starts_at + TimeDelta::minutes(7);
    person
        .hold(&office, between, &[&citizen::id_number()])
        .await
        .refused(404, "slot-not-found");
    let beyond = first.starts_at + TimeDelta::days(40);
    person
        .hold(&office, beyond, &[&citizen::id_number()])
        .await
        .refused(404, "slot-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_told_under_an_etag() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let path = format!("/api/v1/offices/{}/slots", office.office_id);
    let answer = person.get(&path).await.expect(200);
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let request = person
        .request(reqwest::Method::GET, &path)
        .header("if-none-match", &tag);
    assert_eq!(request.send().await.unwrap().status(), 304);
    person
        .get(&format!("{path}?service=passport"))
        .await
        .refused(422, "invalid");
    person
        .get("/api/v1/offices/999999/slots")
        .await
        .refused(404, "office-not-found");
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
async fn an_officer_opens_an_office_and_its_slots_exist_at_once() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    let unit_id = app.commune("22786").await;
    let new = json!({
        "unit_id": unit_id, "name": "Công an xã", "kind": "fixed", "address": "Thôn 1",
        "services": ["cccd_new"],
    });
    let office: Office = officer
        .post("/api/v1/offices", &new)
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/offices/{}", office.office_id);
    let all_week = |capacity: i16| -> Vec<_> {
        (1..=7)
            .map(|weekday| {
                json!({ "weekday": weekday, "session": 1, "opens_min": 0, "closes_min": 1440, "capacity": capacity })
            })
            .collect()
    };
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(3) }))
        .await
        .expect(200);
    officer
        .patch(
            &path,
            json!({ "same_day_share": 0, "unverified_share": 100 }),
        )
        .await
        .expect(200);
    let test_office = crate::harness::booking::TestOffice {
        office_id: office.office_id,
    };
    let person = app.stranger();
    let starts_at = app.coming(1)[0];
    assert_eq!(person.slot(&test_office, starts_at).await.free, 3);
    for _ in 0..2 {
        person
            .book(&test_office, starts_at, &citizen::id_number())
            .await;
    }
    // Fewer places than bookings: refused, and nothing changes.
    let refused = officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(1) }))
        .await;
    refused.refused(409, "hours-in-use");
    assert_eq!(person.slot(&test_office, starts_at).await.free, 1);
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(2) }))
        .await
        .expect(200);
    assert_eq!(person.slot(&test_office, starts_at).await.free, 0);
    // What was withdrawn is not even the desk's.
    let elsewhen = person
        .book(&test_office, app.coming(2)[1], &citizen::id_number())
        .await;
    let one = format!("{path}/desk/appointments/{}", elsewhen.appointment_id);
    officer
        .post(&format!("{one}/move"), json!({ "starts_at": starts_at }))
        .await
        .refused(409, "slot-full");
    officer
        .put(&format!("{path}/hours"), json!({ "hours": all_week(5) }))
        .await
        .expect(200);
    assert_eq!(person.slot(&test_office, starts_at).await.free, 3);

    let elsewhere = app.officer("22759").await;
    elsewhere
        .post("/api/v1/offices", &new)
        .await
        .refused(404, "not-found");
    let list: Page<Office> = person
        .get("/api/v1/offices?service=cccd_new")
        .await
        .expect(200)
        .json();
    assert_eq!(list.items.len(), 1);
    assert_laws(&app).await;
}

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_books_sees_and_cancels() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let starts_at = app.coming(1)[0];
    let starts_s = starts_at.timestamp().to_string();
    let read = async |path: &str| {
        let request = person.request(reqwest::Method::GET, path);
        let response = request.send().await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains("style-src 'sha256-") && policy.contains("form-action 'self'"));
        assert!(!response.headers().contains_key("set-cookie"));
        response.text().await.unwrap()
    };
    let search = read("/dat-lich?service=cccd_new").await;
    assert!(search.contains(&format!("starts_s={starts_s}")), "{search}");
    let office_id = office.office_id.to_string();
    let form = read(&format!(
        "/dat-lich/cong-dan?office_id={office_id}&starts_s={starts_s}&service=cccd_new"
    ))
    .await;
    assert!(form.contains("method=\"post\"") && !form.contains("<script"));
    let id = citizen::id_number();
    let device = hidden(&form, "device_id");
    let name = "Nguyễn <b>Thử";
    let mut fields = vec![
        ("office_id", office_id.as_str()),
        ("starts_s", starts_s.as_str()),
        ("service", "cccd_new"),
        ("device_id", device.as_str()),
        ("name", name),
        ("id_number", id.as_str()),
        ("consent", "yes"),
    ];
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 422, "a name has no brackets: {page}");
    fields[4].1 = "Nguyễn Thị Thử";
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 200, "{page}");
    let (token, key) = (hidden(&page, "hold_token"), hidden(&page, "key"));
    fields.extend([("hold_token", token.as_str()), ("key", key.as_str())]);
    let (status, booked) = person.post_form("/dat-lich/xac-nhan", &fields).await;
    assert_eq!(status, 201, "{booked}");
    let (_, again) = person.post_form("/dat-lich/xac-nhan", &fields).await;
    assert_eq!(booked, again, "pressing twice books once");
    let mut told = booked
        .split("class=\"code\">")
        .skip(1)
        .map(|part| part.split('<').next().unwrap());
    let own = [
        ("code", told.next().unwrap()),
        ("secret", told.next().unwrap()),
    ];
    let (status, page) = person.post_form("/lich-hen", &own).await;
    assert_eq!(status, 200, "{page}");
    let (to, to_office, move_key) = (
        hidden(&page, "starts_s"),
        hidden(&page, "office_id"),
        hidden(&page, "key"),
    );
    let mut moving = own.to_vec();
    moving.extend([
        ("starts_s", to.as_str()),
        ("office_id", to_office.as_str()),
        ("key", move_key.as_str()),
    ]);
    let (status, page) = person.post_form("/lich-hen/doi", &moving).await;
    assert_eq!(status, 200, "{page}");
    let (status, page) = person.post_form("/lich-hen/huy", &own).await;
    assert!(status == 200 && page.contains("Đã hủy"), "{page}");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_site_posts_is_refused() {
    let app = TestApp::start().await;
    let person = app.stranger();
    let host = app.address.as_str();
    for (header, value, expected) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "https://example.org", 403),
        ("origin", "null", 403),
        ("accept", "*/*", 403),
        ("origin", host, 404),
        ("sec-fetch-site", "same-origin", 404),
    ] {
        let request = person
            .request(reqwest::Method::POST, "/lich-hen")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(header, value)
            .body("code=AAAA-AAAA&secret=AAAAA-AAAAA");
        let status = request.send().await.unwrap().status();
        assert_eq!(status.as_u16(), expected, "{header}: {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_slot_today() {
    let app = TestApp::start().await;
    let mut conn = app.owner().await;
    let now = app.app.clock.now();
    api::demo::load(&mut conn, &app.app.config, &app.app.keys, now)
        .await
        .unwrap();
    app.app
        .availability
        .forget_office(mobile_contracts::ids::OfficeId(0));
    let offices: Page<Office> = app
        .stranger()
        .get("/api/v1/offices")
        .await
        .expect(200)
        .json();
    assert_eq!(offices.items.len(), 8);
    let mobile = offices
        .items
        .iter()
        .find(|office| office.kind == "mobile")
        .unwrap();
    let path = format!("/api/v1/offices/{}/slots", mobile.office_id);
    let day: mobile_contracts::booking::DaySlots =
        app.stranger().get(&path).await.expect(200).json();
    let midnight = mobile_contracts::calendar::local_day_bounds(local_day(now)).end;
    if midnight - now > TimeDelta::minutes(11) {
        assert!(day.slots.iter().any(|slot| slot.free_unverified > 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_ignores_old_news_and_another_process_sees_a_freed_place() {
    let app = TestApp::start().await;
    let other = TestApp::with().start_on(app.database.clone()).await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let booked = person.book(&office, starts_at, &citizen::id_number()).await;
    // Somebody's late news: the place as it was before it was booked.
    let old = Change {
        starts_at,
        place_no: 1,
        rev: 1,
        state: State::Free,
    };
    mirror::mirror(&app.app, office.office_id, &[old]).await;
    let known = mirror::taken_of_day(&app.app, office.office_id, local_day(starts_at)).await;
    let (is_booked, rev) = known[&api::booking::slots::rules::field(starts_at, 1)];
    assert_eq!((is_booked, rev), (true, 2));
    let there = other.stranger();
    assert_eq!(there.slot(&office, starts_at).await.free, 0);
    let late = citizen::id_number();
    let answer = there.hold(&office, starts_at, &[&late]).await;
    answer.refused(409, "slot-full");

    person.cancel(&booked).await.expect(200);
    let freed = std::time::Instant::now();
    while there.slot(&office, starts_at).await.free == 0 {
        assert!(freed.elapsed().as_secs() < 2, "visible within two seconds");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    there.hold(&office, starts_at, &[&late]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_went_back_freezes_no_place() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let (id, other) = (citizen::id_number(), citizen::id_number());
    person.hold(&office, starts_at, &[&id]).await.expect(201);
    app.advance(TimeDelta::hours(-1)).await;
    person.hold(&office, starts_at, &[&other]).await.expect(201);
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

#[tokio::test(flavor = "multi_thread")]
async fn walk_in_places_are_the_desks_alone() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let officer = app.officer("22786").await;
    let [first, second] = app.coming(2)[..] else {
        panic!()
    };
    let person = app.stranger();
    let booked = person.book(&office, first, &citizen::id_number()).await;
    let path = format!("/api/v1/offices/{}", office.office_id);
    officer
        .patch(&path, json!({ "walk_in_places": 1 }))
        .await
        .expect(200);
    assert_eq!(person.slot(&office, second).await.free, 0);
    let answer = person.hold(&office, second, &[&citizen::id_number()]).await;
    answer.refused(409, "slot-full");
    let one = format!("{path}/desk/appointments/{}", booked.appointment_id);
    officer
        .post(&format!("{one}/move"), json!({ "starts_at": second }))
        .await
        .expect(200);
    assert_laws(&app).await;
}
