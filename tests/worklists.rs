//! What is left to do in a village, as it follows from what was recorded.

use api::campaign::targets::STAGES;
use api::db::schema::{audit_event, consent, person, person_field, visit};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::queue::DeskTicket;
use mobile_contracts::tracking::PushedOperations;
use mobile_contracts::worklist::{WorklistCounts, WorklistEntry};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::queue::visitor;
use crate::harness::{Person, TestApp, citizen};

const COMMUNE: &str = "22786";

struct Scene {
    app: TestApp,
    volunteer: Person,
    village: UnitId,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let village = app.village(COMMUNE, 0).await;
        let volunteer = app
            .account(Role::Volunteer, MassUnion::Youth, village)
            .await;
        Self {
            app,
            volunteer,
            village,
        }
    }

    /// Something that the volunteer did with somebody.
    async fn act(&self, id_number: &str, act: Value) {
        let now = self.app.app.clock.now();
        let mut op = json!({
            "op_id": Uuid::now_v7(), "author_id": self.volunteer.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": self.village,
            "subject": { "kind": "plain", "id_number": id_number }, "consent": { "method": "spoken" },
        });
        for (name, value) in act.as_object().unwrap() {
            op[name] = value.clone();
        }
        let body =
            json!({ "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [op] });
        let answer = self
            .volunteer
            .post("/api/v1/sync/push", body)
            .await
            .expect(200);
        let pushed: PushedOperations = answer.json();
        assert_eq!(pushed.results[0].result, "applied", "{:?}", pushed.results);
    }

    async fn reach(&self, id_number: &str, stage: &str) {
        let on_a_phone = !matches!(stage, "level2_collected" | "level2_approved");
        let holder = on_a_phone.then_some("own");
        let mut act = json!({ "kind": "record", "stage": stage });
        if let Some(holder) = holder {
            act["device_holder"] = json!(holder);
        }
        self.act(id_number, act).await;
    }

    /// Lets days pass; whoever was signed in signs in again.
    async fn pass(&mut self, days: i64) {
        self.app.advance(TimeDelta::days(days)).await;
        self.volunteer = self.volunteer.again().await;
    }

    async fn list(&self, worklist: &str) -> Vec<WorklistEntry> {
        let path = format!("/api/v1/worklists/{worklist}");
        let page: Page<WorklistEntry> = self.volunteer.get(&path).await.expect(200).json();
        page.items
    }

    async fn counts(&self) -> Vec<(String, u32)> {
        let counts: WorklistCounts = self
            .volunteer
            .get("/api/v1/worklists")
            .await
            .expect(200)
            .json();
        let lists = counts.lists.into_iter().filter(|list| list.people > 0);
        lists.map(|list| (list.worklist, list.people)).collect()
    }

    async fn import(&self, lines: &str) {
        let lead = self.app.lead(COMMUNE).await;
        let request = lead
            .request(
                Method::POST,
                "/api/v1/rosters?list_name=a&list_source=b&listed_on=2026-01-05&phones_agreed=true",
            )
            .header("content-type", "text/csv")
            .header("idempotency-key", Uuid::new_v4().to_string());
        let file =
            format!("Họ tên,Năm sinh,Nhóm,Điện thoại,Có điện thoại thông minh,Thôn\n{lines}");
        let told = lead.send(request.body(file)).await.expect(200).value();
        assert_eq!(told["refused"], 0, "{told}");
    }
}

#[tokio::test]
async fn the_expected_stand_on_the_list_of_their_village_by_given_name_until_they_are_met() {
    let scene = Scene::set().await;
    let village = scene.village;
    scene
        .import(&format!(
            "Nguyễn Văn Tuấn,2008,,0912345678,,{village}\nLê Thị Ánh,2004,cán bộ,,không,{village}\nTrần Ðức,1970,đoàn viên,,,{village}\n"
        ))
        .await;
    let entries = scene.list("not_contacted").await;
    let names: Vec<&str> = entries
        .iter()
        .map(|entry| entry.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["Lê Thị Ánh", "Trần Đức", "Nguyễn Văn Tuấn"]);
    assert_eq!(entries[2].phone.as_deref(), Some("+84912345678"));
    assert!(entries[2].next_step_text.contains("xin đồng ý"));
    let counts = [
        ("not_contacted", 3),
        ("no_smartphone", 1),
        ("born_2004", 1),
        ("born_2008", 1),
        ("officials", 1),
        ("members", 1),
    ];
    assert_eq!(
        scene.counts().await,
        counts.map(|(list, people)| (list.to_owned(), people))
    );
    // A phone meets one of them by the id that the list gave it.
    let subject = json!({ "kind": "provisional", "person_id": entries[0].person_id });
    let act = json!({ "kind": "record", "stage": "installed", "device_holder": "own", "subject": subject });
    scene.act("", act).await;
    assert_eq!(scene.list("not_contacted").await.len(), 2);
    let left = scene.list("not_activated").await;
    assert_eq!(
        left[0].name.as_deref(),
        Some("Lê Thị Ánh"),
        "the list's name, until somebody says another"
    );
    // One audited read for each list that was shown.
    let reads: i64 = audit_event::table
        .filter(audit_event::action.eq("tracking.read_worklist"))
        .filter(audit_event::object.eq(format!("unit:{village}")))
        .count()
        .get_result(&mut scene.app.conn().await)
        .await
        .unwrap();
    assert_eq!(reads, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_list_names_as_many_as_its_count_says_whatever_was_recorded() {
    let scene = Scene::set().await;
    for steps in 0..1 << STAGES.len() {
        let id = citizen::id_number();
        scene
            .act(&id, json!({ "kind": "visit", "outcome": "no_signal" }))
            .await;
        for (at, stage) in STAGES.iter().enumerate() {
            if steps >> at & 1 == 1 {
                scene.reach(&id, stage).await;
            }
        }
    }
    let line = format!("Lê Thị Hoa,1990,,,,{}\n", scene.village);
    scene.import(&line).await;
    let counts = scene.counts().await;
    let told: Vec<(&str, u32)> = counts.iter().map(|(list, n)| (list.as_str(), *n)).collect();
    let expected = [
        ("not_contacted", 1),
        ("not_installed", 1),
        ("not_activated", 4),
        ("needs_level2", 2),
        ("awaiting_approval", 4),
        ("approved", 8),
    ];
    assert_eq!(told[..6], expected);
    for (list, people) in counts {
        assert_eq!(scene.list(&list).await.len() as u32, people, "{list}");
    }
}

#[tokio::test]
async fn after_an_approval_seven_local_days_are_left_and_then_only_the_hotline() {
    let mut scene = Scene::set().await;
    let (early, late) = (citizen::id_number(), citizen::id_number());
    scene.reach(&early, "level2_collected").await;
    let waiting = scene.list("awaiting_approval").await;
    assert_eq!(
        (waiting.len(), waiting[0].next_step.as_str()),
        (1, "await_approval")
    );
    scene.reach(&early, "level2_approved").await;
    assert!(scene.list("awaiting_approval").await.is_empty());
    scene.pass(3).await;
    scene.reach(&late, "level2_approved").await;
    let left = |entries: &[WorklistEntry]| -> Vec<(i32, String)> {
        let each = entries.iter();
        each.map(|entry| (entry.days_left.unwrap(), entry.next_step.clone()))
            .collect()
    };
    let activate = |days| (days, "activate_level2".to_owned());
    assert_eq!(
        left(&scene.list("approved").await),
        [activate(4), activate(7)]
    );
    scene.pass(4).await;
    assert_eq!(
        left(&scene.list("approved").await),
        [activate(0), activate(3)]
    );
    scene.pass(1).await;
    let entries = scene.list("approved").await;
    assert_eq!(
        left(&entries),
        [(-1, "call_hotline".to_owned()), activate(2)]
    );
    assert!(entries[0].next_step_text.contains("1900.0368"));
    scene.reach(&early, "level2_activated").await;
    assert_eq!(scene.counts().await, [("approved".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_collected_waits_for_its_approval_by_itself() {
    let mut scene = Scene::set().await;
    let desk = scene.app.desk(COMMUNE).await;
    scene.pass(0).await;
    let id = citizen::id_number();
    let body = json!({ "service_code": "level2", "visitor": visitor(&id, Some(scene.village)) });
    let ticket: DeskTicket = desk.issue(body).await.expect(201).json();
    desk.called(1).await;
    desk.act(ticket.ticket_id, "start").await.expect(200);
    let finished = desk.finish(ticket.ticket_id, "dossier_collected").await;
    finished.expect(200);
    let waiting = scene.list("awaiting_approval").await;
    assert_eq!(
        (waiting.len(), waiting[0].next_step.as_str()),
        (1, "await_approval")
    );
    assert_eq!(waiting[0].stages, ["level2_collected"]);
    scene.reach(&id, "level2_approved").await;
    assert!(scene.list("awaiting_approval").await.is_empty());
    assert_eq!(scene.list("approved").await[0].days_left, Some(7));
}

#[tokio::test]
async fn a_promise_is_due_until_the_next_visit_and_a_lost_phone_needs_another() {
    let scene = Scene::set().await;
    let (one, other) = (citizen::id_number(), citizen::id_number());
    let today = local_day(scene.app.app.clock.now());
    let promise = |days| json!({ "kind": "visit", "outcome": "no_signal", "promised_on": today + TimeDelta::days(days) });
    scene.act(&one, promise(5)).await;
    scene.act(&other, promise(2)).await;
    let promised = scene.list("promised").await;
    let due: Vec<i32> = promised
        .iter()
        .map(|entry| entry.days_left.unwrap())
        .collect();
    assert_eq!(due, [2, 5], "what is due first comes first");
    assert_eq!(promised[0].last_outcome.as_deref(), Some("no_signal"));
    scene
        .act(
            &other,
            json!({ "kind": "visit", "outcome": "no_smartphone" }),
        )
        .await;
    let counts = [("not_installed", 2), ("promised", 1), ("no_smartphone", 1)];
    assert_eq!(
        scene.counts().await,
        counts.map(|(list, people)| (list.to_owned(), people))
    );
    // Whoever was away the next time has a phone no more than before.
    let away = json!({ "kind": "visit", "outcome": "away" });
    scene.act(&other, away).await;
    assert_eq!(
        scene.list("no_smartphone").await[0].next_step,
        "borrow_phone"
    );
    let tried = json!({ "kind": "visit", "outcome": "otp_not_received" });
    scene.act(&other, tried).await;
    assert!(scene.list("no_smartphone").await.is_empty());
}

#[tokio::test]
async fn whoever_is_not_finished_stays_on_a_list_whatever_came_of_a_visit() {
    let scene = Scene::set().await;
    let village = scene.village;
    scene
        .import(&format!("Lê Thị Ánh,1970,,,không,{village}\n"))
        .await;
    let listed = &scene.list("not_contacted").await[0];
    let subject = json!({ "kind": "provisional", "person_id": listed.person_id });
    let refused = json!({ "kind": "visit", "outcome": "declined", "subject": subject });
    scene.act("", refused).await;
    let counts = [("not_installed", 1), ("no_smartphone", 1)];
    assert_eq!(
        scene.counts().await,
        counts.map(|(list, people)| (list.to_owned(), people)),
        "the list's word of a phone stands"
    );
    let active = json!({ "kind": "record", "stage": "level1_activated", "device_holder": "own", "subject": subject });
    scene.act("", active).await;
    assert_eq!(scene.counts().await, [("needs_level2".to_owned(), 1)]);
    assert_eq!(scene.list("needs_level2").await[0].next_step, "book_level2");
}

#[tokio::test]
async fn a_visit_to_whoever_is_away_or_unwilling_stands_on_the_list_and_is_no_consent() {
    let scene = Scene::set().await;
    let village = scene.village;
    scene
        .import(&format!("Lê Thị Ánh,1970,,,,{village}\n"))
        .await;
    let person_id = scene.list("not_contacted").await[0].person_id;
    let subject = json!({ "kind": "provisional", "person_id": person_id });
    let ground = async || -> (String, i64, i64) {
        let mut conn = scene.app.conn().await;
        let method = person::table
            .find(person_id)
            .select(person::consent_method)
            .first(&mut conn)
            .await
            .unwrap();
        let consents = consent::table.filter(consent::person_id.eq(person_id));
        let words = person_field::table.filter(person_field::person_id.eq(person_id));
        (
            method,
            consents.count().get_result(&mut conn).await.unwrap(),
            words.count().get_result(&mut conn).await.unwrap(),
        )
    };
    let listed = || ("list".to_owned(), 0, 0);
    let back_on = local_day(scene.app.app.clock.now()) + TimeDelta::days(2);
    let away = json!({ "kind": "visit", "outcome": "away", "promised_on": back_on, "subject": subject, "consent": null });
    scene.act("", away).await;
    assert_eq!(ground().await, listed());
    let promised = &scene.list("promised").await[0];
    assert_eq!(
        (promised.person_id, promised.days_left),
        (person_id, Some(2))
    );
    assert_eq!(
        scene.list("not_contacted").await.len(),
        1,
        "nobody has met them"
    );
    // An older phone takes the agreement of somebody who sent it away for granted.
    let declined =
        json!({ "kind": "visit", "outcome": "declined", "subject": subject, "name": "Lê Ánh" });
    scene.act("", declined).await;
    assert_eq!(ground().await, listed());
    assert_eq!(
        scene.list("not_installed").await[0].last_outcome.as_deref(),
        Some("declined")
    );
    // Another outcome without consent stands on the list as well.
    let tried = json!({ "kind": "visit", "outcome": "otp_not_received", "subject": subject, "consent": null });
    scene.act("", tried).await;
    assert_eq!(ground().await, listed());
    // Whom nobody knows stays nobody, by a card or by an id that a phone made up.
    scene
        .act(
            &citizen::id_number(),
            json!({ "kind": "visit", "outcome": "away" }),
        )
        .await;
    let made_up = json!({ "kind": "provisional", "person_id": Uuid::now_v7() });
    let stranger =
        json!({ "kind": "visit", "outcome": "away", "subject": made_up, "consent": null });
    scene.act("", stranger).await;
    let mut conn = scene.app.conn().await;
    let visits: Vec<Option<PersonId>> = visit::table
        .select(visit::person_id)
        .load(&mut conn)
        .await
        .unwrap();
    let to = |id| visits.iter().filter(|one| **one == id).count();
    assert_eq!((to(Some(person_id)), to(None)), (3, 2));
    let people: i64 = person::table.count().get_result(&mut conn).await.unwrap();
    assert_eq!(people, 1);
    // The day they agree is the day they are recorded.
    let agreed = json!({ "kind": "record", "stage": "installed", "device_holder": "own", "subject": subject });
    scene.act("", agreed).await;
    assert_eq!(ground().await, ("spoken".to_owned(), 1, 0));
}

#[tokio::test]
async fn pages_follow_one_another_while_the_list_is_worked_through() {
    let scene = Scene::set().await;
    let lines: String = (0..7)
        .map(|at| format!("Nguyễn Thị Thử,{},,,,{}\n", 1980 + at, scene.village))
        .collect();
    scene.import(&lines).await;
    let page = async |query: &str| -> Page<WorklistEntry> {
        let path = format!("/api/v1/worklists/not_contacted?limit=3{query}");
        scene.volunteer.get(&path).await.expect(200).json()
    };
    let first = page("").await;
    // The second of them is met meanwhile.
    let subject = json!({ "kind": "provisional", "person_id": first.items[1].person_id });
    scene
        .act(
            "",
            json!({ "kind": "visit", "outcome": "done", "subject": subject }),
        )
        .await;
    let second = page(&format!("&cursor={}", first.next_cursor.unwrap())).await;
    let third = page(&format!("&cursor={}", second.next_cursor.unwrap())).await;
    assert!(third.next_cursor.is_none());
    let pages = [first.items, second.items, third.items].concat();
    let mut seen: Vec<_> = pages.iter().map(|entry| entry.person_id).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(
        (pages.len(), seen.len()),
        (7, 7),
        "nobody twice, nobody left out"
    );
}

#[tokio::test]
async fn whoever_answers_for_a_village_sees_it_and_nobody_else_does() {
    let scene = Scene::set().await;
    let other = scene.app.village(COMMUNE, 1).await;
    let elsewhere = format!("/api/v1/worklists/approved?unit_id={other}");
    scene
        .volunteer
        .get(&elsewhere)
        .await
        .refused(404, "not-found");
    let lead = scene.app.lead(COMMUNE).await;
    lead.get(&elsewhere).await.expect(200);
    lead.get("/api/v1/worklists").await.expect(200);
    let commander = scene.app.commander().await;
    let problem = commander
        .get("/api/v1/worklists")
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors[0].code, "LEVEL");
    lead.get("/api/v1/worklists/everybody")
        .await
        .refused(404, "not-found");
    scene
        .app
        .officer(COMMUNE)
        .await
        .get("/api/v1/worklists")
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_whoever_is_reported_dead_or_gone_unless_that_is_refused() {
    let scene = Scene::set().await;
    let officer = scene.app.officer(COMMUNE).await;
    let act = json!({
        "kind": "record", "stage": "installed", "device_holder": "own", "name": "Katơr Thị Thử",
    });
    scene.act(&citizen::id_number(), act).await;
    let listed = scene.list("not_activated").await;
    let person = listed[0].person_id;
    for what in ["deceased", "moved_away"] {
        let id = Uuid::now_v7();
        let report = json!({ "report_id": id, "recorded_person_id": person, "what": what });
        scene
            .volunteer
            .post("/api/v1/data-reports", report)
            .await
            .expect(201);
        assert!(scene.list("not_activated").await.is_empty(), "{what}");
        assert!(scene.counts().await.is_empty(), "{what}");
        let refusal = json!({ "state": "refused", "reason": "Đã đến nhà, còn ở đây" });
        let path = format!("/api/v1/data-reports/{id}/steps");
        officer.post(&path, refusal).await.expect(200);
        assert_eq!(scene.list("not_activated").await.len(), 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_had_the_use_of_their_data_restricted_is_on_no_list_and_in_no_table_until_it_is_lifted()
 {
    let scene = Scene::set().await;
    let lead = scene.app.lead(COMMUNE).await;
    let card = citizen::id_number();
    let act = json!({
        "kind": "record", "stage": "installed", "device_holder": "own", "name": "Katơr Thị Thử",
    });
    scene.act(&card, act).await;
    assert_eq!(scene.list("not_activated").await.len(), 1);
    let table = json!({ "table": "people", "format": "csv", "reason": "Phân công đi thăm" });
    let names = async || {
        let file = lead.post("/api/v1/exports", &table).await.expect(200);
        file.text.matches("Katơr Thị Thử").count()
    };
    assert_eq!(names().await, 1);
    let body = json!({ "kind": "restrict", "card_number": card });
    let asked = lead
        .post("/api/v1/rights-requests", body)
        .await
        .expect(201)
        .value();
    let path = format!(
        "/api/v1/rights-requests/{}",
        asked["rights_request_id"].as_str().unwrap()
    );
    let lifting = format!("{path}/lifting");
    lead.post(&lifting, json!({}))
        .await
        .refused(409, "not-restricted");
    let done = json!({
        "decision": "done", "answer": "Đã hạn chế theo yêu cầu", "identity_shown": "vouched",
    });
    lead.post(&format!("{path}/settlement"), done)
        .await
        .expect(200);
    assert!(scene.list("not_activated").await.is_empty());
    assert_eq!(names().await, 0);
    assert_eq!(
        scene
            .counts()
            .await
            .iter()
            .map(|(_, people)| people)
            .sum::<u32>(),
        0
    );
    // What others record of them counts, and shows them nowhere.
    scene.reach(&card, "level1_activated").await;
    assert_eq!(names().await, 0);
    lead.post(&lifting, json!({})).await.expect(200);
    assert_eq!(names().await, 1);
    lead.post(&lifting, json!({}))
        .await
        .refused(409, "not-restricted");
}
