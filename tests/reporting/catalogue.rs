//! The catalogue is edited by who administers the province; nothing that it ever said is lost.

use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::page::Page;
use mobile_contracts::reporting::Indicator;
use mobile_contracts::reporting_catalogue::IndicatorChange;
use serde_json::{Value, json};

use super::{at, figure, list, open};
use crate::harness::{Person, TestApp};

const CODE: &str = "/api/v1/indicators/dvc25.trich_luc";

fn new() -> Value {
    json!({
        "revision": 0, "name": "Cấp bản sao trích lục hộ tịch", "parent_code": "dvc25", "is_part": true,
        "counted_in": "hồ sơ", "section": "II.1", "measure": "count", "after_code": "dvc25.khai_tu",
        "reason": "Bổ sung theo Quyết định của Thủ tướng",
    })
}

fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn codes(person: &Person) -> Vec<String> {
    let path = "/api/v1/indicators?limit=200";
    let page: Page<Indicator> = person.get(path).await.expect(200).json();
    page.items.into_iter().map(|own| own.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indicator_is_added_written_anew_and_retired_and_its_history_stays() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let before = codes(&admin).await;
    let written: Indicator = admin.put(CODE, new()).await.expect(200).json();
    assert_eq!(
        (written.revision, written.code.as_str()),
        (1, "dvc25.trich_luc")
    );
    let after = codes(&admin).await;
    assert_eq!(after.len(), before.len() + 1);
    let place = |code: &str| after.iter().position(|own| own == code).unwrap();
    assert_eq!(place("dvc25.trich_luc"), place("dvc25.khai_tu") + 1);
    assert_eq!(place("dvc25.ket_hon"), place("dvc25.trich_luc") + 1);
    let others: Vec<&String> = after
        .iter()
        .filter(|own| *own != "dvc25.trich_luc")
        .collect();
    assert_eq!(
        others,
        before.iter().collect::<Vec<_>>(),
        "the others stand as they stood"
    );

    // Who saw an older one writes nothing over.
    admin
        .put(CODE, new())
        .await
        .refused(409, "indicator-changed");
    let renamed = with(
        new(),
        json!({ "revision": 1, "name": "Trích lục hộ tịch", "after_code": null, "reason": "Tên ngắn hơn" }),
    );
    let renamed: Indicator = admin.put(CODE, &renamed).await.expect(200).json();
    assert_eq!(
        (renamed.revision, renamed.name.as_str()),
        (2, "Trích lục hộ tịch")
    );
    assert_eq!(codes(&admin).await, after, "it stays where it is");
    let path = format!("{CODE}/changes");
    let changes: Page<IndicatorChange> = admin.get(&path).await.expect(200).json();
    let told: Vec<(i32, &str)> = changes
        .items
        .iter()
        .map(|change| (change.revision, change.name.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "Trích lục hộ tịch"),
            (1, "Cấp bản sao trích lục hộ tịch")
        ]
    );
    assert!(
        changes
            .items
            .iter()
            .all(|change| change.changed_by == admin.account_id)
    );
    let path = "/api/v1/indicators/cccd/changes";
    let seeded: Page<IndicatorChange> = admin.get(path).await.expect(200).json();
    assert_eq!(seeded.items[0].reason, "Danh mục ban đầu");

    // It is counted in a period, and then no more in those that begin later.
    let commander = app.commander().await;
    let province = app.commune("56").await;
    let then = open(
        &commander,
        province,
        "2026-10",
        ("2026-10-17", "2026-11-16"),
    )
    .await;
    let values = json!({ "values": [figure("dvc25.trich_luc", "in_period", 12)] });
    let path = at(&then, "/values");
    commander.put(&path, &values).await.expect(200);
    let heading = with(
        new(),
        json!({ "revision": 2, "measure": "target", "is_part": false }),
    );
    admin
        .put(CODE, &heading)
        .await
        .refused(409, "indicator-has-values");
    let retired = with(
        new(),
        json!({ "revision": 2, "retired_on": "2026-11-17", "after_code": null, "reason": "Thôi thống kê" }),
    );
    admin.put(CODE, &retired).await.expect(200);
    let later = open(
        &commander,
        province,
        "2026-11",
        ("2026-11-17", "2026-12-16"),
    )
    .await;
    let path = at(&later, "/values");
    let problem = commander.put(&path, &values).await.refused(422, "invalid");
    assert_eq!(problem.errors[0].pointer, "/values/0/code");
    let again = json!({ "values": [figure("dvc25.trich_luc", "in_period", 13)] });
    commander
        .put(&at(&then, "/values"), &again)
        .await
        .expect(200);
    let table = commander
        .get(&at(&later, "/table?format=csv"))
        .await
        .expect(200);
    assert!(!table.text.contains("dvc25.trich_luc"));
    let table = commander
        .get(&at(&then, "/table?format=csv"))
        .await
        .expect(200);
    assert!(table.text.contains("dvc25.trich_luc"));
    let findings = list::<Value>(&commander, &at(&then, "/findings")).await;
    assert!(
        !findings
            .iter()
            .any(|own| own.to_string().contains("UNKNOWN"))
    );

    for sql in [
        "delete from indicator where code = 'cccd'",
        "update indicator set code = 'x' where code = 'cccd'",
        "update indicator_change set reason = 'sửa lén lút'",
        "delete from indicator_change",
    ] {
        let refused = app.conn().await.batch_execute(sql).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_write_at_once_do_not_write_over_one_another() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let presses = (0..6).map(|_| admin.put(CODE, new()));
    let answers = futures_util::future::join_all(presses).await;
    let mut statuses: Vec<u16> = answers.iter().map(|own| own.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    let path = format!("{CODE}/changes");
    let changes: Page<IndicatorChange> = admin.get(&path).await.expect(200).json();
    assert_eq!(changes.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_changes_on_a_day_and_who_did_before_stays() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = "/api/v1/indicators/dvc25.khai_sinh/owner";
    let body = json!({ "owner": "Công an tỉnh", "valid_from": "2027-01-01" });
    let told: Indicator = admin.put(path, &body).await.expect(200).json();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let owners: Vec<_> = told
        .owners
        .iter()
        .map(|own| (own.owner.as_str(), own.valid_to))
        .collect();
    assert_eq!(
        owners,
        [
            ("Sở Tư pháp", Some(day("2027-01-01"))),
            ("Công an tỉnh", None)
        ]
    );
    admin.put(path, &body).await.refused(409, "owner-overlaps");
    let earlier = json!({ "owner": "Sở Nội vụ", "valid_from": "2026-01-01" });
    admin
        .put(path, &earlier)
        .await
        .refused(409, "owner-overlaps");
    let wrong = json!({ "owner": " ", "valid_from": "1999-01-01" });
    let problem = admin.put(path, &wrong).await.refused(422, "invalid");
    assert_eq!(problem.errors.len(), 2);
    admin
        .put("/api/v1/indicators/khong_co/owner", &body)
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_edited_by_who_administers_the_province() {
    let app = TestApp::start().await;
    let unit = app.commune("22786").await;
    let local = app.account(Role::Admin, MassUnion::None, unit).await;
    local.put(CODE, new()).await.refused(403, "forbidden");
    app.commander()
        .await
        .put(CODE, new())
        .await
        .refused(403, "forbidden");
    let admin = app.admin().await;
    admin
        .put("/api/v1/indicators/Hoa", new())
        .await
        .refused(404, "not-found");
    let wrong = with(
        new(),
        json!({ "name": "", "section": "IX", "parent_code": "khong_co", "denominator_code": "dvc25.trich_luc" }),
    );
    let problem = admin.put(CODE, &wrong).await.refused(422, "invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|error| error.pointer.as_str())
        .collect();
    assert_eq!(
        pointers,
        ["/name", "/section", "/parent_code", "/denominator_code"]
    );
    let parent = json!({
        "revision": 1, "name": "25 dịch vụ công", "counted_in": "hồ sơ", "section": "II.1", "measure": "count",
        "needs_denominator": true, "retired_on": "2027-01-01", "reason": "Thôi thống kê",
    });
    let path = "/api/v1/indicators/dvc25";
    let problem = admin.put(path, &parent).await.refused(422, "invalid");
    assert_eq!(problem.errors[0].code, "IN_USE");
}
