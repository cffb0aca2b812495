//! Against hoarding: strangers get their share and no more, what they book far ahead lapses unless
//! they keep it, and cycles of booking and cancelling end with somebody who helps.

use api::booking::holds::mirror::{self, Change, State};
use api::booking::{holds, sweeper};
use api::db::schema::{appointment, idempotency, notice};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use futures_util::future::join_all;
use mobile_contracts::booking::{Appointment, BookedAppointment, Hold, NearestSlots};
use mobile_contracts::calendar::local_day;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::{TestOffice, assert_laws, confirmation, key_of, wish};
use crate::harness::{Person, TestApp, citizen};

/// The first slot that starts at least so many hours from now.
fn slot_in(app: &TestApp, hours: i64) -> DateTime<Utc> {
    let half_hour = 1800;
    let at = (app.app.clock.now() + TimeDelta::hours(hours)).timestamp();
    DateTime::from_timestamp((at / half_hour + 1) * half_hour, 0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_booking_from_far_ahead_lapses_unless_they_say_that_they_come() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let starts_at = slot_in(&app, 72);
    let stranger = app.stranger();
    let lapsing = stranger
        .book(&office, starts_at, &citizen::id_number())
        .await;
    let kept = stranger
        .book(&office, starts_at, &citizen::id_number())
        .await;
    let helped = {
        let volunteer = app.volunteer("22786").await;
        volunteer
            .book(&office, starts_at, &citizen::id_number())
            .await
    };
    let soon = stranger
        .book(&office, slot_in(&app, 20), &citizen::id_number())
        .await;
    let keep_by = stranger
        .appointment(&kept)
        .await
        .keep_by
        .expect("it must be kept");
    assert_eq!(keep_by, starts_at - TimeDelta::hours(12));
    assert_eq!(stranger.appointment(&helped).await.keep_by, None);
    assert_eq!(stranger.appointment(&soon).await.keep_by, None);

    let keep = async |one: &BookedAppointment| {
        stranger
            .post("/api/v1/appointments/keep", key_of(one))
            .await
    };
    keep(&kept).await.refused(409, "too-early-to-keep");
    app.advance(TimeDelta::hours(49)).await;
    for _ in 0..2 {
        let answer: Appointment = keep(&kept).await.expect(200).json();
        assert_eq!(answer.keep_by, None);
    }
    sweeper::round(&app.app).await.unwrap();
    assert_eq!(stranger.appointment(&lapsing).await.status, "booked");

    app.advance(TimeDelta::hours(12)).await;
    sweeper::round(&app.app).await.unwrap();
    sweeper::round(&app.app).await.unwrap();
    assert_eq!(stranger.appointment(&lapsing).await.status, "cancelled");
    for one in [&kept, &helped] {
        assert_eq!(stranger.appointment(one).await.status, "booked");
    }
    let told = async |kind: &str| -> Vec<DateTime<Utc>> {
        let of_kind = notice::table.filter(notice::kind.eq(kind.to_owned()));
        let mut conn = app.conn().await;
        of_kind
            .select(notice::not_before)
            .load(&mut conn)
            .await
            .unwrap()
    };
    assert_eq!(told("booking.lapsed").await.len(), 1);
    let day_before = starts_at - TimeDelta::hours(24);
    assert_eq!(told("booking.lapsing").await, [day_before, day_before]);
    keep(&lapsing).await.refused(409, "not-movable");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_books_and_cancels_twice_in_a_week_books_with_help_until_somebody_lifts_it() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(4)[3];
    let stranger = app.stranger();
    let id = citizen::id_number();
    for _ in 0..2 {
        let booked = stranger.book(&office, starts_at, &id).await;
        stranger.cancel(&booked).await.expect(200);
    }
    let again = async |person: &Person| {
        let hold = person.hold(&office, starts_at, &[&id]).await;
        person
            .confirm(&hold.expect(201).json::<Hold>(), &[&id])
            .await
    };
    again(&stranger).await.refused(409, "cancelled-often");
    // With a volunteer it goes on; a desk that voids a booking is not the citizen's doing.
    let volunteer = app.volunteer("22786").await;
    let helped = volunteer.book(&office, starts_at, &id).await;
    stranger.cancel(&helped).await.expect(200);
    again(&stranger).await.refused(409, "cancelled-often");

    let lead = app.lead("22786").await;
    let lift = json!({ "id_number": id, "hours": 24, "reason": "Đã gặp trực tiếp" });
    volunteer
        .post("/api/v1/booking-limits/lifts", &lift)
        .await
        .refused(403, "forbidden");
    lead.post("/api/v1/booking-limits/lifts", &lift)
        .await
        .expect(201);
    again(&stranger).await.expect(201);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_later_old_cancellations_are_forgotten() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let stranger = app.stranger();
    let id = citizen::id_number();
    for _ in 0..2 {
        let booked = stranger.book(&office, app.coming(4)[3], &id).await;
        stranger.cancel(&booked).await.expect(200);
    }
    app.advance(TimeDelta::days(7) + TimeDelta::minutes(1))
        .await;
    stranger.book(&office, app.coming(4)[3], &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helpers_pace_is_lifted_by_a_lead_of_the_same_commune_only() {
    let app = TestApp::with()
        .set("TO06_HOLDS_PER_HOUR", "2")
        .start()
        .await;
    let office = app.office("22786", 8).await;
    let starts_at = app.coming(4)[3];
    let volunteer = app.volunteer("22786").await;
    let hold = async || {
        volunteer
            .hold(&office, starts_at, &[&citizen::id_number()])
            .await
    };
    hold().await.expect(201);
    hold().await.expect(201);
    hold().await.refused(429, "too-many-requests");
    let lift = json!({
        "account_id": volunteer.account_id,
        "hours": 2,
        "reason": "Ra quân tại thôn",
    });
    let path = "/api/v1/booking-limits/lifts";
    let elsewhere = app.lead("22795").await;
    elsewhere.post(path, &lift).await.refused(404, "not-found");
    let lead = app.lead("22786").await;
    lead.post(path, &lift).await.expect(201);
    hold().await.expect(201);
    app.owner()
        .await
        .batch_execute(
            "update limit_lift set lifted_at = lifted_at - interval '2 hours', \
             until = until - interval '2 hours'",
        )
        .await
        .unwrap();
    hold().await.refused(429, "too-many-requests");
    let both = json!({ "hours": 0, "reason": "" });
    let problem = lead.post(path, &both).await.refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["/hours", "/reason", "/id_number"]);
}

/// A robot that comes from one of three addresses: it holds and confirms for people it invents.
async fn attack(app: &TestApp, office: &TestOffice, at: usize, starts: &[DateTime<Utc>]) -> Value {
    let robot = app.stranger();
    let address = format!("203.0.113.{}", 1 + at % 3);
    let mut tally = json!({ "booked": 0, "full": 0, "work": 0 });
    let mut count = |what: &str| {
        let so_far = tally[what].as_i64().unwrap();
        tally[what] = json!(so_far + 1);
    };
    for starts_at in starts {
        let id = citizen::id_number();
        let request = robot
            .request(reqwest::Method::POST, "/api/v1/holds")
            .header("x-forwarded-for", &address)
            .json(&wish(office, *starts_at, &[&id]));
        let answer = robot.send(request).await;
        match answer.status.as_u16() {
            201 => {
                let hold: Hold = answer.json();
                let body = confirmation(&hold.hold_token, &[&id]);
                let confirmed = robot
                    .post_once("/api/v1/appointments", Uuid::new_v4(), body)
                    .await;
                count(if confirmed.status == 201 {
                    "booked"
                } else {
                    "full"
                });
            }
            409 => count("full"),
            422 => {
                answer.refused(422, "work-needed");
                count("work");
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_robots_at_three_addresses_get_the_strangers_share_and_no_more() {
    let app = TestApp::with()
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .set("TO06_EASY_HOLDS_PER_HOUR", "60")
        .start()
        .await;
    let office = app.office("22786", 8).await;
    app.owner()
        .await
        .batch_execute("update office set unverified_share = 50, hours_rev = hours_rev + 1")
        .await
        .unwrap();
    app.app.availability.forget_office(office.office_id);
    let starts = app.coming(6);
    let tallies = join_all((0..50).map(|at| attack(&app, &office, at, &starts))).await;
    let sum = |what: &str| -> i64 {
        let counts = tallies.iter().map(|tally| tally[what].as_i64().unwrap());
        counts.sum()
    };
    assert!(sum("work") > 0, "a busy address is asked for work");
    let taken: Vec<(DateTime<Utc>, i64)> = appointment::table
        .filter(appointment::status.eq("booked"))
        .group_by(appointment::starts_at)
        .select((appointment::starts_at, diesel::dsl::count_star()))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert!(!taken.is_empty());
    for (starts_at, count) in taken {
        assert!(count <= 4, "{count} of 8 at {starts_at}");
    }
    // Those for whom somebody vouches still find room in every slot.
    let volunteer = app.volunteer("22786").await;
    for starts_at in starts {
        volunteer
            .book(&office, starts_at, &citizen::id_number())
            .await;
    }
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_not_shown_places_that_are_kept_for_others() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    app.owner()
        .await
        .batch_execute("update office set unverified_share = 50, hours_rev = hours_rev + 1")
        .await
        .unwrap();
    app.app.availability.forget_office(office.office_id);
    let full = app.coming(1)[0];
    let stranger = app.stranger();
    stranger.book(&office, full, &citizen::id_number()).await;
    let commune = app.commune("22786").await;
    let starts = async |unverified: bool| -> Vec<DateTime<Utc>> {
        let path = format!("/api/v1/slots/nearest?unit_id={commune}&unverified={unverified}");
        let found: NearestSlots = stranger.get(&path).await.expect(200).json();
        let here = found.slots.iter();
        let here = here.filter(|slot| slot.office_id == office.office_id);
        here.map(|slot| slot.starts_at).collect()
    };
    assert!(starts(false).await.contains(&full));
    let offered = starts(true).await;
    assert!(!offered.is_empty() && !offered.contains(&full));
    stranger
        .hold(&office, full, &[&citizen::id_number()])
        .await
        .refused(409, "slot-full");
    let volunteer = app.volunteer("22786").await;
    volunteer.book(&office, full, &citizen::id_number()).await;
    assert!(!starts(false).await.contains(&full));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_address_works_for_its_holds() {
    let app = TestApp::with()
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .set("TO06_EASY_HOLDS_PER_HOUR", "1")
        .set("TO06_WORK_BITS", "8")
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let hold = async |body: &Value| {
        let request = person
            .request(reqwest::Method::POST, "/api/v1/holds")
            .header("x-forwarded-for", "203.0.113.9")
            .json(body);
        person.send(request).await
    };
    hold(&wish(&office, starts_at, &[&citizen::id_number()]))
        .await
        .expect(201);
    let mut body = wish(&office, starts_at, &[&citizen::id_number()]);
    let answer = hold(&body).await;
    answer.refused(422, "work-needed");
    assert_eq!(answer.value()["work_bits"], 8);
    let device: Uuid = serde_json::from_value(body["device_id"].clone()).unwrap();
    let is_done =
        |work: &String| holds::rules::is_work_done(8, device, office.office_id.0, starts_at, work);
    let work = (0..).map(|n: u32| n.to_string()).find(is_done).unwrap();
    body["work"] = json!(work);
    hold(&body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_set_right_where_it_drifted_and_old_answers_are_forgotten() {
    let app = TestApp::start().await;
    let office = app.office("22786", 2).await;
    let starts_at = app.coming(8)[7];
    let stranger = app.stranger();
    let booked = stranger
        .book(&office, starts_at, &citizen::id_number())
        .await;
    let on = local_day(starts_at);
    // A process dies after its commit and before it tells Redis: the place is free, Redis says booked.
    app.owner()
        .await
        .batch_execute(
            "update place set appointment_id = null, rev = rev + 1; \
             update appointment set status = 'cancelled'",
        )
        .await
        .unwrap();
    let known = mirror::taken_of_day(&app.app, office.office_id, on).await;
    assert_eq!(known.len(), 1);
    sweeper::tidy(&app.app).await.unwrap();
    let known = mirror::taken_of_day(&app.app, office.office_id, on).await;
    assert!(known.is_empty(), "{known:?}");
    // What Redis knows better is left alone.
    let newer = Change {
        starts_at,
        place_no: booked.place_no,
        rev: 1_000,
        state: State::Booked,
    };
    mirror::mirror(&app.app, office.office_id, &[newer]).await;
    sweeper::tidy(&app.app).await.unwrap();
    let known = mirror::taken_of_day(&app.app, office.office_id, on).await;
    assert_eq!(known.len(), 1);

    let answers = async || -> i64 {
        let mut conn = app.conn().await;
        idempotency::table
            .count()
            .get_result(&mut conn)
            .await
            .unwrap()
    };
    assert_eq!(answers().await, 1);
    app.advance(TimeDelta::hours(73)).await;
    sweeper::tidy(&app.app).await.unwrap();
    assert_eq!(answers().await, 0);
}
