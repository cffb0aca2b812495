//! Who works which village: assigned, handed over in one act, undone; the lists follow, and credit never moves.

mod transfers;

use crate::harness::{Person, TestApp, citizen};
use api::db::schema::{audit_event, fact, person_assignment};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::assignment::{AssignedVillages, OwnWork, Transfer, VillageAssignment};
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::worklist::{WorklistCounts, WorklistEntry};
use serde_json::{Value, json};
use uuid::Uuid;

const HERE: &str = "22786";
const ELSEWHERE: &str = "22795";

struct Scene {
    app: TestApp,
    lead: Person,
    one: Person,
    other: Person,
    villages: Vec<UnitId>,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let lead = app.lead(HERE).await;
        let (one, other) = (app.volunteer(HERE).await, app.volunteer(HERE).await);
        let mut villages = Vec::new();
        for at in 0..3 {
            villages.push(app.village(HERE, at).await);
        }
        Self {
            app,
            lead,
            one,
            other,
            villages,
        }
    }

    async fn assign(&self, to: &Person, villages: &[UnitId]) -> AssignedVillages {
        let body = json!({ "account_id": to.account_id, "village_ids": villages });
        let answer = self
            .lead
            .post_once("/api/v1/assignments", Uuid::new_v4(), body);
        answer.await.expect(201).json()
    }

    fn body(&self) -> Value {
        json!({
            "from_account_id": self.one.account_id, "to_account_id": self.other.account_id,
            "reason": "Chuyển công tác",
        })
    }

    async fn transfer(&self, body: &Value) -> Transfer {
        let answer = self
            .lead
            .post_once("/api/v1/transfers", Uuid::new_v4(), body);
        answer.await.expect(201).json()
    }

    async fn undo(&self, transfer: &Transfer) -> crate::harness::Answer {
        let path = format!("/api/v1/transfers/{}/undo", transfer.transfer_id);
        self.lead.post(&path, json!({})).await
    }

    /// Records a stage of somebody with a name, and gives the operation.
    async fn reach(&self, author: &Person, village: UnitId, card: &str, stage: &str) -> Uuid {
        let now = self.app.app.clock.now();
        let mut op = json!({
            "op_id": Uuid::now_v7(), "kind": "record", "author_id": author.account_id,
            "recorded_at": now, "clock_offset_ms": 0, "clock_offset_age_s": 0,
            "village_id": village, "stage": stage, "name": "Katơr Thị Thử",
            "subject": { "kind": "plain", "id_number": card }, "consent": { "method": "spoken" },
        });
        if !matches!(stage, "level2_collected" | "level2_approved") {
            op["device_holder"] = json!("own");
        }
        let body =
            json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
        let answer = author.post("/api/v1/sync/push", body).await.expect(200);
        assert_eq!(answer.value()["results"][0]["result"], "applied");
        op["op_id"].as_str().unwrap().parse().unwrap()
    }

    async fn person_of(&self, op_id: Uuid) -> PersonId {
        fact::table
            .filter(fact::op_id.eq(op_id))
            .select(fact::person_id.assume_not_null())
            .first(&mut self.app.conn().await)
            .await
            .unwrap()
    }

    async fn audited(&self, action: &str) -> i64 {
        audit_event::table
            .filter(audit_event::action.eq(action.to_owned()))
            .count()
            .get_result(&mut self.app.conn().await)
            .await
            .unwrap()
    }
}

async fn counts(person: &Person, query: &str) -> WorklistCounts {
    let path = format!("/api/v1/worklists{query}");
    person.get(&path).await.expect(200).json()
}

async fn on(person: &Person, list: &str, query: &str) -> Vec<WorklistEntry> {
    let path = format!("/api/v1/worklists/{list}{query}");
    let page: Page<WorklistEntry> = person.get(&path).await.expect(200).json();
    page.items
}

async fn own(person: &Person) -> OwnWork {
    person
        .get("/api/v1/me/assignments")
        .await
        .expect(200)
        .json()
}

