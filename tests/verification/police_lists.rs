//! The police's list of a commune: compared as hashes, confirming whom it names, kept nowhere.

use api::db::schema::fact;
use api::tracking::verify;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::page::Page;
use mobile_contracts::police_list::{
    ImportedPoliceList, PoliceList, PoliceListDetail, ReconciliationTask, ReconciliationTaskDetail,
};
use mobile_contracts::sync::PulledChanges;
use mobile_contracts::tracking::Ledger;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::{COMMUNE, ELSEWHERE, push, record, spread_number};
use crate::harness::{Answer, Person, TestApp, eventually};

/// Citizens whose level 2 was activated now, by number.
async fn activated(app: &TestApp, author: &Person, commune: &str, numbers: &[String]) {
    let village = app.village(commune, 0).await;
    let now: DateTime<Utc> = app.app.clock.now();
    let ops: Vec<Value> = (0..)
        .zip(numbers)
        .map(|(n, number)| {
            let at = now - TimeDelta::milliseconds(1_300 * n);
            let mut op = record(author, village, at);
            op["stage"] = json!("level2_activated");
            op["subject"]["id_number"] = json!(number);
            op
        })
        .collect();
    push(app, author, &ops).await;
}

fn list(numbers: &[String]) -> String {
    let mut text = "id_number,stage\n".to_owned();
    for number in numbers {
        text.push_str(&format!("{number},level2_activated\n"));
    }
    text
}

/// The month of today: what was recorded a moment ago belongs to it, but in the first minute of a month.
fn month(app: &TestApp) -> NaiveDate {
    local_day(app.app.clock.now())
}

async fn import(app: &TestApp, person: &Person, dry_run: bool, text: &str) -> Answer {
    let unit = app.commune(COMMUNE).await;
    let path = format!(
        "/api/v1/police-lists?unit_id={unit}&month={}&dry_run={dry_run}",
        month(app)
    );
    let request = person
        .request(reqwest::Method::POST, &path)
        .header("content-type", "text/csv")
        .body(text.to_owned());
    person.send(request).await
}

async fn confirmed(app: &TestApp) -> i64 {
    fact::table
        .filter(fact::confirmed_by.eq("police_list"))
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap()
}

async fn tasks(person: &Person) -> Vec<ReconciliationTask> {
    let path = "/api/v1/reconciliation-tasks";
    person.get(path).await.expect(200).json::<Page<_>>().items
}

