//! Phones with keys of their own: registered, reporting, lost.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use mobile_contracts::device::{Device, DeviceOrder, orders_text, refresh_text, registration_text};
use mobile_contracts::identity::Session;
use mobile_contracts::ids::DeviceId;
use mobile_contracts::page::Page;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, With as _, assert_rollups_equal_a_recount, record, sum};
use crate::harness::person::PASSWORD;
use crate::harness::{Answer, Person, TestApp, citizen};

/// A phone as its app knows it.
pub(super) struct Phone {
    pub(super) device_id: DeviceId,
    key: SigningKey,
}

impl Phone {
    pub(super) fn new(seed: u8) -> Self {
        Self {
            device_id: DeviceId(Uuid::now_v7()),
            key: SigningKey::from(SecretKey::from_slice(&[seed; 32]).unwrap()),
        }
    }

    fn sign(&self, text: &str) -> String {
        let signature: Signature = self.key.sign(text.as_bytes());
        BASE64.encode(signature.to_bytes())
    }

    pub(super) fn registration(&self, person: &Person) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let text = registration_text(self.device_id, person.account_id.unwrap());
        json!({
            "device_id": self.device_id, "public_key": BASE64.encode(point.as_bytes()),
            "signature": self.sign(&text), "app": "pwa", "version": "1.0.0",
        })
    }

    /// A refresh, signed by this phone some seconds from now.
    fn refresh(&self, app: &TestApp, token: &str, seconds: i64) -> Value {
        let signed_at = app.app.clock.now().timestamp() + seconds;
        let signature = self.sign(&refresh_text(token, signed_at));
        json!({
            "refresh_token": token,
            "proof": { "signed_at": signed_at, "signature": signature },
        })
    }

    async fn orders(&self, app: &TestApp, wiped: bool) -> Answer {
        let signature = self.sign(&orders_text(self.device_id, wiped));
        let body = json!({ "wiped": wiped, "signature": signature });
        let path = format!("/api/v1/devices/{}/orders", self.device_id);
        app.stranger().post(&path, body).await
    }

    async fn push(&self, app: &TestApp, person: &Person, op: &Value) -> Answer {
        let body = json!({
            "protocol": 1, "device_id": self.device_id, "client_time": app.app.clock.now(),
            "ops": [op],
        });
        person.post("/api/v1/sync/push", body).await
    }
}

pub(super) fn order(answer: Answer) -> String {
    answer.expect(200).json::<DeviceOrder>().order
}

