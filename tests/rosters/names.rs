//! The name that a list gives is the only one of whoever told none: it is read where they must be found, kept as long
//! as they are, and forgotten with them.

use api::retention::purge::purge_all;
use chrono::TimeDelta;
use mobile_contracts::data_report::{DataReport, DataReportDetail};
use mobile_contracts::note::FieldNote;
use mobile_contracts::page::Page;
use mobile_contracts::rights::ReceivedRightsRequest;
use mobile_contracts::worklist::WorklistEntry;
use serde_json::{Value, json};

use super::people::{push, village};
use super::*;
use crate::harness::citizen;

const NAME: &str = "Chamaléa Thị Danh Thử";

/// Somebody whom only a list names, met with their card, and their id.
async fn met(app: &TestApp, volunteer: &Person, card: &str) -> Uuid {
    let lead = app.lead(COMMUNE).await;
    let file = format!("Họ tên,Năm sinh,CCCD,Thôn\n{NAME},1990,{card},{VILLAGE}\n");
    import(&lead, &file).await;
    let subject = json!({ "kind": "plain", "id_number": card });
    push(app, volunteer, village(app).await, subject).await;
    person::table
        .select(person::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap()
}

async fn report(volunteer: &Person, somebody: Uuid) -> DataReport {
    let body = json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": somebody, "what": "wrong_phone",
    });
    let told = volunteer.post("/api/v1/data-reports", body).await;
    told.expect(201).json()
}

async fn shown(officer: &Person, report: &DataReport) -> DataReportDetail {
    let path = format!("/api/v1/data-reports/{}", report.data_report_id);
    officer.get(&path).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_police_read_the_name_of_a_list_and_an_old_list_keeps_that_one_line() {
    let app = TestApp::start().await;
    let (volunteer, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let somebody = met(&app, &volunteer, &citizen::id_number()).await;
    let told = report(&volunteer, somebody).await;
    let detail = shown(&officer, &told).await;
    assert_eq!(detail.name.as_deref(), Some(NAME));
    assert_eq!(detail.phone, None, "nobody agreed to that");
    // Beside them somebody whom nobody has met: their line goes.
    let unmet = format!("Họ tên,Năm sinh,Thôn\nKatơr Không Gặp Thử,1985,{VILLAGE}\n");
    import(&app.lead(COMMUNE).await, &unmet).await;
    assert_eq!(counts(&app).await, (2, 2));
    app.advance(TimeDelta::days(731)).await;
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    purge_all(&mut *app.conn().await, &app.app.keys, schedule, now)
        .await
        .unwrap();
    assert_eq!(counts(&app).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_looks_for_the_name_of_a_list_in_what_others_wrote() {
    let app = TestApp::start().await;
    let (volunteer, card) = (app.volunteer(COMMUNE).await, citizen::id_number());
    met(&app, &volunteer, &card).await;
    let here = village(&app).await;
    let text = format!("Nhà bên cạnh {NAME}, hẹn thứ hai");
    let now = app.app.clock.now();
    let note = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
        "ops": [{
            "op_id": Uuid::now_v7(), "kind": "note", "author_id": volunteer.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": here, "text": text,
            "subject": { "kind": "plain", "id_number": citizen::id_number() },
            "consent": { "method": "spoken" },
        }],
    });
    let pushed = volunteer.post("/api/v1/sync/push", note).await.expect(200);
    assert_eq!(pushed.value()["results"][0]["result"], "applied");
    let lead = app.lead(COMMUNE).await;
    let read = async || -> Vec<String> {
        let page: Page<FieldNote> = lead.get("/api/v1/notes").await.expect(200).json();
        page.items.into_iter().map(|note| note.text).collect()
    };
    assert_eq!(read().await, [text]);
    let to_do = async || -> usize {
        let path = "/api/v1/worklists/needs_level2?assigned=all";
        let page: Page<WorklistEntry> = lead.get(path).await.expect(200).json();
        page.items.len()
    };
    assert_eq!(to_do().await, 1);
    let asked: ReceivedRightsRequest = volunteer
        .post(
            "/api/v1/rights-requests",
            json!({ "kind": "erase", "card_number": card }),
        )
        .await
        .expect(201)
        .json();
    let done: Value = json!({ "decision": "done", "answer": "Đã xóa", "identity_shown": "card" });
    let path = format!(
        "/api/v1/rights-requests/{}/settlement",
        asked.rights_request_id
    );
    lead.post(&path, done).await.expect(200);
    assert_eq!(to_do().await, 0, "nobody can find them any more");
    assert!(read().await.iter().all(|text| !text.contains("Danh")));
}
