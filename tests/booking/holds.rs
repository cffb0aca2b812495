//! Holds: whose they are, how many, and when they end.

use api::booking::holds::mirror::{self, Change, Known, State};
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::booking::Hold;
use mobile_contracts::calendar::local_day;
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::wish;
use crate::harness::{TestApp, citizen};

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
    let there = known[&api::booking::slots::rules::field(starts_at, 1)];
    let newest = Known::Told {
        booked: true,
        rev: 2,
    };
    assert_eq!(there, newest);
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
async fn a_hold_that_redis_gave_stands_and_one_that_postgresql_ended_is_over() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let [first, second] = app.coming(2).try_into().unwrap();
    for starts_at in [first, second] {
        // The place has its row from now on.
        let person = app.stranger();
        let booked = person.book(&office, starts_at, &citizen::id_number()).await;
        person.cancel(&booked).await.expect(200);
    }
    let ids = [(); 3].map(|()| citizen::id_number());
    let [holder, next, late] = ids.each_ref();
    let held = app.stranger().hold(&office, first, &[holder]).await;
    held.expect(201);
    // An offer that Redis was told of, and not of its end.
    let offered = Change {
        starts_at: second,
        place_no: 1,
        rev: 1_000,
        state: State::Held {
            token: "00000000-0000-4000-8000-000000000001.0".to_owned(),
            ttl_ms: 600_000,
            holder: "01.offer".to_owned(),
        },
    };
    mirror::mirror(&app.app, office.office_id, &[offered]).await;
    let on = local_day(second);
    let known = mirror::taken_of_day(&app.app, office.office_id, on).await;
    let kept = known[&api::booking::slots::rules::field(second, 1)];
    assert!(matches!(kept, Known::Told { booked: false, .. }));
    app.owner()
        .await
        .batch_execute("update place set rev = 1001")
        .await
        .unwrap();
    app.app.availability.forget_all();
    let other = app.stranger();
    let refused = other.hold(&office, first, &[next]).await;
    refused.refused(409, "slot-full");
    assert_eq!(other.slot(&office, first).await.free, 0);
    assert_eq!(other.slot(&office, second).await.free, 1);
    other.hold(&office, second, &[late]).await.expect(201);
}
