//! Tables to take away: whole, harmless, for a reason.

use api::db::schema::{audit_event, export_reason};
use calamine::{Data, Reader as _, Xlsx};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::ids::UnitId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp, citizen};

const COMMUNE: &str = "22786";
const TABLES: [&str; 6] = [
    "people",
    "records",
    "visits",
    "activities",
    "worklist",
    "targets",
];

pub fn wish(table: &str, format: &str) -> Value {
    let worklist = (table == "worklist").then_some("not_activated");
    let mut wish = json!({ "table": table, "format": format, "reason": "Phân công đi thăm" });
    if let Some(worklist) = worklist {
        wish["worklist"] = json!(worklist);
    }
    wish
}

/// Takes a table away: its media type and its bytes.
pub async fn take(person: &Person, wish: &Value) -> (String, Vec<u8>) {
    let request = person.request(Method::POST, "/api/v1/exports").json(wish);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{wish}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (kind, answer.bytes().await.unwrap().to_vec())
}

/// Somebody with an ID number, a phone and an act of each kind, by a volunteer; and a target.
async fn scene(app: &TestApp) -> (Person, UnitId) {
    let (lead, volunteer) = (app.lead(COMMUNE).await, app.volunteer(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let now = app.app.clock.now();
    let op = |more: Value| {
        let mut op = json!({
            "op_id": Uuid::now_v7(), "author_id": volunteer.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
        });
        for (name, value) in more.as_object().unwrap() {
            op[name] = value.clone();
        }
        op
    };
    let subject = json!({ "kind": "plain", "id_number": citizen::id_number() });
    let consent = json!({ "method": "spoken" });
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
        "ops": [
            op(json!({ "kind": "record", "stage": "installed", "device_holder": "own", "subject": subject,
                "consent": consent, "name": "Katơr Thị Thử", "phone": "0912345678" })),
            op(json!({ "kind": "visit", "outcome": "away", "subject": subject, "consent": consent })),
            op(json!({ "kind": "activity", "activity": "meeting", "attended": 62 })),
        ],
    });
    let pushed = volunteer
        .post("/api/v1/sync/push", body)
        .await
        .expect(200)
        .value();
    assert_eq!(pushed["results"][2]["result"], "applied", "{pushed}");
    let target = json!({ "targets": [{ "unit_id": village, "stage": "installed", "starts_on": "2026-01-01", "people": 4, "denominator": "assigned", "source": "=KH 73" }] });
    app.admin()
        .await
        .put("/api/v1/targets", target)
        .await
        .expect(204);
    (lead, village)
}

/// Takes a table away in both forms, which say the same, and gives its rows: as in the CSV, and as in the workbook.
pub async fn both(person: &Person, wish: &Value) -> (Vec<Vec<String>>, Vec<Vec<Data>>) {
    let mut asked = wish.clone();
    asked["format"] = json!("csv");
    let (kind, csv) = take(person, &asked).await;
    assert_eq!(kind, "text/csv; charset=utf-8");
    let text = String::from_utf8(csv).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("Excel needs the mark");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    asked["format"] = json!("xlsx");
    let (_, file) = take(person, &asked).await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.height(), rows.len() + 1, "{wish}");
    let typed: Vec<Vec<Data>> = range.rows().skip(1).map(<[Data]>::to_vec).collect();
    for (row, cells) in rows.iter().zip(&typed) {
        for (beside, cell) in row.iter().zip(cells) {
            match cell {
                Data::String(text) => {
                    assert_eq!(text, beside.strip_prefix('\'').unwrap_or(beside))
                }
                Data::Float(number) => assert_eq!(
                    Ok(*number),
                    beside.replace(',', ".").parse(),
                    "{wish}: {beside}"
                ),
                Data::Empty => assert_eq!(beside, ""),
                Data::DateTime(_) => assert_eq!(beside.matches('/').count(), 2, "{beside}"),
                other => panic!("{wish}: a cell of no kind that we write: {other:?}"),
            }
        }
    }
    let rows = rows
        .iter()
        .map(|row| row.iter().map(str::to_owned).collect());
    (rows.collect(), typed)
}

#[tokio::test]
async fn every_table_comes_as_csv_and_as_a_workbook_with_the_same_cells() {
    let app = TestApp::start().await;
    let (lead, _) = scene(&app).await;
    for table in TABLES {
        let (rows, _) = both(&lead, &wish(table, "csv")).await;
        assert_eq!(rows.len(), 1, "{table}");
    }
}

