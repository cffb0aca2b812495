//! Whom lists name, and what becomes of them.

use chrono::{DateTime, Utc};
use mobile_contracts::page::Page;
use mobile_contracts::roster::Roster;
use mobile_contracts::tracking::PushedOperations;
use serde_json::{Value, json};

use super::*;
use crate::harness::citizen;

fn record(app: &TestApp, author: &Person, village: i32, subject: Value) -> Value {
    json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(),
        "ops": [{
            "op_id": Uuid::now_v7(), "kind": "record", "author_id": author.account_id,
            "recorded_at": app.app.clock.now(), "clock_offset_ms": 0, "clock_offset_age_s": 0,
            "village_id": village, "stage": "level1_activated", "device_holder": "own",
            "subject": subject, "consent": { "method": "spoken" },
        }],
    })
}

pub(super) async fn push(app: &TestApp, author: &Person, village: i32, subject: Value) {
    let body = record(app, author, village, subject);
    let answer = author.post("/api/v1/sync/push", body).await.expect(200);
    let pushed: PushedOperations = answer.json();
    assert_eq!(pushed.results[0].result, "applied");
}

pub(super) async fn village(app: &TestApp) -> i32 {
    let geography = app.geography().await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let commune = app.commune(COMMUNE).await;
    let all = geography.children_on(commune, today);
    let found = all
        .iter()
        .find(|unit| geography.name_on(unit.unit_id, today) == VILLAGE);
    found.unwrap().unit_id.0
}

async fn person_of(app: &TestApp) -> (Uuid, String, DateTime<Utc>) {
    person::table
        .select((
            person::person_id,
            person::consent_method,
            person::consent_at,
        ))
        .first(&mut app.conn().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_same_people_are_known_when_they_stand_on_another_list() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let id = citizen::id_number();
    let list = |group: &str| {
        format!(
            "Họ tên,Năm sinh,CCCD,Nhóm,Thôn\nNguyễn Thị Thử,1990,{id},{group},{VILLAGE}\nTrần Thử,1985,,,{VILLAGE}\n"
        )
    };
    let first = import(&lead, &list("đoàn viên")).await;
    assert_eq!((first.new, first.known), (2, 0));
    send(&lead, WISH, CSV, list("đoàn viên"))
        .await
        .refused(409, "roster-known");
    let again = rehearse(&lead, &list("đoàn viên").replace("Trần Thử", "TRẦN THỬ")).await;
    assert_eq!((again.known, again.changed), (2, 0));
    let second = import(&lead, &list("cán bộ")).await;
    assert_eq!((second.new, second.known, second.changed), (0, 1, 1));
    assert!(said(&second, 2).contains("nhóm"), "{second:?}");
    assert_eq!(counts(&app).await, (2, 4));
    let page: Page<Roster> = lead.get("/api/v1/rosters").await.expect(200).json();
    assert_eq!(
        (page.items.len(), page.items[0].roster_id),
        (2, second.roster_id.unwrap())
    );
}

#[tokio::test]
async fn one_wrong_line_keeps_the_whole_list_out_and_a_key_gives_one_answer() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let good = format!("Họ tên,Năm sinh,Thôn\nNguyễn Thị Thử,1990,{VILLAGE}\n");
    let told = import(&lead, &format!("{good}Trần Thử,1990,Thôn Lạ\n")).await;
    assert!(told.dry_run && told.refused == 1 && told.roster_id.is_none());
    assert_eq!(counts(&app).await, (0, 0));
    let key = Uuid::new_v4();
    let first = send_once(&lead, WISH, CSV, good.clone(), key)
        .await
        .expect(200);
    let second = send_once(&lead, WISH, CSV, good.clone(), key)
        .await
        .expect(200);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert_eq!(first.value(), second.value());
    send_once(
        &lead,
        WISH,
        CSV,
        format!("{good}Lê Thử,1990,{VILLAGE}\n"),
        key,
    )
    .await
    .refused(422, "idempotency-key-reused");
    assert_eq!(counts(&app).await, (1, 1));
    let wish = send(&lead, "list_name=&listed_on=2036-01-01", CSV, good).await;
    assert_eq!(
        wish.refused(422, "invalid").errors.len(),
        3,
        "all that is wrong"
    );
}

#[tokio::test]
async fn a_list_is_its_own_ground_until_its_people_are_met() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let id = citizen::id_number();
    import(
        &lead,
        &format!("Họ tên,CCCD,Thôn\nNguyễn Thị Thử,{id},{VILLAGE}\n"),
    )
    .await;
    let (listed, method, at) = person_of(&app).await;
    assert_eq!(
        (method.as_str(), at.to_rfc3339().as_str()),
        ("list", "2026-01-04T17:00:00+00:00")
    );
    let volunteer = app.volunteer(COMMUNE).await;
    push(
        &app,
        &volunteer,
        village(&app).await,
        json!({ "kind": "plain", "id_number": id }),
    )
    .await;
    let (met, method, at) = person_of(&app).await;
    assert_eq!(
        (met, method.as_str()),
        (listed, "spoken"),
        "one person, who agreed"
    );
    assert!(at > app.app.clock.now() - chrono::TimeDelta::minutes(5));
}

#[tokio::test]
async fn a_list_is_taken_back_while_nobody_has_worked_on_it_and_not_after() {
    let app = TestApp::start().await;
    let (lead, volunteer) = (app.lead(COMMUNE).await, app.volunteer(COMMUNE).await);
    let village = village(&app).await;
    let known = citizen::id_number();
    push(
        &app,
        &volunteer,
        village,
        json!({ "kind": "plain", "id_number": known }),
    )
    .await;
    let list = format!(
        "Họ tên,Năm sinh,CCCD,Thôn\nNguyễn Thị Biết,1990,{known},{VILLAGE}\nTrần Thử,1985,,{VILLAGE}\n"
    );
    let told = import(&lead, &list).await;
    let undo = format!("/api/v1/rosters/{}/undo", told.roster_id.unwrap());
    let undone: Roster = lead.post(&undo, ()).await.expect(200).json();
    assert_eq!(undone.undone_by, lead.account_id);
    assert_eq!(counts(&app).await, (1, 0), "whoever was known before stays");
    lead.post(&undo, ()).await.expect(200);
    // Again, and now somebody is met.
    let told = import(&lead, &list).await;
    let listed: Uuid = roster_entry::table
        .filter(roster_entry::made_person)
        .select(roster_entry::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    push(
        &app,
        &volunteer,
        village,
        json!({ "kind": "provisional", "person_id": listed }),
    )
    .await;
    let undo = format!("/api/v1/rosters/{}/undo", told.roster_id.unwrap());
    lead.post(&undo, ()).await.refused(409, "roster-in-use");
    assert_eq!(counts(&app).await, (2, 2), "nothing of it went");
    let other = app.lead("22738").await;
    other.post(&undo, ()).await.refused(404, "not-found");
}
