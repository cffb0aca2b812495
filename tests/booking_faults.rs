//! Booking while something breaks: Redis emptied, stopped, killed, absent; the answer of a COMMIT
//! lost on its way. A hold may be lost; an appointment never, and never are there two of one place.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use mobile_contracts::booking::{BookedAppointment, BookedParty, Hold};
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws, confirmation};
use crate::harness::own_redis::OwnRedis;
use crate::harness::proxied::Proxied;
use crate::harness::{Person, TestApp, citizen, eventually};

const CAPACITY: i16 = 8;
const PEOPLE: usize = 32;

/// One person's try: a hold, a moment of typing, a confirmation. Never an error of ours.
async fn try_to_book(
    person: &Person,
    office: &TestOffice,
    starts_at: DateTime<Utc>,
    at: usize,
) -> Option<BookedAppointment> {
    let id = citizen::id_number();
    // People come one after another, so that the fault finds each of them somewhere else.
    tokio::time::sleep(Duration::from_millis(20 * at as u64)).await;
    let answer = person.hold(office, starts_at, &[&id]).await;
    if answer.status != 201 {
        answer.refused(409, "slot-full");
        return None;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = person.confirm(&answer.json::<Hold>(), &[&id]).await;
    if answer.status != 201 {
        answer.refused(409, "slot-full");
        return None;
    }
    let party: BookedParty = answer.json();
    Some(party.appointments[0].clone())
}

/// Many people want a slot of eight while the fault happens; then it is healed, and whoever still
/// wants a place gets it while there is one.
async fn rush(apps: &[&TestApp], fault: impl AsyncFnOnce(), heal: impl AsyncFnOnce()) {
    let app = apps[0];
    let office = app.office("22786", CAPACITY).await;
    let starts_at = *app.coming(4).last().unwrap();
    let people: Vec<Person> = (0..PEOPLE)
        .map(|at| apps[at % apps.len()].stranger())
        .collect();
    let rushing = join_all(
        people
            .iter()
            .enumerate()
            .map(|(at, person)| try_to_book(person, &office, starts_at, at)),
    );
    let breaking = async {
        tokio::time::sleep(Duration::from_millis(180)).await;
        fault().await;
    };
    let (outcomes, ()) = tokio::join!(rushing, breaking);
    assert_laws(app).await;
    heal().await;
    let mut booked: Vec<BookedAppointment> = outcomes.into_iter().flatten().collect();
    assert!(booked.len() <= CAPACITY as usize, "{}", booked.len());

    // Holds that nobody will confirm end; then every place can be booked, and no more.
    for app in apps {
        app.app.clock.advance(TimeDelta::seconds(130));
    }
    app.advance(TimeDelta::zero()).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let late = join_all(
        people
            .iter()
            .map(|person| try_to_book(person, &office, starts_at, 0)),
    );
    booked.extend(late.await.into_iter().flatten());
    // Two who were told "full" in the same instant may have stood in each other's way.
    for person in &people {
        booked.extend(try_to_book(person, &office, starts_at, 0).await);
    }
    assert_eq!(booked.len(), CAPACITY as usize, "every place, and no more");
    let mut places: Vec<i16> = booked.iter().map(|one| one.place_no).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=CAPACITY).collect::<Vec<_>>());
    for one in &booked {
        let seen = app.stranger().appointment(one).await;
        assert_eq!(seen.status, "booked", "what was answered 201 is there");
    }
    assert_laws(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_emptied_in_a_rush() {
    let redis = OwnRedis::start();
    let app = TestApp::with().redis_at(&redis.url()).start().await;
    rush(&[&app], async || redis.flush(), async || {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_stopped_in_a_rush() {
    let redis = OwnRedis::start();
    let app = TestApp::with().redis_at(&redis.url()).start().await;
    rush(&[&app], async || redis.pause(), async || redis.resume()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_killed_in_a_rush_and_comes_back_empty() {
    let redis = std::sync::Mutex::new(OwnRedis::start());
    let url = redis.lock().unwrap().url();
    let app = TestApp::with().redis_at(&url).start().await;
    let kill = async || redis.lock().unwrap().kill();
    rush(&[&app], kill, async || redis.lock().unwrap().start_again()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_out_of_reach_in_a_rush() {
    let redis = OwnRedis::start();
    let way = Proxied::redis(&redis.url());
    let app = TestApp::with().redis_at(&way.redis_url()).start().await;
    rush(
        &[&app],
        async || way.proxy.hold(),
        async || way.proxy.pass(),
    )
    .await;
}

/// A firewall that forgot a connection, or a machine that vanished, never says so: whoever waits for
/// the connection to fail waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_redis_that_went_silent_is_made_anew() {
    let redis = OwnRedis::start();
    let way = Proxied::redis(&redis.url());
    let app = TestApp::with().redis_at(&way.redis_url()).start().await;
    let redis_is = async || app.stranger().get("/health/ready").await.value()["redis"].clone();
    assert_eq!(redis_is().await, "ok");
    way.proxy.pass_forgetting();
    let went_silent = async || (redis_is().await == "degraded").then_some(());
    eventually(went_silent).await;
    let is_back = async || (redis_is().await == "ok").then_some(());
    eventually(is_back).await;
}

/// As with Redis; and PostgreSQL's own timeouts are among what does not arrive.
#[tokio::test(flavor = "multi_thread")]
async fn connections_to_postgresql_that_went_silent_are_given_up() {
    let postgres = Proxied::postgres().await;
    let app = TestApp::with()
        .postgres_through(postgres.sockets())
        .start()
        .await;
    let office = app.office("22786", 20).await;
    let starts_at = app.coming(1)[0];
    let people: Vec<Person> = (0..10).map(|_| app.stranger()).collect();
    let rush = async || {
        let tries = people.iter().map(async |person| {
            let id = citizen::id_number();
            person.hold(&office, starts_at, &[&id]).await;
            person.get("/health/ready").await.status.as_u16()
        });
        join_all(tries).await
    };
    assert_eq!(rush().await, [200; 10], "every connection is open");
    postgres.proxy.pass_forgetting();
    // Whoever meets a silent connection waits until it is given up, and the next meets a new one.
    let mut tries = 0;
    while rush().await != [200; 10] {
        tries += 1;
        assert!(
            tries < 4,
            "the pool stays full of connections on which nobody answers"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_was_never_there() {
    let app = TestApp::with().without_redis().start().await;
    rush(&[&app], async || {}, async || {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_processes_see_redis_and_half_do_not() {
    let seeing = TestApp::start().await;
    let blind = TestApp::with()
        .without_redis()
        .start_on(seeing.database.clone())
        .await;
    rush(&[&seeing, &blind], async || {}, async || {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_a_hold_keeps_its_place_from_everybody_else() {
    let app = TestApp::with().without_redis().start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let (person, id) = (app.stranger(), citizen::id_number());
    let hold: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    let other = app.stranger();
    let late = citizen::id_number();
    other
        .hold(&office, starts_at, &[&late])
        .await
        .refused(409, "slot-full");
    person.confirm(&hold, &[&id]).await.expect(201);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_books_once_and_says_so() {
    let postgres = Proxied::postgres().await;
    let app = TestApp::with()
        .postgres_through(postgres.sockets())
        .start()
        .await;
    let office = app.office("22786", 20).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    for _ in 0..12 {
        let id = citizen::id_number();
        let hold: Hold = person
            .hold(&office, starts_at, &[&id])
            .await
            .expect(201)
            .json();
        postgres.proxy.cut_next_commits(1);
        let party: BookedParty = person.confirm(&hold, &[&id]).await.expect(201).json();
        assert_eq!(
            person.appointment(&party.appointments[0]).await.status,
            "booked"
        );
    }
    assert_eq!(
        person.slot(&office, starts_at).await.free,
        8,
        "twelve booked"
    );

    // Lost twice: the program does not know, says so, and the same key settles it.
    let (id, key) = (citizen::id_number(), Uuid::new_v4());
    let hold: Hold = person
        .hold(&office, starts_at, &[&id])
        .await
        .expect(201)
        .json();
    let body = confirmation(&hold.hold_token, &[&id]);
    postgres.proxy.cut_next_commits(2);
    let unknown = person.post_once("/api/v1/appointments", key, &body).await;
    unknown.refused(503, "unavailable");
    assert!(unknown.headers.contains_key("retry-after"));
    let settled = person.post_once("/api/v1/appointments", key, &body).await;
    settled.expect(201);
    assert_eq!(person.slot(&office, starts_at).await.free, 7);
    assert_eq!(postgres.proxy.commits_cut(), 14);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_a_party_gets_all_its_places_or_none() {
    let app = TestApp::with().without_redis().start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.in_a_row(2)[0];
    let parties: Vec<(Person, Vec<String>)> = (0..6)
        .map(|_| {
            (
                app.stranger(),
                (0..3).map(|_| citizen::id_number()).collect(),
            )
        })
        .collect();
    let booked = join_all(parties.iter().map(async |(person, ids)| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let answer = person.hold(&office, starts_at, &ids).await;
        if answer.status != 201 {
            answer.refused(409, "slot-full");
            return 0;
        }
        let hold: Hold = answer.json();
        let party: BookedParty = person.confirm(&hold, &ids).await.expect(201).json();
        party.appointments.len()
    }))
    .await;
    // The second party begins in what the first one left, and goes on in the next slot.
    assert_eq!(booked.iter().sum::<usize>(), 6, "{booked:?}");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgresql_holds_is_not_taken_by_a_token_of_redis() {
    let seeing = TestApp::start().await;
    let blind = TestApp::with()
        .without_redis()
        .start_on(seeing.database.clone())
        .await;
    let office = seeing.office("22786", 1).await;
    let starts_at = seeing.coming(1)[0];
    let (first, second) = (citizen::id_number(), citizen::id_number());
    let there = seeing.stranger();
    let by_redis: Hold = there
        .hold(&office, starts_at, &[&first])
        .await
        .expect(201)
        .json();
    let here = blind.stranger();
    let by_postgres: Hold = here
        .hold(&office, starts_at, &[&second])
        .await
        .expect(201)
        .json();
    there
        .confirm(&by_redis, &[&first])
        .await
        .refused(409, "slot-full");
    here.confirm(&by_postgres, &[&second]).await.expect(201);
    assert_laws(&seeing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_hold_that_is_given_back_frees_nothing_of_somebody_elses() {
    let seeing = TestApp::start().await;
    let blind = TestApp::with()
        .without_redis()
        .start_on(seeing.database.clone())
        .await;
    let office = seeing.office("22786", 1).await;
    let starts_at = *seeing.coming(4).last().unwrap();
    let ids = [(); 3].map(|()| citizen::id_number());
    let [late, now, next] = ids.each_ref();
    let forgetful = blind.stranger();
    let ended = forgetful.hold(&office, starts_at, &[late]).await;
    let ended: Hold = ended.expect(201).json();
    for app in [&blind, &seeing] {
        app.advance(TimeDelta::minutes(6)).await;
    }
    let holder = seeing.stranger();
    let held = holder.hold(&office, starts_at, &[now]).await;
    let held: Hold = held.expect(201).json();
    seeing.stranger().give_back(&ended).await.expect(204);
    let other = seeing.stranger();
    let refused = other.hold(&office, starts_at, &[next]).await;
    refused.refused(409, "slot-full");
    holder.confirm(&held, &[now]).await.expect(201);
    assert_laws(&seeing).await;
}
