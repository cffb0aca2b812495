//! Registers: what is open is told in every report until it is settled.

use chrono::TimeDelta;
use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting::ReportingPeriod;
use mobile_contracts::reporting_register::{RegisterEntry, RegisterEntryDetail};
use mobile_contracts::reporting_report::Report;
use mobile_contracts::rights::{ReceivedRightsRequest, RightsRequestDetail};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, list, open};
use crate::harness::{Person, TestApp, citizen};

const ENTRIES: &str = "/api/v1/register-entries";

/// All that the draft of a period says.
async fn told(person: &Person, period: &ReportingPeriod) -> String {
    let report = person.get(&at(period, "/report")).await.expect(200);
    let report: Report = report.json();
    let texts: Vec<String> = report.blocks.into_iter().map(|own| own.text).collect();
    texts.join("\n")
}

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

    let first = told(&commander, &october).await;
    assert!(first.contains("Văn bản số 14/STP-HCBT ngày 05/10/2026: trợ giúp pháp lý;"));
    assert!(first.contains("1. Sở Tư pháp:\nSố hóa sổ hộ tịch (hạn 31/12/2026)."));
    let second = told(&commander, &november).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_down_wrongly_is_corrected_and_what_it_said_is_kept() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let body = |number: &str| {
        json!({ "unit_id": unit, "kind": "directive", "noted_on": "2025-10-05",
            "body": "Công an tỉnh", "number": number, "subject": "Cấp thẻ cănc ước" })
    };
    let written = commander.post(ENTRIES, body("37/KH-CAT")).await.expect(201);
    let written: RegisterEntry = written.json();
    let path = format!("{ENTRIES}/{}", written.entry_id);
    // The year, the number and the words were mistyped.
    let right = json!({ "noted_on": "2026-10-05", "number": " 73/KH-CAT ", "subject": "Cấp thẻ căn cước", "note": "Gõ nhầm" });
    let detail: RegisterEntryDetail = commander.patch(&path, right).await.expect(200).json();
    assert_eq!(detail.entry.number.as_deref(), Some("73/KH-CAT"));
    assert_eq!(detail.entry.settled_on, Some(detail.entry.noted_on));
    let before = detail.history[0].words_before.clone().unwrap();
    assert_eq!(before.subject, "Cấp thẻ cănc ước");
    assert_eq!(before.number.as_deref(), Some("37/KH-CAT"));
    assert_eq!(before.noted_on.to_string(), "2025-10-05");
    let line = "Văn bản số 73/KH-CAT ngày 05/10/2026: Cấp thẻ căn cước;";
    assert!(told(&commander, &period).await.contains(line));

    // A number that another directive has is not taken by correcting, and a wrong word is refused as when writing.
    let mut other = body("80/KH-CAT");
    other["noted_on"] = json!("2026-10-05");
    let other: RegisterEntry = commander.post(ENTRIES, other).await.expect(201).json();
    let other = format!("{ENTRIES}/{}", other.entry_id);
    commander
        .patch(&other, json!({ "number": "73/KH-CAT", "note": "Gõ nhầm" }))
        .await
        .refused(409, "directive-known");
    for wrong in [
        json!({ "subject": " ", "note": "Gõ nhầm" }),
        json!({ "noted_on": "1999-01-01", "note": "Gõ nhầm" }),
        json!({ "subject": "Cấp thẻ", "note": "" }),
    ] {
        commander.patch(&path, wrong).await.refused(422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_should_never_have_stood_there_is_told_no_more_until_it_is_put_back() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    for (kind, number) in [
        ("directive", Some("73/KH-CAT")),
        ("difficulty", None),
        ("proposal", None),
        ("task", None),
    ] {
        let body = json!({ "unit_id": unit, "kind": kind, "noted_on": "2026-10-05",
            "body": "Công an tỉnh", "number": number, "subject": format!("ghi nhầm {kind}") });
        let entry: RegisterEntry = commander
            .post(ENTRIES, body.clone())
            .await
            .expect(201)
            .json();
        let path = format!("{ENTRIES}/{}", entry.entry_id);
        let words = format!("ghi nhầm {kind}");
        assert!(told(&commander, &period).await.contains(&words));
        let away = json!({ "withdrawn": true, "note": "Ghi nhầm đơn vị" });
        let detail: RegisterEntryDetail = commander.patch(&path, away).await.expect(200).json();
        assert!(detail.entry.withdrawn_at.is_some() && detail.history[0].withdrawn);
        assert!(!told(&commander, &period).await.contains(&words));
        let of_kind = format!("{ENTRIES}?kind={kind}");
        assert!(list::<RegisterEntry>(&commander, &of_kind).await.is_empty());
        let gone = list::<RegisterEntry>(&commander, &format!("{of_kind}&withdrawn=true")).await;
        assert_eq!(gone.len(), 1);
        commander
            .patch(&path, json!({ "subject": "Khác", "note": "Gõ nhầm" }))
            .await
            .refused(409, "entry-withdrawn");
        let back = json!({ "withdrawn": false, "note": "Vẫn đúng" });
        if number.is_some() {
            // Its number is free until it comes back.
            let right: RegisterEntry = commander.post(ENTRIES, body).await.expect(201).json();
            commander
                .patch(&path, back.clone())
                .await
                .refused(409, "directive-known");
            let right = format!("{ENTRIES}/{}", right.entry_id);
            let away = json!({ "withdrawn": true, "note": "Trùng" });
            commander.patch(&right, away).await.expect(200);
        }
        commander.patch(&path, back).await.expect(200);
        assert!(told(&commander, &period).await.contains(&words));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_read_again_later_tells_what_stood_on_its_last_day() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let day = |days: i64| (today + TimeDelta::days(days)).to_string();
    let first = open(&commander, unit, "2031-01", (&day(-20), &day(0))).await;
    let next = open(&commander, unit, "2031-02", (&day(1), &day(20))).await;
    let after = open(&commander, unit, "2031-03", (&day(21), &day(40))).await;
    let mut paths = Vec::new();
    for (kind, subject) in [
        ("task", "Số hóa sổ hộ tịch"),
        ("difficulty", "Thiếu thiết bị"),
        ("proposal", "Cấp thêm máy"),
    ] {
        let due_on = (kind == "task").then(|| day(30));
        let body = json!({ "unit_id": unit, "kind": kind, "noted_on": day(-5), "body": "Sở Tư pháp",
            "subject": subject, "due_on": due_on });
        let entry: RegisterEntry = commander.post(ENTRIES, body).await.expect(201).json();
        paths.push(format!("{ENTRIES}/{}", entry.entry_id));
    }
    let stood = told(&commander, &first).await;

    // Put off, then settled, within the next period.
    app.advance(TimeDelta::days(5)).await;
    let commander = app.commander().await;
    let put_off = json!({ "due_on": day(60), "note": "Chờ kinh phí" });
    commander.patch(&paths[0], put_off).await.expect(200);
    for path in &paths {
        let done = json!({ "state": "done", "note": "Đã xong" });
        commander.patch(path, done).await.expect(200);
    }
    assert_eq!(told(&commander, &first).await, stood);
    let second = told(&commander, &next).await;
    let due = (today + TimeDelta::days(60)).format("%d/%m/%Y");
    let line = format!("Số hóa sổ hộ tịch (hạn {due}, đã hoàn thành).");
    assert!(second.contains(&line), "{second}");
    assert!(second.contains("Thiếu thiết bị (đã giải quyết)."));
    let third = told(&commander, &after).await;
    for words in ["Số hóa", "Thiếu thiết bị", "Cấp thêm máy"] {
        assert!(!third.contains(words), "told already: {words}");
    }
    // Opened again after it was told as done: what was told stays.
    app.advance(TimeDelta::days(20)).await;
    let commander = app.commander().await;
    let again = json!({ "state": "open", "note": "Làm lại" });
    commander.patch(&paths[1], again).await.expect(200);
    assert_eq!(told(&commander, &next).await, second);
    assert!(told(&commander, &after).await.contains("Thiếu thiết bị."));
    assert_eq!(told(&commander, &first).await, stood);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_names_a_unit_stands_in_its_register_and_brief_and_under_its_name() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (unit, commune) = (app.commune("56").await, app.commune("22786").await);
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let day = |days: i64| (today + TimeDelta::days(days)).to_string();
    let period = open(&commander, unit, "2031-01", (&day(-20), &day(0))).await;
    let write = async |body: &str, subject: &str, to: Option<UnitId>| -> RegisterEntry {
        let body = json!({ "unit_id": unit, "kind": "task", "noted_on": day(-5), "body": body,
            "subject": subject, "due_on": day(1), "assigned_unit_id": to });
        commander.post(ENTRIES, body).await.expect(201).json()
    };
    let given = write("UBND xã", "Rà soát người chưa kích hoạt", Some(commune)).await;
    write("Sở Tư pháp", "Số hóa sổ hộ tịch", None).await;
    write("Xã Bác Ái Tây", "Lập danh sách người già", Some(commune)).await;
    assert_eq!(given.assigned_unit_name.as_deref(), Some("Xã Bác Ái Tây"));

    let due = (today + TimeDelta::days(1)).format("%d/%m/%Y");
    let parts = told(&commander, &period).await;
    let part = format!(
        "1. Xã Bác Ái Tây:\nUBND xã: Rà soát người chưa kích hoạt (hạn {due}).\n\
         Lập danh sách người già (hạn {due}).\n2. Sở Tư pháp:\nSố hóa sổ hộ tịch (hạn {due})."
    );
    assert!(parts.contains(&part), "{parts}");

    // The commune has its two in its register and its brief, says how far they are, and no more.
    let lead = app.lead("22786").await;
    let own: Vec<RegisterEntry> = list(&lead, ENTRIES).await;
    assert_eq!(own.len(), 2);
    let brief = lead.get("/api/v1/brief?form=text").await.expect(200).text;
    assert!(brief.contains("2 nhiệm vụ trong sổ đến hạn"), "{brief}");
    let path = format!("{ENTRIES}/{}", given.entry_id);
    lead.get(&path).await.expect(200);
    for more in [
        json!({ "due_on": day(9), "note": "Xin lùi" }),
        json!({ "subject": "Việc khác", "note": "Sửa" }),
        json!({ "withdrawn": true, "note": "Bỏ" }),
    ] {
        lead.patch(&path, more).await.refused(403, "forbidden");
    }
    let done = json!({ "state": "done", "note": "Đã rà soát xong" });
    lead.patch(&path, done).await.expect(200);
    let elsewhere = app.lead("22795").await;
    elsewhere.get(&path).await.refused(404, "not-found");
    assert!(list::<RegisterEntry>(&elsewhere, ENTRIES).await.is_empty());

    // Only within, and only tasks.
    let body = json!({ "unit_id": commune, "kind": "task", "noted_on": day(-5), "body": "Tỉnh",
        "subject": "Cấp máy", "assigned_unit_id": unit });
    lead.post(ENTRIES, body).await.refused(422, "invalid");
    let body = json!({ "unit_id": unit, "kind": "proposal", "noted_on": day(-5), "body": "Tỉnh",
        "subject": "Cấp máy", "assigned_unit_id": commune });
    commander.post(ENTRIES, body).await.refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_whose_answer_was_lost_writes_one_entry() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let task = json!({
        "unit_id": unit, "kind": "task", "noted_on": "2026-10-05", "body": "Sở Tư pháp",
        "subject": "Số hóa sổ hộ tịch",
    });
    let press = Uuid::new_v4();
    let first = commander.post_once(ENTRIES, press, task.clone()).await;
    let again = commander.post_once(ENTRIES, press, task.clone()).await;
    let first: RegisterEntry = first.expect(201).json();
    assert_eq!(again.expect(201).json::<RegisterEntry>(), first);
    let other = commander.post_once(ENTRIES, Uuid::new_v4(), task).await;
    assert_ne!(other.expect(201).json::<RegisterEntry>(), first);
    let path = format!("{ENTRIES}?within={unit}");
    assert_eq!(list::<RegisterEntry>(&commander, &path).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_number_in_a_register_or_a_request_is_masked_as_it_is_kept() {
    let app = TestApp::start().await;
    let (lead, volunteer) = (app.lead("22786").await, app.volunteer("22786").await);
    let unit = app.commune("22786").await;
    let typed = |what: &str| format!("{what} {}, xem lại", citizen::id_number());
    let masked = |what: &str| format!("{what} ***, xem lại");
    let body = json!({ "unit_id": unit, "kind": "difficulty", "noted_on": "2026-10-05",
        "body": typed("nhà"), "subject": typed("thẻ") });
    let entry: RegisterEntry = lead.post(ENTRIES, body).await.expect(201).json();
    assert_eq!((entry.body, entry.subject), (masked("nhà"), masked("thẻ")));
    let path = format!("{ENTRIES}/{}", entry.entry_id);
    let change = json!({ "subject": typed("số"), "note": typed("hỏi") });
    let detail: RegisterEntryDetail = lead.patch(&path, change).await.expect(200).json();
    assert_eq!(detail.entry.subject, masked("số"));
    assert_eq!(detail.history[0].note, masked("hỏi"));

    let body =
        json!({ "kind": "access", "card_number": citizen::id_number(), "words": typed("cho") });
    let asked = volunteer.post("/api/v1/rights-requests", body).await;
    let asked: ReceivedRightsRequest = asked.expect(201).json();
    let path = format!("/api/v1/rights-requests/{}", asked.rights_request_id);
    let detail: RightsRequestDetail = lead.get(&path).await.expect(200).json();
    assert_eq!(detail.words, Some(masked("cho")));
    let body = json!({ "decision": "done", "answer": typed("đây"), "identity_shown": "card" });
    let settlement = format!("{path}/settlement");
    lead.post(&settlement, body).await.expect(200);
    let detail: RightsRequestDetail = lead.get(&path).await.expect(200).json();
    assert_eq!(detail.answer, Some(masked("đây")));
}
