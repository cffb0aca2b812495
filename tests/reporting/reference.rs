//! The report of February 2023 as it was stated: what does not hold together in it is found by rule.

use mobile_contracts::reporting_checker::ReportFinding;
use serde_json::json;

use super::{at, enter, figure, list, open, reference};
use crate::harness::TestApp;

/// Rule, indicator, span, and words of the sentence that tell by how much.
const EXPECTED: &[(&str, &str, &str, &str)] = &[
    (
        "parts_total",
        "dvc25",
        "cumulative",
        "319.914, nhưng các mục con cộng lại là 319.695; tổng thừa 219",
    ),
    (
        "self_comparison",
        "dvc25",
        "cumulative",
        "1,8 so với chính tháng",
    ),
    ("percent_for_points", "dvc25", "cumulative", "điểm %"),
    (
        "percent_cut_off",
        "cccd",
        "cumulative",
        "98,97%, nhưng tính ra 98,98%",
    ),
    (
        "percent_cut_off",
        "eid2",
        "cumulative",
        "75,4%, nhưng tính ra 75,45%",
    ),
    (
        "percent_wrong",
        "cccd_bhyt.tra_cuu",
        "cumulative",
        "56,3%, nhưng tính ra 56,25%",
    ),
    (
        "two_values",
        "cu_tru.thuong_tru.tiep_nhan",
        "in_period",
        "lệch 752",
    ),
    (
        "percent_cut_off",
        "cu_tru.thuong_tru.da_giai_quyet",
        "in_period",
        "95,4%, nhưng tính ra 95,46%",
    ),
    (
        "denominator_wrong",
        "cu_tru.thuong_tru.dang_giai_quyet",
        "in_period",
        "Hãy ghi 131/2.887",
    ),
    (
        "two_values",
        "cu_tru.tam_tru.tiep_nhan",
        "in_period",
        "lệch 23",
    ),
    (
        "two_values",
        "cu_tru.tam_vang.tiep_nhan",
        "in_period",
        "lệch 02",
    ),
    (
        "denominator_missing",
        "tuyen_truyen.pano",
        "in_period",
        "không nêu mẫu số",
    ),
    (
        "denominator_missing",
        "ty_le.tro_cap_that_nghiep",
        "in_period",
        "không nêu mẫu số",
    ),
    (
        "denominator_missing",
        "ty_le.ly_lich_tu_phap",
        "in_period",
        "mẫu số từ 378 đến 379",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_together_in_the_reference_is_found_and_nothing_else() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    assert_eq!(period.unit_name, "Tỉnh Ninh Thuận");
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    let told: Vec<_> = found
        .iter()
        .map(|own| (own.rule.as_str(), own.code.as_str(), own.span.as_str()))
        .collect();
    let expected: Vec<_> = EXPECTED
        .iter()
        .map(|(rule, code, span, _)| (*rule, *code, *span))
        .collect();
    assert_eq!(told, expected);
    for (finding, (.., words)) in found.iter().zip(EXPECTED) {
        assert!(finding.message.contains(words), "{}", finding.message);
        assert!(finding.message.starts_with("Mục "), "{}", finding.message);
    }
    let errors = found.iter().filter(|own| own.severity == "error").count();
    assert_eq!((errors, found.len() - errors), (8, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_closed_once_every_error_is_mended_or_overruled() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let closings = at(&period, "/closings");
    let told = commander.post(&closings, ()).await;
    let told = told.refused(409, "period-has-errors");
    assert_eq!(told.more["open_errors"], 8);
    // Mended: the denominator of what is pending.
    let mut mended = figure("cu_tru.thuong_tru.dang_giai_quyet", "in_period", 131);
    mended["denominator"] = json!(2_887);
    enter(&commander, &period, json!([mended]))
        .await
        .expect(200);
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    assert_eq!(found.len(), EXPECTED.len() - 1);
    for own in found.iter().filter(|own| own.severity == "error") {
        let body = json!({ "fingerprint": own.fingerprint, "reason": "Như nguồn đã báo cáo" });
        let path = at(&period, "/rulings");
        commander.put(&path, body).await.expect(204);
    }
    let gone = json!({ "fingerprint": "0".repeat(32), "reason": "Như nguồn" });
    commander
        .put(&at(&period, "/rulings"), gone)
        .await
        .refused(409, "finding-gone");
    commander.post(&closings, ()).await.expect(200);
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    let ruled = found.iter().filter(|own| own.ruling.is_some()).count();
    assert_eq!(ruled, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ruling_holds_for_the_figures_that_it_was_made_of() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let first = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let second = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let values = json!([figure("eid2", "cumulative", 55_313)]);
    enter(&commander, &first, values).await.expect(200);
    let fell = async |value: i64| -> ReportFinding {
        let values = json!([figure("eid2", "cumulative", value)]);
        enter(&commander, &second, values).await.expect(200);
        let found: Vec<ReportFinding> = list(&commander, &at(&second, "/findings")).await;
        assert_eq!(found.len(), 1);
        found.into_iter().next().unwrap()
    };
    let finding = fell(55_000).await;
    assert_eq!(finding.rule, "cumulative_fell");
    let body = json!({ "fingerprint": finding.fingerprint, "reason": "Gộp hồ sơ trùng" });
    let path = at(&second, "/rulings");
    commander.put(&path, body).await.expect(204);
    assert!(fell(55_000).await.ruling.is_some());
    let other = fell(54_999).await;
    assert!(other.ruling.is_none() && other.fingerprint != finding.fingerprint);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_all_of_the_services_closes_only_for_a_reason() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let mut share = figure("dvc25", "in_period", 123);
    share["denominator"] = json!(100);
    // Accounts are collected against a number that was assigned.
    let mut assigned = figure("eid2", "in_period", 123);
    assigned["denominator"] = json!(100);
    enter(&commander, &period, json!([share, assigned]))
        .await
        .expect(200);
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    let told: Vec<_> = found
        .iter()
        .map(|own| (&own.code[..], &own.severity[..]))
        .collect();
    assert_eq!(told, [("dvc25", "error"), ("eid2", "warning")]);
    let closings = at(&period, "/closings");
    commander
        .post(&closings, ())
        .await
        .refused(409, "period-has-errors");
    let body =
        json!({ "fingerprint": found[0].fingerprint, "reason": "Gồm hồ sơ kỳ trước chuyển sang" });
    commander
        .put(&at(&period, "/rulings"), body)
        .await
        .expect(204);
    commander.post(&closings, ()).await.expect(200);
}
