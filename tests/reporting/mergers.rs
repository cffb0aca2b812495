//! The first report after a merger: what was open is told on, and a comparison only where there is one: with the unit
//! that it was, or with all that it is made of.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting::ReportingPeriod;
use mobile_contracts::reporting_report::Report;
use serde_json::json;

use super::{at, enter, figure, open};
use crate::harness::ended::end;
use crate::harness::{Person, TestApp};

const FIRST: &str = "22786";
const SECOND: &str = "22795";
const MERGER: &str = "2026-11-17";

/// A commune that begins on the day of the merger.
async fn begin(app: &TestApp) -> UnitId {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        unit_id: UnitId,
    }
    let province = app.commune("56").await;
    let sql = format!(
        "with commune as (
             insert into unit (code, valid_from, name, folded, level, kind, class)
             values ('99001', '{MERGER}', 'Xã Bác Ái Mới', 'xa bac ai moi', 'commune', 'xa', 'upland')
             returning unit_id
         )
         insert into unit_parent (unit_id, parent_id, valid_from)
         select unit_id, {province}, '{MERGER}' from commune returning unit_id"
    );
    let mut owner = app.owner().await;
    let row: Row = diesel::sql_query(sql).get_result(&mut owner).await.unwrap();
    row.unit_id
}

/// The month before the merger of a commune, with a rate and an open task.
async fn before(commander: &Person, unit: UnitId, task: &str) {
    let period = open(commander, unit, "2026-10", ("2026-10-17", "2026-11-16")).await;
    enter(commander, &period, rate(50)).await.expect(200);
    let entry = json!({ "unit_id": unit, "noted_on": "2026-11-05", "body": "Công an xã", "kind": "task",
        "subject": task, "due_on": "2026-12-31" });
    commander
        .post("/api/v1/register-entries", entry)
        .await
        .expect(201);
}

/// A count out of a hundred.
fn rate(n: i64) -> serde_json::Value {
    let mut value = figure("vneid.level2_activated", "in_period", n);
    value["denominator"] = json!(100);
    json!([value])
}

async fn report(person: &Person, period: &ReportingPeriod) -> Report {
    let report = person.get(&at(period, "/report")).await.expect(200);
    report.json()
}

fn words(report: &Report) -> String {
    let texts: Vec<&str> = report.blocks.iter().map(|own| own.text.as_str()).collect();
    texts.join("\n")
}

