//! Signals: raised once, explained to who answers for the place, put as a question to who did the work.

use api::db::schema::{audit_event, signal_answer};
use api::verification::nightly;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::DeviceId;
use mobile_contracts::page::Page;
use mobile_contracts::verification::{OwnSignal, RaisedSignals, Signal, SignalDetail, SignalRule};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, ELSEWHERE, approve, morning, push, push_from, push_held, record, reinstate, take_back,
};
use crate::harness::{Answer, Person, TestApp};

async fn look(app: &TestApp, lead: &Person) -> RaisedSignals {
    let day = mobile_contracts::calendar::local_day(app.app.clock.now());
    let body = json!({
        "within": app.commune(COMMUNE).await, "from": day - TimeDelta::days(7), "to": day,
    });
    lead.post("/api/v1/signal-runs", body)
        .await
        .expect(200)
        .json()
}

fn told(raised: RaisedSignals) -> (u32, u32, u32) {
    (raised.raised, raised.grown, raised.unchanged)
}

async fn list(person: &Person, query: &str) -> Vec<Signal> {
    let path = format!("/api/v1/signals{query}");
    person
        .get(&path)
        .await
        .expect(200)
        .json::<Page<Signal>>()
        .items
}

fn rules(signals: &[Signal]) -> Vec<&str> {
    let mut rules: Vec<&str> = signals.iter().map(|signal| signal.rule.as_str()).collect();
    rules.sort_unstable();
    rules
}

async fn answer(person: &Person, signal_id: Uuid, answer: &str, note: &str) -> Answer {
    let body = json!({ "answer": answer, "note": note });
    person
        .post(&format!("/api/v1/signals/{signal_id}/answers"), body)
        .await
}