async fn set_loss(person: &Person, phone: &Phone, lost: bool) -> Answer {
    let path = format!("/api/v1/devices/{}/loss", phone.device_id);
    let body = json!({ "lost": lost, "reason": "rơi trên đường" });
    person.put(&path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_registers_once_with_a_key_that_it_holds() {
    let app = TestApp::start().await;
    let (volunteer, other) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    let (phone, forger) = (Phone::new(1), Phone::new(2));
    let body = phone.registration(&volunteer);
    let stolen = body.clone().with("signature", forger.sign("x"));
    for (wrong, pointer) in [
        (stolen, "/signature"),
        (body.clone().with("public_key", "AAAA"), "/public_key"),
        (body.clone().with("app", ""), "/app"),
    ] {
        let problem = volunteer.post("/api/v1/devices", wrong).await;
        assert_eq!(problem.refused(422, "invalid").errors[0].pointer, pointer);
    }
    // A registration that somebody listened to is not theirs.
    let problem = other.post("/api/v1/devices", &body).await;
    assert_eq!(
        problem.refused(422, "invalid").errors[0].pointer,
        "/signature"
    );
    volunteer.post("/api/v1/devices", &body).await.expect(201);
    let newer = body.with("version", "1.1.0");
    let device: Device = volunteer
        .post("/api/v1/devices", newer)
        .await
        .expect(200)
        .json();
    assert_eq!((device.version.as_str(), device.lost_at), ("1.1.0", None));
    // Another key or another owner under the same id.
    let double = Phone {
        device_id: phone.device_id,
        key: forger.key.clone(),
    };
    for (person, body) in [
        (&volunteer, double.registration(&volunteer)),
        (&other, phone.registration(&other)),
    ] {
        let answer = person.post("/api/v1/devices", body).await;
        answer.refused(409, "device-taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sees_how_the_phones_of_the_unit_fare() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let phone = Phone::new(3);
    let body = phone.registration(&volunteer);
    volunteer.post("/api/v1/devices", body).await.expect(201);
    let oldest = app.app.clock.now() - TimeDelta::days(3);
    let report = json!({
        "app": "pwa", "version": "1.0.1", "pending": 34, "oldest_pending_at": oldest,
        "storage_free_mb": 12, "last_error": "QuotaExceededError",
    });
    let path = format!("/api/v1/devices/{}/report", phone.device_id);
    assert_eq!(order(volunteer.post(&path, &report).await), "none");
    lead.post(&path, &report)
        .await
        .refused(404, "device-not-found");
    for (field, value) in [
        ("pending", json!(-1)),
        ("storage_free_mb", json!(-1)),
        ("last_error", json!("Lỗi của bà Chamaléa Thị Thử")),
    ] {
        let wrong = report.clone().with(field, value);
        let problem = volunteer.post(&path, wrong).await.refused(422, "invalid");
        assert_eq!(problem.errors[0].pointer, format!("/{field}"));
    }
    let seen: Page<Device> = lead.get("/api/v1/devices").await.expect(200).json();
    let device = &seen.items[0];
    assert_eq!(
        (device.device_id, device.pending),
        (phone.device_id, Some(34))
    );
    assert_eq!(device.last_error.as_deref(), Some("QuotaExceededError"));
    assert!(device.reported_at.is_some() && device.oldest_pending_at.is_some());
    let elsewhere = app.lead("22795").await;
    let none: Page<Device> = elsewhere.get("/api/v1/devices").await.expect(200).json();
    assert!(none.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_signed_out_told_to_wipe_and_its_work_waits_for_a_lead() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let phone = Phone::new(4);
    let body = phone.registration(&volunteer);
    volunteer.post("/api/v1/devices", body).await.expect(201);
    assert_eq!(order(phone.orders(&app, false).await), "none");
    let elsewhere = app.lead("22795").await;
    set_loss(&elsewhere, &phone, true)
        .await
        .refused(404, "not-found");
    for _ in 0..2 {
        let lost: Device = set_loss(&lead, &phone, true).await.expect(200).json();
        assert!(lost.lost_at.is_some() && lost.wiped_at.is_none());
    }
    volunteer
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    assert_eq!(order(phone.orders(&app, false).await), "wipe");
    // Nobody else can ask, or say that it was wiped.
    let double = Phone {
        device_id: phone.device_id,
        key: Phone::new(5).key,
    };
    double
        .orders(&app, true)
        .await
        .refused(404, "device-not-found");
    Phone::new(4)
        .orders(&app, false)
        .await
        .refused(404, "device-not-found");
    assert_eq!(order(phone.orders(&app, true).await), "wipe");
    let seen: Page<Device> = lead.get("/api/v1/devices").await.expect(200).json();
    assert!(seen.items[0].wiped_at.is_some());
    // Its owner signs in on it again: what it still had is taken, and held.
    let volunteer = volunteer.again().await;
    let body = phone.registration(&volunteer);
    volunteer
        .post("/api/v1/devices", body.clone())
        .await
        .refused(409, "device-lost");
    // It reads nothing by that sign-in; another phone's reads on.
    for path in ["/api/v1/sync/pull", "/api/v1/me/ledger"] {
        volunteer.get(path).await.refused(403, "device-revoked");
    }
    let another = volunteer.again().await;
    another.get("/api/v1/sync/pull").await.expect(200);
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let held = phone.push(&app, &volunteer, &op).await.expect(200).value();
    assert_eq!(held["results"][0]["code"], "DEVICE_LOST");
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    let decide = format!(
        "/api/v1/held-operations/{}/decision",
        op["op_id"].as_str().unwrap()
    );
    let approve = json!({ "decision": "approve", "reason": "của chính tình nguyện viên" });
    lead.post(&decide, approve).await.expect(200);
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    // Found: everything is as before.
    set_loss(&lead, &phone, false).await.expect(200);
    volunteer.post("/api/v1/devices", body).await.expect(200);
    volunteer.get("/api/v1/sync/pull").await.expect(200);
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let taken = phone.push(&app, &volunteer, &op).await.expect(200).value();
    assert_eq!(taken["results"][0]["result"], "applied");
    assert_rollups_equal_a_recount(&app).await;
}

/// Signs in, and registers this phone as one that signs.
async fn signed_in_on(phone: &Phone, person: &Person, signs: bool) -> (Person, Session) {
    let session: Session = person.sign_in(PASSWORD).await.expect(201).json();
    let person = person.with_token(&session.access_token);
    let mut body = phone.registration(&person);
    if signs {
        body = body.with("proves_refreshes", true);
    }
    let registered = person.post("/api/v1/devices", body).await;
    assert!(registered.status.is_success(), "{registered:?}");
    (person, session)
}

const REFRESH: &str = "/api/v1/sessions/refresh";

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_refresh_token_is_worth_nothing_without_the_phone() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (phone, forger) = (Phone::new(6), Phone::new(7));
    let (person, session) = signed_in_on(&phone, &volunteer, true).await;
    let token = session.refresh_token.as_str();
    let thief = app.stranger();
    let other = phone.refresh(&app, "another token", 0)["proof"].clone();
    for stolen in [
        json!({ "refresh_token": token }),
        forger.refresh(&app, token, 0),
        // What was signed for another token, or at another time.
        json!({ "refresh_token": token, "proof": other }),
        phone.refresh(&app, token, -301),
        phone.refresh(&app, token, 301),
    ] {
        let problem = thief.post(REFRESH, stolen).await;
        problem.refused(401, "refresh-proof");
    }
    // Nothing was given out and nothing ended.
    person.get("/api/v1/me").await.expect(200);
    let next: Session = thief
        .post(REFRESH, phone.refresh(&app, token, 299))
        .await
        .expect(200)
        .json();
    // Whoever registers another key later binds nothing anew.
    let late = person.with_token(&next.access_token);
    let body = forger.registration(&late).with("proves_refreshes", true);
    late.post("/api/v1/devices", body).await.expect(201);
    let token = next.refresh_token.as_str();
    let problem = thief.post(REFRESH, forger.refresh(&app, token, 0)).await;
    problem.refused(401, "refresh-proof");
    // A token of long ago ends it all, signed or not.
    let old = phone.refresh(&app, &session.refresh_token, 0);
    thief.post(REFRESH, old).await.refused(401, "session-ended");
    late.get("/api/v1/me").await.refused(401, "session-ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again_for_a_day_by_the_phone_that_signs() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let phone = Phone::new(8);
    let (_, session) = signed_in_on(&phone, &volunteer, true).await;
    let stranger = app.stranger();
    let refresh = async |token: &str| stranger.post(REFRESH, phone.refresh(&app, token, 0)).await;
    let token = session.refresh_token.as_str();
    let lost: Session = refresh(token).await.expect(200).json();
    app.advance(TimeDelta::hours(23)).await;
    // Not by who copied it.
    let copied = json!({ "refresh_token": token });
    stranger
        .post(REFRESH, copied)
        .await
        .refused(401, "refresh-proof");
    let next: Session = refresh(token).await.expect(200).json();
    // What nobody ever saw is withdrawn.
    let withdrawn = refresh(&lost.refresh_token).await;
    withdrawn.refused(401, "session-ended");
    let person = volunteer.with_token(&next.access_token);
    person.get("/api/v1/me").await.expect(200);
    // Its successor is in use: now it is a copy.
    refresh(token).await.refused(401, "session-ended");
    person.get("/api/v1/me").await.refused(401, "session-ended");

    let (_, session) = signed_in_on(&phone, &volunteer, true).await;
    let token = session.refresh_token.as_str();
    refresh(token).await.expect(200);
    app.advance(TimeDelta::hours(25)).await;
    refresh(token).await.refused(401, "session-ended");
}

/// Apps of the first contract register a key and do not sign: they refresh as before.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_does_not_sign_refreshes_as_before() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (_, session) = signed_in_on(&Phone::new(9), &volunteer, false).await;
    let refresh = async |token: &str| {
        let body = json!({ "refresh_token": token });
        app.stranger().post(REFRESH, body).await
    };
    let token = session.refresh_token.as_str();
    refresh(token).await.expect(200);
    app.advance(TimeDelta::minutes(9)).await;
    refresh(token).await.expect(200);
    app.advance(TimeDelta::minutes(11)).await;
    refresh(token).await.refused(401, "session-ended");
}