fn numbers(n: usize) -> Vec<String> {
    (0..n).map(|_| spread_number()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_confirms_whom_it_names_once_and_is_kept_nowhere() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let far = app.volunteer(ELSEWHERE).await;
    let (ours, theirs, of_others) = (numbers(20), numbers(1), numbers(1));
    activated(&app, &author, COMMUNE, &ours).await;
    activated(&app, &far, ELSEWHERE, &of_others).await;
    let named = [&ours[..18], &theirs, &of_others].concat();
    let text = list(&named);
    let told: ImportedPoliceList = import(&app, &officer, true, &text).await.expect(200).json();
    assert_eq!(
        (told.dry_run, told.confirmed, confirmed(&app).await),
        (true, 18, 0)
    );
    let told: ImportedPoliceList = import(&app, &officer, false, &text)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (told.dry_run, told.confirmed, confirmed(&app).await),
        (false, 18, 18)
    );
    // Whose records they are is told so, on the page and in the pull.
    let ledger: Ledger = author
        .get("/api/v1/me/ledger?limit=200")
        .await
        .expect(200)
        .json();
    let seen = |by: &Option<String>| by.as_deref() == Some("police_list");
    let own = ledger.items.iter();
    assert_eq!(own.filter(|entry| seen(&entry.confirmed_by)).count(), 18);
    eventually(async || {
        let path = "/api/v1/sync/pull?limit=500";
        let pulled: PulledChanges = author.get(path).await.expect(200).json();
        let own = pulled
            .items
            .iter()
            .filter_map(|change| change.data.as_ref());
        (own.filter(|entry| seen(&entry.confirmed_by)).count() == 18).then_some(())
    })
    .await;
    let report = &told.reports[0];
    assert_eq!(
        (report.theirs, report.ours, report.matched, report.elsewhere),
        (20, 20, 18, 1)
    );
    assert_eq!(
        (
            report.only_theirs,
            report.only_ours,
            report.without_number,
            report.is_apart
        ),
        (1, 2, 0, false)
    );
    // The same again changes nothing.
    let again: ImportedPoliceList = import(&app, &officer, false, &text)
        .await
        .expect(200)
        .json();
    assert_eq!((again.confirmed, &again.reports), (0, &told.reports));
    assert_eq!(confirmed(&app).await, 18);
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(tasks(&app.lead(COMMUNE).await).await.is_empty());
    // Of a number that only the list has, nothing is left anywhere.
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        said: String,
    }
    let kept: Vec<Row> = diesel::sql_query(
        "select to_jsonb(r)::text as said from police_report r
         union all select to_jsonb(a)::text from audit_event a
         union all select to_jsonb(p)::text from person p",
    )
    .load(&mut app.owner().await)
    .await
    .unwrap();
    let blind = app
        .app
        .keys
        .blind(api::privacy::keys::Blind::CitizenId, &theirs[0]);
    let blind: String = blind.iter().map(|byte| format!("{byte:02x}")).collect();
    for row in &kept {
        assert!(!row.said.contains(&theirs[0]) && !row.said.contains(&blind));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_line_and_nothing_is_taken_and_no_number_is_told_back() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let ours = numbers(3);
    activated(&app, &author, COMMUNE, &ours).await;
    let text = format!(
        "{}98190123456,level2_activated\n{},level3\n{},level2_activated\n",
        list(&ours),
        ours[0],
        ours[0]
    );
    let answer = import(&app, &officer, false, &text).await.expect(200);
    assert!(!answer.text.contains("98190123456"), "{}", answer.text);
    let told: ImportedPoliceList = answer.json();
    let lines: Vec<u32> = told.refused.iter().map(|line| line.line).collect();
    assert_eq!((told.dry_run, lines, told.repeated), (true, vec![5, 6], 1));
    assert_eq!(confirmed(&app).await, 0);
    import(&app, &officer, false, "so,buoc\n1,2\n")
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_lie_apart_become_somebodys_task_until_they_agree() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let (ours, more) = (numbers(5), numbers(5));
    activated(&app, &author, COMMUNE, &ours).await;
    import(&app, &officer, false, &list(&[&ours[..], &more].concat()))
        .await
        .expect(200);
    let lead = app.lead(COMMUNE).await;
    let task = tasks(&lead).await.remove(0);
    assert_eq!((task.state.as_str(), task.account_id), ("open", None));
    assert!(task.report.is_apart && task.due_on > local_day(app.app.clock.now()));
    assert!(tasks(&app.lead(ELSEWHERE).await).await.is_empty());
    let path = format!("/api/v1/reconciliation-tasks/{}", task.task_id);
    let body = json!({
        "state": "in_progress", "account_id": author.account_id, "note": "rà lại thôn 1",
    });
    let elsewhere = app.lead(ELSEWHERE).await;
    elsewhere.get(&path).await.refused(404, "not-found");
    elsewhere
        .patch(&path, &body)
        .await
        .refused(404, "not-found");
    let foreign = json!({ "account_id": elsewhere.account_id, "note": "giao" });
    lead.patch(&path, foreign).await.refused(404, "not-found");
    let late = json!({ "due_on": "2020-01-01", "note": " " });
    let problem = lead.patch(&path, late).await.refused(422, "invalid");
    assert_eq!(problem.errors.len(), 2);
    lead.patch(&path, &body).await.expect(200);
    // The volunteer catches up, and the next list agrees.
    activated(&app, &author, COMMUNE, &more).await;
    import(&app, &officer, false, &list(&[&ours[..], &more].concat()))
        .await
        .expect(200);
    let detail: ReconciliationTaskDetail = lead.get(&path).await.expect(200).json();
    let steps: Vec<&str> = detail
        .history
        .iter()
        .map(|step| step.state.as_str())
        .collect();
    assert_eq!(steps, ["open", "in_progress", "agrees"]);
    assert_eq!(detail.task.account_id, author.account_id);
    assert!(!detail.task.report.is_apart);
}

