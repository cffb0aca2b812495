//! Two communes become one: what was open in them is whose it is now.

use api::geography::import;
use api::verification::nightly;
use chrono::{Days, TimeDelta};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::sampling::CallBack;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMMUNE, ELSEWHERE, morning, push, push_held, record};
use crate::harness::{Person, TestApp, citizen};

/// The code of the commune that both become.
const MERGED: &str = "99001";
const BESIDE: &str = "22801";

async fn merge(app: &TestApp) {
    let on = local_day(app.app.clock.now()) + Days::new(1);
    let mut files = import::Files::built_in();
    for code in [COMMUNE, ELSEWHERE] {
        let (before, after) = (
            format!("{code},2025-07-01,,"),
            format!("{code},2025-07-01,{on},"),
        );
        assert!(files.units.contains(&before));
        files.units = files.units.replace(&before, &after);
        files
            .successors
            .push_str(&format!("{on},{code},2025-07-01,{MERGED},{on},whole,\n"));
    }
    files.units.push_str(&format!(
        "{MERGED},{on},,Xã Bác Ái Mới,commune,xa,upland,56,2025-07-01\n"
    ));
    let plan = import::plan(&files).unwrap();
    import::apply(&mut app.owner().await, &plan).await.unwrap();
    app.advance(TimeDelta::days(2)).await;
    // The tree is asked for again within a second.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
}

/// Everything that may be open in a commune: drawn records and a failed lot, a signal, held work, a list of the
/// police with its task, a request about rights, a list of people.
async fn open_work(app: &TestApp, author: &Person, lead: &Person) {
    nightly::once(&app.app).await.unwrap();
    let (village, at) = (app.village(COMMUNE, 0).await, morning(app));
    let ops: Vec<Value> = (0..3).map(|_| record(author, village, at)).collect();
    push(app, author, &ops).await;
    nightly::once(&app.app).await.unwrap();
    let mut held = record(author, village, app.app.clock.now());
    held["phone"] = json!("113");
    push_held(app, author, &[held]).await;
    let officer = app.officer(COMMUNE).await;
    let unit = app.commune(COMMUNE).await;
    let month = local_day(app.app.clock.now());
    let path = format!("/api/v1/police-lists?unit_id={unit}&month={month}");
    let list = format!(
        "id_number,stage\n{},level2_activated\n",
        citizen::id_number()
    );
    let request = officer
        .request(reqwest::Method::POST, &path)
        .header("content-type", "text/csv");
    officer.send(request.body(list)).await.expect(200);
    let ask = json!({ "kind": "access", "card_number": citizen::id_number() });
    lead.post("/api/v1/rights-requests", ask).await.expect(201);
    let path = "/api/v1/rosters?list_name=a&list_source=b&listed_on=2026-01-05";
    let request = lead
        .request(reqwest::Method::POST, path)
        .header("content-type", "text/csv")
        .header("idempotency-key", Uuid::new_v4().to_string());
    let file = format!("Họ tên,Năm sinh,Thôn\nLê Thị Ánh,1990,{village}\n");
    lead.send(request.body(file)).await.expect(200);
    let sql = format!(
        "insert into draw (draw_id, mass_union, commune_id, week_on, commitment, committed_at, seed, drawn_at,
             plan, state)
         values (gen_random_uuid(), 'women', {unit}, date_trunc('week', app_now())::date - 7, sha256('x'),
             app_now() - interval '14 days', 'x', app_now(), 'light', 'failed')"
    );
    diesel::sql_query(sql)
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
}

