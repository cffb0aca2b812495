//! What the police have wrong of somebody: reported in the field, put right by the commune's police.

use api::db::schema::{audit_event, data_report};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::data_report::{DataReport, DataReportDetail};
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp, citizen};

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

/// Records somebody with a card, and gives the person's id.
async fn meet(app: &TestApp, author: &Person, village: UnitId, name: &str) -> Uuid {
    let now = app.app.clock.now();
    let op = json!({
        "op_id": Uuid::now_v7(), "kind": "record", "author_id": author.account_id, "recorded_at": now,
        "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
        "stage": "level1_activated", "device_holder": "own", "name": name, "birth_year": 1990,
        "subject": { "kind": "plain", "id_number": citizen::id_number() },
        "consent": { "method": "spoken" },
    });
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    let answer = author
        .post("/api/v1/sync/push", body)
        .await
        .expect(200)
        .value();
    assert_eq!(answer["results"][0]["result"], "applied", "{answer}");
    api::db::schema::fact::table
        .find(op["op_id"].as_str().unwrap().parse::<Uuid>().unwrap())
        .select(api::db::schema::fact::person_id.assume_not_null())
        .first(&mut app.conn().await)
        .await
        .unwrap()
}

fn report(person: Uuid, what: &str) -> Value {
    json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": person, "what": what,
        "words": "Số đang dùng là 0912 345 678",
    })
}

async fn tell(person: &Person, body: &Value) -> DataReport {
    person
        .post("/api/v1/data-reports", body)
        .await
        .expect(201)
        .json()
}

async fn list(person: &Person, query: &str) -> Vec<DataReport> {
    let path = format!("/api/v1/data-reports{query}");
    let page: Page<DataReport> = person.get(&path).await.expect(200).json();
    page.items
}

