//! Random checks: promised before the week is over, drawn as anybody can redo it, made by others than those
//! who recorded, and told as counts.

use api::db::schema::{account, audit_event, call_back, fact, person};
use api::tracking::verify;
use api::verification::nightly;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::page::Page;
use mobile_contracts::sampling::{
    CallBack, CallBackContact, Draw, FrameRecord, PassedOver, SamplingPlan, Verifier,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{COMMUNE, ELSEWHERE, approve, push, push_held, record, reinstate, take_back};
use crate::harness::{Answer, Person, TestApp};

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
    let draw = lot(&woman.again().await, "youth").await;
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
    let frame: Page<FrameRecord> = author.again().await.get(&path).await.expect(200).json();
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
    assert_eq!(lot(&woman.again().await, "youth").await, draw);
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
    let (author, one, two) = (author.again().await, one.again().await, two.again().await);
    assert!(own(&author).await.is_empty());
    assert!(own(&colleague.again().await).await.is_empty());
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
    let verifier = verifier.again().await;
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
    recorded(&app, &author.again().await, 70).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let next = lot(&verifier.again().await, "youth").await;
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
    let verifier = verifier.again().await;
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
        ("undecided", 2, 32)
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
    let stopped = stopped.again().await;
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
    let verifier = verifier.again().await;
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
        verifier
            .get(&path)
            .await
            .refused(409, "citizen-not-to-be-asked");
    }
    assert!(own(&verifier).await.iter().all(|call| !call.may_be_asked));
    // That is an honest end; whoever tells nothing finds it ended the next night.
    say(&verifier, given[0].call_back_id, "not_to_be_asked")
        .await
        .expect(204);
    nightly::once(&app.app).await.unwrap();
    let draw = lot(&verifier, "youth").await;
    assert_eq!(
        (draw.state.as_str(), draw.not_to_be_asked, draw.failures),
        ("undecided", 2, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_be_asked_is_asked_and_whoever_may_not_is_followed_by_the_next() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let verifier = woman(&app, Role::Volunteer).await;
    a_week_of(&app, &author, 34).await;
    let verifier = verifier.again().await;
    let calls = own(&verifier).await;
    assert_eq!(calls.len(), 32);
    say(&verifier, calls[0].call_back_id, "not_to_be_asked")
        .await
        .refused(409, "citizen-may-be-asked");
    let op: OperationId = call_back::table
        .find(calls[0].call_back_id)
        .select(call_back::op_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    let of = fact::table
        .filter(fact::op_id.eq(op))
        .select(fact::person_id.assume_not_null());
    diesel::update(person::table.filter(person::person_id.eq_any(of)))
        .set(person::restricted_at.eq(app.app.clock.now()))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    nightly::once(&app.app).await.unwrap();
    let calls = own(&verifier).await;
    assert_eq!(calls.len(), 33);
    assert_eq!(calls.iter().filter(|call| call.is_open).count(), 32);
}

/// How many of their checks these still have to tell.
async fn open_of(people: &[&Person]) -> Vec<usize> {
    let mut open = Vec::new();
    for person in people {
        open.push(own(person).await.iter().filter(|it| it.is_open).count());
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_not_tell_in_a_week_goes_to_others_and_a_lead_knows_who_is_late() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let (one, two) = (
        woman(&app, Role::Volunteer).await,
        woman(&app, Role::Volunteer).await,
    );
    let (youth, women) = (app.lead(COMMUNE).await, app.commander().await);
    a_week_of(&app, &author, 12).await;
    let (mut one, mut two) = (one.again().await, two.again().await);
    let given = open_of(&[&one, &two]).await;
    assert_eq!(given.iter().sum::<usize>(), 12);
    let today = local_day(app.app.clock.now());
    let due = own(&one)
        .await
        .iter()
        .chain(&own(&two).await)
        .all(|call| call.due_on == Some(today + TimeDelta::days(7)));
    assert!(due, "seven days from the assignment");
    // Nothing is late, so that nothing goes by itself.
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    (one, two) = (one.again().await, two.again().await);
    assert_eq!(open_of(&[&one, &two]).await, given);
    app.advance(TimeDelta::days(1)).await;
    (one, two) = (one.again().await, two.again().await);
    // The first has told theirs, the second is late.
    for call in own(&one).await {
        say(&one, call.call_back_id, "confirmed").await.expect(204);
    }
    let (youth, women) = (youth.again().await, women.again().await);
    let mut drawn = draws(&women).await.into_iter();
    let draw = drawn.find(|draw| draw.state == "drawn").unwrap();
    let verifiers = format!("/api/v1/draws/{}/verifiers", draw.draw_id);
    let told: Vec<Verifier> = youth.get(&verifiers).await.expect(200).json();
    let late: Vec<(Option<AccountId>, u32, u32)> = told
        .iter()
        .map(|it| (Some(it.account_id), it.told, it.late))
        .filter(|it| it.1 + it.2 > 0)
        .collect();
    let mut expected = vec![
        (two.account_id, 0, given[1] as u32),
        (one.account_id, given[0] as u32, 0),
    ];
    expected.retain(|it| it.1 + it.2 > 0);
    assert_eq!(late, expected);
    nightly::once(&app.app).await.unwrap();
    assert_eq!(open_of(&[&one, &two]).await, [given[1], 0]);
    // A lead need not wait, unless it is their own union's; with nobody else left it stays.
    let pass_over = format!("/api/v1/draws/{}/passed-over", draw.draw_id);
    let body = json!({ "account_id": one.account_id });
    youth.post(&pass_over, &body).await.refused(409, "own-lot");
    let answer: PassedOver = women.post(&pass_over, &body).await.expect(200).json();
    assert_eq!(answer.given, 0);
    let third = woman(&app, Role::Volunteer).await;
    let answer: PassedOver = women.post(&pass_over, &body).await.expect(200).json();
    assert_eq!(answer.given as usize, given[1]);
    assert_eq!(open_of(&[&one, &two, &third]).await, [0, 0, given[1]]);
    app.lead(ELSEWHERE)
        .await
        .get(&verifiers)
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_became_somebody_who_may_not_check_gives_back_what_they_had() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let verifier = woman(&app, Role::Volunteer).await;
    a_week_of(&app, &author, 3).await;
    let commune = app.commune(COMMUNE).await;
    let verifiers = async || -> Vec<Option<AccountId>> {
        call_back::table
            .select(call_back::verifier_id)
            .load(&mut app.conn().await)
            .await
            .unwrap()
    };
    assert_eq!(verifiers().await, [verifier.account_id; 3]);
    let turn = async |role: &str, union: &str| {
        diesel::update(account::table.find(verifier.account_id.unwrap()))
            .set((account::role.eq(role), account::mass_union.eq(union)))
            .execute(&mut app.conn().await)
            .await
            .unwrap();
        nightly::once(&app.app).await.unwrap();
    };
    for (role, union) in [("officer", "none"), ("volunteer", "youth")] {
        turn(role, union).await;
        assert_eq!(verifiers().await, [None; 3], "{role} {union}");
        turn("volunteer", "women").await;
        assert_eq!(verifiers().await, [verifier.account_id; 3]);
    }
    // A commune beside checks, until they move to the team whose work it is.
    let beside = app.volunteer(ELSEWHERE).await;
    turn("officer", "none").await;
    assert_eq!(verifiers().await, [beside.account_id; 3]);
    diesel::update(account::table.find(beside.account_id.unwrap()))
        .set(account::unit_id.eq(commune))
        .execute(&mut app.conn().await)
        .await
        .unwrap();
    nightly::once(&app.app).await.unwrap();
    assert_eq!(verifiers().await, [None; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_after_its_week_was_drawn_is_drawn_from_with_the_week_of_its_approval() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let (lead, _verifier) = (app.lead(COMMUNE).await, woman(&app, Role::Volunteer).await);
    nightly::once(&app.app).await.unwrap();
    let village = app.village(COMMUNE, 0).await;
    let mut held = record(&author, village, app.app.clock.now());
    held["phone"] = json!("113");
    push_held(&app, &author, std::slice::from_ref(&held)).await;
    recorded(&app, &author, 2).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let lead = lead.again().await;
    let first = lot(&lead, "youth").await;
    assert_eq!(first.lot_size, 2);
    approve(&lead, &held).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let lead = lead.again().await;
    let next = lot(&lead, "youth").await;
    assert_ne!(next.draw_id, first.draw_id);
    let path = format!("/api/v1/draws/{}/frame", next.draw_id);
    let frame: Page<FrameRecord> = lead.get(&path).await.expect(200).json();
    let told: Vec<String> = frame.items.iter().map(|it| it.op_id.to_string()).collect();
    assert_eq!(told, [held["op_id"].as_str().unwrap()]);
}

/// The ids of what a draw was made from.
async fn frame_of(person: &Person, draw: &Draw) -> Vec<String> {
    let path = format!("/api/v1/draws/{}/frame", draw.draw_id);
    let frame: Page<FrameRecord> = person.get(&path).await.expect(200).json();
    let mut ids: Vec<String> = frame.items.iter().map(|it| it.op_id.to_string()).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reinstated_after_its_week_was_drawn_is_drawn_from_once_with_the_week_of_that() {
    let app = TestApp::start().await;
    let author = app.volunteer(COMMUNE).await;
    let (lead, _verifier) = (app.lead(COMMUNE).await, woman(&app, Role::Volunteer).await);
    let id = |op: &Value| op["op_id"].as_str().unwrap().to_owned();
    nightly::once(&app.app).await.unwrap();
    let ops = recorded(&app, &author, 3).await;
    let (before, within, never) = (&ops[0], &ops[1], &ops[2]);
    // Taken back when the week was drawn; taken back and reinstated before; never taken back.
    take_back(&app, &lead, before).await;
    take_back(&app, &lead, within).await;
    reinstate(&lead, within).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let lead = lead.again().await;
    let mut drawn = [id(within), id(never)];
    drawn.sort();
    let first = lot(&lead, "youth").await;
    assert_eq!(frame_of(&lead, &first).await, drawn);
    reinstate(&lead, before).await;
    // Whoever was drawn from already is not a second time.
    take_back(&app, &lead, never).await;
    reinstate(&lead, never).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let lead = lead.again().await;
    let next = lot(&lead, "youth").await;
    assert_ne!(next.draw_id, first.draw_id);
    assert_eq!(frame_of(&lead, &next).await, [id(before)]);
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let lead = lead.again().await;
    let last = lot(&lead, "youth").await;
    assert_ne!(last.draw_id, next.draw_id);
    assert_eq!(last.lot_size, 0, "once");
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
