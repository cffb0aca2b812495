//! Villages begin and end within months and weeks: what was done in them is compared and drawn with their commune's.

use api::verification::nightly;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::police_list::{ImportedPoliceList, ReconciliationTask};
use mobile_contracts::sampling::Draw;
use serde_json::{Value, json};

use super::{COMMUNE, push, record, spread_number};
use crate::harness::TestApp;
use crate::harness::ended::end;

#[tokio::test(flavor = "multi_thread")]
async fn the_polices_list_is_compared_with_what_was_done_in_a_village_that_ended_since() {
    let app = TestApp::start().await;
    let (author, officer) = (app.volunteer(COMMUNE).await, app.officer(COMMUNE).await);
    let (ended, heir) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let now: DateTime<Utc> = app.app.clock.now();
    let mut list = "id_number,stage\n".to_owned();
    let mut ops = Vec::new();
    for n in 0..10 {
        let number = spread_number();
        let mut op = record(&author, ended, now - TimeDelta::milliseconds(1_300 * n));
        op["stage"] = json!("level2_activated");
        op["subject"]["id_number"] = json!(number);
        ops.push(op);
        list.push_str(&format!("{number},level2_activated\n"));
    }
    push(&app, &author, &ops).await;
    let today = local_day(now);
    end(&app, ended, &[heir], today).await;
    let unit = app.commune(COMMUNE).await;
    let path = format!("/api/v1/police-lists?unit_id={unit}&month={today}");
    let request = officer
        .request(reqwest::Method::POST, &path)
        .header("content-type", "text/csv");
    let told = officer.send(request.body(list)).await.expect(200);
    let told: ImportedPoliceList = told.json();
    let report = &told.reports[0];
    assert_eq!(
        (report.ours, report.matched, report.elsewhere),
        (10, 10, 0),
        "{report:?}"
    );
    assert!(!report.is_apart);
    let tasks = "/api/v1/reconciliation-tasks";
    let tasks: Page<ReconciliationTask> =
        app.lead(COMMUNE).await.get(tasks).await.expect(200).json();
    assert!(tasks.items.is_empty());
}

/// A village of the commune from that day on.
async fn begin(app: &TestApp, from: NaiveDate) -> UnitId {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        unit_id: UnitId,
    }
    let commune = app.commune(COMMUNE).await;
    let sql = format!(
        "with village as (
             insert into unit (valid_from, name, folded, level, kind)
             values ('{from}', 'Thôn Mới', 'thon moi', 'village', 'thon') returning unit_id
         )
         insert into unit_parent (unit_id, parent_id, valid_from)
         select unit_id, {commune}, '{from}' from village returning unit_id"
    );
    let mut owner = app.owner().await;
    let row: Row = diesel::sql_query(sql).get_result(&mut owner).await.unwrap();
    row.unit_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weeks_lot_holds_what_was_done_in_a_village_that_began_within_it() {
    let app = TestApp::start().await;
    let today = local_day(app.app.clock.now());
    let to_wednesday = (2 - i64::from(today.weekday().num_days_from_monday())).rem_euclid(7);
    app.advance(TimeDelta::days(to_wednesday)).await;
    nightly::once(&app.app).await.unwrap();
    let wednesday = local_day(app.app.clock.now());
    let merged = app.village(COMMUNE, 0).await;
    let village = begin(&app, wednesday).await;
    end(&app, merged, &[village], wednesday).await;
    let author = app.volunteer(COMMUNE).await;
    let now = app.app.clock.now();
    let ops: Vec<Value> = (0..3)
        .map(|n| record(&author, village, now - TimeDelta::milliseconds(1_300 * n)))
        .collect();
    push(&app, &author, &ops).await;
    app.advance(TimeDelta::days(7)).await;
    nightly::once(&app.app).await.unwrap();
    let path = format!("/api/v1/draws?code={COMMUNE}");
    let draws: Page<Draw> = app.lead(COMMUNE).await.get(&path).await.expect(200).json();
    let mut drawn = draws.items.iter();
    let drawn = drawn.find(|draw| draw.mass_union == "youth" && draw.state == "drawn");
    assert_eq!(drawn.unwrap().lot_size, 3);
}
