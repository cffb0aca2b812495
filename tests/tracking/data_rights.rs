//! What people ask about their own data: received without saying what is kept, settled in time.

use api::db::schema::{audit_event, consent, rights_request};
use chrono::{Days, NaiveDate, TimeDelta};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::calendar::local_day;
use mobile_contracts::page::Page;
use mobile_contracts::rights::{
    PersonCopy, ReceivedRightsRequest, ReceivedRightsRequests, RightsRequest, RightsRequestDetail,
};
use mobile_contracts::working_calendar::WorkingCalendar;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, With as _, push_one, record};
use crate::harness::booking::key_of;
use crate::harness::{Answer, Person, TestApp, citizen};

const ELSEWHERE: &str = "22795";

/// Hands in a request with the card.
pub(super) async fn with_card(person: &Person, kind: &str, card: &str) -> Answer {
    let body = json!({ "kind": kind, "card_number": card });
    person.post("/api/v1/rights-requests", body).await
}

pub(super) async fn asked(person: &Person, kind: &str, card: &str) -> ReceivedRightsRequest {
    with_card(person, kind, card).await.expect(201).json()
}

pub(super) async fn settle(lead: &Person, id: Uuid, body: Value) -> Answer {
    let path = format!("/api/v1/rights-requests/{id}/settlement");
    lead.post(&path, body).await
}

pub(super) fn done() -> Value {
    json!({ "decision": "done", "answer": "Đã thực hiện theo yêu cầu", "identity_shown": "card" })
}

async fn open(lead: &Person) -> Vec<RightsRequest> {
    let page: Page<RightsRequest> = lead.get("/api/v1/rights-requests").await.expect(200).json();
    page.items
}

