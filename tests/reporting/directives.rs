//! Directives: each is told in one report, whenever it is dated and however late it is written down.

use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting::ReportingPeriod;
use mobile_contracts::reporting_report::Report;
use serde_json::json;

use super::{at, open};
use crate::harness::{Person, TestApp};

async fn write(person: &Person, unit: UnitId, number: &str, noted_on: &str) {
    let body = json!({ "unit_id": unit, "kind": "directive", "noted_on": noted_on, "body": "Công an tỉnh",
        "number": number, "subject": "đơn giản hóa thủ tục cư trú" });
    let answer = person.post("/api/v1/register-entries", body).await;
    answer.expect(201);
}

/// The numbers of the directives of which a report tells, the earliest first.
async fn told(person: &Person, path: &str) -> Vec<String> {
    let report: Report = person.get(path).await.expect(200).json();
    let lines = report.blocks.iter();
    lines
        .filter_map(|own| own.text.strip_prefix("Văn bản số "))
        .filter_map(|rest| rest.split(' ').next())
        .map(str::to_owned)
        .collect()
}

async fn draft(person: &Person, period: &ReportingPeriod) -> Vec<String> {
    told(person, &at(period, "/report")).await
}

async fn issue(person: &Person, period: &ReportingPeriod) {
    let closed = person.post(&at(period, "/closings"), ()).await;
    closed.expect(200);
    let issued = person.post(&at(period, "/issues"), json!({})).await;
    issued.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_from_before_the_first_period_or_between_two_is_told_in_the_next_report() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let first = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let second = open(&commander, unit, "2026-11", ("2026-11-01", "2026-11-30")).await;
    let third = open(&commander, unit, "2026-12", ("2026-12-01", "2026-12-31")).await;
    for (number, noted_on) in [
        ("57/CAT-PC06", "2026-09-12"),
        ("61/CAT-PC06", "2026-10-16"),
        ("62/CAT-PC06", "2026-10-17"),
        ("63/CAT-PC06", "2026-11-30"),
        ("64/CAT-PC06", "2026-12-01"),
    ] {
        write(&commander, unit, number, noted_on).await;
    }
    assert_eq!(
        draft(&commander, &first).await,
        ["57/CAT-PC06", "61/CAT-PC06"]
    );
    assert_eq!(
        draft(&commander, &second).await,
        ["62/CAT-PC06", "63/CAT-PC06"]
    );
    assert_eq!(draft(&commander, &third).await, ["64/CAT-PC06"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_written_down_after_its_report_was_issued_is_told_in_the_next() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let first = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let second = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let third = open(&commander, unit, "2026-12", ("2026-11-17", "2026-12-16")).await;
    write(&commander, unit, "57/CAT-PC06", "2026-10-01").await;
    issue(&commander, &first).await;
    let as_issued = at(&first, "/report?issue=0");
    let stood = commander.get(&as_issued).await.expect(200).text;

    write(&commander, unit, "58/CAT-PC06", "2026-10-02").await;
    assert_eq!(draft(&commander, &first).await, ["57/CAT-PC06"]);
    assert_eq!(draft(&commander, &second).await, ["58/CAT-PC06"]);
    issue(&commander, &second).await;
    write(&commander, unit, "59/CAT-PC06", "2026-10-03").await;
    assert_eq!(draft(&commander, &second).await, ["58/CAT-PC06"]);
    assert_eq!(draft(&commander, &third).await, ["59/CAT-PC06"]);
    assert_eq!(commander.get(&as_issued).await.expect(200).text, stood);
    assert_eq!(told(&commander, &as_issued).await, ["57/CAT-PC06"]);
}