fn steps(report: &DataReport) -> String {
    format!("/api/v1/data-reports/{}/steps", report.data_report_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_from_the_field_to_the_police_and_every_step_is_kept() {
    let app = TestApp::start().await;
    let (volunteer, officer) = (app.volunteer(HERE).await, app.officer(HERE).await);
    let village = app.village(HERE, 0).await;
    let somebody = meet(&app, &volunteer, village, "Katơr Thị Thử").await;
    let body = report(somebody, "wrong_phone");
    let told = tell(&volunteer, &body).await;
    assert_eq!((told.state.as_str(), told.village_id), ("open", village));
    // Sent again it is the same; its id for something else is refused.
    let again: DataReport = volunteer
        .post("/api/v1/data-reports", &body)
        .await
        .expect(200)
        .json();
    assert_eq!(again, told);
    let mut other = body.clone();
    other["what"] = json!("wrong_name");
    volunteer
        .post("/api/v1/data-reports", &other)
        .await
        .refused(409, "data-report-id-reused");
    officer
        .post("/api/v1/data-reports", &body)
        .await
        .refused(409, "data-report-id-reused");
    // The police see it on their list, and whom it is about when they look at it.
    assert_eq!(
        list(&officer, "?state=open&what=wrong_phone").await,
        std::slice::from_ref(&told)
    );
    let path = format!("/api/v1/data-reports/{}", told.data_report_id);
    let shown: DataReportDetail = officer.get(&path).await.expect(200).json();
    assert_eq!(shown.name.as_deref(), Some("Katơr Thị Thử"));
    assert_eq!(shown.words.as_deref(), Some("Số đang dùng là 0912 345 678"));
    assert_eq!(
        (shown.birth_year, shown.id_tail.map(|tail| tail.len())),
        (Some(1990), Some(4))
    );
    let stored: Option<Vec<u8>> = data_report::table
        .find(told.data_report_id)
        .select(data_report::words)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&stored.unwrap()).contains("0912"));

    let step = async |state: &str, reason: Option<&str>| {
        let mut body = json!({ "state": state });
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        officer.post(&steps(&told), body).await
    };
    step("forwarded", None).await.expect(200);
    step("forwarded", None)
        .await
        .refused(409, "data-report-step-not-possible");
    step("refused", None).await.refused(422, "invalid");
    step("refused", Some("không phải công dân của xã"))
        .await
        .expect(200);
    step("corrected", None)
        .await
        .refused(409, "data-report-step-not-possible");
    // What was done is undone with a reason, and done again.
    step("open", None).await.refused(422, "invalid");
    step("open", Some("tìm thấy rồi")).await.expect(200);
    let done: DataReportDetail = step("corrected", Some("đã cập nhật"))
        .await
        .expect(200)
        .json();
    let history: Vec<_> = done
        .history
        .iter()
        .map(|step| step.state.as_str())
        .collect();
    assert_eq!(history, ["forwarded", "refused", "open", "corrected"]);
    assert!(
        done.history
            .iter()
            .all(|step| Some(step.taken_by) == officer.account_id)
    );
    assert!(list(&officer, "?state=open").await.is_empty());
    // Whoever reported it sees what became of it.
    let own: Page<DataReport> = volunteer
        .get("/api/v1/me/data-reports")
        .await
        .expect(200)
        .json();
    assert_eq!(own.items[0].state, "corrected");
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.read_data_report"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(reads, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_nobody_with_an_id_number_or_from_elsewhere_is_refused() {
    let app = TestApp::start().await;
    let (volunteer, officer) = (app.volunteer(HERE).await, app.officer(HERE).await);
    let village = app.village(HERE, 0).await;
    let somebody = meet(&app, &volunteer, village, "Nguyễn Thị Thử").await;
    let path = "/api/v1/data-reports";
    let mut with_number = report(somebody, "wrong_birth_date");
    for words in ["058190000001", "số 058 190 000 001", " "] {
        with_number["words"] = json!(words);
        volunteer
            .post(path, &with_number)
            .await
            .refused(422, "invalid");
    }
    volunteer
        .post(path, report(somebody, "wrong_face"))
        .await
        .refused(422, "invalid");
    volunteer
        .post(path, report(Uuid::now_v7(), "other"))
        .await
        .refused(404, "not-found");
    let far = app.volunteer(ELSEWHERE).await;
    far.post(path, report(somebody, "other"))
        .await
        .refused(404, "not-found");
    let told = tell(&officer, &report(somebody, "deceased")).await;
    let stranger = app.officer(ELSEWHERE).await;
    assert!(list(&stranger, "").await.is_empty());
    let own = format!("{path}/{}", told.data_report_id);
    stranger.get(&own).await.refused(404, "not-found");
    stranger
        .post(&steps(&told), json!({ "state": "corrected" }))
        .await
        .refused(404, "not-found");
    volunteer.get(path).await.refused(403, "forbidden");
    officer
        .get(&format!("{path}?state=done"))
        .await
        .refused(422, "invalid");
    officer
        .get(&format!("{path}?what=wrong_face"))
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_police_take_their_list_away_page_by_page_or_as_a_table() {
    let app = TestApp::start().await;
    let (volunteer, officer) = (app.volunteer(HERE).await, app.officer(HERE).await);
    let village = app.village(HERE, 0).await;
    for (name, what) in [
        ("Chamaléa Thị Một", "wrong_phone"),
        ("Pi Năng Thị Hai", "missing"),
    ] {
        let somebody = meet(&app, &volunteer, village, name).await;
        tell(&volunteer, &report(somebody, what)).await;
    }
    let first: Page<DataReport> = officer
        .get("/api/v1/data-reports?limit=1")
        .await
        .expect(200)
        .json();
    let next = format!(
        "/api/v1/data-reports?limit=1&cursor={}",
        first.next_cursor.unwrap()
    );
    let second: Page<DataReport> = officer.get(&next).await.expect(200).json();
    assert_eq!(
        (second.items.len(), second.next_cursor.is_none()),
        (1, true)
    );
    assert_ne!(first.items, second.items);
    let path = "/api/v1/data-report-exports";
    let wish =
        |format: &str| json!({ "format": format, "state": "open", "reason": "làm sạch dữ liệu" });
    let csv = officer.post(path, wish("csv")).await.expect(200);
    for words in [
        "Chamaléa Thị Một",
        "Sai số điện thoại",
        "Chưa có trong dữ liệu",
        "********",
    ] {
        assert!(csv.text.contains(words), "{words}: {}", csv.text);
    }
    officer.post(path, wish("xlsx")).await.expect(200);
    officer
        .post(path, wish("pdf"))
        .await
        .refused(422, "invalid");
    officer
        .post(path, json!({ "format": "csv", "reason": "x" }))
        .await
        .refused(422, "invalid");
    app.commander()
        .await
        .post(path, wish("csv"))
        .await
        .refused(422, "invalid");
    volunteer
        .post(path, wish("csv"))
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_report_go_with_the_person_who_has_themselves_erased() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(HERE).await, app.lead(HERE).await);
    let village = app.village(HERE, 0).await;
    let somebody = meet(&app, &volunteer, village, "Nguyễn Thị Thử").await;
    tell(&volunteer, &report(somebody, "wrong_phone")).await;
    let ask = async |kind: &str| -> Value {
        let body = json!({ "kind": kind, "recorded_person_id": somebody });
        lead.post("/api/v1/rights-requests", body)
            .await
            .expect(201)
            .value()
    };
    let path = |asked: &Value, what: &str| {
        let id = asked["rights_request_id"].as_str().unwrap();
        format!("/api/v1/rights-requests/{id}/{what}")
    };
    let access = ask("access").await;
    let copy = lead.get(&path(&access, "copy")).await.expect(200);
    assert!(copy.text.contains("0912 345 678"), "{}", copy.text);
    let erase = ask("erase").await;
    let done = json!({
        "decision": "done", "answer": "Đã thực hiện theo yêu cầu", "identity_shown": "card",
    });
    // Who received it does not erase; whoever is above looks again.
    app.commander()
        .await
        .post(&path(&erase, "settlement"), done)
        .await
        .expect(200);
    let words: Vec<Option<Vec<u8>>> = data_report::table
        .select(data_report::words)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(words, [None]);
    // That there was one stays, for the police to go on with.
    assert_eq!(list(&lead, "").await.len(), 1);
}