fn places(work: &[VillageAssignment]) -> Vec<UnitId> {
    let mut places: Vec<UnitId> = work.iter().map(|one| one.village_id).collect();
    places.sort();
    places
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_assignment_lists_are_of_the_whole_unit_and_with_one_of_ones_own() {
    let scene = Scene::set().await;
    let (one, first, second) = (&scene.one, scene.villages[0], scene.villages[1]);
    scene
        .reach(one, first, &citizen::id_number(), "installed")
        .await;
    scene
        .reach(one, second, &citizen::id_number(), "installed")
        .await;
    let whole = counts(one, "").await;
    assert_eq!(whole.assigned, "all");
    assert_eq!(on(one, "not_activated", "").await.len(), 2);
    assert!(on(one, "not_activated", "?assigned=me").await.is_empty());
    let told = scene.assign(one, &[first]).await;
    assert_eq!(places(&told.villages), [first]);
    assert_eq!(own(one).await.villages, told.villages);
    let mine = counts(one, "").await;
    assert_eq!(mine.assigned, "me");
    let entries = on(one, "not_activated", "").await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].village_id, first);
    // Whoever names a unit, or says all, sees it whole as ever.
    assert_eq!(on(one, "not_activated", "?assigned=all").await.len(), 2);
    let named = on(one, "not_activated", &format!("?unit_id={second}")).await;
    assert_eq!(named.len(), 1);
    let query = format!("?unit_id={second}&assigned=me");
    assert!(on(one, "not_activated", &query).await.is_empty());
    // Given again it stays as it is.
    assert_eq!(scene.assign(one, &[first]).await, told);
    let path = format!("/api/v1/assignments/{}", told.villages[0].assignment_id);
    scene.lead.delete(&path).await.expect(204);
    scene
        .lead
        .delete(&path)
        .await
        .refused(409, "assignment-ended");
    assert_eq!(counts(one, "").await.assigned, "all");
    // What is over is listed when it is asked for.
    let list = async |query: &str| -> Vec<VillageAssignment> {
        let path = format!("/api/v1/assignments{query}");
        let page: Page<VillageAssignment> = scene.lead.get(&path).await.expect(200).json();
        page.items
    };
    assert!(list("").await.is_empty());
    let over = list("?over_too=true").await;
    assert_eq!(over.len(), 1);
    assert!(over[0].ended_at.is_some() && over[0].ended_by == scene.lead.account_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_day_ends_an_assignment_by_itself_at_midnight_in_vietnam() {
    let scene = Scene::set().await;
    let today = mobile_contracts::calendar::local_day(scene.app.app.clock.now());
    let body = json!({
        "account_id": scene.one.account_id, "village_ids": [scene.villages[0]],
        "until_on": today + TimeDelta::days(1),
    });
    let path = "/api/v1/assignments";
    scene
        .lead
        .post_once(path, Uuid::new_v4(), &body)
        .await
        .expect(201);
    let mut late = body.clone();
    late["until_on"] = json!(today - TimeDelta::days(1));
    let problem = scene.lead.post_once(path, Uuid::new_v4(), &late).await;
    assert_eq!(problem.refused(422, "invalid").errors[0].code, "RANGE");
    assert_eq!(own(&scene.one).await.villages.len(), 1);
    scene.app.advance(TimeDelta::days(2)).await;
    let session: mobile_contracts::identity::Session = scene
        .one
        .sign_in(crate::harness::person::PASSWORD)
        .await
        .expect(201)
        .json();
    let one = scene.one.with_token(&session.access_token);
    assert!(own(&one).await.villages.is_empty());
    assert_eq!(counts(&one, "").await.assigned, "all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_moves_the_work_of_their_own_union_within_their_own_unit_only() {
    let scene = Scene::set().await;
    let commune = scene.app.commune(HERE).await;
    let women = scene
        .app
        .account(Role::Volunteer, MassUnion::Women, commune)
        .await;
    let foreign = scene.app.volunteer(ELSEWHERE).await;
    let there = scene.app.village(ELSEWHERE, 0).await;
    let assign = async |who: &Person, village: UnitId| {
        let body = json!({ "account_id": who.account_id, "village_ids": [village] });
        scene
            .lead
            .post_once("/api/v1/assignments", Uuid::new_v4(), body)
            .await
    };
    let here = scene.villages[0];
    assign(&women, here).await.refused(404, "not-found");
    assign(&foreign, here).await.refused(404, "not-found");
    assign(&scene.one, there).await.refused(404, "not-found");
    assign(&scene.lead, here)
        .await
        .refused(409, "volunteer-cannot-take");
    // One whose account is of one village only.
    let narrow = MassUnion::Youth;
    let narrow = scene.app.account(Role::Volunteer, narrow, here).await;
    assign(&narrow, scene.villages[1])
        .await
        .refused(409, "village-outside-volunteer");
    scene.assign(&scene.one, &[here]).await;
    let mut body = scene.body();
    body["to_account_id"] = json!(women.account_id);
    let path = "/api/v1/transfers";
    scene
        .lead
        .post_once(path, Uuid::new_v4(), &body)
        .await
        .refused(404, "not-found");
    // Whoever leads the other union sees nothing of it.
    let other_lead = scene
        .app
        .account(Role::Lead, MassUnion::Women, commune)
        .await;
    let page: Page<VillageAssignment> = other_lead
        .get("/api/v1/assignments")
        .await
        .expect(200)
        .json();
    assert!(page.items.is_empty());
    let op = scene
        .reach(&scene.one, here, &citizen::id_number(), "installed")
        .await;
    let person = scene.person_of(op).await;
    let care = format!("/api/v1/persons/{person}/caretaker");
    let by = |who: &Person| json!({ "account_id": who.account_id });
    other_lead.put(&care, by(&women)).await.expect(200);
    scene
        .lead
        .put(&care, by(&scene.one))
        .await
        .refused(409, "cared-for-elsewhere");
    scene
        .lead
        .delete(&care)
        .await
        .refused(409, "cared-for-elsewhere");
    // They are on no other volunteer's own list meanwhile.
    assert!(on(&scene.one, "not_activated", "").await.is_empty());
    other_lead.delete(&care).await.expect(204);
    assert_eq!(on(&scene.one, "not_activated", "").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_is_told_that_somebody_cares_for_them_and_is_cared_for_no_more_once_erased() {
    let scene = Scene::set().await;
    let here = scene.villages[0];
    let op = scene
        .reach(&scene.one, here, &citizen::id_number(), "installed")
        .await;
    let person = scene.person_of(op).await;
    let care = format!("/api/v1/persons/{person}/caretaker");
    let by = |who: &Person| json!({ "account_id": who.account_id });
    scene.lead.put(&care, by(&scene.one)).await.expect(200);
    scene.lead.put(&care, by(&scene.other)).await.expect(200);
    let ask = async |kind: &str| -> String {
        let body = json!({ "kind": kind, "recorded_person_id": person });
        let asked = scene.lead.post("/api/v1/rights-requests", body).await;
        let asked = asked.expect(201).value();
        let id = asked["rights_request_id"].as_str().unwrap();
        format!("/api/v1/rights-requests/{id}")
    };
    let path = format!("{}/copy", ask("access").await);
    let copy = scene.lead.get(&path).await.expect(200);
    assert_eq!(copy.text.matches("được giao phụ trách riêng").count(), 2);
    assert_eq!(copy.text.matches("thôi phụ trách riêng").count(), 1);
    let path = format!("{}/settlement", ask("erase").await);
    let done = json!({
        "decision": "done", "answer": "Đã thực hiện theo yêu cầu", "identity_shown": "vouched",
    });
    let commander = scene.app.commander().await;
    commander.post(&path, done).await.expect(200);
    let left: i64 = person_assignment::table
        .count()
        .get_result(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    scene
        .lead
        .put(&care, by(&scene.one))
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cared_for_one_cares_for_whoever_they_are_one_with_until_it_is_ended() {
    let scene = Scene::set().await;
    let here = scene.villages[0];
    let reach = async || {
        let card = citizen::id_number();
        let op = scene.reach(&scene.one, here, &card, "installed").await;
        scene.person_of(op).await
    };
    let met = reach().await;
    // Somebody without a number, cared for by name, turns out to be who was met by their card.
    let person = Uuid::now_v7();
    let now = scene.app.app.clock.now();
    let op = json!({
        "op_id": Uuid::now_v7(), "kind": "record", "author_id": scene.one.account_id,
        "recorded_at": now, "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": here,
        "stage": "installed", "device_holder": "own", "consent": { "method": "spoken" },
        "subject": { "kind": "provisional", "person_id": person },
    });
    let body =
        json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
    scene.one.post("/api/v1/sync/push", body).await.expect(200);
    let care = format!("/api/v1/persons/{person}/caretaker");
    let by = json!({ "account_id": scene.other.account_id });
    scene.lead.put(&care, by).await.expect(200);
    let own = async || on(&scene.other, "not_activated", "?assigned=me").await;
    assert_eq!(own().await.len(), 1);
    let two = json!({ "one_person_id": met, "other_person_id": person });
    let merged = scene
        .lead
        .post_once("/api/v1/persons/merges", Uuid::new_v4(), two);
    merged.await.expect(200);
    let left = own().await;
    assert_eq!(
        left.iter().map(|entry| entry.person_id).collect::<Vec<_>>(),
        [met]
    );
    scene.lead.delete(&care).await.expect(204);
    assert!(own().await.is_empty());
}