fn compared(report: &Report) -> Option<i64> {
    let mut figures = report.figures.iter();
    let figure =
        figures.find(|own| own.code == "vneid.level2_activated" && own.span == "in_period");
    figure.unwrap().before
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_made_of_two_tells_their_open_tasks_and_compares_with_both_together() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let parts = [app.commune(FIRST).await, app.commune(SECOND).await];
    before(&commander, parts[0], "Số hóa sổ hộ tịch").await;
    before(&commander, parts[1], "Rà soát thẻ chưa nhận").await;
    let day: NaiveDate = MERGER.parse().unwrap();
    let merged = begin(&app).await;
    for part in parts {
        end(&app, part, &[merged], day).await;
    }
    let period = open(&commander, merged, "2026-11", (MERGER, "2026-12-16")).await;
    enter(&commander, &period, rate(60)).await.expect(200);
    let told = report(&commander, &period).await;
    let text = words(&told);
    for task in ["Số hóa sổ hộ tịch", "Rà soát thẻ chưa nhận"] {
        assert!(text.contains(task), "{text}");
    }
    let mut figures = told.figures.iter();
    let own = figures.find(|own| own.before.is_some()).unwrap();
    assert_eq!((own.before, own.before_denominator), (Some(100), Some(200)));
    let parts = |parts: &str| {
        format!(
            "Xã Bác Ái Mới gồm địa bàn của {parts} từ ngày 17/11/2026 và chưa có kỳ báo cáo trước của riêng mình"
        )
    };
    let (one, other) = (
        parts("xã Bác Ái, xã Bác Ái Tây"),
        parts("xã Bác Ái Tây, xã Bác Ái"),
    );
    assert!(text.contains(&one) || text.contains(&other), "{text}");
    assert!(text.contains("so sánh với tổng số liệu kỳ trước"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_made_of_a_part_or_of_one_that_told_nothing_compares_nothing_and_says_why() {
    for is_parted in [true, false] {
        let app = TestApp::start().await;
        let commander = app.commander().await;
        let (whole, other) = (app.commune(FIRST).await, app.commune(SECOND).await);
        let elsewhere = app.commune("22741").await;
        before(&commander, whole, "Số hóa sổ hộ tịch").await;
        let day: NaiveDate = MERGER.parse().unwrap();
        let merged = begin(&app).await;
        end(&app, whole, &[merged], day).await;
        if is_parted {
            before(&commander, other, "Rà soát thẻ chưa nhận").await;
            end(&app, other, &[merged, elsewhere], day).await;
        } else {
            end(&app, other, &[merged], day).await;
        }
        let period = open(&commander, merged, "2026-11", (MERGER, "2026-12-16")).await;
        enter(&commander, &period, rate(60)).await.expect(200);
        let told = report(&commander, &period).await;
        assert_eq!(compared(&told), None);
        let text = words(&told);
        assert!(text.contains("nên báo cáo này không so sánh"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_under_another_name_is_compared_with_what_it_was() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune(FIRST).await;
    before(&commander, unit, "Số hóa sổ hộ tịch").await;
    let renamed = begin(&app).await;
    end(&app, unit, &[renamed], MERGER.parse().unwrap()).await;
    let period = open(&commander, renamed, "2026-11", (MERGER, "2026-12-16")).await;
    enter(&commander, &period, rate(60)).await.expect(200);
    let told = report(&commander, &period).await;
    assert_eq!(compared(&told), Some(50));
    let text = words(&told);
    assert!(text.contains("Số hóa sổ hộ tịch"), "{text}");
    assert!(!text.contains("không so sánh"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_before_a_merger_tells_nothing_of_whom_the_unit_took_in_since() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (unit, taken_in) = (app.commune(FIRST).await, app.commune(SECOND).await);
    before(&commander, taken_in, "Rà soát thẻ chưa nhận").await;
    let earlier = open(&commander, unit, "2026-10", ("2026-10-17", "2026-11-16")).await;
    end(&app, taken_in, &[unit], MERGER.parse().unwrap()).await;
    let text = words(&report(&commander, &earlier).await);
    assert!(!text.contains("Rà soát thẻ chưa nhận"), "{text}");
    let later = open(&commander, unit, "2026-11", (MERGER, "2026-12-16")).await;
    let text = words(&report(&commander, &later).await);
    assert!(text.contains("Rà soát thẻ chưa nhận"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directive_of_a_commune_that_is_gone_is_told_once_by_it_or_by_who_continues_it() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune(FIRST).await;
    let last = open(&commander, unit, "2026-10", ("2026-10-17", "2026-11-10")).await;
    for (number, noted_on) in [("57/CAX", "2026-11-05"), ("58/CAX", "2026-11-12")] {
        let entry = json!({ "unit_id": unit, "kind": "directive", "noted_on": noted_on, "body": "Công an xã",
            "number": number, "subject": "Cấp thẻ" });
        commander
            .post("/api/v1/register-entries", entry)
            .await
            .expect(201);
    }
    let renamed = begin(&app).await;
    end(&app, unit, &[renamed], MERGER.parse().unwrap()).await;
    let first = open(&commander, renamed, "2026-11", (MERGER, "2026-12-16")).await;
    let second = open(&commander, renamed, "2026-12", ("2026-12-17", "2027-01-16")).await;
    for (period, told) in [
        (last, [true, false]),
        (first, [false, true]),
        (second, [false, false]),
    ] {
        let text = words(&report(&commander, &period).await);
        let numbers = ["số 57/CAX", "số 58/CAX"].map(|number| text.contains(number));
        assert_eq!(numbers, told, "{text}");
    }
}
