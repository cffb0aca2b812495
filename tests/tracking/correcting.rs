//! A lead puts right what a member recorded: credit stays, counts are those of what stands, and the author is told.

use std::time::Duration;

use api::db::schema::{audit_event, fact, person, visit};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::correction::{RecordedAct, RecordedActDetail};
use mobile_contracts::identity::Role;
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::leaderboard::Leaderboard;
use mobile_contracts::page::Page;
use mobile_contracts::queue::DeskTicket;
use mobile_contracts::sync::PulledChanges;
use mobile_contracts::tracking::{Ledger, LedgerEntry};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record,
    replace, sum, told, totals, void,
};
use crate::harness::queue::visitor;
use crate::harness::{Answer, Person, TestApp, citizen};

fn path(op: &Value, what: &str) -> String {
    format!("/api/v1/records/{}{what}", op["op_id"].as_str().unwrap())
}

async fn correct(lead: &Person, op: &Value, how: Value) -> Answer {
    let how = how.with("reason", "Đã gọi hỏi lại");
    lead.post_once(&path(op, "/correction"), Uuid::new_v4(), how)
        .await
}

async fn corrected(lead: &Person, op: &Value, how: Value) -> RecordedActDetail {
    correct(lead, op, how).await.expect(201).json()
}

async fn reinstate(lead: &Person, op: &Value) -> Answer {
    let why = json!({ "reason": "Hủy nhầm" });
    lead.post_once(&path(op, "/reinstatement"), Uuid::new_v4(), why)
        .await
}

/// A lead takes a record back.
async fn take_back(app: &TestApp, lead: &Person, op: &Value) {
    let body = json!({
        "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        "operation": void(app, lead, op),
    });
    let answer = lead.post("/api/v1/corrections", body).await.expect(201);
    assert_eq!(told(&answer.json()), ("applied", None, false));
}

async fn entry(author: &Person, op: impl ToString) -> LedgerEntry {
    let ledger: Ledger = author.get("/api/v1/me/ledger").await.expect(200).json();
    let op = op.to_string();
    let mut items = ledger.items.into_iter();
    items.find(|item| item.op_id.to_string() == op).unwrap()
}

fn id(op: &Value) -> OperationId {
    serde_json::from_value(op["op_id"].clone()).unwrap()
}