/// A list as the police keep it: numbers as texts, or without the zero that a spreadsheet dropped.
fn workbook(numbers: &[String], dropped: bool, header: [&str; 2]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, header).unwrap();
    for (at, number) in (1..).zip(numbers) {
        match dropped {
            true => sheet.write_number(at, 0, number.parse::<f64>().unwrap()),
            false => sheet.write_string(at, 0, number),
        }
        .unwrap();
        sheet.write_string(at, 1, "level2_activated").unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_confirms_like_a_csv_file_and_a_zero_that_was_dropped_is_put_back() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let ours = numbers(3);
    activated(&app, &author, COMMUNE, &ours).await;
    let unit = app.commune(COMMUNE).await;
    let path = format!("/api/v1/police-lists?unit_id={unit}&month={}", month(&app));
    let send_as = async |file: Vec<u8>, path: &str| {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let request = officer.request(reqwest::Method::POST, path);
        officer
            .send(request.header("content-type", kind).body(file))
            .await
    };
    let send = async |file: Vec<u8>| send_as(file, &path).await;
    const HEADER: [&str; 2] = ["id_number", "stage"];
    send(workbook(&ours, false, ["so_cccd", "stage"]))
        .await
        .refused(422, "invalid");
    send(workbook(&[], false, HEADER))
        .await
        .refused(422, "invalid");
    send(b"PK\x03\x04 and nothing else".to_vec())
        .await
        .refused(422, "invalid");
    let tried = send_as(
        workbook(&ours, true, HEADER),
        &format!("{path}&dry_run=true"),
    )
    .await;
    let told: ImportedPoliceList = tried.expect(200).json();
    assert_eq!(
        (told.refused.len(), told.confirmed, told.repaired),
        (0, 3, 3)
    );
    let told: ImportedPoliceList = send(workbook(&ours, false, HEADER))
        .await
        .expect(200)
        .json();
    assert_eq!((told.refused.len(), told.confirmed), (0, 3));
    assert_eq!(confirmed(&app).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_of_a_commune_and_of_ones_own() {
    let app = TestApp::start().await;
    let text = list(&numbers(1));
    let send = async |person: &Person, unit: mobile_contracts::ids::UnitId| {
        let path = format!("/api/v1/police-lists?unit_id={unit}");
        let request = person
            .request(reqwest::Method::POST, &path)
            .header("content-type", "text/csv")
            .body(text.clone());
        person.send(request).await
    };
    let commander = app.commander().await;
    send(&commander, app.commune("56").await)
        .await
        .refused(409, "not-a-commune");
    send(&app.officer(ELSEWHERE).await, app.commune(COMMUNE).await)
        .await
        .refused(404, "not-found");
    send(&app.lead(COMMUNE).await, app.commune(COMMUNE).await)
        .await
        .refused(403, "forbidden");
    send(&commander, app.commune(COMMUNE).await)
        .await
        .expect(200);
}

async fn lists(person: &Person) -> Vec<PoliceList> {
    let path = "/api/v1/police-lists";
    person.get(path).await.expect(200).json::<Page<_>>().items
}

async fn undo(person: &Person, list: &PoliceList) -> Answer {
    let path = format!("/api/v1/police-lists/{}/undo", list.police_list_id);
    person
        .post(&path, json!({ "reason": "nhầm tệp của xã bên" }))
        .await
}

async fn counted_as_confirmed(app: &TestApp) -> i64 {
    use api::db::schema::rollup_total::dsl::{confirmed, rollup_total};
    let rows: Vec<i32> = rollup_total
        .select(confirmed)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    rows.into_iter().map(i64::from).sum()
}

async fn assert_recount(app: &TestApp) {
    let differences = verify::list_differences(&mut app.owner().await)
        .await
        .unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_list_is_taken_back_with_everything_that_it_alone_confirmed() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let lead = app.lead(COMMUNE).await;
    let ours = numbers(10);
    activated(&app, &author, COMMUNE, &ours).await;
    import(&app, &officer, false, &list(&ours[..4]))
        .await
        .expect(200);
    let listed = lists(&lead).await;
    assert_eq!(listed.len(), 1);
    let wrong = &listed[0];
    assert_eq!(
        (
            wrong.state.as_str(),
            wrong.report.theirs,
            wrong.report.matched
        ),
        ("stands", 4, 4)
    );
    let path = format!("/api/v1/police-lists/{}", wrong.police_list_id);
    let shown: PoliceListDetail = lead.get(&path).await.expect(200).json();
    assert_eq!((&shown.list, shown.confirms_alone), (wrong, 4));
    assert_eq!(
        (confirmed(&app).await, counted_as_confirmed(&app).await),
        (4, 4)
    );
    assert_eq!(tasks(&lead).await[0].state, "open");
    // One of them was called besides.
    called(&app, &author).await;
    app.officer(ELSEWHERE)
        .await
        .get(&path)
        .await
        .refused(404, "not-found");
    undo(&lead, wrong).await.refused(403, "forbidden");
    for _ in 0..2 {
        let told: PoliceListDetail = undo(&officer, wrong).await.expect(200).json();
        assert_eq!(
            (told.list.state.as_str(), told.confirms_alone),
            ("undone", 0)
        );
        assert_eq!(confirmed(&app).await, 0);
        assert_eq!(counted_as_confirmed(&app).await, 1, "whoever was called");
        assert_recount(&app).await;
    }
    assert_eq!(tasks(&lead).await[0].state, "withdrawn");
    // The right one is imported anew, and the task opens or agrees as ever.
    import(&app, &officer, false, &list(&ours[..9]))
        .await
        .expect(200);
    assert_eq!(counted_as_confirmed(&app).await, 9);
    assert_recount(&app).await;
    let states: Vec<String> = lists(&lead).await.into_iter().map(|it| it.state).collect();
    assert_eq!(states, ["stands", "undone"]);
}

/// Whoever is first confirms by phone what the author recorded.
async fn called(app: &TestApp, author: &Person) {
    diesel::sql_query(format!(
        "with d as (
             insert into draw (draw_id, mass_union, commune_id, week_on, commitment, committed_at, seed,
                 drawn_at, plan, state)
             select gen_random_uuid(), 'youth', unit_id, date_trunc('week', app_now())::date - 14,
                 sha256('x'), app_now() - interval '30 days', 'x', app_now(), 'light', 'passed'
             from account where account_id = '{0}' returning draw_id)
         insert into call_back (call_back_id, draw_id, op_id, position, verifier_id, assigned_at, result, told_at)
         select gen_random_uuid(), draw_id,
             (select op_id from fact where confirmed_by = 'police_list' order by op_id limit 1), 1, '{0}',
             app_now(), 'confirmed', app_now() from d",
        author.account_id.unwrap()
    ))
    .execute(&mut app.owner().await)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_list_replaces_what_the_one_before_confirmed() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let ours = numbers(12);
    activated(&app, &author, COMMUNE, &ours).await;
    import(&app, &officer, false, &list(&ours[..8]))
        .await
        .expect(200);
    let first = lists(&officer).await.remove(0);
    for _ in 0..2 {
        import(&app, &officer, false, &list(&ours[4..]))
            .await
            .expect(200);
        assert_eq!(
            (confirmed(&app).await, counted_as_confirmed(&app).await),
            (8, 8)
        );
        assert_recount(&app).await;
    }
    let listed = lists(&officer).await;
    let states: Vec<&str> = listed.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["stands", "replaced"]);
    undo(&officer, &first)
        .await
        .refused(409, "police-list-replaced");
    undo(&officer, &listed[0]).await.expect(200);
    assert_eq!(counted_as_confirmed(&app).await, 0);
    assert_recount(&app).await;
}
