//! Whose figures somebody enters, once an administrator has said so.

use mobile_contracts::reporting::EnteredValues;
use mobile_contracts::reporting_checker::ReportFinding;
use mobile_contracts::reporting_department::AccountDepartments;
use serde_json::{Value, json};

use super::{at, enter, figure, import, list, open, reporter};
use crate::harness::{Person, TestApp};

fn path(person: &Person) -> String {
    format!(
        "/api/v1/accounts/{}/departments",
        person.account_id.unwrap()
    )
}

async fn set(by: &Person, of: &Person, departments: Value) -> AccountDepartments {
    let body = json!({ "departments": departments });
    by.put(&path(of), body).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_departments_enters_what_they_answer_for_on_the_last_day_of_the_period() {
    let app = TestApp::start().await;
    let (admin, commander) = (app.admin().await, app.commander().await);
    let unit = app.commune("56").await;
    // Criminal records went from the department of justice to the police on 2025-03-01.
    let before = open(&commander, unit, "2025-02", ("2025-01-17", "2025-02-16")).await;
    let after = open(&commander, unit, "2025-03", ("2025-02-17", "2025-03-16")).await;
    let records = |value: i64| json!([figure("dvc25.ly_lich_tu_phap", "in_period", value)]);
    let justice = reporter(&app).await;
    enter(&justice, &before, records(1)).await.expect(200);

    let told = set(&admin, &justice, json!(["Sở Tư pháp"])).await;
    assert_eq!(told.departments, ["Sở Tư pháp"]);
    let own: AccountDepartments = justice.get(&path(&justice)).await.expect(200).json();
    assert_eq!(own, told);
    enter(&justice, &before, records(2)).await.expect(200);
    let answer = enter(&justice, &after, records(3)).await;
    let problem = answer.refused(403, "not-your-figures");
    assert_eq!(problem.more["figures"][0]["code"], "dvc25.ly_lich_tu_phap");

    // All or none; a table that has what others wrote comes back as it is.
    let both = json!([
        figure("dvc25.khai_sinh", "in_period", 5),
        figure("eid2", "in_period", 6)
    ]);
    enter(&justice, &after, both)
        .await
        .refused(403, "not-your-figures");
    let police = json!([figure("eid2", "in_period", 6)]);
    enter(&commander, &after, police).await.expect(200);
    let file =
        "code,span,value,source\neid2,in_period,6,Sổ theo dõi\ndvc25.khai_sinh,in_period,5,Sổ\n";
    let told = import(&justice, &after, false, "text/csv", file.into()).await;
    let told: EnteredValues = told.expect(200).json();
    assert_eq!((told.changed, told.unchanged), (1, 1));

    // None again: everything, as before.
    set(&admin, &justice, json!([])).await;
    enter(&justice, &after, records(4)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_say_whose_figures_somebody_enters_and_only_departments_that_are_known()
{
    let app = TestApp::start().await;
    let (admin, commander) = (app.admin().await, app.commander().await);
    let (one, other) = (reporter(&app).await, reporter(&app).await);
    let body = json!({ "departments": ["Sở Tư pháp", "Sở Không có"] });
    let told = admin.put(&path(&one), body.clone()).await;
    assert_eq!(
        told.refused(422, "invalid").errors[0].pointer,
        "/departments/1"
    );
    commander
        .put(&path(&one), body.clone())
        .await
        .refused(403, "forbidden");
    one.put(&path(&one), body).await.refused(403, "forbidden");
    set(
        &admin,
        &one,
        json!(["Sở Tư pháp", "Công an tỉnh", "Sở Tư pháp"]),
    )
    .await;
    let told: AccountDepartments = other.get(&path(&one)).await.expect(200).json();
    assert_eq!(told.departments, ["Công an tỉnh", "Sở Tư pháp"]);
    let elsewhere = app.lead("22786").await;
    elsewhere.get(&path(&one)).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_tells_whose_figure_it_is() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2025-03", ("2025-02-17", "2025-03-16")).await;
    let wrong = json!([
        figure("dvc25.khai_sinh", "in_period", 9),
        figure("dvc25.khai_sinh", "cumulative", 5),
    ]);
    enter(&commander, &period, wrong).await.expect(200);
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owner.as_deref(), Some("Sở Tư pháp"));
}
