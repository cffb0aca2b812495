//! The people of a village that has ended are those of who continues it: on every list, and for everybody who answers
//! for them. Where they were met stays what it was.

use api::db::schema::{person, roster_entry};
use chrono::Days;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::assignment::OwnWork;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::note::FieldNote;
use mobile_contracts::page::Page;
use mobile_contracts::person::{PersonMerge, PersonWord};
use mobile_contracts::worklist::WorklistEntry;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::merging::{about, merge, of_number};
use super::{COMMUNE, With as _, push, push_one, record};
use crate::harness::ended::end;
use crate::harness::makers::assignment_of;
use crate::harness::{Person, TestApp, citizen};

/// Somebody without an ID number and somebody with one, met and noted in a village that is another one's now.
struct Scene {
    app: TestApp,
    volunteer: Person,
    lead: Person,
    ended: UnitId,
    heir: UnitId,
    person: Uuid,
    op: Value,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let (ended, heir) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
        let volunteer = app.volunteer(COMMUNE).await;
        let person = Uuid::now_v7();
        let op = about(&app, &volunteer, ended, person).with("name", "Katơr Thị Thử");
        let note = record(&app, &volunteer, ended, "")
            .with("kind", "note")
            .with("text", "Tối mới có nhà")
            .with(
                "subject",
                json!({ "kind": "provisional", "person_id": person }),
            )
            .without("stage")
            .without("device_holder");
        let other = record(&app, &volunteer, ended, &citizen::id_number());
        for result in push(&app, &volunteer, &[op.clone(), note, other]).await {
            assert_eq!(result.result, "applied", "{result:?}");
        }
        Self {
            lead: app.lead(COMMUNE).await,
            app,
            volunteer,
            ended,
            heir,
            person,
            op,
        }
    }

    async fn merge(&self) {
        let today = local_day(self.app.app.clock.now());
        end(&self.app, self.ended, &[self.heir], today).await;
    }

    fn of_person(&self, what: &str) -> String {
        format!("/api/v1/persons/{}/{what}", self.person)
    }
}

async fn left(person: &Person, query: &str) -> Vec<WorklistEntry> {
    let path = format!("/api/v1/worklists/needs_level2{query}");
    person.get(&path).await.expect(200).json::<Page<_>>().items
}

fn places(entries: &[WorklistEntry]) -> Vec<UnitId> {
    entries.iter().map(|entry| entry.village_id).collect()
}