/// Three people in one second.
async fn at_once(app: &TestApp, author: &Person, people: usize) -> Vec<Value> {
    let (village, at) = (app.village(COMMUNE, 0).await, morning(app));
    let ops: Vec<Value> = (0..people).map(|_| record(author, village, at)).collect();
    push(app, author, &ops).await;
    ops
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_odd_is_raised_once_and_told_with_its_numbers() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let ops = at_once(&app, &volunteer, 3).await;
    assert_eq!(told(look(&app, &lead).await), (1, 0, 0));
    assert_eq!(told(look(&app, &lead).await), (0, 0, 1));
    nightly::once(&app.app).await.unwrap();
    let signals = list(&lead, "").await;
    assert_eq!(rules(&signals), ["identical_seconds"]);
    let signal = &signals[0];
    assert_eq!(
        (signal.state.as_str(), signal.acts, signal.author_id),
        ("open", 3, volunteer.account_id)
    );
    assert!(
        signal
            .explanation
            .starts_with("Có lúc 3 công dân khác nhau"),
        "{}",
        signal.explanation
    );
    let path = format!("/api/v1/signals/{}", signal.signal_id);
    let detail: SignalDetail = lead.get(&path).await.expect(200).json();
    let mut expected: Vec<String> = ops
        .iter()
        .map(|op| op["op_id"].as_str().unwrap().to_owned())
        .collect();
    expected.sort();
    let named: Vec<String> = detail.op_ids.iter().map(ToString::to_string).collect();
    assert_eq!(named, expected);
    assert_eq!(list(&lead, "?state=explained").await.len(), 0);
    assert_eq!(list(&lead, "?rule=shared_phone").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sees_their_own_commune_only_and_an_author_a_question_only() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    at_once(&app, &volunteer, 4).await;
    look(&app, &lead).await;
    let elsewhere = app.lead(ELSEWHERE).await;
    assert!(list(&elsewhere, "").await.is_empty());
    let signal_id = list(&lead, "").await[0].signal_id;
    elsewhere
        .get(&format!("/api/v1/signals/{signal_id}"))
        .await
        .refused(404, "not-found");
    answer(&elsewhere, signal_id, "withdrawn", "không phải của tôi")
        .await
        .refused(404, "not-found");
    assert_eq!(list(&app.commander().await, "").await.len(), 1);
    volunteer
        .get("/api/v1/signals")
        .await
        .refused(403, "forbidden");
    let own: Page<OwnSignal> = volunteer.get("/api/v1/me/signals").await.expect(200).json();
    assert_eq!(own.items.len(), 1);
    let words = &own.items[0].explanation;
    assert!(words.contains("không phải kết luận sai phạm"), "{words}");
    let colleague = app.volunteer(COMMUNE).await;
    let none: Page<OwnSignal> = colleague.get("/api/v1/me/signals").await.expect(200).json();
    assert!(none.items.is_empty());
    answer(&colleague, signal_id, "explained", "tôi biết bạn ấy")
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_said_is_kept_and_more_evidence_asks_again() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    at_once(&app, &volunteer, 3).await;
    look(&app, &lead).await;
    let signal_id = list(&lead, "").await[0].signal_id;
    let state = async || list(&lead, "").await[0].state.clone();
    answer(&volunteer, signal_id, "explained", "  ")
        .await
        .refused(422, "invalid");
    for _ in 0..2 {
        answer(
            &volunteer,
            signal_id,
            "explained",
            "Ghi trên giấy, tối nhập lại",
        )
        .await
        .expect(204);
    }
    assert_eq!(state().await, "answered");
    answer(&lead, signal_id, "explained", "Đã xem sổ giấy")
        .await
        .expect(204);
    assert_eq!(state().await, "explained");
    answer(&volunteer, signal_id, "explained", "Xin nói thêm")
        .await
        .refused(409, "signal-settled");
    look(&app, &lead).await;
    assert_eq!(state().await, "explained", "nothing new was seen");
    at_once(&app, &volunteer, 2).await;
    assert_eq!(told(look(&app, &lead).await), (0, 1, 0));
    assert_eq!(state().await, "open", "the answer was about less");
    answer(
        &lead,
        signal_id,
        "confirmed_wrong",
        "Hai lần thì không phải",
    )
    .await
    .expect(204);
    let path = format!("/api/v1/signals/{signal_id}");
    let detail: SignalDetail = lead.get(&path).await.expect(200).json();
    let said: Vec<(&str, bool, &str)> = detail
        .answers
        .iter()
        .map(|said| (said.answer.as_str(), said.by_author, said.note.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("explained", true, "Ghi trên giấy, tối nhập lại"),
            ("explained", false, "Đã xem sổ giấy"),
            ("confirmed_wrong", false, "Hai lần thì không phải"),
        ]
    );
    let kept: Vec<Vec<u8>> = signal_answer::table
        .select(signal_answer::note)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|note| !note.windows(4).any(|it| it == b"Ghi "))
    );
    let audited: i64 = audit_event::table
        .filter(audit_event::action.eq("verification.answer_signal"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(audited, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_settles_a_signal_about_themselves() {
    let app = TestApp::start().await;
    let (author, other) = (app.lead(COMMUNE).await, app.lead(COMMUNE).await);
    at_once(&app, &author, 3).await;
    look(&app, &other).await;
    let signal_id = list(&author, "").await[0].signal_id;
    answer(&author, signal_id, "withdrawn", "Không có gì")
        .await
        .expect(204);
    assert_eq!(list(&other, "").await[0].state, "answered");
    answer(&other, signal_id, "withdrawn", "Đã gọi thử ba người")
        .await
        .expect(204);
    assert_eq!(list(&other, "").await[0].state, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn late_hours_and_much_work_at_a_human_pace_raise_nothing() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let gaps = [610, 430, 720, 395, 560, 840, 505, 450, 690, 585, 640];
    let mut ops = Vec::new();
    let late = app.volunteer(COMMUNE).await;
    let mut at = morning(&app) + TimeDelta::hours(13);
    for gap in &gaps {
        ops.push(record(&late, village, at));
        at += TimeDelta::seconds(*gap);
    }
    push(&app, &late, &ops).await;
    let busy = app.volunteer(COMMUNE).await;
    let mut at = morning(&app) - TimeDelta::hours(1);
    let mut ops = Vec::new();
    for gap in gaps.iter().cycle().take(58) {
        ops.push(record(&busy, village, at));
        at += TimeDelta::seconds(*gap);
    }
    push(&app, &busy, &ops).await;
    assert_eq!(told(look(&app, &lead).await), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_oddness_that_a_phone_can_send_is_seen() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let start = morning(&app);
    let mut ops = Vec::new();
    let minutes = |n: i64| start + TimeDelta::seconds(n * 421 + n * n * 7);
    // Seven people with one phone, and four whose numbers follow each other.
    for n in 0..7 {
        let mut op = record(&volunteer, village, minutes(n));
        op["phone"] = json!("0912345678");
        ops.push(op);
    }
    for n in 0..4 {
        let mut op = record(&volunteer, village, minutes(7 + n));
        op["subject"]["id_number"] = json!(format!("05819544{:04}", 7_310 + n));
        ops.push(op);
    }
    for n in 0..3 {
        let mut op = record(&volunteer, village, minutes(11 + n));
        op["device_holder"] = json!("helper");
        ops.push(op);
    }
    push(&app, &volunteer, &ops).await;
    // Fourteen in a quarter of an hour.
    let hasty = app.volunteer(COMMUNE).await;
    let ops: Vec<Value> = (0..14)
        .map(|n| {
            record(
                &hasty,
                village,
                start + TimeDelta::seconds(n * 60 + (n * n) % 17 * 3),
            )
        })
        .collect();
    push(&app, &hasty, &ops).await;
    // One phone goes round.
    let device = DeviceId(Uuid::now_v7());
    for n in 0..4 {
        let author = app.volunteer(COMMUNE).await;
        let op = record(&author, village, start + TimeDelta::minutes(20 * n));
        push_from(&app, &author, device, &[op]).await;
    }
    look(&app, &lead).await;
    assert_eq!(
        rules(&list(&lead, "").await),
        [
            "device_many_authors",
            "device_many_authors",
            "device_many_authors",
            "device_many_authors",
            "helper_device",
            "impossible_rate",
            "sequential_numbers",
            "shared_phone",
        ]
    );
    // A page at a time, each once.
    let mut seen = Vec::new();
    let mut path = "/api/v1/signals?limit=3".to_owned();
    loop {
        let page: Page<Signal> = lead.get(&path).await.expect(200).json();
        seen.extend(page.items.into_iter().map(|signal| signal.signal_id));
        match page.next_cursor {
            Some(cursor) => path = format!("/api/v1/signals?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 8);
    let text = lead.get("/api/v1/signals").await.text;
    assert!(!text.contains("912345678"), "no phone is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_of_the_province_moves_a_threshold_within_its_bounds() {
    let app = TestApp::start().await;
    let (admin, volunteer) = (app.admin().await, app.volunteer(COMMUNE).await);
    let lead = app.lead(COMMUNE).await;
    at_once(&app, &volunteer, 3).await;
    let set = async |person: &Person, value: i64| {
        let body = json!({
            "rule": "identical_seconds", "name": "persons", "value": value, "reason": "họp giao ban",
        });
        person.put("/api/v1/signal-thresholds", body).await
    };
    let commune = app.commune(COMMUNE).await;
    let local = app
        .account(
            mobile_contracts::identity::Role::Admin,
            mobile_contracts::identity::MassUnion::None,
            commune,
        )
        .await;
    set(&local, 4).await.refused(403, "forbidden");
    set(&admin, 1).await.refused(422, "invalid");
    let rules: Vec<SignalRule> = set(&admin, 4).await.expect(200).json();
    let rule = rules
        .iter()
        .find(|rule| rule.rule == "identical_seconds")
        .unwrap();
    assert_eq!(
        (rule.thresholds[0].value, rule.thresholds[0].default_value),
        (4, 3)
    );
    assert_eq!(told(look(&app, &lead).await), (0, 0, 0));
    set(&admin, 3).await.expect(200);
    assert_eq!(told(look(&app, &lead).await), (1, 0, 0));
    let listed: Vec<SignalRule> = volunteer
        .get("/api/v1/signal-rules")
        .await
        .expect(200)
        .json();
    assert!(listed.len() >= 12);
    assert!(
        listed
            .iter()
            .flat_map(|rule| &rule.thresholds)
            .all(|it| !it.reason.is_empty())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_bounded_in_days() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let within = app.commune(COMMUNE).await;
    for (from, to) in [("2026-11-01", "2026-12-02"), ("2026-11-02", "2026-11-01")] {
        let body = json!({ "within": within, "from": from, "to": to });
        lead.post("/api/v1/signal-runs", body)
            .await
            .refused(422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_or_a_rule_that_nobody_knows_is_a_slip_and_no_empty_list() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let answer = lead
        .get("/api/v1/signals?state=opened&rule=late_hours")
        .await;
    let problem = answer.refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|error| error.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["?state", "?rule"]);
    for state in [
        "open",
        "answered",
        "explained",
        "confirmed_wrong",
        "withdrawn",
    ] {
        let path = format!("/api/v1/signals?state={state}&rule=helper_device");
        lead.get(&path).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_long_after_it_was_done_is_looked_at_then() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (village, at) = (app.village(COMMUNE, 0).await, morning(&app));
    let ops: Vec<Value> = (0..3)
        .map(|_| {
            let mut op = record(&volunteer, village, at);
            op["phone"] = json!("113");
            op
        })
        .collect();
    push_held(&app, &volunteer, &ops).await;
    app.advance(TimeDelta::days(20)).await;
    let lead = lead.again().await;
    for op in &ops {
        approve(&lead, op).await;
    }
    for _ in 0..2 {
        nightly::once(&app.app).await.unwrap();
        assert_eq!(rules(&list(&lead, "").await), ["identical_seconds"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reinstated_long_after_it_was_done_is_looked_at_then() {
    const ONE_PHONE: &str = "shared_phone";
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let ops: Vec<Value> = (0..9)
        .map(|n| {
            let at = morning(&app) + TimeDelta::seconds(701 * n);
            let mut op = record(&volunteer, village, at);
            op["phone"] = json!("0912345678");
            op
        })
        .collect();
    push(&app, &volunteer, &ops).await;
    for op in &ops {
        take_back(&app, &lead, op).await;
    }
    nightly::once(&app.app).await.unwrap();
    assert!(!rules(&list(&lead, "").await).contains(&ONE_PHONE));
    app.advance(TimeDelta::days(20)).await;
    let lead = lead.again().await;
    for op in &ops {
        reinstate(&lead, op).await;
    }
    for _ in 0..2 {
        nightly::once(&app.app).await.unwrap();
        assert!(rules(&list(&lead, "").await).contains(&ONE_PHONE));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_larger_than_its_village_is_asked_about_until_it_is_put_right() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let sql = format!(
        "insert into target (unit_id, stage, starts_on, people, denominator, source, set_by)
         values ({village}, 'level2_activated', '2026-01-01', 100, 'eligible', 'KH', '{}')",
        lead.account_id.unwrap()
    );
    diesel::sql_query(sql)
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    let mut meeting = record(&volunteer, village, morning(&app));
    for field in ["stage", "device_holder", "subject", "consent"] {
        meeting.as_object_mut().unwrap().remove(field);
    }
    meeting["kind"] = json!("activity");
    meeting["activity"] = json!("meeting");
    meeting["attended"] = json!(400);
    push(&app, &volunteer, std::slice::from_ref(&meeting)).await;
    assert_eq!(told(look(&app, &lead).await), (1, 0, 0));
    let signals = list(&lead, "?rule=crowd_high").await;
    assert_eq!(signals.len(), 1);
    assert!(
        signals[0].explanation.contains("nhiều nhất 400 người dự"),
        "{}",
        signals[0].explanation
    );
    // Corrected by a lead, it is odd no more; what was raised stays to be answered.
    let path = format!(
        "/api/v1/activities/{}/corrections",
        meeting["op_id"].as_str().unwrap()
    );
    let body = json!({ "activity": "meeting", "attended": 40, "reason": "ghi nhầm một số 0" });
    lead.post(&path, body).await.expect(200);
    assert_eq!(told(look(&app, &lead).await), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_a_closed_week_that_are_taken_back_are_asked_about() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (village, at) = (app.village(COMMUNE, 0).await, morning(&app));
    let ops: Vec<Value> = (0..5)
        .map(|n| record(&volunteer, village, at + TimeDelta::seconds(n * n * 97)))
        .collect();
    push(&app, &volunteer, &ops).await;
    // The week is over, and its board is closed.
    app.advance(TimeDelta::days(12)).await;
    let lead = lead.again().await;
    for (nth, op) in ops.iter().enumerate() {
        assert!(list(&lead, "?rule=late_voids").await.is_empty(), "{nth}");
        let body = json!({
            "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "operation": {
                "op_id": Uuid::now_v7(), "kind": "void", "author_id": lead.account_id,
                "recorded_at": app.app.clock.now(), "clock_offset_ms": 0, "clock_offset_age_s": 60,
                "target_op_id": op["op_id"], "reason": "không gặp được người này",
            },
        });
        lead.post("/api/v1/corrections", body).await.expect(201);
        if nth < 3 {
            nightly::once(&app.app).await.unwrap();
        }
    }
    nightly::once(&app.app).await.unwrap();
    let signals = list(&lead, "?rule=late_voids").await;
    assert_eq!(signals.len(), 1);
    assert_eq!(
        (signals[0].acts, signals[0].author_id),
        (5, volunteer.account_id)
    );
}
