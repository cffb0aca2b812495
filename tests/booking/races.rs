//! Many at once: one place is had once, and a party has all its places or none.

use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use futures_util::future::join_all;
use mobile_contracts::booking::{BookedParty, Hold};
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{assert_laws, confirmation};
use crate::harness::{TestApp, citizen, eventually};

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
        person.give_back(&hold).await.expect(204);
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
async fn whoever_holds_a_place_gets_it_although_the_waitlist_just_looks_whom_it_suits() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let starts_at = app.coming(1)[0];
    let (person, id) = (app.stranger(), citizen::id_number());
    person.book(&office, starts_at, &citizen::id_number()).await;
    let held = person.hold(&office, starts_at, &[&id]).await.expect(201);
    let hold: Hold = held.json();
    // All that is free is locked, and left as it was a moment later.
    let mut looking = app.owner().await;
    looking
        .batch_execute("begin; select from place where appointment_id is null for update")
        .await
        .unwrap();
    let look = async {
        eventually(async || (waiting(&app).await > 0).then_some(())).await;
        looking.batch_execute("rollback").await.unwrap();
    };
    let ids = [id.as_str()];
    let (answer, ()) = tokio::join!(person.confirm(&hold, &ids), look);
    let party: BookedParty = answer.expect(201).json();
    assert_eq!(party.appointments[0].place_no, hold.place_nos[0]);
    assert_laws(&app).await;
}

/// How many wait for what another transaction has locked.
async fn waiting(app: &TestApp) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let sql = "select count(*) as n from pg_locks join pg_stat_activity using (pid) \
               where not granted and datname = current_database()";
    let mut conn = app.conn().await;
    let count: Count = diesel::sql_query(sql).get_result(&mut conn).await.unwrap();
    count.n
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
        person.give_back(&hold).await.expect(204);
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
        person.give_back(&hold).await.expect(204);
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
