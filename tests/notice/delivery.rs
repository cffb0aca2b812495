//! Each is told once, whatever the gateway does and whoever dies in between.

use std::collections::HashSet;
use std::path::Path;

use api::db::schema::notice;
use api::notice::worker::Round;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::notice::NoticeChannels;

use super::{A_WHILE, book, put_off, sent, told_by};
use crate::harness::app::Options;
use crate::harness::gateway::{Gateway, Manner, Request};
use crate::harness::mail::{Certificate, MailServer};
use crate::harness::{TestApp, citizen};

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

/// A program whose notices go by mail to this server.
fn told_by_mail(server: &MailServer, tls: &str) -> Options {
    TestApp::with()
        .set("TO06_NOTICE_CHANNELS", "email")
        .set("TO06_NOTICE_TIMEOUT_MS", "2000")
        .set("TO06_SMTP_HOST", "127.0.0.1")
        .set("TO06_SMTP_PORT", &server.port.to_string())
        .set("TO06_SMTP_TLS", tls)
        .set("TO06_SMTP_FROM", "Tổ 06 <to06@example.vn>")
        .set("TO06_SMTP_TO", "{local}@sms.example")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_by_tls_to_a_server_that_is_who_it_says() {
    let certificate = Certificate::make();
    let roots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail-roots.pem");
    std::fs::write(&roots, &certificate.pem).unwrap();
    let wrapped = MailServer::start_wrapped(&certificate).await;
    let asked = MailServer::start_with_starttls(&certificate).await;
    for (server, tls) in [(&wrapped, "wrapped"), (&asked, "starttls")] {
        let trusting = told_by_mail(server, tls).set("TO06_TLS_ROOTS", roots.to_str().unwrap());
        let app = trusting.start().await;
        let office = app.office("22786", 4).await;
        let starts_at = app.coming(2)[1];
        book(&app.stranger(), &office, starts_at, Some(&citizen::phone())).await;
        assert_eq!(app.round().await, sent(1), "{tls}");
        assert_eq!(server.mails().len(), 1, "{tls}");

        // Nobody vouches for it, or it has no TLS to offer: it is told nothing, and another may be.
        let open = MailServer::start().await;
        let without = if tls == "wrapped" {
            "tls"
        } else {
            "not_offered"
        };
        for (server, reason) in [(server, "tls"), (&open, without)] {
            let doubting = told_by_mail(server, tls).start().await;
            let office = doubting.office("22786", 4).await;
            let starts_at = doubting.coming(2)[1];
            let phone = citizen::phone();
            let booked = book(&doubting.stranger(), &office, starts_at, Some(&phone)).await;
            assert_eq!(doubting.round().await, put_off(1), "{tls}");
            let why = doubting.notices(&booked).await[0].2.clone();
            assert_eq!(why.as_deref(), Some(reason), "{tls}");
        }
        assert_eq!((server.mails().len(), open.mails().len()), (1, 0), "{tls}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_to_a_gateway_of_text_messages_tells_once() {
    let server = MailServer::start().await;
    let app = told_by_mail(&server, "none").start().await;
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