/// Every word of the audit trail.
async fn audited(app: &TestApp) -> Vec<(String, String)> {
    let rows: Vec<(String, String, Value)> = audit_event::table
        .order(audit_event::seq)
        .select((
            audit_event::action,
            audit_event::object,
            audit_event::detail,
        ))
        .load(&mut app.owner().await)
        .await
        .unwrap();
    rows.into_iter()
        .map(|(action, object, detail)| (action, format!("{object} {detail}")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_due_in_working_days_and_the_most_overdue_stands_first() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let today = local_day(app.app.clock.now());
    // Tomorrow nobody works, as the administrator has decided.
    let tomorrow = today + Days::new(1);
    let body = json!({ "decision": "day_off", "reason": "Bão" });
    let path = format!("/api/v1/calendar/{tomorrow}");
    app.admin().await.put(&path, body).await;
    let off = mobile_contracts::working_calendar::DayOverride::Off {
        because: String::new(),
    };
    let calendar = WorkingCalendar::new([(tomorrow, off)]);
    let after = |days: u32| calendar.add_working_days(today, days).unwrap();
    let card = citizen::id_number();
    let erase = asked(&volunteer, "erase", &card).await;
    let days = (erase.acknowledge_by, erase.due_on);
    assert_eq!(days, (after(2), after(20)));
    let access = asked(&volunteer, "access", &card).await;
    assert_eq!(access.due_on, after(10));
    let object = asked(&volunteer, "object", &card).await;
    assert_eq!(object.due_on, after(15));
    // Asking again changes nothing.
    let once_more: ReceivedRightsRequest = with_card(&volunteer, "erase", &card)
        .await
        .expect(200)
        .json();
    assert_eq!(once_more, erase);
    let path = |id: Uuid, step: &str| format!("/api/v1/rights-requests/{id}/{step}");
    let id = access.rights_request_id;
    for _ in 0..2 {
        let told = lead.post(&path(id, "acknowledgement"), json!({})).await;
        assert_eq!(told.expect(200).value()["state"], "acknowledged");
    }
    let in_order = |items: &[RightsRequest]| -> Vec<(Uuid, Option<i32>)> {
        items
            .iter()
            .map(|one| (one.rights_request_id, one.days_left))
            .collect()
    };
    let listed = open(&lead).await;
    assert_eq!(
        in_order(&listed),
        [
            (erase.rights_request_id, Some(2)),
            (object.rights_request_id, Some(2)),
            (id, Some(10)),
        ]
    );
    // Three weeks on: what nobody acknowledged is the most overdue.
    app.advance(TimeDelta::days(21)).await;
    let lead = lead.again().await;
    let late = open(&lead).await;
    assert_eq!(late[0].rights_request_id, erase.rights_request_id);
    assert!(
        late.iter().take(2).all(|one| one.days_left.unwrap() < -5),
        "{late:#?}"
    );
    // More time, once, with a reason.
    let more = json!({ "reason": "Cần đối chiếu với điểm tiếp nhận" });
    let told = lead.post(&path(id, "extension"), &more).await.expect(200);
    let extended: NaiveDate = told.json::<RightsRequest>().due_on;
    assert_eq!(Some(extended), calendar.add_working_days(after(10), 10));
    let again = lead.post(&path(id, "extension"), &more).await;
    again.refused(409, "rights-request-extended");
}

#[tokio::test(flavor = "multi_thread")]
async fn receiving_says_nothing_of_what_is_kept_and_only_who_answers_for_the_place_decides() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (stranger, other) = (app.volunteer(ELSEWHERE).await, app.lead(ELSEWHERE).await);
    let known = citizen::id_number();
    let op = record(&app, &volunteer, village, &known).with("name", "Katơr Thị Thử");
    push_one(&app, &volunteer, &op).await;
    let (mut of_known, mut of_unknown) = (
        with_card(&stranger, "access", &known)
            .await
            .expect(201)
            .value(),
        with_card(&stranger, "access", &citizen::id_number())
            .await
            .expect(201)
            .value(),
    );
    for told in [&mut of_known, &mut of_unknown] {
        let fields = told.as_object_mut().unwrap();
        fields.remove("rights_request_id");
        fields.remove("received_at");
    }
    assert_eq!(of_known, of_unknown);
    // It goes to where the person lives; a card that nobody knows stays with who received it.
    assert_eq!(open(&lead).await.len(), 1);
    assert_eq!(open(&other).await.len(), 1);
    assert_eq!(open(&app.commander().await).await.len(), 2);
    let request = open(&lead).await.remove(0);
    let id = request.rights_request_id;
    let path = format!("/api/v1/rights-requests/{id}");
    other.get(&path).await.refused(404, "not-found");
    settle(&other, id, done()).await.refused(404, "not-found");
    let detail: RightsRequestDetail = lead.get(&path).await.expect(200).json();
    assert_eq!(detail.name.as_deref(), Some("Katơr Thị Thử"));
    assert_eq!(detail.id_tail.as_deref(), Some(&known[8..]));
    // A refusal needs a ground of the law, and nothing else has one.
    let refuse = json!({ "decision": "refuse", "answer": "Chưa rõ là ai" });
    settle(&lead, id, refuse.clone())
        .await
        .refused(422, "invalid");
    let no_ground = refuse.clone().with("ground", "bored");
    settle(&lead, id, no_ground).await.refused(422, "invalid");
    settle(&lead, id, done().with("ground", "security"))
        .await
        .refused(422, "invalid");
    let refuse = refuse.with("ground", "identity_not_shown");
    for _ in 0..2 {
        let told = settle(&lead, id, refuse.clone()).await.expect(200).value();
        assert_eq!(
            (&told["state"], &told["ground"]),
            (&json!("refused"), &json!("identity_not_shown"))
        );
    }
    settle(&lead, id, done())
        .await
        .refused(409, "rights-request-settled");
    assert!(open(&lead).await.is_empty());
    let settled: Page<RightsRequest> = lead
        .get("/api/v1/rights-requests?settled=true")
        .await
        .expect(200)
        .json();
    assert_eq!(settled.items.len(), 1);
    // What is settled forgets whom it was about, and the trail names nobody.
    let open_numbers: i64 = rights_request::table
        .filter(rights_request::settled_at.is_not_null())
        .filter(
            rights_request::subject_blind
                .is_not_null()
                .or(rights_request::id_tail.is_not_null()),
        )
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(open_numbers, 0);
    let trail = audited(&app).await;
    for action in ["rights.receive", "rights.read", "rights.settle"] {
        assert!(trail.iter().any(|(known, _)| known == action), "{action}");
    }
    assert!(
        trail
            .iter()
            .all(|(_, said)| !said.contains("Thử") && !said.contains(&known))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_received_a_request_follows_it_and_nobody_elses() {
    let app = TestApp::start().await;
    let (volunteer, other) = (app.volunteer(COMMUNE).await, app.volunteer(COMMUNE).await);
    let lead = app.lead(COMMUNE).await;
    let erase = asked(&volunteer, "erase", &citizen::id_number()).await;
    let access = asked(&volunteer, "access", &citizen::id_number()).await;
    asked(&other, "erase", &citizen::id_number()).await;
    settle(&lead, erase.rights_request_id, done())
        .await
        .expect(200);
    let received = async |path: &str| -> Page<ReceivedRightsRequest> {
        volunteer.get(path).await.expect(200).json()
    };
    let first = received("/api/v1/me/rights-requests?limit=1").await;
    assert_eq!(first.items, [access]);
    let cursor = first.next_cursor.unwrap();
    let path = format!("/api/v1/me/rights-requests?limit=1&cursor={cursor}");
    let last = received(&path).await;
    let ours = &last.items[0];
    assert_eq!(
        (ours.rights_request_id, ours.state.as_str()),
        (erase.rights_request_id, "done")
    );
    // The answer was to the person.
    assert_eq!((&ours.answer, &last.next_cursor), (&None, &None));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_slip_asks_without_an_account_and_takes_it_back() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let citizen = app.stranger();
    let booked = citizen
        .book(&office, app.coming(3)[2], &citizen::id_number())
        .await;
    let ask = key_of(&booked)
        .with("kind", "erase")
        .with("words", "Xin xóa hết");
    let asked: ReceivedRightsRequest = citizen
        .post("/api/v1/own-rights-requests", &ask)
        .await
        .expect(201)
        .json();
    assert!(
        asked.procedure.contains("xóa dữ liệu"),
        "{}",
        asked.procedure
    );
    citizen
        .post("/api/v1/own-rights-requests", &ask)
        .await
        .expect(200);
    // A wrong code and a wrong secret answer alike.
    let wrong_code = ask.clone().with("code", "ZZZZ-ZZZZ");
    let wrong_secret = ask.clone().with("secret", "00000-00000");
    let mut told = Vec::new();
    for wrong in [wrong_code, wrong_secret] {
        let answer = citizen.post("/api/v1/own-rights-requests", wrong).await;
        let problem = answer.refused(404, "appointment-not-found");
        told.push((problem.title, problem.detail));
    }
    assert_eq!(told[0], told[1]);
    let lead = app.lead(COMMUNE).await;
    let listed = open(&lead).await;
    assert_eq!((listed.len(), listed[0].shown_by.as_str()), (1, "code"));
    let detail: RightsRequestDetail = lead
        .get(&format!(
            "/api/v1/rights-requests/{}",
            asked.rights_request_id
        ))
        .await
        .expect(200)
        .json();
    assert_eq!(detail.words.as_deref(), Some("Xin xóa hết"));
    let back = key_of(&booked).with("kind", "erase");
    for _ in 0..2 {
        let answer = citizen
            .post("/api/v1/own-rights-requests/withdrawal", &back)
            .await;
        assert_eq!(answer.expect(200).value()["state"], "withdrawn");
    }
    let found: ReceivedRightsRequests = citizen
        .post("/api/v1/own-rights-requests/find", key_of(&booked))
        .await
        .expect(200)
        .json();
    assert_eq!(found.requests.len(), 1);
    assert!(open(&lead).await.is_empty());
    settle(&lead, asked.rights_request_id, done())
        .await
        .refused(409, "rights-request-settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_tells_everything_and_a_correction_is_the_last_word() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let office = app.office(COMMUNE, 4).await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let card = citizen::id_number();
    let op = record(&app, &volunteer, village, &card)
        .with("name", "Katơr Thi Thử")
        .with("phone", "0912 345 678")
        .with(
            "consent",
            json!({ "method": "signed", "text_version": "2026-01" }),
        );
    push_one(&app, &volunteer, &op).await;
    let held = record(&app, &volunteer, village, &card)
        .with("name", "Katơr Chờ Thử")
        .with("of_a_newer_app", 1);
    push_one(&app, &volunteer, &held).await;
    app.stranger().book(&office, app.coming(3)[2], &card).await;
    let correct = asked(&volunteer, "correct", &card).await;
    let right = done().with(
        "correction",
        json!({ "name": "Katơr Thị Thử", "sex": "male" }),
    );
    settle(&lead, correct.rights_request_id, right)
        .await
        .expect(200);
    let access = asked(&volunteer, "access", &card).await;
    let path = format!("/api/v1/rights-requests/{}/copy", access.rights_request_id);
    let copy: PersonCopy = lead.get(&path).await.expect(200).json();
    let has = |kind: &str, field: &str, value: &str| {
        let mut entries = copy.entries.iter();
        entries.any(|one| {
            (one.kind.as_str(), one.field.as_str(), one.value.as_str()) == (kind, field, value)
        })
    };
    // The number says the sex; nobody's word does.
    assert!(
        has("shown", "name", "Katơr Thị Thử") && has("shown", "sex", "female"),
        "{:#?}",
        lines(&copy)
    );
    assert!(has("word", "name", "Katơr Thi Thử"));
    assert!(has("shown", "phone", "+84912345678"));
    assert!(has("shown", "id_tail", &card[8..]));
    assert!(has("consent", "signed", "2026-01"));
    assert!(
        has("held", "name", "Katơr Chờ Thử") && has("held", "level1_activated", ""),
        "{:#?}",
        lines(&copy)
    );
    let asked_for: Vec<&str> = copy
        .entries
        .iter()
        .filter(|one| one.kind == "rights_request")
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(asked_for, ["correct", "access"]);
    assert!(
        copy.entries
            .iter()
            .any(|one| one.field == "level1_activated")
    );
    assert!(
        has("appointment", "name", "Katơr Thị Thử")
            && has("appointment", "booked", "Điểm tiếp nhận thử")
    );
    assert!(!serde_json::to_string(&copy).unwrap().contains(&card));
    let page = lead.get(&format!("{path}.html")).await.expect(200);
    assert!(page.text.contains("Họ tên: Katơr Thị Thử"), "{}", page.text);
    volunteer.get(&path).await.refused(403, "forbidden");
    settle(&lead, access.rights_request_id, done())
        .await
        .expect(200);
    lead.get(&path).await.refused(409, "rights-request-settled");
    // The proof of the consent: how, which text, by whom.
    let proof: Vec<(String, Option<String>, mobile_contracts::ids::AccountId)> = consent::table
        .select((consent::method, consent::text_version, consent::recorded_by))
        .load(&mut app.owner().await)
        .await
        .unwrap();
    let by = volunteer.account_id.unwrap();
    assert_eq!(
        proof,
        [("signed".to_owned(), Some("2026-01".to_owned()), by)]
    );
    let told = app
        .stranger()
        .get("/api/v1/rights/consent-text")
        .await
        .expect(200)
        .value();
    assert_eq!(told["version"], "2026-01");
}

fn lines(copy: &PersonCopy) -> Vec<&str> {
    copy.entries.iter().map(|one| one.line.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_may_not_rewrite_a_consent() {
    let app = TestApp::start().await;
    for sql in [
        "delete from consent",
        "update consent set method = 'signed'",
    ] {
        let refused = app.conn().await.batch_execute(sql).await.unwrap_err();
        assert!(
            refused.to_string().contains("permission denied"),
            "{refused}"
        );
    }
}

fn unseen() -> Value {
    json!({ "decision": "done", "answer": "Đã thực hiện theo yêu cầu" })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_a_slip_is_done_once_a_card_was_seen_and_the_slip_keeps_finding_the_answer() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let citizen = app.stranger();
    let booked = citizen
        .book(&office, app.coming(3)[2], &citizen::id_number())
        .await;
    let asked: ReceivedRightsRequest = citizen
        .post(
            "/api/v1/own-rights-requests",
            key_of(&booked).with("kind", "erase"),
        )
        .await
        .expect(201)
        .json();
    let (lead, id) = (app.lead(COMMUNE).await, asked.rights_request_id);
    for shown in [unseen(), unseen().with("identity_shown", "vouched")] {
        let problem = settle(&lead, id, shown).await.refused(422, "invalid");
        let fault = &problem.errors[0];
        assert_eq!(
            (fault.pointer.as_str(), fault.code.as_str()),
            ("/identity_shown", "REQUIRED")
        );
    }
    let told: RightsRequest = settle(&lead, id, done()).await.expect(200).json();
    assert_eq!(told.identity_shown.as_deref(), Some("card"));
    // An old app that sends it again is answered as it stands.
    settle(&lead, id, unseen()).await.expect(200);
    citizen
        .look_up(&booked)
        .await
        .refused(404, "appointment-not-found");
    let path = "/api/v1/own-rights-requests/find";
    let found: ReceivedRightsRequests =
        citizen.post(path, key_of(&booked)).await.expect(200).json();
    let states: Vec<(&str, bool)> = found
        .requests
        .iter()
        .map(|it| (it.state.as_str(), it.answer.is_some()))
        .collect();
    assert_eq!(states, [("done", true)]);
    let wrong = key_of(&booked).with("secret", "00000-00000");
    citizen
        .post(path, wrong)
        .await
        .refused(404, "appointment-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_found_by_the_slip_long_after_the_visit_is_forgotten() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let citizen = app.stranger();
    let booked = citizen
        .book(&office, app.coming(3)[2], &citizen::id_number())
        .await;
    let ask = key_of(&booked).with("kind", "access");
    citizen
        .post("/api/v1/own-rights-requests", ask)
        .await
        .expect(201);
    citizen.cancel(&booked).await.expect(200);
    app.advance(TimeDelta::days(45)).await;
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    let (mut conn, keys) = (app.conn().await, &app.app.keys);
    let purged = api::retention::purge::purge_all(&mut conn, keys, schedule, now);
    let purged = purged.await.unwrap();
    let names = api::retention::rules::Kind::AppointmentNames;
    assert!(purged.contains(&(names, 1)), "{purged:?}");
    let found: ReceivedRightsRequests = citizen
        .post("/api/v1/own-rights-requests/find", key_of(&booked))
        .await
        .expect(200)
        .json();
    assert_eq!(found.requests.len(), 1);
    let back = key_of(&booked).with("kind", "access");
    citizen
        .post("/api/v1/own-rights-requests/withdrawal", back)
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_receives_an_erasure_does_not_do_it_alone() {
    let app = TestApp::start().await;
    let (lead, card) = (app.lead(COMMUNE).await, citizen::id_number());
    let access = asked(&lead, "access", &card).await;
    settle(&lead, access.rights_request_id, done())
        .await
        .expect(200);
    for kind in ["erase", "withdraw", "object"] {
        let received = asked(&lead, kind, &card).await;
        settle(&lead, received.rights_request_id, done())
            .await
            .refused(409, "second-person-needed");
        let refusal = json!({
            "decision": "refuse", "answer": "Chưa rõ là ai", "ground": "identity_not_shown",
        });
        if kind == "object" {
            settle(&lead, received.rights_request_id, refusal)
                .await
                .expect(200);
            continue;
        }
        settle(&app.commander().await, received.rights_request_id, done())
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_booked_for_somebody_does_not_erase_alone_by_the_code_that_they_were_given() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let (lead, other) = (app.lead(COMMUNE).await, app.lead(COMMUNE).await);
    let booked = lead
        .book(&office, app.coming(3)[2], &citizen::id_number())
        .await;
    let ask = key_of(&booked).with("kind", "erase");
    let asked: ReceivedRightsRequest = app
        .stranger()
        .post("/api/v1/own-rights-requests", ask)
        .await
        .expect(201)
        .json();
    let seen = || done().with("identity_shown", "card");
    settle(&lead, asked.rights_request_id, seen())
        .await
        .refused(409, "second-person-needed");
    settle(&other, asked.rights_request_id, seen())
        .await
        .expect(200);
}
