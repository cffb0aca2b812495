//! Grades: what citizens said, with its interval and its reason.

use api::db::schema::{call_back, draw, operation};
use chrono::{Datelike as _, TimeDelta};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::grade::Grade;
use mobile_contracts::ids::OperationId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{COMMUNE, ELSEWHERE, morning, push, record};
use crate::harness::{Person, TestApp};

/// A lot of the week before with these results.
async fn checked(app: &TestApp, state: &str, confirmed: usize, failures: usize) -> Uuid {
    let author = app.volunteer(COMMUNE).await;
    let op = record(&author, app.village(COMMUNE, 0).await, morning(app));
    push(app, &author, std::slice::from_ref(&op)).await;
    let op_id: OperationId = op["op_id"].as_str().unwrap().parse().unwrap();
    let today = local_day(app.app.clock.now());
    let monday = today - TimeDelta::days(today.weekday().num_days_from_monday().into());
    let draw_id = Uuid::now_v7();
    let seed = vec![6; 32];
    let mut owner = app.owner().await;
    let in_the_week = app.app.clock.now() - TimeDelta::days(7);
    diesel::insert_into(draw::table)
        .values((
            draw::draw_id.eq(draw_id),
            draw::mass_union.eq("youth"),
            draw::commune_id.eq(app.commune(COMMUNE).await),
            draw::week_on.eq(monday - TimeDelta::days(7)),
            draw::commitment.eq(Sha256::digest(&seed).to_vec()),
            draw::committed_at.eq(in_the_week),
            draw::seed.eq(seed),
            draw::drawn_at.eq(app.app.clock.now()),
            draw::state.eq(state),
        ))
        .execute(&mut owner)
        .await
        .unwrap();
    let known: i64 = operation::table
        .count()
        .get_result(&mut owner)
        .await
        .unwrap();
    assert!(known > 0);
    for position in 1..=confirmed + failures {
        let result = if position <= confirmed {
            "confirmed"
        } else {
            "never_met"
        };
        diesel::insert_into(call_back::table)
            .values((
                call_back::call_back_id.eq(Uuid::now_v7()),
                call_back::draw_id.eq(draw_id),
                call_back::op_id.eq(op_id),
                call_back::position.eq(position as i32),
                call_back::verifier_id.eq(author.account_id.unwrap()),
                call_back::assigned_at.eq(app.app.clock.now()),
                call_back::result.eq(result),
                call_back::told_at.eq(app.app.clock.now()),
            ))
            .execute(&mut owner)
            .await
            .unwrap();
    }
    draw_id
}

async fn grades(person: &Person) -> Vec<Grade> {
    person.get("/api/v1/grades").await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_has_a_letter_once_enough_citizens_have_answered() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    assert_eq!(grades(&volunteer).await[0].grade, "–");
    checked(&app, "passed", 31, 1).await;
    let grade = grades(&volunteer).await.remove(0);
    assert_eq!(
        (grade.grade.as_str(), grade.confirmed, grade.answered),
        ("A", 31, 32)
    );
    let share = grade.confirmed_share.unwrap();
    assert!(grade.share_from.unwrap() < share && share < grade.share_to.unwrap());
    assert!(
        grade.reason.contains("31 trên 32 công dân"),
        "{}",
        grade.reason
    );
    // The province and its other communes are told apart.
    let all = grades(&app.commander().await).await;
    assert_eq!(all.iter().filter(|grade| grade.answered == 32).count(), 2);
    let elsewhere = app.volunteer(ELSEWHERE).await;
    assert_eq!(grades(&elsewhere).await[0].answered, 0);
    let path = format!("/api/v1/grades?within={}", app.commune(COMMUNE).await);
    elsewhere.get(&path).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_in_doubt_holds_the_letter_down() {
    let app = TestApp::start().await;
    checked(&app, "failed", 60, 0).await;
    let grade = grades(&app.lead(COMMUNE).await).await.remove(0);
    assert_eq!((grade.grade.as_str(), grade.lots_in_doubt), ("C", 1));
    assert!(
        grade.reason.starts_with("1 lô kiểm tra không đạt"),
        "{}",
        grade.reason
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_that_are_always_round_hold_the_letter_down_until_they_are_explained() {
    let app = TestApp::start().await;
    checked(&app, "passed", 60, 0).await;
    let lead = app.lead(COMMUNE).await;
    assert_eq!(grades(&lead).await[0].grade, "A");
    let raise = format!(
        "insert into signal (signal_id, fingerprint, rule, severity, author_id, commune_id, on_day, evidence,
             op_ids, acts)
         select gen_random_uuid(), sha256('round'), 'round_counts', 'flag', account_id, {}, app_now()::date, '{{}}',
             '{{}}', 1
         from account where role = 'volunteer' limit 1",
        app.commune(COMMUNE).await
    );
    let explain = "update signal set state = 'explained'".to_owned();
    for (sql, letter) in [(raise, "C"), (explain, "A")] {
        diesel::sql_query(sql)
            .execute(&mut app.owner().await)
            .await
            .unwrap();
        let grade = grades(&lead).await.remove(0);
        assert_eq!(grade.grade, letter, "{}", grade.reason);
    }
    // The province has other communes, of which none was asked about.
    let all = grades(&app.commander().await).await;
    assert_eq!(all[0].grade, "A", "{}", all[0].reason);
}
