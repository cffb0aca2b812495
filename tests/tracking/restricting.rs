//! Whoever had the use of their data restricted is shown nowhere, whomever they turn out to be one with.

use api::db::schema::{person, restricted_number};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::page::Page;
use mobile_contracts::person::PersonTwins;
use mobile_contracts::worklist::WorklistEntry;
use serde_json::{Value, json};
use uuid::Uuid;

use super::data_rights::{asked, done, settle};
use super::merging::{about, merge, undo};
use super::{COMMUNE, With as _, push, push_one, record};
use crate::harness::{Person, TestApp, citizen};

/// Restricts somebody who has no card; gives the request.
async fn restrict(lead: &Person, person: Uuid) -> String {
    let asked = json!({ "kind": "restrict", "recorded_person_id": person });
    let asked = lead
        .post("/api/v1/rights-requests", asked)
        .await
        .expect(201)
        .value();
    let path = format!(
        "/api/v1/rights-requests/{}",
        asked["rights_request_id"].as_str().unwrap()
    );
    let done = json!({ "decision": "done", "answer": "Đã hạn chế theo yêu cầu", "identity_shown": "card" });
    lead.post(&format!("{path}/settlement"), done)
        .await
        .expect(200);
    path
}

async fn listed(lead: &Person) -> Vec<String> {
    let page: Page<WorklistEntry> = lead
        .get("/api/v1/worklists/needs_level2?assigned=all")
        .await
        .expect(200)
        .json();
    page.items
        .into_iter()
        .map(|entry| entry.name.unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_outlives_a_merge_into_whoever_is_not_restricted_and_ends_with_it_for_them() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let person = Uuid::now_v7();
    let ops = [
        about(&app, &volunteer, village, person).with("name", "Katơr Thử"),
        record(&app, &volunteer, village, &citizen::id_number()).with("name", "Katơr Thị Thử"),
        about(&app, &volunteer, village, Uuid::now_v7()).with("name", "Pi Năng Thử"),
    ];
    push(&app, &volunteer, &ops).await;
    let number = super::merging::of_number(&app).await;
    let request = restrict(&lead, person).await;
    assert_eq!(listed(&lead).await, ["Katơr Thị Thử", "Pi Năng Thử"]);
    // Whoever has the number stands for both, and was never restricted.
    let merged = merge(&lead, number, person).await;
    assert_eq!(merged.kept_person_id.0, number);
    assert_eq!(listed(&lead).await, ["Pi Năng Thử"]);
    let table = json!({ "table": "people", "format": "csv", "reason": "Phân công đi thăm" });
    let file = lead.post("/api/v1/exports", &table).await.expect(200);
    assert!(!file.text.contains("Katơr"), "{}", file.text);
    // Two again, the other is shown again, and the restricted one is not.
    undo(&lead, &merged).await.expect(200);
    assert_eq!(listed(&lead).await, ["Katơr Thị Thử", "Pi Năng Thử"]);
    // One again, and then lifted: lifted for both.
    merge(&lead, number, person).await;
    assert_eq!(listed(&lead).await, ["Pi Năng Thử"]);
    lead.post(&format!("{request}/lifting"), json!({}))
        .await
        .expect(200);
    assert_eq!(listed(&lead).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_restricted_is_in_no_report_to_the_police_and_nobodys_twin() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let officer = app.officer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let person = Uuid::now_v7();
    let ops = [
        record(&app, &volunteer, village, &citizen::id_number())
            .with("name", "Katơr Thị Thử")
            .with("phone", "0912345678"),
        about(&app, &volunteer, village, person).with("name", "Katơr Thị Thử"),
    ];
    push(&app, &volunteer, &ops).await;
    let number = super::merging::of_number(&app).await;
    let report = json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": number, "what": "wrong_phone",
        "words": "Số đang dùng là 0987 654 321",
    });
    let told = volunteer
        .post("/api/v1/data-reports", &report)
        .await
        .expect(201)
        .value();
    let path = format!(
        "/api/v1/data-reports/{}",
        told["data_report_id"].as_str().unwrap()
    );
    let twins = async || {
        let page: Page<PersonTwins> = lead.get("/api/v1/persons/twins").await.expect(200).json();
        page.items.len()
    };
    let wish = json!({ "format": "csv", "reason": "làm sạch dữ liệu" });
    let table = async || {
        let file = officer.post("/api/v1/data-report-exports", &wish).await;
        file.expect(200).text
    };
    assert_eq!(twins().await, 1);
    assert!(table().await.contains("Katơr Thị Thử"));
    assert_eq!(
        officer.get(&path).await.expect(200).value()["name"],
        "Katơr Thị Thử"
    );
    restrict(&lead, number).await;
    assert_eq!(twins().await, 0);
    let left = table().await;
    assert!(!left.contains("Katơr") && !left.contains("Sai số điện thoại"));
    let shown: Value = officer.get(&path).await.expect(200).value();
    for field in ["name", "phone", "birth_year", "id_tail", "words"] {
        assert!(shown[field].is_null(), "{field}: {shown}");
    }
    assert_eq!(shown["history"].as_array().unwrap().len(), 0);
}