async fn items(person: &Person, path: &str) -> Vec<Value> {
    let told = person.get(path).await.expect(200).value();
    match told {
        Value::Array(items) => items,
        mut page => page["items"].take().as_array().unwrap().clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_in_communes_that_were_merged_is_whose_they_are_now() {
    let app = TestApp::start().await;
    let (author, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    open_work(&app, &author, &lead).await;
    merge(&app).await;
    let unit = app.commune(MERGED).await;
    let lead = app.account(Role::Lead, MassUnion::Youth, unit).await;
    let officer = app.account(Role::Officer, MassUnion::None, unit).await;
    let beside = app.lead(BESIDE).await;
    for (path, id) in [
        ("/api/v1/signals", "signal_id"),
        ("/api/v1/held-operations", "op_id"),
        ("/api/v1/reconciliation-tasks", "task_id"),
        ("/api/v1/police-lists", "police_list_id"),
        ("/api/v1/rights-requests", "rights_request_id"),
    ] {
        let listed = items(&lead, path).await;
        assert_eq!(listed.len(), 1, "{path}: {listed:?}");
        let one = format!("{path}/{}", listed[0][id].as_str().unwrap());
        lead.get(&one).await.expect(200);
        assert!(items(&beside, path).await.is_empty(), "{path}");
        beside.get(&one).await.refused(404, "not-found");
        assert_eq!(
            items(&app.commander().await.again().await, path)
                .await
                .len(),
            1
        );
    }
    assert_eq!(items(&lead, "/api/v1/rosters").await.len(), 1);
    // Each is somebody's to do.
    let signal = &items(&lead, "/api/v1/signals").await[0];
    let path = format!(
        "/api/v1/signals/{}/answers",
        signal["signal_id"].as_str().unwrap()
    );
    let body = json!({ "answer": "explained", "note": "đã hỏi" });
    lead.post(&path, body).await.expect(204);
    let request = &items(&lead, "/api/v1/rights-requests").await[0];
    let path = format!(
        "/api/v1/rights-requests/{}/settlement",
        request["rights_request_id"].as_str().unwrap()
    );
    let body = json!({ "decision": "done", "answer": "Đã cấp bản sao" });
    lead.post(&path, body).await.expect(200);
    let list = &items(&officer, "/api/v1/police-lists").await[0];
    let path = format!(
        "/api/v1/police-lists/{}/undo",
        list["police_list_id"].as_str().unwrap()
    );
    officer
        .post(&path, json!({ "reason": "nhầm tệp" }))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_of_communes_that_were_merged_find_who_checks_them_and_lower_the_grade_of_who_continues_them()
 {
    let app = TestApp::start().await;
    let (author, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    open_work(&app, &author, &lead).await;
    merge(&app).await;
    let unit = app.commune(MERGED).await;
    let lead = app.account(Role::Lead, MassUnion::Youth, unit).await;
    let verifier = app.account(Role::Volunteer, MassUnion::Women, unit).await;
    nightly::once(&app.app).await.unwrap();
    let calls: Vec<CallBack> = items(&verifier, "/api/v1/me/call-backs")
        .await
        .into_iter()
        .map(|it| serde_json::from_value(it).unwrap())
        .collect();
    assert_eq!(calls.len(), 3);
    let draws = items(&lead, &format!("/api/v1/draws?code={MERGED}")).await;
    let of_state = |state: &str| {
        let draw = draws.iter().find(|draw| draw["state"] == state).unwrap();
        draw["draw_id"].as_str().unwrap().to_owned()
    };
    let verifiers = format!("/api/v1/draws/{}/verifiers", of_state("drawn"));
    assert_eq!(items(&lead, &verifiers).await.len(), 1);
    let grade = async || {
        let path = format!("/api/v1/grades?within={unit}");
        items(&lead, &path).await[0]["lots_in_doubt"].clone()
    };
    assert_eq!(grade().await, 1);
    let path = format!("/api/v1/draws/{}/actions", of_state("failed"));
    let body = json!({ "action": "release", "reason": "đã rà lại sổ" });
    app.lead(BESIDE)
        .await
        .post(&path, &body)
        .await
        .refused(404, "not-found");
    lead.post(&path, &body).await.expect(204);
    assert_eq!(grade().await, 0);
}
