//! Telling people: once, in time, and nothing that is no longer so, whatever the provider does.

use std::collections::HashSet;

use api::booking::slots::rules::minute_of_day;
use api::db::schema::{audit_event, notice};
use api::notice::worker::{self, Round};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{BookedAppointment, BookedParty, Hold};
use mobile_contracts::calendar::{local_day, local_day_bounds};
use mobile_contracts::notice::{NoticeChannels, UnreachedNotice, UnreachedReason, WhosePhone};
use mobile_contracts::page::Page;
use mobile_contracts::waitlist::WaitlistEntry;
use serde_json::json;
use uuid::Uuid;

use crate::harness::app::Options;
use crate::harness::booking::{TestOffice, confirmation};
use crate::harness::gateway::{Gateway, Manner, Request};
use crate::harness::mail::MailServer;
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
async fn whatever_the_gateway_does_first_each_person_is_told_once_under_one_key() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway)
        .set("TO06_SMS_SUCCESS_TEXT", "\"error\":0")
        .start()
        .await;
    let office = app.office("22786", 20).await;
    let person = app.stranger();
    for manner in [
        Manner::Say(500),
        Manner::Say(503),
        Manner::Say(429),
        Manner::Say(302),
        Manner::Say(401),
        Manner::SayNoPolitely,
        Manner::Hang,
        Manner::Cut,
        Manner::AcceptAndHang,
        Manner::AcceptAndCut,
        Manner::AcceptAndSay(504),
    ] {
        let phone = citizen::phone();
        book(&person, &office, app.coming(1)[0], Some(&phone)).await;
        gateway.then(&[manner]);
        let before = gateway.requests().len();
        assert_eq!(app.round().await, put_off(1), "{manner:?}");
        assert_eq!(
            app.round().await,
            Round::default(),
            "{manner:?}: not at once"
        );
        app.advance(A_WHILE).await;
        assert_eq!(app.round().await, sent(1), "{manner:?}");
        let requests = &gateway.requests()[before..];
        let keys: HashSet<&str> = requests.iter().map(Request::key).collect();
        assert_eq!((requests.len(), keys.len()), (2, 1), "{manner:?}");
        assert_eq!(gateway.texts_to(&phone).len(), 1, "{manner:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_sending_and_marking_is_the_gateways_replay() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway)
        .set("TO06_NOTICE_TIMEOUT_MS", "20000")
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let phone = citizen::phone();
    let booked = book(&app.stranger(), &office, app.coming(2)[1], Some(&phone)).await;
    gateway.then(&[Manner::AcceptAndHang]);
    // The gateway has it, and whoever sent it is gone.
    tokio::select! {
        _ = app.round() => panic!("it hangs"),
        () = gateway.met(1) => {}
    }
    assert_eq!(app.round().await, Round::default(), "it is leased");
    app.advance(TimeDelta::minutes(5)).await;
    assert_eq!(app.round().await, sent(1));
    assert_eq!(gateway.requests().len(), 2);
    assert_eq!(gateway.texts_to(&phone).len(), 1);
    assert_eq!(app.notices(&booked).await[0].1, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_side_by_side_tell_nobody_twice() {
    let gateway = Gateway::start().await;
    let first = told_by(&gateway).start().await;
    let second = told_by(&gateway).start_on(first.database.clone()).await;
    let office = first.office("22786", 50).await;
    let mut phones = Vec::new();
    for _ in 0..30 {
        let phone = citizen::phone();
        book(&first.stranger(), &office, first.coming(1)[0], Some(&phone)).await;
        phones.push(phone);
    }
    let rounds = tokio::join!(
        first.send_all(),
        second.send_all(),
        first.send_all(),
        second.send_all()
    );
    let all = rounds.0.sent + rounds.1.sent + rounds.2.sent + rounds.3.sent;
    assert_eq!(all, 30);
    assert_eq!(gateway.requests().len(), 30, "nothing was even repeated");
    for phone in phones {
        assert_eq!(gateway.texts_to(&phone).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_comes_back_after_its_lease_writes_nothing() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway)
        .set("TO06_NOTICE_TIMEOUT_MS", "3000")
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let phone = citizen::phone();
    let booked = book(&app.stranger(), &office, app.coming(2)[1], Some(&phone)).await;
    gateway.then(&[Manner::Hang]);
    let late = app.round();
    let other = async {
        gateway.met(1).await;
        // As if the first had been paused for longer than its lease.
        app.advance(TimeDelta::minutes(5)).await;
        app.round().await
    };
    let (late, other) = tokio::join!(late, other);
    assert_eq!((late, other), (put_off(1), sent(1)));
    let notices = app.notices(&booked).await;
    assert_eq!(notices, [("booking.confirmed".into(), "sent".into(), None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_what_is_no_longer_so() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (person, phone) = (app.stranger(), citizen::phone());
    let slots = app.coming(3);

    let booked = book(&person, &office, slots[0], Some(&phone)).await;
    person.cancel(&booked).await.expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1));
    let texts = gateway.texts_to(&phone);
    assert!(texts.len() == 1 && texts[0].contains("da huy"), "{texts:?}");

    let phone = citizen::phone();
    let booked = book(&person, &office, slots[0], Some(&phone)).await;
    let hold = person.hold_for_move(&office, slots[1], &booked).await;
    let hold: Hold = hold.expect(201).json();
    person.reschedule(&booked, &hold).await.expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1));
    let texts = gateway.texts_to(&phone);
    assert!(
        texts.len() == 1 && texts[0].contains("da doi sang"),
        "{texts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_start_nothing_is_sent() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let phone = citizen::phone();
    let starts_at = app.coming(1)[0];
    let booked = book(&app.stranger(), &office, starts_at, Some(&phone)).await;
    gateway.then(&[Manner::Say(503)]);
    assert_eq!(app.round().await, put_off(1));
    let second = book(&app.stranger(), &office, starts_at, Some(&phone)).await;
    app.advance_to(starts_at).await;
    assert_eq!(app.send_all().await, Round::default());
    assert_eq!(gateway.told().len(), 0);
    let why = |why: &str| {
        [(
            "booking.confirmed".into(),
            "failed".into(),
            Some(why.into()),
        )]
    };
    assert_eq!(app.notices(&booked).await, why("http_503"));
    assert_eq!(app.notices(&second).await, why("too_late"));
}

/// 18:00 in Vietnam, the day before.
fn evening_before(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    local_day_bounds(local_day(starts_at)).start - TimeDelta::hours(6)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_reminded_the_evening_before_and_two_hours_before() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let (person, phone) = (app.stranger(), citizen::phone());
    // Three and five days ahead.
    let slots = app.coming(48 * 5 + 1);
    let (first, then) = (slots[48 * 3], slots[48 * 5]);
    let booked = book(&person, &office, first, Some(&phone)).await;
    let hold = person.hold_for_move(&office, then, &booked).await;
    person
        .reschedule(&booked, &hold.expect(201).json::<Hold>())
        .await
        .expect(200);
    let round = app.round().await;
    assert_eq!((round.sent, round.dropped), (1, 1), "moved, not confirmed");

    // The reminders of the first start fall when they are due.
    let minute = TimeDelta::minutes(1);
    app.advance_to(evening_before(first) + minute).await;
    assert_eq!(app.round().await, dropped(1));
    app.advance_to(first - TimeDelta::minutes(119)).await;
    assert_eq!(app.round().await, dropped(1));

    app.advance_to(evening_before(then) - minute).await;
    assert_eq!(app.round().await, Round::default());
    app.advance_to(evening_before(then) + minute).await;
    assert_eq!(app.round().await, sent(1));
    app.advance_to(then - TimeDelta::minutes(119)).await;
    assert_eq!(app.round().await, sent(1));
    let texts = gateway.texts_to(&phone);
    assert!(
        texts.iter().any(|text| text.starts_with("Nhac lich")),
        "{texts:?}"
    );
    assert!(
        texts.iter().any(|text| text.starts_with("Sap den gio")),
        "{texts:?}"
    );
    assert_eq!(texts.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_down_is_asked_by_one_message_now_and_then() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 20).await;
    for _ in 0..15 {
        book(
            &app.stranger(),
            &office,
            app.coming(2)[1],
            Some(&citizen::phone()),
        )
        .await;
    }
    gateway.always(Manner::Say(503));
    let round = app.round().await;
    assert_eq!(round, put_off(15));
    let asked = gateway.requests().len();
    assert!(
        (5..=8).contains(&asked),
        "{asked} were with it when it went down"
    );
    let officer = app.officer("22786").await;
    let seen: NoticeChannels = officer
        .get("/api/v1/notices/channels")
        .await
        .expect(200)
        .json();
    assert!(!seen.channels[0].is_up && seen.due == 15, "{seen:?}");
    assert_eq!(seen.channels[0].last_failure.as_deref(), Some("http_503"));
    let ready = app.stranger().get("/health/ready").await.expect(200);
    assert_eq!(ready.value()["notices"], "failing");

    assert_eq!(app.send_all().await, Round::default(), "left in peace");
    app.advance(A_WHILE).await;
    assert_eq!(app.round().await.put_off, 1);
    assert_eq!(gateway.requests().len(), asked + 1, "one tries");

    // It is back: the next one that tries finds out, and all the others follow.
    gateway.always(Manner::Accept);
    app.advance(TimeDelta::minutes(6)).await;
    assert_eq!(app.send_all().await.sent, 15);
    assert_eq!(gateway.told().len(), 15);
    let tries: Vec<i16> = notice::table
        .select(notice::tries)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert!(
        tries.iter().all(|tries| *tries <= 3),
        "no try was wasted on it: {tries:?}"
    );
    let ready = app.stranger().get("/health/ready").await.expect(200);
    assert_eq!(ready.value()["notices"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_channel_is_asked_only_when_the_one_before_has_not_taken_it() {
    let (zalo, sms) = (Gateway::start().await, Gateway::start().await);
    let app = told_by(&sms)
        .set("TO06_NOTICE_CHANNELS", "zalo,sms")
        .set("TO06_ZALO_URL", &zalo.url)
        .set("TO06_ZALO_BODY", r#"{"to":"{msisdn}","text":"{text}"}"#)
        .start()
        .await;
    let office = app.office("22786", 20).await;
    let person = app.stranger();
    let starts_at = app.coming(2)[1];

    let phone = citizen::phone();
    book(&person, &office, starts_at, Some(&phone)).await;
    assert_eq!(app.round().await, sent(1));
    let text = &zalo.texts_to(&phone)[0];
    assert!(
        text.contains("Đã đặt lịch hẹn"),
        "Zalo has diacritics: {text}"
    );

    for manner in [Manner::Say(422), Manner::Say(401)] {
        let phone = citizen::phone();
        book(&person, &office, starts_at, Some(&phone)).await;
        zalo.then(&[manner]);
        assert_eq!(app.round().await, sent(1), "{manner:?}");
        assert_eq!(sms.texts_to(&phone).len(), 1, "{manner:?}");
    }

    // It may have it: nobody else is asked, and asked again it says that it had.
    let phone = citizen::phone();
    book(&person, &office, starts_at, Some(&phone)).await;
    zalo.then(&[Manner::AcceptAndCut]);
    assert_eq!(app.round().await, put_off(1));
    app.advance(A_WHILE).await;
    assert_eq!(app.round().await, sent(1));
    let told = (zalo.texts_to(&phone).len(), sms.texts_to(&phone).len());
    assert_eq!(told, (1, 0));

    // It never says: after some tries, told twice is better than not at all.
    let phone = citizen::phone();
    book(&person, &office, starts_at, Some(&phone)).await;
    zalo.then(&[Manner::Cut; 4]);
    for _ in 0..4 {
        assert_eq!(app.round().await, put_off(1));
        app.advance(TimeDelta::minutes(5)).await;
    }
    zalo.then(&[Manner::Say(503)]);
    assert_eq!(app.round().await, sent(1));
    assert_eq!(sms.texts_to(&phone).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_helper_of_somebody_without_a_phone_is_told_what_the_office_changes() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let helper = app.volunteer("22786").await;
    let officer = app.officer("22786").await;
    let booked = book(&helper, &office, app.coming(1)[0], None).await;
    assert_eq!(
        app.round().await,
        dropped(1),
        "the helper knows it was booked"
    );
    officer
        .post(&void_path(&office, &booked), json!({}))
        .await
        .expect(200);
    assert_eq!(app.round().await, sent(1));
    let texts = gateway.texts_to(&helper.phone);
    assert!(
        texts.len() == 1 && texts[0].contains(&booked.code) && texts[0].contains("ban dat ho"),
        "{texts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_told_of_an_offer_and_of_none_that_is_over() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 1).await;
    let (stranger, starts_at) = (app.stranger(), app.coming(2)[1]);
    let booked = book(&stranger, &office, starts_at, None).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let phone = citizen::phone();
        let body = json!({
            "service_code": "cccd_new",
            "office_ids": [office.office_id],
            "from_on": local_day(starts_at),
            "from_min": minute_of_day(starts_at),
            "to_min": minute_of_day(starts_at) + 1,
            "id_number": citizen::id_number(),
            "phone": phone,
            "device_id": Uuid::new_v4(),
        });
        let joined = stranger.post_once("/api/v1/waitlist", Uuid::new_v4(), body);
        let entry: WaitlistEntry = joined.await.expect(201).json();
        waiting.push((entry, phone));
    }
    stranger.cancel(&booked).await.expect(200);
    let (first, first_phone) = &waiting[0];
    let (second, second_phone) = &waiting[1];
    let key = json!({ "code": first.code, "secret": first.secret });
    stranger
        .post("/api/v1/waitlist/decline", key)
        .await
        .expect(200);
    let round = app.round().await;
    assert_eq!(round.sent, 1, "{round:?}");
    assert!(gateway.texts_to(first_phone).is_empty(), "said no already");
    let text = &gateway.texts_to(second_phone)[0];
    assert!(
        text.starts_with("Co cho ") && text.contains(&second.code),
        "{text}"
    );
}

fn void_path(office: &TestOffice, booked: &BookedAppointment) -> String {
    format!(
        "/api/v1/offices/{}/desk/appointments/{}/void",
        office.office_id, booked.appointment_id
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_could_reach_the_desk_telephones() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 20).await;
    let (officer, stranger) = (app.officer("22786").await, app.stranger());
    let starts_at = app.coming(2)[1];
    let list = format!("/api/v1/offices/{}/desk/unreached", office.office_id);
    let read = async |officer: &Person| -> Vec<UnreachedNotice> {
        let page: Page<UnreachedNotice> = officer.get(&list).await.expect(200).json();
        page.items
    };
    let unreached = async || read(&officer).await;

    // Who cancels without a phone knows it.
    let by_themselves = book(&stranger, &office, starts_at, None).await;
    stranger.cancel(&by_themselves).await.expect(200);
    assert_eq!(app.round().await, dropped(1));
    // Nobody has a phone: there is only the name.
    let without = book(&stranger, &office, starts_at, None).await;
    officer
        .post(&void_path(&office, &without), json!({}))
        .await
        .expect(200);
    // The provider refuses the number.
    let phone = citizen::phone();
    let refused = book(&stranger, &office, starts_at, Some(&phone)).await;
    gateway.then(&[Manner::Say(422)]);
    let round = app.round().await;
    assert_eq!((round.failed, round.dropped), (2, 1));
    let listed = unreached().await;
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (
            listed[0].kind.as_str(),
            listed[0].reason,
            listed[0].whose_phone
        ),
        ("booking.cancelled", UnreachedReason::NoPhone, None)
    );
    assert_eq!(listed[0].code, without.code);
    assert_eq!(listed[0].name.as_deref(), Some("Nguyễn Thị Thử"));
    let told = &listed[1];
    assert_eq!(told.reason, UnreachedReason::Failed);
    assert_eq!(told.whose_phone, Some(WhosePhone::Citizen));
    assert_eq!(told.phone.as_ref().unwrap().replace(' ', ""), phone);
    assert_eq!(
        (told.appointment_id, told.starts_at),
        (Some(refused.appointment_id), starts_at)
    );

    // A gateway that is down for ten minutes is a reason to telephone, too.
    gateway.always(Manner::Say(503));
    let overdue = book(&stranger, &office, starts_at, Some(&citizen::phone())).await;
    app.round().await;
    assert_eq!(unreached().await.len(), 2, "not yet");
    app.advance(TimeDelta::minutes(11)).await;
    let listed = unreached().await;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2].reason, UnreachedReason::Overdue);
    let first: Page<UnreachedNotice> = officer.get(&format!("{list}?limit=2")).await.json();
    assert_eq!(first.items.len(), 2);
    let cursor = first.next_cursor.unwrap();
    let second: Page<UnreachedNotice> = officer
        .get(&format!("{list}?limit=2&cursor={cursor}"))
        .await
        .json();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));

    // Somebody telephones: it leaves the list, and the gateway gets it no more.
    let called = format!("{list}/{}/called", listed[2].notice_id);
    let elsewhere = app.officer("22759").await;
    elsewhere
        .post(&called, json!({}))
        .await
        .refused(404, "not-found");
    elsewhere.get(&list).await.refused(404, "not-found");
    for _ in 0..2 {
        officer.post(&called, json!({})).await.expect(204);
    }
    let unknown = format!("{list}/{}/called", Uuid::now_v7());
    let answer = officer.post(&unknown, json!({})).await;
    answer.refused(404, "not-found");
    assert_eq!(unreached().await.len(), 2);
    gateway.always(Manner::Accept);
    app.advance(TimeDelta::minutes(6)).await;
    assert_eq!(app.send_all().await, Round::default());
    assert_eq!(app.notices(&overdue).await[0].1, "called");
    // What is no longer so needs no call.
    stranger.cancel(&refused).await.expect(200);
    assert_eq!(app.round().await, sent(1));
    let later = app.officer("22786").await;
    assert_eq!(read(&later).await.len(), 1);
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("notice.list_unreached"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(reads, 7, "every read leaves a row");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_given_up_after_eight_tries() {
    let gateway = Gateway::start().await;
    let app = told_by(&gateway).start().await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(2)[1];
    let booked = book(&app.stranger(), &office, starts_at, Some(&citizen::phone())).await;
    gateway.always(Manner::Say(503));
    for tries in 0..8 {
        app.round().await;
        // As long as the wait may be, and as the gateway is left in peace.
        let wait = TimeDelta::seconds(30 << tries).min(TimeDelta::minutes(30));
        app.advance(wait.max(TimeDelta::minutes(5))).await;
    }
    assert_eq!(gateway.requests().len(), 8);
    let confirmed = &app.notices(&booked).await[0];
    assert_eq!(confirmed.1, "failed");
    assert_eq!(confirmed.2.as_deref(), Some("http_503"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_to_a_gateway_of_text_messages_tells_once() {
    let server = MailServer::start().await;
    let app = TestApp::with()
        .set("TO06_NOTICE_CHANNELS", "email")
        .set("TO06_NOTICE_TIMEOUT_MS", "2000")
        .set("TO06_SMTP_HOST", "127.0.0.1")
        .set("TO06_SMTP_PORT", &server.port.to_string())
        .set("TO06_SMTP_TLS", "none")
        .set("TO06_SMTP_FROM", "Tổ 06 <to06@example.vn>")
        .set("TO06_SMTP_TO", "{local}@sms.example")
        .start()
        .await;
    let office = app.office("22786", 20).await;
    let person = app.stranger();
    let starts_at = app.coming(2)[1];
    let phone = citizen::phone();
    let booked = book(&person, &office, starts_at, Some(&phone)).await;
    assert_eq!(app.round().await, sent(1));
    let mails = server.mails();
    assert!(
        mails[0].to.contains(&format!("<{phone}@sms.example>")),
        "{}",
        mails[0].to
    );
    assert!(mails[0].text.contains(&booked.code), "{}", mails[0].text);
    assert!(mails[0].header("message-id").ends_with("@example.vn>"));

    // Not now; then never.
    server.answer_recipients(&["451 later", "250 fine", "550 nobody"]);
    book(&person, &office, starts_at, Some(&citizen::phone())).await;
    assert_eq!(app.round().await, put_off(1));
    app.advance(A_WHILE).await;
    assert_eq!(app.round().await, sent(1));
    let unknown = book(&person, &office, starts_at, Some(&citizen::phone())).await;
    assert_eq!(app.round().await.failed, 1);
    assert_eq!(
        app.notices(&unknown).await[0].2.as_deref(),
        Some("smtp_550")
    );

    // Taken, and the line cut: sent again under the id that it had.
    server.cut_after_taking(1);
    book(&person, &office, starts_at, Some(&citizen::phone())).await;
    let before = server.mails().len();
    assert_eq!(app.round().await, put_off(1));
    app.advance(A_WHILE).await;
    assert_eq!(app.round().await, sent(1));
    let mails = &server.mails()[before..];
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].header("message-id"), mails[1].header("message-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_over_https_must_show_a_certificate_of_somebody_trusted() {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let folder = format!("/tmp/to06-notice-test-{}", std::process::id());
    let day = "2026-11-23".parse().unwrap();
    let identity = api::lan::identity(std::path::Path::new(&folder), day).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    let server = HttpServer::new(|| {
        App::new().default_service(web::to(async || HttpResponse::Ok().body("thanks")))
    })
    .workers(1)
    .disable_signals()
    .listen_rustls_0_23(listener, identity.config)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    let with = |roots: &str| {
        TestApp::with()
            .set("TO06_NOTICE_CHANNELS", "sms")
            .set("TO06_SMS_URL", &url)
            .set("TO06_TLS_ROOTS", roots)
    };
    let trusting = with(&format!("{folder}/certificate.pem")).start().await;
    let doubting = with("").start_on(trusting.database.clone()).await;
    std::fs::remove_dir_all(&folder).unwrap();
    let office = trusting.office("22786", 4).await;
    let starts_at = trusting.coming(1)[0];
    book(
        &trusting.stranger(),
        &office,
        starts_at,
        Some(&citizen::phone()),
    )
    .await;
    assert_eq!(doubting.round().await, put_off(1));
    assert_eq!(
        doubting.app.channels.states()[0].last_failure.as_deref(),
        Some("tls")
    );
    trusting.advance(A_WHILE).await;
    assert_eq!(trusting.round().await, sent(1));
    handle.stop(false).await;
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
