//! Figures: entered by whoever reports, never overwritten, corrected by number once the period is closed.

use mobile_contracts::reporting::{
    EnteredValues, Indicator, IndicatorValue, ReportingPeriod, VALUES_MAX,
};
use serde_json::json;

use super::{at, enter, figure, import, list, nowhere, open, reporter, take, value};
use crate::harness::{Person, TestApp};

const DAYS: (&str, &str) = ("2026-10-17", "2026-11-16");
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn scene(app: &TestApp) -> (Person, Person, ReportingPeriod) {
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2026-11", DAYS).await;
    (commander, reporter(app).await, period)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_has_25_essential_services_whose_owners_changed_in_time() {
    let app = TestApp::start().await;
    let all: Vec<Indicator> = list(&app.commander().await, "/api/v1/indicators").await;
    let is_sum = |code: &str| {
        all.iter()
            .any(|own| own.is_part && own.parent_code.as_deref() == Some(code))
    };
    let services: Vec<_> = all
        .iter()
        .filter(|own| own.code.starts_with("dvc25.") && !is_sum(&own.code))
        .collect();
    assert_eq!(services.len(), 25);
    let police = |day: &str| {
        let day = day.parse().unwrap();
        let owner_then = services.iter().filter(|own| {
            own.owners.iter().any(|span| {
                span.owner == "Công an tỉnh"
                    && span.valid_from <= day
                    && span.valid_to.is_none_or(|valid_to| day < valid_to)
            })
        });
        owner_then.count()
    };
    assert_eq!((police("2023-02-19"), police("2025-06-01")), (11, 13));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_seen_the_last_revision_writes_over_nobody() {
    let app = TestApp::start().await;
    let (commander, reporter, period) = scene(&app).await;
    let seen = |value: i64, revision: i32| {
        let mut own = figure("eid2", "in_period", value);
        own["seen_revision"] = json!(revision);
        json!([own])
    };
    enter(&reporter, &period, seen(100, 0)).await.expect(200);
    let late = enter(&commander, &period, seen(200, 0)).await;
    let told = late.refused(409, "revision-passed");
    assert_eq!(
        told.more["figures"],
        json!([{ "code": "eid2", "span": "in_period" }])
    );
    let stands = value(&reporter, &period, "eid2", "in_period").await;
    assert_eq!((stands.value, stands.revision), (Some(100), 1));
    // What is the same already is nobody's conflict; what was looked at again is written.
    enter(&commander, &period, seen(100, 0)).await.expect(200);
    enter(&commander, &period, seen(200, 1)).await.expect(200);
    let odd = enter(&commander, &period, seen(1, -1)).await;
    assert_eq!(
        odd.refused(422, "invalid").errors[0].pointer,
        "/values/0/seen_revision"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_percentage_is_computed_and_the_stated_one_kept_beside_it() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let mut own = figure("dvc25", "cumulative", 319_914);
    own["denominator"] = json!(548_950);
    own["stated_percent"] = json!("58,3");
    own["at_least"] = json!(true);
    enter(&reporter, &period, json!([own])).await.expect(200);
    let told = value(&reporter, &period, "dvc25", "cumulative").await;
    assert_eq!(told.percent.as_deref(), Some("58.28"));
    assert_eq!(told.stated_percent.as_deref(), Some("58.3"));
    assert!(told.at_least);
    assert_eq!(Some(told.entered_by), reporter.account_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_again_the_same_is_not_written_and_what_was_before_is_history() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let enter_value = async |value: i64| -> EnteredValues {
        let values = json!([figure("eid2", "in_period", value)]);
        enter(&reporter, &period, values).await.expect(200).json()
    };
    assert_eq!(enter_value(3_068).await.changed, 1);
    let again = enter_value(3_068).await;
    assert_eq!((again.changed, again.unchanged), (0, 1));
    assert_eq!(enter_value(3_086).await.changed, 1);
    let mut back = figure("eid2", "in_period", 0);
    back.as_object_mut().unwrap().remove("value");
    enter(&reporter, &period, json!([back])).await.expect(200);
    let path = at(&period, "/revisions?indicator=eid2&span=in_period");
    let history: Vec<IndicatorValue> = list(&reporter, &path).await;
    let values: Vec<_> = history.iter().map(|own| own.value).collect();
    assert_eq!(values, [None, Some(3_086), Some(3_068)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_closing_only_who_issues_the_report_corrects_by_number_and_for_a_reason() {
    let app = TestApp::start().await;
    let (commander, reporter, period) = scene(&app).await;
    let values = json!([figure("cccd", "in_period", 4_878)]);
    enter(&reporter, &period, values).await.expect(200);
    reporter
        .post(&at(&period, "/closings"), ())
        .await
        .refused(403, "forbidden");
    for _ in 0..2 {
        let closed = commander.post(&at(&period, "/closings"), ()).await;
        let closed: ReportingPeriod = closed.expect(200).json();
        assert!(closed.closed_at.is_some());
    }
    let values = json!([figure("cccd", "in_period", 4_887)]);
    enter(&reporter, &period, values.clone())
        .await
        .refused(409, "period-closed");
    enter(&commander, &period, values.clone())
        .await
        .refused(422, "invalid");
    let body = json!({ "values": values, "reason": "Nhầm hai chữ số" });
    let told = commander.put(&at(&period, "/values"), &body).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!(told.correction, Some(1));
    let told = commander.put(&at(&period, "/values"), &body).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!(told.correction, None, "nothing changed");
    let now = value(&reporter, &period, "cccd", "in_period").await;
    assert_eq!((now.value, now.correction), (Some(4_887), Some(1)));
    assert_eq!(now.reason.as_deref(), Some("Nhầm hai chữ số"));
}

#[tokio::test(flavor = "multi_thread")]
async fn periods_of_a_unit_do_not_overlap_and_may_be_of_any_days() {
    let app = TestApp::start().await;
    let (commander, _, period) = scene(&app).await;
    let body = |month: &str, from: &str, until: &str| {
        json!({ "unit_id": period.unit_id, "month": month, "starts_on": from, "ends_on": until,
            "cumulative_from": "2022-01-18" })
    };
    let path = "/api/v1/reporting-periods";
    for taken in [
        body("2026-12", "2026-11-16", "2026-12-15"),
        body("2026-11", "2026-11-17", "2026-12-15"),
    ] {
        commander
            .post(path, taken)
            .await
            .refused(409, "period-overlaps");
    }
    let wrong = body("2026-12", "2026-12-15", "2026-11-17");
    commander.post(path, wrong).await.refused(422, "invalid");
    let next = body("2026-12", "2026-11-17", "2026-12-15");
    commander.post(path, next).await.expect(201);
    assert_eq!(list::<ReportingPeriod>(&commander, path).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_taken_away_comes_back_as_it_was_and_no_cell_is_a_formula() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let mut own = figure("dvc25", "in_period", 32_483);
    own["denominator"] = json!(40_428);
    own["stated_percent"] = json!("80.35");
    own["source"] = json!("=HYPERLINK(\"http://x\")");
    enter(&reporter, &period, json!([own])).await.expect(200);
    let (kind, csv) = take(&reporter, &at(&period, "/table?format=csv")).await;
    assert!(kind.starts_with("text/csv"));
    let text = String::from_utf8(csv).unwrap();
    assert!(text.contains("'=HYPERLINK"), "{text}");
    assert!(text.contains(";80,35;"), "{text}");
    let (kind, book) = take(&reporter, &at(&period, "/table?format=xlsx")).await;
    assert_eq!(kind, XLSX);
    let told = import(&reporter, &period, false, XLSX, book).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!(
        (told.changed, told.unchanged, told.refused.len()),
        (0, 1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_judged_line_by_line_and_with_one_wrong_line_nothing_is_written() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let file = "SỐ LIỆU THÁNG 11\nMã chỉ tiêu;Phạm vi;Giá trị;Mẫu số;Nguồn\n\
        cccd;trong kỳ;4.878;;PC06\n\
        eid2;trong kỳ;58,3;;PC06\n\
        cccd;trong kỳ;1;;PC06\n\
        khong_co;lũy kế;1;;PC06\n\
        eid2;lũy kế;5;;\n";
    let path_values = at(&period, "/values");
    for dry_run in [true, false] {
        let told = import(&reporter, &period, dry_run, "text/csv", file.into()).await;
        let told: EnteredValues = told.expect(200).json();
        assert!(told.dry_run);
        let lines: Vec<u32> = told.refused.iter().map(|own| own.line).collect();
        assert_eq!(lines, [4, 5, 6, 7], "{:?}", told.refused);
        assert!(
            list::<IndicatorValue>(&reporter, &path_values)
                .await
                .is_empty()
        );
    }
    let right = "code,span,value,source\ncccd,in_period,4878,PC06\n";
    let told = import(&reporter, &period, true, "text/csv", right.into()).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!((told.dry_run, told.changed), (true, 1));
    assert!(
        list::<IndicatorValue>(&reporter, &path_values)
            .await
            .is_empty()
    );
    let told = import(&reporter, &period, false, "text/csv", right.into()).await;
    assert_eq!(told.expect(200).json::<EnteredValues>().changed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_figure_is_refused_by_name() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let wrong = json!([
        figure("khong_co", "cumulative", 1),
        figure("cu_tru.thuong_tru", "cumulative", 1),
        figure("cccd", "cumulative", -1),
        figure("cccd", "cumulative", 1),
    ]);
    let told = enter(&reporter, &period, wrong).await;
    let told = told.refused(422, "invalid");
    let pointers: Vec<&str> = told.errors.iter().map(|own| own.pointer.as_str()).collect();
    let expected = [
        "/values/0/code",
        "/values/1/code",
        "/values/2/value",
        "/values/3/code",
    ];
    assert_eq!(pointers, expected);
    let many: Vec<_> = (0..=VALUES_MAX)
        .map(|_| figure("cccd", "cumulative", 1))
        .collect();
    enter(&reporter, &period, json!(many))
        .await
        .refused(422, "invalid");
    let path = format!("/api/v1/reporting-periods/{}/values", nowhere());
    reporter.get(&path).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn tracking_and_booking_fill_in_what_they_know() {
    let app = TestApp::start().await;
    let (_, reporter, period) = scene(&app).await;
    let told = reporter.post(&at(&period, "/feeds"), ()).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!(told.changed, 20);
    let stage = value(&reporter, &period, "vneid.level2_activated", "cumulative").await;
    assert_eq!((stage.value, stage.denominator), (Some(0), None));
    assert_eq!(stage.source, "Phần mềm Tổ 06");
    let again = reporter.post(&at(&period, "/feeds"), ()).await;
    assert_eq!(again.expect(200).json::<EnteredValues>().changed, 0);
}