#[tokio::test]
async fn a_table_says_what_was_recorded_and_no_cell_of_it_is_a_formula() {
    let app = TestApp::start().await;
    let (lead, _) = scene(&app).await;
    let text =
        async |table: &str| String::from_utf8(take(&lead, &wish(table, "csv")).await.1).unwrap();
    let people = text("people").await;
    for words in ["Katơr Thị Thử", "********", "0912 345 678", "Đi vắng", "Nữ"] {
        assert!(people.contains(words), "{words}: {people}");
    }
    assert!(!people.contains("058190"), "no ID number");
    let targets = text("targets").await;
    assert!(
        targets.contains(";4;Chỉ tiêu giao;1;25,0;'=KH 73"),
        "{targets}"
    );
    assert!(
        text("records")
            .await
            .contains(";Cài đặt;Chính chủ;Đoàn Thanh niên;Nguyễn Thị Thử;x;;;")
    );
    assert!(text("activities").await.contains("Họp thôn;62;;;"));
    assert!(text("worklist").await.contains("Đã cài VNeID"));
}

#[tokio::test]
async fn a_reason_is_asked_for_and_kept_and_whoever_may_not_takes_nothing() {
    let app = TestApp::start().await;
    let (lead, _) = scene(&app).await;
    take(&lead, &wish("people", "csv")).await;
    let kept: Vec<Value> = audit_event::table
        .filter(audit_event::action.eq("tracking.export_table"))
        .select(audit_event::detail)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!((kept.len(), &kept[0]["rows"]), (1, &json!(1)));
    // Beside the trail, which names it: it goes one day, and the trail never.
    let reasons: Vec<(Uuid, String)> = export_reason::table
        .select((export_reason::export_id, export_reason::reason))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(
        (reasons.len(), reasons[0].1.as_str()),
        (1, "Phân công đi thăm")
    );
    assert_eq!(kept[0]["export_id"], json!(reasons[0].0));
    assert_eq!(kept[0].get("reason"), None);
    let wrong = json!({ "table": "passwords", "format": "pdf", "reason": "x", "worklist": "all", "from_on": "2026-02-01", "until_on": "2026-01-01" });
    let problem = lead
        .post("/api/v1/exports", &wrong)
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors.len(), 5, "all that is wrong: {problem:?}");
    let commander = app.commander().await;
    let problem = commander
        .post("/api/v1/exports", wish("people", "csv"))
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/unit_id");
    take(&commander, &wish("targets", "csv")).await;
    let mut elsewhere = wish("visits", "csv");
    elsewhere["unit_id"] = json!(app.commune("22738").await);
    lead.post("/api/v1/exports", &elsewhere)
        .await
        .refused(404, "not-found");
    let volunteer = app.volunteer(COMMUNE).await;
    volunteer
        .post("/api/v1/exports", wish("people", "csv"))
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_more_than_fifty_thousand_rows_is_refused_with_what_to_do() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let author = lead.account_id.unwrap();
    let fill = format!(
        "insert into operation (op_id, author_id, kind, payload_hash, result, village_id, received_at, effective_at, recorded_on, epoch)
         select md5('visit ' || i)::uuid, '{author}', 'visit', '\\x00', 'applied', {village}, app_now(), app_now(),
             (app_now() at time zone 'Asia/Ho_Chi_Minh')::date, (select max(epoch) from sync_epoch)
         from generate_series(1, 50001) i;
         insert into visit (op_id, village_id, mass_union, author_id, outcome, effective_at, on_day)
         select op_id, village_id, 'youth', author_id, 'away', effective_at, recorded_on from operation;"
    );
    let mut owner = app.owner().await;
    owner.batch_execute(&fill).await.unwrap();
    let answer = lead.post("/api/v1/exports", wish("visits", "csv")).await;
    answer.refused(422, "export-too-large");
    assert!(answer.text.contains("chọn ít ngày hơn"), "{}", answer.text);
    owner
        .batch_execute("delete from visit where op_id = (select min(op_id::text)::uuid from visit)")
        .await
        .unwrap();
    let (_, file) = take(&lead, &wish("visits", "csv")).await;
    let lines = file.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 50_001, "a header and as many rows as there may be");
}
