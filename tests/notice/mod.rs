//! Telling people: once, in time, and nothing that is no longer so, whatever the provider does.

mod delivery;
mod reasons;

use api::db::schema::notice;
use api::notice::worker::{self, Round};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{BookedAppointment, BookedParty, Hold};
use serde_json::json;
use uuid::Uuid;

use crate::harness::app::Options;
use crate::harness::booking::{TestOffice, confirmation};
use crate::harness::gateway::{Gateway, Manner};
use crate::harness::{Person, TestApp, citizen, eventually};

/// A program that tells people through this gateway, and is not patient with it.
pub fn told_by(gateway: &Gateway) -> Options {
    TestApp::with()
        .set("TO06_NOTICE_CHANNELS", "sms")
        .set("TO06_NOTICE_TIMEOUT_MS", "400")
        .set("TO06_SMS_URL", &gateway.url)
}

impl TestApp {
    async fn round(&self) -> Round {
        worker::run_round(&self.app).await.unwrap()
    }

    async fn advance_to(&self, instant: DateTime<Utc>) {
        self.advance(instant - self.app.clock.now()).await;
    }

    /// Rounds until nothing more is due now.
    pub async fn send_all(&self) -> Round {
        let mut all = Round::default();
        loop {
            let round = self.round().await;
            all.sent += round.sent;
            all.failed += round.failed;
            all.dropped += round.dropped;
            all.put_off += round.put_off;
            if !round.is_full {
                return all;
            }
        }
    }

    /// Each notice of an appointment: kind, state and failure, in order of kind.
    async fn notices(&self, booked: &BookedAppointment) -> Vec<(String, String, Option<String>)> {
        notice::table
            .filter(notice::subject_id.eq(booked.appointment_id.0))
            .order(notice::kind)
            .select((notice::kind, notice::state, notice::failure))
            .load(&mut self.conn().await)
            .await
            .unwrap()
    }
}

/// Books for somebody with this phone, or with none.
async fn book(
    person: &Person,
    office: &TestOffice,
    starts_at: DateTime<Utc>,
    phone: Option<&str>,
) -> BookedAppointment {
    let id = citizen::id_number();
    let hold = person.hold(office, starts_at, &[&id]).await.expect(201);
    let mut body = confirmation(&hold.json::<Hold>().hold_token, &[&id]);
    let visitor = body["visitors"][0].as_object_mut().unwrap();
    match phone {
        Some(phone) => visitor.insert("phone".to_owned(), json!(phone)),
        None => visitor.remove("phone"),
    };
    let path = "/api/v1/appointments";
    let booked: BookedParty = person
        .post_once(path, Uuid::new_v4(), body)
        .await
        .expect(201)
        .json();
    booked.appointments[0].clone()
}

fn sent(count: usize) -> Round {
    Round {
        sent: count,
        ..Round::default()
    }
}

fn put_off(count: usize) -> Round {
    Round {
        put_off: count,
        ..Round::default()
    }
}

fn dropped(count: usize) -> Round {
    Round {
        dropped: count,
        ..Round::default()
    }
}

/// Longer than any wait after a first try.
const A_WHILE: TimeDelta = TimeDelta::seconds(31);

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_confirmed_by_one_text_message_signed_and_with_the_secret() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway)
        .set("TO06_SMS_HEADER", "Authorization: Bearer let-us-in")
        .set("TO06_SMS_SIGNING_KEY", "between us")
        .set("TO06_PUBLIC_ORIGIN", "https://to06.example.vn")
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let phone = citizen::phone();
    let booked = book(&app.stranger(), &office, app.coming(1)[0], Some(&phone)).await;
    assert_eq!(app.round().await, sent(1));
    let request = &gateway.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer let-us-in"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let signature = request.header("x-signature").unwrap();
    assert!(signature.starts_with("sha256=") && signature.len() == 7 + 64);
    assert_eq!(request.json()["id"], request.key());
    let text = &gateway.texts_to(&phone)[0];
    assert!(text.contains(&booked.code) && text.len() <= 160, "{text}");
    assert!(text.contains("Doi/huy: to06.example.vn/lich-hen"), "{text}");
    assert!(text.contains("Khong ai hoi ma OTP"), "{text}");
    assert_eq!(app.round().await, Round::default(), "once");
    let kept: Vec<(String, Option<Vec<u8>>, Option<String>)> = notice::table
        .select((notice::state, notice::recipient, notice::channel))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(
        kept,
        [("sent".to_owned(), None, Some("sms".to_owned()))],
        "the phone is kept no longer than it is needed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_the_log_tells_nobody_and_the_desk_knows_it() {
    let app = TestApp::with()
        .set("TO06_ENV", "production")
        .set("TO06_NOTICE_CHANNELS", "log")
        .set("DATABASE_URL", "postgres://unused")
        .set("REDIS_URL", "redis://unused")
        .set("TO06_ARGON2_MEMORY_KIB", "19456")
        .set(
            "TO06_MASTER_KEYS",
            "1:BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=",
        )
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let booked = book(
        &app.stranger(),
        &office,
        app.coming(1)[0],
        Some(&citizen::phone()),
    )
    .await;
    assert_eq!(app.round().await.failed, 1);
    assert_eq!(
        app.notices(&booked).await[0].2.as_deref(),
        Some("no_gateway")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_program_sends_by_itself_and_logs_nothing_personal() {
    let gateway = Gateway::start().await;
    let installation = tokio::task::block_in_place(|| {
        crate::harness::binary::Installation::new()
            .set("TO06_LOG", "debug")
            .set("TO06_NOTICE_CHANNELS", "sms,log")
            .set("TO06_SMS_URL", &gateway.url)
    });
    let log = installation.folder.join("log");
    let serving =
        tokio::task::block_in_place(|| installation.serve_logging(&["--demo"], Some(&log)));
    let person = serving.stranger();
    let nearest = person.get("/api/v1/slots/nearest?service=cccd_new").await;
    let nearest = nearest.expect(200).value();
    let starts_at: DateTime<Utc> =
        serde_json::from_value(nearest["slots"][0]["starts_at"].clone()).unwrap();
    let office = TestOffice {
        office_id: serde_json::from_value(nearest["slots"][0]["office_id"].clone()).unwrap(),
    };
    let (taken, logged) = (citizen::phone(), citizen::phone());
    book(&person, &office, starts_at, Some(&taken)).await;
    eventually(async || (gateway.texts_to(&taken).len() == 1).then_some(())).await;
    gateway.always(Manner::Say(422));
    let booked = book(&person, &office, starts_at, Some(&logged)).await;
    let text = eventually(async || {
        let text = std::fs::read_to_string(&log).unwrap();
        text.contains(&booked.code).then_some(text)
    })
    .await;
    tokio::task::block_in_place(|| assert_eq!(serving.terminate(), Some(0)));
    assert!(text.contains("booking.confirmed"), "{text}");
    assert!(
        text.contains(&format!("*** *** {}", &logged[7..])),
        "masked"
    );
    for phone in [&taken, &logged] {
        assert!(!text.contains(&phone[1..]), "a phone in the log");
    }
    assert!(!text.contains("Nguyễn Thị Thử"), "a name in the log");
}
