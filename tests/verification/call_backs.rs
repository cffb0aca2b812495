//! Random checks: promised before the week is over, drawn as anybody can redo it, made by others than those
//! who recorded, and told as counts.

use api::db::schema::{account, audit_event, call_back, fact, person};
use api::tracking::verify;
use api::verification::nightly;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role, Session};
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::page::Page;
use mobile_contracts::sampling::{CallBack, CallBackContact, Draw, FrameRecord, SamplingPlan};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{COMMUNE, ELSEWHERE, push, record};
use crate::harness::person::PASSWORD;
use crate::harness::{Answer, Person, TestApp};

/// The same person after a week: signed in again.
async fn again(person: &Person) -> Person {
    let session: Session = person.sign_in(PASSWORD).await.expect(201).json();
    person.with_token(&session.access_token)
}

async fn woman(app: &TestApp, role: Role) -> Person {
    let commune = app.commune(COMMUNE).await;
    app.account(role, MassUnion::Women, commune).await
}

/// So many citizens recorded now; every other one with a phone.
async fn recorded(app: &TestApp, author: &Person, people: usize) -> Vec<Value> {
    let village = app.village(COMMUNE, 0).await;
    let now = app.app.clock.now();
    let ops: Vec<Value> = (0..people)
        .map(|n| {
            let at = now - TimeDelta::seconds(n as i64 * 7);
            let mut op = record(author, village, at);
            op["name"] = json!("Chamaléa Thị Thử");
            if n % 2 == 0 {
                op["phone"] = json!(format!("09123{:05}", n));
            }
            op
        })
        .collect();
    push(app, author, &ops).await;
    ops
}

async fn draws(person: &Person) -> Vec<Draw> {
    let path = format!("/api/v1/draws?code={COMMUNE}");
    let page: Page<Draw> = person.get(&path).await.expect(200).json();
    page.items
}

async fn lot(person: &Person, mass_union: &str) -> Draw {
    let all = draws(person).await;
    let mut lots = all.into_iter().filter(|draw| draw.mass_union == mass_union);
    // The newest week is promised already; the one before is drawn.
    lots.find(|draw| draw.state != "committed").unwrap()
}

async fn own(person: &Person) -> Vec<CallBack> {
    let path = "/api/v1/me/call-backs?limit=200";
    person
        .get(path)
        .await
        .expect(200)
        .json::<Page<CallBack>>()
        .items
}

async fn say(person: &Person, id: Uuid, result: &str) -> Answer {
    let path = format!("/api/v1/call-backs/{id}/result");
    person.post(&path, json!({ "result": result })).await
}

