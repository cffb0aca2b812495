//! Registers: what is open is told in every report until it is settled.

use mobile_contracts::reporting_register::{RegisterEntry, RegisterEntryDetail};
use mobile_contracts::reporting_report::Report;
use serde_json::{Value, json};

use super::{at, list, open};
use crate::harness::TestApp;

const ENTRIES: &str = "/api/v1/register-entries";

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_carried_over_until_it_is_done_and_a_directive_is_told_once() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let october = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let november = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let write = async |more: Value| -> RegisterEntry {
        let mut body = json!({ "unit_id": unit, "noted_on": "2026-10-05", "body": "Sở Tư pháp" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        commander.post(ENTRIES, body).await.expect(201).json()
    };
    let task = json!({ "kind": "task", "subject": "Số hóa sổ hộ tịch", "due_on": "2026-12-31" });
    let task = write(task).await;
    let directive =
        json!({ "kind": "directive", "number": "14/STP-HCBT", "subject": "trợ giúp pháp lý" });
    let directive = write(directive).await;
    assert_eq!(
        (task.state.as_str(), directive.state.as_str()),
        ("open", "done")
    );

    let told = async |period| -> String {
        let report = commander.get(&at(period, "/report")).await.expect(200);
        let report: Report = report.json();
        let texts: Vec<String> = report.blocks.into_iter().map(|own| own.text).collect();
        texts.join("\n")
    };
    let first = told(&october).await;
    assert!(first.contains("Văn bản số 14/STP-HCBT ngày 05/10/2026: trợ giúp pháp lý;"));
    assert!(first.contains("Sở Tư pháp: Số hóa sổ hộ tịch (hạn 31/12/2026)."));
    let second = told(&november).await;
    assert!(!second.contains("14/STP-HCBT"));
    assert!(second.contains("Số hóa sổ hộ tịch (hạn 31/12/2026, chuyển từ kỳ trước)."));

    let path = format!("{ENTRIES}/{}", task.entry_id);
    let change = json!({ "state": "done", "note": "Đã xong" });
    let detail = commander.patch(&path, change).await.expect(200);
    let detail: RegisterEntryDetail = detail.json();
    assert_eq!(
        (detail.entry.state.as_str(), detail.history.len()),
        ("done", 1)
    );
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    assert_eq!(detail.entry.settled_on, Some(today));
    let open_tasks = format!("{ENTRIES}?kind=task&state=open");
    assert!(
        list::<RegisterEntry>(&commander, &open_tasks)
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_entry_must_be_depends_on_its_kind() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let body = |more: Value| {
        let mut body = json!({ "unit_id": unit, "kind": "directive", "noted_on": "2026-10-05",
            "body": "Công an tỉnh", "number": "73/KH-CAT-PC06", "subject": "Cấp thẻ" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let first = commander.post(ENTRIES, body(json!({}))).await.expect(201);
    let first: RegisterEntry = first.json();
    commander
        .post(ENTRIES, body(json!({})))
        .await
        .refused(409, "directive-known");
    // Numbers begin anew every year.
    let next_year = body(json!({ "noted_on": "2027-02-15" }));
    commander.post(ENTRIES, next_year).await.expect(201);
    for wrong in [
        json!({ "number": null }),
        json!({ "kind": "task" }),
        json!({ "due_on": "2026-12-31" }),
        json!({ "subject": " " }),
    ] {
        commander
            .post(ENTRIES, body(wrong))
            .await
            .refused(422, "invalid");
    }
    let path = format!("{ENTRIES}/{}", first.entry_id);
    commander
        .patch(&path, json!({ "state": "open", "note": "Ghi nhầm" }))
        .await
        .refused(409, "directive-issued");
}