/// The cells of a table that is taken away.
async fn export(person: &Person, path: &str, wish: Value) -> String {
    let request = person.request(Method::POST, path).json(&wish);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_village_that_ended_are_on_the_lists_of_its_heir() {
    let scene = Scene::set().await;
    scene.merge().await;
    let heir = scene.heir;
    let in_heir = format!("?unit_id={heir}");
    assert_eq!(places(&left(&scene.lead, "").await), [heir, heir]);
    assert_eq!(places(&left(&scene.lead, &in_heir).await), [heir, heir]);
    let of_heir = scene
        .app
        .account(Role::Volunteer, MassUnion::Youth, heir)
        .await;
    assert_eq!(left(&of_heir, "").await.len(), 2);
    let beside = scene.app.village(COMMUNE, 2).await;
    let beside = scene
        .app
        .account(Role::Volunteer, MassUnion::Youth, beside)
        .await;
    assert!(left(&beside, "").await.is_empty());
    // A phone that meets one of them there writes it in the heir.
    let later = about(&scene.app, &of_heir, heir, scene.person).with("stage", "level2_activated");
    assert_eq!(
        push_one(&scene.app, &of_heir, &later).await.result,
        "applied"
    );
    assert_eq!(left(&of_heir, "").await.len(), 1);
    let village: UnitId = person::table
        .find(mobile_contracts::ids::PersonId(scene.person))
        .select(person::village_id)
        .first(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(village, scene.ended, "where they were met stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_worked_a_village_that_ended_works_its_heir() {
    let scene = Scene::set().await;
    let account_id = scene.volunteer.account_id.unwrap();
    assignment_of(&scene.app, account_id, scene.ended).await;
    assert_eq!(left(&scene.volunteer, "").await.len(), 2);
    scene.merge().await;
    assert_eq!(left(&scene.volunteer, "?assigned=me").await.len(), 2);
    let own = scene.volunteer.get("/api/v1/me/assignments").await;
    let own: OwnWork = own.expect(200).json();
    let villages: Vec<UnitId> = own.villages.iter().map(|row| row.village_id).collect();
    assert_eq!(villages, [scene.heir]);
    let listed = scene.lead.get("/api/v1/assignments").await.expect(200);
    assert_eq!(listed.value()["items"].as_array().unwrap().len(), 1);
    // And hands it on like any other.
    let other = scene.app.volunteer(COMMUNE).await;
    let body = json!({
        "from_account_id": account_id, "to_account_id": other.account_id, "reason": "Chuyển công tác",
    });
    let handed = scene
        .lead
        .post_once("/api/v1/transfers", Uuid::new_v4(), body);
    handed.await.expect(201);
    assert_eq!(left(&other, "?assigned=me").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_of_somebody_of_a_village_that_ended_is_read_and_put_right() {
    let scene = Scene::set().await;
    let (app, lead) = (&scene.app, &scene.lead);
    let card = of_number(app).await;
    scene.merge().await;
    let words = lead.get(&scene.of_person("words")).await.expect(200);
    assert_eq!(words.json::<Page<PersonWord>>().items.len(), 1);
    let notes = lead.get(&scene.of_person("notes")).await.expect(200);
    assert_eq!(notes.json::<Page<FieldNote>>().items.len(), 1);
    let notes = format!("/api/v1/notes?unit_id={}", scene.heir);
    let notes: Page<FieldNote> = lead.get(&notes).await.expect(200).json();
    assert_eq!(notes.items.len(), 1);
    let care = json!({ "account_id": scene.volunteer.account_id });
    let caretaker = scene.of_person("caretaker");
    lead.put(&caretaker, care).await.expect(200);
    let wrong = json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": scene.person, "what": "wrong_phone",
        "words": "Số đang dùng là 0912 345 678",
    });
    let reported = scene.volunteer.post("/api/v1/data-reports", wrong).await;
    reported.expect(201);
    let officer = app.officer(COMMUNE).await;
    let wish = json!({ "format": "csv", "reason": "Làm sạch dữ liệu" });
    let table = export(&officer, "/api/v1/data-report-exports", wish).await;
    assert_eq!(table.lines().count(), 2, "{table}");
    let path = format!("/api/v1/records/{}", scene.op["op_id"].as_str().unwrap());
    lead.get(&path).await.expect(200);
    let how = json!({ "stage": "installed", "reason": "Đã gọi hỏi lại" });
    let corrected = lead
        .post_once(&format!("{path}/correction"), Uuid::new_v4(), how)
        .await;
    corrected.expect(201);
    let records = format!(
        "/api/v1/records?account_id={}",
        scene.volunteer.account_id.unwrap()
    );
    let records = lead.get(&records).await.expect(200).value();
    assert_eq!(records["items"].as_array().unwrap().len(), 3, "{records}");
    merge(lead, card, scene.person).await;
    let merges: Page<PersonMerge> = lead.get("/api/v1/persons/merges").await.expect(200).json();
    assert_eq!(merges.items.len(), 1);
    // Nobody else's.
    let elsewhere = app.lead("22795").await;
    let words = elsewhere.get(&scene.of_person("words")).await;
    words.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_to_take_away_hold_people_and_records_of_a_village_that_ended() {
    let scene = Scene::set().await;
    scene.merge().await;
    let name = scene
        .app
        .geography()
        .await
        .name_on(scene.heir, local_day(scene.app.app.clock.now()));
    for (table, rows) in [("people", 2), ("records", 2)] {
        let wish = json!({ "table": table, "format": "csv", "reason": "Phân công đi thăm" });
        let text = export(&scene.lead, "/api/v1/exports", wish).await;
        assert_eq!(text.lines().count(), rows + 1, "{text}");
        if table == "people" {
            assert!(
                text.lines().skip(1).all(|line| line.contains(&name)),
                "{text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_imported_again_knows_its_people_by_the_heir() {
    let scene = Scene::set().await;
    let (ended, heir) = (scene.ended, scene.heir);
    let import = async |village: UnitId| {
        let path = "/api/v1/rosters?list_name=a&list_source=b&listed_on=2026-01-05";
        let request = scene
            .lead
            .request(Method::POST, path)
            .header("content-type", "text/csv")
            .header("idempotency-key", Uuid::new_v4().to_string());
        let file = format!("Họ tên,Năm sinh,Thôn\nLê Thị Ánh,1990,{village}\n");
        let told = scene.lead.send(request.body(file)).await;
        told.expect(200).value()
    };
    assert_eq!(import(ended).await["new"], 1);
    scene.merge().await;
    let again = import(heir).await;
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(1)));
    let known: i64 = roster_entry::table
        .select(diesel::dsl::count(roster_entry::person_id).aggregate_distinct())
        .first(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(known, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_village_that_is_gone_without_an_heir_are_their_communes() {
    let scene = Scene::set().await;
    let today = local_day(scene.app.app.clock.now());
    end(&scene.app, scene.ended, &[], today - Days::new(1)).await;
    assert_eq!(left(&scene.lead, "").await.len(), 2);
    let words = scene.lead.get(&scene.of_person("words")).await;
    words.expect(200);
    let in_heir = format!("?unit_id={}", scene.heir);
    assert!(left(&scene.lead, &in_heir).await.is_empty());
}