async fn confirmed_facts(app: &TestApp) -> i64 {
    fact::table
        .filter(fact::confirmed_by.eq("call_back"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap()
}

async fn counted(app: &TestApp) -> (i64, i64) {
    use api::db::schema::rollup_total::dsl::{confirmed, n, rollup_total};
    let rows: Vec<(i32, i32)> = rollup_total
        .select((n, confirmed))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    rows.iter().fold((0, 0), |sum, row| {
        (sum.0 + i64::from(row.0), sum.1 + i64::from(row.1))
    })
}

async fn assert_recount(app: &TestApp) {
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
}

/// A week in which a youth volunteer recorded; then the next one has begun and everything is drawn.
async fn a_week_of(app: &TestApp, author: &Person, people: usize) -> Vec<Value> {
    nightly::once(&app.app).await.unwrap();
    let ops = recorded(app, author, people).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    ops
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_is_promised_before_the_week_is_over_and_anybody_can_redo_it() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let woman = woman(&app, Role::Volunteer).await;
    nightly::once(&app.app).await.unwrap();
    let promised = draws(&author).await;
    assert_eq!(promised.len(), 2);
    for draw in &promised {
        assert_eq!((draw.state.as_str(), &draw.seed), ("committed", &None));
    }
    let ops = a_week_of(&app, &author, 45).await;
    let draw = lot(&again(&woman).await, "youth").await;
    let earlier = promised
        .iter()
        .find(|it| it.draw_id == draw.draw_id)
        .unwrap();
    assert_eq!(draw.commitment, earlier.commitment);
    let seed = unhex(draw.seed.as_ref().unwrap());
    assert_eq!(unhex(&draw.commitment), Sha256::digest(&seed).as_slice());
    assert_eq!(
        (
            draw.plan.as_deref(),
            draw.lot_size,
            draw.sample_size,
            draw.failures_max
        ),
        (Some("standard"), 45, 32, 3)
    );
    // By the words of the contract, and nothing of the program.
    let mut by_hand: Vec<(Vec<u8>, String)> = ops
        .iter()
        .map(|op| {
            let id: Uuid = op["op_id"].as_str().unwrap().parse().unwrap();
            let hash = Sha256::digest([seed.as_slice(), id.as_bytes()].concat());
            (hash.to_vec(), id.to_string())
        })
        .collect();
    by_hand.sort();
    let path = format!("/api/v1/draws/{}/frame?limit=200", draw.draw_id);
    let frame: Page<FrameRecord> = again(&author).await.get(&path).await.expect(200).json();
    let told: Vec<String> = frame.items.iter().map(|it| it.op_id.to_string()).collect();
    let expected: Vec<String> = by_hand.into_iter().map(|(_, id)| id).collect();
    assert_eq!(told, expected);
    let drawn = frame.items.iter().filter(|it| it.is_drawn).count();
    assert_eq!(drawn, 32);
    let checked: Vec<OperationId> = call_back::table
        .order(call_back::position)
        .select(call_back::op_id)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    let checked: Vec<String> = checked.iter().map(ToString::to_string).collect();
    assert_eq!(checked, expected[..32]);
    // A night later nothing is drawn again.
    nightly::once(&app.app).await.unwrap();
    assert_eq!(lot(&again(&woman).await, "youth").await, draw);
}

#[tokio::test(flavor = "multi_thread")]
async fn others_than_those_who_recorded_check_and_see_whom_to_call_only_while_they_do() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let colleague = app.volunteer(COMMUNE).await;
    let (one, two) = (
        woman(&app, Role::Volunteer).await,
        woman(&app, Role::Lead).await,
    );
    a_week_of(&app, &author, 12).await;
    let (author, one, two) = (again(&author).await, again(&one).await, again(&two).await);
    assert!(own(&author).await.is_empty());
    assert!(own(&again(&colleague).await).await.is_empty());
    let (of_one, of_two) = (own(&one).await, own(&two).await);
    assert_eq!(
        of_one.len() + of_two.len(),
        12,
        "a lot below the plan is checked whole"
    );
    let all: Vec<CallBack> = of_one.iter().chain(&of_two).cloned().collect();
    assert_eq!(all.iter().filter(|it| it.way == "call").count(), 6);
    let (who, mine, other) = match of_one.is_empty() {
        true => (&two, &of_two, &one),
        false => (&one, &of_one, &two),
    };
    for call in mine {
        let path = format!("/api/v1/call-backs/{}/contact", call.call_back_id);
        let contact: CallBackContact = who.get(&path).await.expect(200).json();
        assert_eq!(contact.name.as_deref(), Some("Chamaléa Thị Thử"));
        assert_eq!(contact.phone.is_some(), call.way == "call");
        assert!(contact.advice.contains("Không hỏi mã OTP"));
        other.get(&path).await.refused(404, "not-found");
        author.get(&path).await.refused(404, "not-found");
    }
    let read: i64 = audit_event::table
        .filter(audit_event::action.eq("verification.read_contact"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(read, mine.len() as i64);
    let id = mine[0].call_back_id;
    say(other, id, "confirmed").await.refused(404, "not-found");
    for _ in 0..2 {
        say(who, id, "confirmed").await.expect(204);
    }
    say(who, id, "never_met")
        .await
        .refused(409, "call-back-closed");
    let path = format!("/api/v1/call-backs/{id}/contact");
    who.get(&path).await.refused(409, "call-back-closed");
    assert_eq!(confirmed_facts(&app).await, 1);
    assert_eq!(counted(&app).await, (12, 1));
    assert_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_fails_ends_early_stays_counted_and_is_released_by_others() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let verifier = woman(&app, Role::Volunteer).await;
    a_week_of(&app, &author, 20).await;
    let verifier = again(&verifier).await;
    let calls = own(&verifier).await;
    assert_eq!(calls.len(), 20);
    for call in &calls[..2] {
        say(&verifier, call.call_back_id, "confirmed")
            .await
            .expect(204);
    }
    for (call, result) in
        calls[2..6]
            .iter()
            .zip(["never_met", "not_confirmed", "never_met", "not_confirmed"])
    {
        assert_eq!(lot(&verifier, "youth").await.state, "drawn");
        say(&verifier, call.call_back_id, result).await.expect(204);
    }
    let draw = lot(&verifier, "youth").await;
    assert_eq!(
        (draw.state.as_str(), draw.confirmed, draw.failures),
        ("failed", 2, 4)
    );
    say(&verifier, calls[6].call_back_id, "confirmed")
        .await
        .refused(409, "call-back-closed");
    assert_eq!(
        counted(&app).await,
        (20, 2),
        "nothing is taken out of the boards"
    );
    assert_recount(&app).await;
    let path = format!("/api/v1/draws/{}/actions", draw.draw_id);
    let act = async |person: &Person, action: &str| {
        let body = json!({ "action": action, "reason": "đã rà lại sổ" });
        person.post(&path, body).await
    };
    let (youth, women) = (app.lead(COMMUNE).await, woman(&app, Role::Lead).await);
    let elsewhere = app.lead(ELSEWHERE).await;
    act(&elsewhere, "recount").await.refused(404, "not-found");
    act(&youth, "retrain").await.expect(204);
    act(&youth, "release").await.refused(409, "own-lot");
    assert_eq!(lot(&verifier, "youth").await.state, "failed");
    act(&women, "release").await.expect(204);
    assert_eq!(lot(&verifier, "youth").await.state, "released");
    act(&women, "release").await.refused(409, "lot-not-failed");
    // After a failure more is checked.
    recorded(&app, &again(&author).await, 70).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let next = lot(&again(&verifier).await, "youth").await;
    assert_eq!(
        (next.plan.as_deref(), next.sample_size),
        (Some("strict"), 60)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_reaches_is_followed_by_the_next_of_the_order() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let verifier = woman(&app, Role::Volunteer).await;
    a_week_of(&app, &author, 34).await;
    let verifier = again(&verifier).await;
    let calls = own(&verifier).await;
    assert_eq!(calls.len(), 32);
    for call in &calls {
        say(&verifier, call.call_back_id, "not_reachable")
            .await
            .expect(204);
    }
    let calls: Vec<CallBack> = own(&verifier).await;
    let open: Vec<&CallBack> = calls.iter().filter(|call| call.is_open).collect();
    assert_eq!((calls.len(), open.len()), (34, 2));
    for call in open {
        say(&verifier, call.call_back_id, "confirmed")
            .await
            .expect(204);
    }
    let draw = lot(&verifier, "youth").await;
    assert_eq!(
        (draw.state.as_str(), draw.confirmed, draw.not_reachable),
        ("passed", 2, 32)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_of_the_other_union_a_commune_beside_checks() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let _colleague = app.volunteer(COMMUNE).await;
    let beside = app.volunteer(ELSEWHERE).await;
    a_week_of(&app, &author, 5).await;
    let verifiers: Vec<Option<AccountId>> = call_back::table
        .select(call_back::verifier_id)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(verifiers, [beside.account_id; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_may_check_waits_for_somebody_who_may() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    a_week_of(&app, &author, 3).await;
    let verifiers = async || -> Vec<Option<AccountId>> {
        call_back::table
            .select(call_back::verifier_id)
            .load(&mut app.conn().await)
            .await
            .unwrap()
    };
    assert_eq!(verifiers().await, [None; 3]);
    let verifier = woman(&app, Role::Volunteer).await;
    nightly::once(&app.app).await.unwrap();
    assert_eq!(verifiers().await, [verifier.account_id; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_was_to_check_who_was_stopped_since_goes_to_others_but_what_they_told_stays()
{
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let stopped = woman(&app, Role::Volunteer).await;
    a_week_of(&app, &author, 10).await;
    let stopped = again(&stopped).await;
    let given = own(&stopped).await;
    assert_eq!(given.len(), 10);
    say(&stopped, given[0].call_back_id, "confirmed")
        .await
        .expect(204);
    let other = woman(&app, Role::Volunteer).await;
    diesel::update(account::table.find(stopped.account_id.unwrap()))
        .set(account::disabled_at.eq(app.app.clock.now()))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    assert!(own(&other).await.is_empty());
    nightly::once(&app.app).await.unwrap();
    let mut taken_over: Vec<Uuid> = own(&other)
        .await
        .iter()
        .map(|one| one.call_back_id)
        .collect();
    let mut left: Vec<Uuid> = given[1..].iter().map(|one| one.call_back_id).collect();
    taken_over.sort();
    left.sort();
    assert_eq!(taken_over, left);
    let told: Option<AccountId> = call_back::table
        .find(given[0].call_back_id)
        .select(call_back::verifier_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(told, stopped.account_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_calls_whoever_had_the_use_of_their_data_restricted() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let verifier = woman(&app, Role::Volunteer).await;
    nightly::once(&app.app).await.unwrap();
    let ops = recorded(&app, &author, 3).await;
    let restrict = async |op: &Value| {
        let op: OperationId = serde_json::from_value(op["op_id"].clone()).unwrap();
        let of = fact::table
            .filter(fact::op_id.eq(op))
            .select(fact::person_id.assume_not_null());
        diesel::update(person::table.filter(person::person_id.eq_any(of)))
            .set(person::restricted_at.eq(app.app.clock.now()))
            .execute(&mut app.conn().await)
            .await
            .unwrap();
        op
    };
    let before = restrict(&ops[0]).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let verifier = again(&verifier).await;
    let given = own(&verifier).await;
    assert_eq!(given.len(), 2, "not even drawn");
    let frame: Vec<OperationId> = call_back::table
        .select(call_back::op_id)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert!(!frame.contains(&before));
    // Who asks for it later is not called any more, either.
    restrict(&ops[1]).await;
    restrict(&ops[2]).await;
    for call in &given {
        let path = format!("/api/v1/call-backs/{}/contact", call.call_back_id);
        verifier.get(&path).await.refused(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plans_tell_what_they_let_through() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let plans: Vec<SamplingPlan> = volunteer
        .get("/api/v1/sampling-plans")
        .await
        .expect(200)
        .json();
    let told: Vec<(&str, u32, u32)> = plans
        .iter()
        .map(|plan| (plan.plan.as_str(), plan.sample_size, plan.failures_max))
        .collect();
    assert_eq!(
        told,
        [
            ("light", 19, 1),
            ("standard", 32, 3),
            ("strict", 60, 3),
            ("tight", 52, 2)
        ]
    );
    let light: Vec<u32> = plans[0]
        .passes
        .iter()
        .map(|it| (it.chance * 100.0).round() as u32)
        .collect();
    assert_eq!(light, [75, 42, 8]);
}