/// The same as a record of a record.
fn as_op(op_id: OperationId) -> Value {
    json!({ "op_id": op_id })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_of_a_lead_is_undone_and_every_count_is_as_it_was() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let lead = app.lead(COMMUNE).await;
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let card = citizen::id_number();
    let holder = record(&app, &first, here, &card).with("name", "Katơr Thị Thử");
    push_one(&app, &first, &holder).await;
    push_one(&app, &second, &record(&app, &second, there, &card)).await;
    let before = totals(&app).await;
    let named = async || -> Vec<bool> {
        person::table
            .select(person::name.is_not_null())
            .load(&mut app.conn().await)
            .await
            .unwrap()
    };
    assert_eq!(named().await, [true]);
    reinstate(&lead, &holder)
        .await
        .refused(409, "record-not-voided");
    take_back(&app, &lead, &holder).await;
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_eq!(named().await, [false]);
    let voided = entry(&first, id(&holder)).await;
    let decision = voided.decision.unwrap();
    assert!(voided.voided && !voided.counted);
    assert_eq!(
        (decision.decision.as_str(), decision.reason.as_str()),
        ("voided", "nhầm người")
    );
    assert_eq!(decision.decided_by_role, Some(Role::Lead));
    let pulled: PulledChanges = first
        .get("/api/v1/sync/pull?limit=500")
        .await
        .expect(200)
        .json();

    let key = Uuid::new_v4();
    let why = json!({ "reason": "Hủy nhầm" });
    let at = path(&holder, "/reinstatement");
    let shown: RecordedActDetail = lead.post_once(&at, key, &why).await.expect(200).json();
    assert!(shown.act.counted && !shown.act.voided);
    assert_eq!(shown.voids.len(), 1);
    assert_eq!(shown.voids[0].undo_reason.as_deref(), Some("Hủy nhầm"));
    let again: RecordedActDetail = lead.post_once(&at, key, &why).await.expect(200).json();
    assert_eq!(again, shown, "the same press is the same act");
    assert_eq!(totals(&app).await, before);
    assert_eq!(named().await, [true]);
    assert_rollups_equal_a_recount(&app).await;
    let stands = entry(&first, id(&holder)).await;
    let decision = stands.decision.unwrap();
    assert!(!stands.voided && stands.counted);
    assert_eq!((stands.result.as_str(), stands.code), ("applied", None));
    assert_eq!(
        (decision.decision.as_str(), decision.reason.as_str()),
        ("reinstated", "Hủy nhầm")
    );
    // The phone hears of it at its next pull.
    let path = format!("/api/v1/sync/pull?limit=500&cursor={}", pulled.next_cursor);
    loop {
        let changed: PulledChanges = first.get(&path).await.expect(200).json();
        let entries = changed.items.iter().filter_map(|it| it.data.as_ref());
        let mut of_holder = entries.filter(|entry| entry.op_id == id(&holder));
        if let Some(entry) = of_holder.next() {
            assert!(!entry.voided && entry.decision.is_some());
            break;
        }
        // What another test still writes holds it up.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    reinstate(&lead, &holder)
        .await
        .refused(409, "record-not-voided");
    // It may be taken back again, and let stand again.
    take_back(&app, &lead, &holder).await;
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    reinstate(&lead, &holder).await.expect(200);
    assert_eq!(totals(&app).await, before);
    assert_rollups_equal_a_recount(&app).await;
    let audited: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.reinstate_record"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(audited, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_author_took_back_or_replaced_a_lead_does_not_let_stand() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push(&app, &volunteer, &[op.clone(), void(&app, &volunteer, &op)]).await;
    reinstate(&lead, &op).await.refused(409, "voided-by-author");
    // Both took it back: it stays so.
    take_back(&app, &lead, &op).await;
    reinstate(&lead, &op).await.refused(409, "voided-by-author");
    correct(&lead, &op, json!({ "stage": "installed" }))
        .await
        .refused(409, "record-voided");
    let card = citizen::id_number();
    let op = record(&app, &volunteer, village, &card);
    let instead = replace(&app, &volunteer, village, &card, &op);
    push(&app, &volunteer, &[op.clone(), instead]).await;
    reinstate(&lead, &op).await.refused(409, "record-replaced");
    // Another commune's lead finds nothing here.
    let elsewhere = app.lead("22795").await;
    for answer in [
        elsewhere.get(&path(&op, "")).await,
        reinstate(&elsewhere, &op).await,
        correct(&elsewhere, &op, json!({ "stage": "installed" })).await,
    ] {
        answer.refused(404, "not-found");
    }
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_moves_the_count_and_leaves_the_credit_with_the_member() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let op = record(&app, &volunteer, here, &citizen::id_number()).with("name", "Katơr Thị Thử");
    push_one(&app, &volunteer, &op).await;
    let before = totals(&app).await;
    let yesterday = local_day(app.app.clock.now()) - TimeDelta::days(1);
    let how = json!({ "village_id": there, "stage": "installed", "on_day": yesterday });
    let new = corrected(&lead, &op, how.clone()).await;
    assert_eq!(new.corrects, Some(id(&op)));
    assert_eq!(new.act.author_id, volunteer.account_id.unwrap());
    assert_eq!(
        (new.act.village_id, new.act.on_day, new.act.counted),
        (there, yesterday, true)
    );
    let key = (there.0, "installed".to_owned(), "youth".to_owned());
    assert_eq!(
        totals(&app).await.into_iter().collect::<Vec<_>>(),
        [(key, (1, 0, 0, 0))]
    );
    assert_rollups_equal_a_recount(&app).await;
    // Its author finds both, each with the reason, and the name stays.
    let (old, instead) = (
        entry(&volunteer, id(&op)).await,
        entry(&volunteer, new.act.op_id).await,
    );
    let (was, is) = (old.decision.unwrap(), instead.decision.unwrap());
    assert!(old.voided && instead.counted && !instead.voided);
    assert_eq!(
        (was.decision.as_str(), was.other_op_id),
        ("corrected", Some(new.act.op_id))
    );
    assert_eq!(
        (is.decision.as_str(), is.other_op_id),
        ("correction", Some(id(&op)))
    );
    assert_eq!(
        (was.reason.as_str(), is.reason.as_str()),
        ("Đã gọi hỏi lại", "Đã gọi hỏi lại")
    );
    let names: Vec<bool> = person::table
        .select(person::name.is_not_null())
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(names, [true]);
    // Said twice it says nothing new, and the wrong one is not corrected twice.
    let instead = as_op(new.act.op_id);
    correct(&lead, &instead, how.clone())
        .await
        .refused(409, "nothing-changes");
    correct(&lead, &op, how).await.refused(409, "record-voided");
    // Corrected again: only the last step is undone.
    let last = corrected(&lead, &instead, json!({ "village_id": here })).await;
    reinstate(&lead, &op).await.refused(409, "corrected-since");
    reinstate(&lead, &instead).await.expect(200);
    let gone = entry(&volunteer, last.act.op_id).await;
    assert!(gone.voided);
    assert_rollups_equal_a_recount(&app).await;
    reinstate(&lead, &op).await.expect(200);
    assert_eq!(totals(&app).await, before);
    assert_rollups_equal_a_recount(&app).await;
    // The author may take back the correction of their own record, as if they had recorded it so.
    let new = corrected(&lead, &op, json!({ "village_id": there })).await;
    let back = void(&app, &volunteer, &as_op(new.act.op_id));
    assert_eq!(
        told(&push_one(&app, &volunteer, &back).await),
        ("applied", None, false)
    );
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    reinstate(&lead, &op).await.refused(409, "corrected-since");
    assert_rollups_equal_a_recount(&app).await;
    let authors: Vec<AccountId> = fact::table
        .select(fact::author_id)
        .distinct()
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(authors, [volunteer.account_id.unwrap()]);
    let page: Page<RecordedAct> = lead
        .get(&format!(
            "/api/v1/records?account_id={}&limit=2",
            volunteer.account_id.unwrap()
        ))
        .await
        .expect(200)
        .json();
    assert_eq!(page.items.len(), 2);
    assert_eq!(page.items[0].op_id, new.act.op_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_and_records_of_nobody_are_corrected_likewise_and_what_does_not_fit_is_refused() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let card = citizen::id_number();
    let went = record(&app, &volunteer, here, &card)
        .without("stage")
        .without("device_holder")
        .with("kind", "visit")
        .with("outcome", "no_signal");
    let nobody = record(&app, &volunteer, here, &card)
        .without("subject")
        .without("consent");
    push(&app, &volunteer, &[went.clone(), nobody.clone()]).await;
    assert_eq!(sum(&app).await, (0, 0, 0, 1));
    let moved = corrected(&lead, &nobody, json!({ "village_id": there })).await;
    let key = (there.0, "level1_activated".to_owned(), "youth".to_owned());
    assert_eq!(
        totals(&app).await.into_iter().collect::<Vec<_>>(),
        [(key, (0, 0, 0, 1))]
    );
    assert!(!moved.act.counted);
    reinstate(&lead, &nobody).await.expect(200);
    assert_eq!(sum(&app).await, (0, 0, 0, 1));
    assert_rollups_equal_a_recount(&app).await;
    let told = corrected(&lead, &went, json!({ "outcome": "no_smartphone" })).await;
    assert_eq!(told.act.outcome.as_deref(), Some("no_smartphone"));
    let standing: Vec<String> = visit::table
        .filter(visit::voided_by.is_null())
        .select(visit::outcome)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(standing, ["no_smartphone"]);
    let list = lead
        .get("/api/v1/worklists/no_smartphone?assigned=all")
        .await;
    assert_eq!(
        list.expect(200).value()["items"].as_array().unwrap().len(),
        1
    );
    // What does not fit.
    let tomorrow = local_day(app.app.clock.now()) + TimeDelta::days(1);
    for (op, how, code) in [
        (&nobody, json!({ "on_day": tomorrow }), "RANGE"),
        (
            &nobody,
            json!({ "on_day": tomorrow - TimeDelta::days(20) }),
            "RANGE",
        ),
        (&nobody, json!({ "outcome": "away" }), "NOT_OF_THIS_KIND"),
        (
            &nobody,
            json!({ "stage": "level2_approved", "device_holder": "own" }),
            "NOT_OF_THIS_KIND",
        ),
    ] {
        let problem = correct(&lead, op, how.clone()).await;
        let problem = problem.refused(422, "invalid");
        assert_eq!(problem.errors[0].code, code, "{how}");
    }
    let long = json!({ "village_id": there, "reason": "a".repeat(201) });
    lead.post_once(&path(&nobody, "/correction"), Uuid::new_v4(), long)
        .await
        .refused(422, "invalid");
    let commune = app.commune(COMMUNE).await;
    correct(&lead, &nobody, json!({ "village_id": commune }))
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_an_author_and_another_union_at_once_leave_counts_that_equal_the_records() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let (lead, other_lead) = (app.lead(COMMUNE).await, app.lead(COMMUNE).await);
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    for _ in 0..6 {
        let card = citizen::id_number();
        let op = record(&app, &first, here, &card);
        push_one(&app, &first, &op).await;
        take_back(&app, &lead, &op).await;
        let late = record(&app, &second, there, &card);
        let back = void(&app, &first, &op);
        let (a, b, _, _, c) = tokio::join!(
            reinstate(&lead, &op),
            reinstate(&other_lead, &op),
            push_one(&app, &second, &late),
            push_one(&app, &first, &back),
            correct(&other_lead, &op, json!({ "village_id": there })),
        );
        for answer in [&a, &b, &c] {
            let status = answer.status.as_u16();
            assert!(matches!(status, 200 | 201 | 409), "{}", answer.text);
        }
        assert_rollups_equal_a_recount(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_on_which_a_target_was_reached_follows_the_correction_of_a_day() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (commune, village) = (app.commune(COMMUNE).await, app.village(COMMUNE, 0).await);
    diesel::sql_query(format!(
        "insert into target (unit_id, stage, starts_on, people, denominator, source)
         values ({commune}, 'level1_activated', '2026-01-01', 1, 'assigned', 'KH thử')"
    ))
    .execute(&mut app.owner().await)
    .await
    .unwrap();
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    // Each asks another question of which nothing is kept, but for the day.
    let told = async |metric: &str| {
        let path = format!(
            "/api/v1/leaderboards/commune?stage=level1_activated&period=start&metric={metric}"
        );
        let board: Leaderboard = lead.get(&path).await.expect(200).json();
        let own = board.rows.into_iter().find(|row| row.target == Some(1));
        own.map(|row| (row.count, row.reached_on)).unwrap()
    };
    let today = local_day(app.app.clock.now());
    assert_eq!(told("count").await, (1, Some(today)));
    assert_eq!(told("rate").await, (1, Some(today)));
    let yesterday = today - TimeDelta::days(1);
    corrected(&lead, &op, json!({ "on_day": yesterday })).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(told("count").await, (1, Some(yesterday)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_confirmed_only_the_office_takes_back() {
    let app = TestApp::start().await;
    let desk = app.desk(COMMUNE).await;
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let visitor = visitor(&citizen::id_number(), Some(village));
    let body = json!({ "service_code": "level2", "visitor": visitor });
    let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    let finished = desk.finish(ticket.ticket_id, "dossier_collected").await;
    finished.expect(200);
    let seen: OperationId = fact::table
        .select(fact::op_id)
        .filter(fact::confirmed_by.eq("office"))
        .first(&mut app.conn().await)
        .await
        .unwrap();
    let seen = as_op(seen);
    assert_eq!(sum(&app).await, (1, 0, 1, 0));

    let refused = ("rejected", Some("VOID_NOT_ALLOWED"), false);
    let body = json!({
        "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        "operation": void(&app, &lead, &seen),
    });
    let answer = lead.post("/api/v1/corrections", body).await.expect(201);
    assert_eq!(told(&answer.json()), refused);
    let pushed = push_one(&app, &lead, &void(&app, &lead, &seen)).await;
    assert_eq!(told(&pushed), refused);
    let instead = replace(&app, &lead, village, &citizen::id_number(), &seen);
    let pushed = push_one(&app, &lead, &instead).await;
    assert_eq!(told(&pushed), ("applied", Some("REPLACED_STAYS"), true));
    correct(&lead, &seen, json!({ "stage": "installed" }))
        .await
        .refused(409, "office-record");
    reinstate(&lead, &seen).await.refused(409, "office-record");
    assert_eq!(sum(&app).await, (2, 0, 1, 0));

    desk.act(ticket.ticket_id, "undo").await.expect(200);
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}