/// Has the use of their data restricted by whoever has this card; gives the way to the request.
async fn restrict_by_card(officer: &Person, lead: &Person, card: &str) -> String {
    let request = asked(officer, "restrict", card).await;
    let id = request.rights_request_id;
    settle(lead, id, done()).await.expect(200);
    format!("/api/v1/rights-requests/{id}")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_restricted_before_anybody_recorded_them_is_from_their_first_record_until_it_is_lifted()
 {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let officer = app.officer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let (card, other) = (citizen::id_number(), citizen::id_number());
    let request = restrict_by_card(&officer, &lead, &card).await;
    let ops = [
        record(&app, &volunteer, village, &card).with("name", "Katơr Thị Thử"),
        record(&app, &volunteer, village, &other).with("name", "Pi Năng Thử"),
    ];
    for result in push(&app, &volunteer, &ops).await {
        // They did agree to be counted: nothing more is done with it.
        assert_eq!(result.result, "applied");
    }
    assert_eq!(listed(&lead).await, ["Pi Năng Thử"]);
    let table = json!({ "table": "people", "format": "csv", "reason": "Phân công đi thăm" });
    let file = lead.post("/api/v1/exports", &table).await.expect(200);
    assert!(!file.text.contains("Katơr"), "{}", file.text);
    let lifting = format!("{request}/lifting");
    lead.post(&lifting, json!({})).await.expect(200);
    assert_eq!(listed(&lead).await, ["Katơr Thị Thử", "Pi Năng Thử"]);
    // Neither a second lifting nor the next record changes anything.
    lead.post(&lifting, json!({}))
        .await
        .refused(409, "not-restricted");
    let again = record(&app, &volunteer, village, &card).with("stage", "installed");
    push(&app, &volunteer, &[again]).await;
    assert_eq!(listed(&lead).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_of_somebody_unknown_ends_when_it_is_lifted_or_they_are_erased() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let officer = app.officer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let [lifted, erased, listed_only] = [(); 3].map(|()| citizen::id_number());
    let request = restrict_by_card(&officer, &lead, &lifted).await;
    lead.post(&format!("{request}/lifting"), json!({}))
        .await
        .expect(200);
    restrict_by_card(&officer, &lead, &erased).await;
    let erase = asked(&officer, "erase", &erased).await.rights_request_id;
    settle(&lead, erase, done()).await.expect(200);
    restrict_by_card(&officer, &lead, &listed_only).await;
    let left: i64 = restricted_number::table
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(left, 1, "no hash of whoever is not restricted any more");
    let ops = [&lifted, &erased, &listed_only]
        .map(|card| record(&app, &volunteer, village, card).with("name", "Katơr Thị Thử"));
    push(&app, &volunteer, &ops).await;
    assert_eq!(listed(&lead).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_recorded_in_the_moment_of_their_restriction_is_restricted_too() {
    const CITIZENS: usize = 12;
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let officer = app.officer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let cards: Vec<String> = (0..CITIZENS).map(|_| citizen::id_number()).collect();
    for card in &cards {
        let id = asked(&officer, "restrict", card).await.rights_request_id;
        let op = record(&app, &volunteer, village, card).with("name", "Katơr Thị Thử");
        let (pushed, settled) =
            tokio::join!(push_one(&app, &volunteer, &op), settle(&lead, id, done()));
        assert_eq!(pushed.result, "applied");
        settled.expect(200);
    }
    assert!(listed(&lead).await.is_empty());
    let restricted: i64 = person::table
        .filter(person::restricted_at.is_not_null())
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(restricted, CITIZENS as i64);
}
