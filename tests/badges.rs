//! The badge at a door: who shows a code is named by it for a minute, and by nothing else.

use std::collections::HashSet;

use api::identity::badge::store;
use chrono::TimeDelta;
use mobile_contracts::badge::{BADGE_GOOD_S, Badge, BadgeHolder};
use mobile_contracts::problem::Problem;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Person, TestApp};

const CHECKS: &str = "/api/v1/badge-checks";

async fn show(volunteer: &Person) -> Badge {
    let answer = volunteer.post("/api/v1/badges", json!({})).await;
    answer.expect(201).json()
}

async fn check(stranger: &Person, code: &str) -> Answer {
    stranger.post(CHECKS, json!({ "code": code })).await
}

/// All that a refusal says, less the id of the request.
fn words(answer: &Answer) -> Problem {
    let mut problem = answer.refused(404, "badge-unknown");
    problem.instance = String::new();
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_tells_the_union_the_commune_and_the_given_name_and_nothing_else() {
    let app = TestApp::start().await;
    let village = app.village("22786", 0).await;
    let volunteer = app
        .account(
            mobile_contracts::identity::Role::Volunteer,
            mobile_contracts::identity::MassUnion::Women,
            village,
        )
        .await;
    let badge = show(&volunteer).await;
    assert_eq!((badge.good_for_s, badge.next_in_s), (BADGE_GOOD_S, 50));
    let answer = check(&app.stranger(), &badge.code).await;
    let told: serde_json::Value = answer.expect(200).json();
    assert_eq!(
        told,
        json!({ "given_name": "Thử", "mass_union": "women", "unit_label": "Xã Bác Ái Tây, Tỉnh Khánh Hòa" })
    );
    let officer = app.officer("22786").await;
    let refused = officer.post("/api/v1/badges", json!({})).await;
    refused.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_a_minute_and_then_answers_as_if_it_had_never_been() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let first = show(&volunteer).await;
    app.advance(TimeDelta::seconds(40)).await;
    let same = show(&volunteer).await;
    assert_eq!(same.code, first.code);
    assert!(same.good_for_s <= 20, "{same:?}");
    app.advance(TimeDelta::seconds(12)).await;
    let next = show(&volunteer).await;
    assert_ne!(next.code, first.code);
    // Whoever read the first one in its last seconds can still type it.
    let stranger = app.stranger();
    let late: BadgeHolder = check(&stranger, &first.code).await.expect(200).json();
    let early: BadgeHolder = check(&stranger, &next.code).await.expect(200).json();
    assert_eq!(late, early);
    app.advance(TimeDelta::seconds(9)).await;
    let over = check(&stranger, &first.code).await;
    let never = ["000001", "000002", "000003"]
        .into_iter()
        .find(|code| ![&first.code, &next.code].contains(&&(*code).to_owned()))
        .unwrap();
    assert_eq!(words(&over), words(&check(&stranger, never).await));
    check(&stranger, &next.code).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_one_moment_no_two_hold_the_same_code() {
    let app = TestApp::start().await;
    let (one, other) = (app.volunteer("22786").await, app.volunteer("22759").await);
    let (one, other) = (one.account_id.unwrap(), other.account_id.unwrap());
    let give = async |account_id| {
        let mut conn = app.app.pool.get().await.unwrap();
        store::insert_badge(&mut conn, 7, account_id).await.unwrap()
    };
    let (first, second) = tokio::join!(give(one), give(other));
    assert!(first.is_some() != second.is_some());
    let holder = if first.is_some() { one } else { other };
    let mut conn = app.app.pool.get().await.unwrap();
    let found = store::find_holder(&mut conn, 7).await.unwrap();
    assert_eq!(found, Some(holder));
    app.advance(TimeDelta::seconds(61)).await;
    assert_eq!(store::find_holder(&mut conn, 7).await.unwrap(), None);
    assert!(give(other).await.is_some());
    assert_eq!(store::find_holder(&mut conn, 7).await.unwrap(), Some(other));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_stopped_shows_nothing_any_more() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let badge = show(&volunteer).await;
    let id = volunteer.account_id.unwrap();
    let path = format!("/api/v1/accounts/{id}");
    let admin = app.admin().await;
    admin
        .patch(&path, json!({ "disabled": true }))
        .await
        .expect(200);
    words(&check(&app.stranger(), &badge.code).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_tries_numbers_one_after_another_from_one_address() {
    let app = TestApp::with()
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await;
    let volunteer = app.volunteer("22786").await;
    let badge = show(&volunteer).await;
    let stranger = app.stranger();
    let from = async |address: &str, code: &str| {
        let request = stranger.request(Method::POST, CHECKS);
        let request = request.header("x-forwarded-for", address);
        stranger.send(request.json(&json!({ "code": code }))).await
    };
    let wrong = if badge.code == "000000" {
        "000001"
    } else {
        "000000"
    };
    // A network's households check one badge after another, and none of that is held against them.
    for _ in 0..40 {
        from("203.0.113.7", &badge.code).await.expect(200);
    }
    for _ in 0..30 {
        words(&from("203.0.113.7", wrong).await);
    }
    // Even the right one, from there; a household elsewhere is not kept waiting for it.
    let told = from("203.0.113.7", &badge.code).await;
    assert!(
        told.refused(429, "too-many-requests")
            .retry_after_s
            .is_some()
    );
    from("203.0.113.8", &badge.code).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn badges_need_no_redis() {
    let app = TestApp::with().without_redis().start().await;
    let mut shown = HashSet::new();
    for commune in ["22786", "22759", "22738"] {
        let badge = show(&app.volunteer(commune).await).await;
        check(&app.stranger(), &badge.code).await.expect(200);
        shown.insert(badge.code);
    }
    assert_eq!(shown.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_needs_no_script_and_warns_of_those_who_ask_for_codes() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let badge = show(&volunteer).await;
    let stranger = app.stranger();
    let form = stranger.get("/xac-minh").await.expect(200);
    assert!(form.text.contains("mã OTP"), "{}", form.text);
    let spaced = format!("{} {}", &badge.code[..3], &badge.code[3..]);
    let (status, told) = stranger.post_form("/xac-minh", &[("code", &spaced)]).await;
    assert_eq!(status, 200, "{told}");
    for said in ["Thử", "Đoàn Thanh niên", "Xã Bác Ái Tây", "mã OTP"] {
        assert!(told.contains(said), "{said} is not in {told}");
    }
    assert!(!told.contains("Nguyễn") && !told.contains(&volunteer.phone));
    let (status, odd) = stranger.post_form("/xac-minh", &[("code", "12a456")]).await;
    assert_eq!(status, 422);
    assert!(odd.contains("đúng 6 chữ số"), "{odd}");
    let wrong = if badge.code == "000000" {
        "000001"
    } else {
        "000000"
    };
    let (status, refused) = stranger.post_form("/xac-minh", &[("code", wrong)]).await;
    assert_eq!(status, 404);
    assert!(refused.contains("Không ai đang dùng mã này"), "{refused}");
    let request = stranger.request(Method::POST, "/xac-minh");
    let request = request.header("sec-fetch-site", "cross-site");
    let foreign = request
        .body(format!("code={}", badge.code))
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status().as_u16(), 403);
}
