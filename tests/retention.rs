//! Kept no longer than needed: old records go in small steps, counts stay, and nobody waits.

use api::privacy::keys::MasterKey;
use api::retention::purge::{count_all, purge_all};
use api::retention::rules::Kind;
use api::tracking::verify::list_differences;
use chrono::TimeDelta;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use mobile_contracts::calendar::local_day;
use mobile_contracts::retention::RetentionSchedule;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::booking::assert_laws;
use crate::harness::queue::{Desk, visitor};
use crate::harness::{Person, TestApp, citizen};

const COMMUNE: &str = "22786";

pub async fn count(app: &TestApp, sql: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let sql = format!("select count(*) as n from {sql}");
    let found: Count = diesel::sql_query(sql)
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    found.n
}

/// The serving login purges, as it does every night.
pub async fn purge(app: &TestApp) -> Vec<(Kind, i64)> {
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    let mut conn = app.conn().await;
    let purged = purge_all(&mut conn, &app.app.keys, schedule, now).await;
    purged
        .unwrap()
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .collect()
}

pub async fn due(app: &TestApp) -> Vec<(Kind, i64)> {
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    let mut conn = app.conn().await;
    let due = count_all(&mut conn, schedule, now).await.unwrap();
    due.into_iter()
        .map(|(kind, due)| (kind, due.due))
        .filter(|(_, n)| *n > 0)
        .collect()
}

/// A day at a desk: one who booked and was served, a walk-in with a card, one who cancelled, one who waited.
async fn a_day(app: &TestApp, desk: &mut Desk) {
    let stranger = app.stranger();
    let slots = app.coming(4);
    let booked = stranger
        .book(&desk.office, slots[1], &citizen::id_number())
        .await;
    let gone = stranger
        .book(&desk.office, slots[2], &citizen::id_number())
        .await;
    stranger.cancel(&gone).await.expect(200);
    let walk_in = visitor(&citizen::id_number(), None);
    let mut walk_in = json!({ "service_code": "cccd_new", "visitor": walk_in });
    walk_in["visitor"]["outside_province"] = json!(true);
    desk.issue(walk_in).await.expect(201);
    let early = slots[1] - TimeDelta::minutes(10) - app.app.clock.now();
    app.pass(desk, early).await;
    let checked_in = desk.check_in(&booked.code).await;
    assert!(checked_in.status.is_success(), "{checked_in:?}");
    for _ in 0..2 {
        let called = desk.call(1).await;
        if called.status != 200 {
            break;
        }
        let ticket = called
            .json::<mobile_contracts::queue::DeskTicket>()
            .ticket_id;
        desk.act(ticket, "start").await.expect(200);
        desk.finish(ticket, "card_requested").await.expect(200);
    }
}

async fn days_of(app: &TestApp, desk: &Desk) -> Value {
    let commander = app.commander().await;
    let today = local_day(app.app.clock.now());
    let from = today - TimeDelta::days(80);
    let path = format!(
        "/api/v1/offices/{}/statistics?from={from}&to={today}",
        desk.office.office_id
    );
    commander.get(&path).await.expect(200).value()["days"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_go_after_the_visit_and_every_count_stays() {
    let app = TestApp::start().await;
    let mut desk = app.desk(COMMUNE).await;
    a_day(&app, &mut desk).await;
    assert!(purge(&app).await.is_empty(), "nothing is old");
    app.pass(&mut desk, TimeDelta::days(40)).await;
    let before = days_of(&app, &desk).await;
    let would = due(&app).await;
    let named = would
        .iter()
        .find(|(kind, _)| *kind == Kind::AppointmentNames);
    assert_eq!(named, Some(&(Kind::AppointmentNames, 2)), "{would:?}");
    assert!(
        would.iter().any(|(kind, _)| *kind == Kind::TicketNames),
        "{would:?}"
    );
    assert!(would.iter().any(|(kind, _)| *kind == Kind::Sessions) || !would.is_empty());
    assert_eq!(
        count(&app, "appointment where emptied_at is not null").await,
        0,
        "counting changes nothing"
    );
    let purged = purge(&app).await;
    assert_eq!(purged, would);
    for (sql, left) in [
        ("appointment where octet_length(name) > 0", 0),
        ("appointment", 2),
        ("ticket where citizen_blind is not null", 0),
        ("ticket_person", 0),
        ("ticket", 2),
    ] {
        assert_eq!(count(&app, sql).await, left, "{sql}");
    }
    assert_eq!(days_of(&app, &desk).await, before);
    assert_laws(&app).await;
    assert!(purge(&app).await.is_empty(), "once is enough");
    let audited = count(&app, "audit_event where action = 'retention.purge'").await;
    assert_eq!(audited, purged.len() as i64);
    // What offices print of that day still prints.
    let on = local_day(app.app.clock.now()) - TimeDelta::days(40);
    desk.officer
        .get(&format!("{}?on={on}", desk.path("sheet")))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_were_told_goes_once_it_is_settled_and_old() {
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    app.stranger()
        .book(&office, app.coming(3)[2], &citizen::id_number())
        .await;
    let mut owner = app.owner().await;
    owner
        .batch_execute(
            "update notice set state = 'sent', settled_at = app_now(), recipient = null
             where kind = 'booking.confirmed'",
        )
        .await
        .unwrap();
    let waiting = count(&app, "notice where state = 'waiting'").await;
    app.advance(TimeDelta::days(89)).await;
    purge(&app).await;
    assert_eq!(count(&app, "notice where state = 'sent'").await, 1);
    app.advance(TimeDelta::days(2)).await;
    purge(&app).await;
    assert_eq!(count(&app, "notice where state = 'sent'").await, 0);
    assert_eq!(
        count(&app, "notice").await,
        waiting,
        "what waits is nobody's to purge"
    );
}

/// A year in the field: a list of two people of whom one is met, an activity with words, a report that is settled,
/// villages and a person that went from one volunteer to another and back to nobody, members counted twice.
async fn a_year(app: &TestApp) {
    let (lead, one) = (app.lead(COMMUNE).await, app.volunteer(COMMUNE).await);
    let other = app.volunteer(COMMUNE).await;
    let (village, commune) = (app.village(COMMUNE, 0).await, app.commune(COMMUNE).await);
    let path = "/api/v1/rosters?list_name=a&list_source=b&listed_on=2026-01-05";
    let file =
        format!("Họ tên,Năm sinh,Thôn\nLê Thị Ánh,1990,{village}\nTrần Thử,1980,{village}\n");
    let request = lead
        .request(reqwest::Method::POST, path)
        .header("content-type", "text/csv")
        .header("idempotency-key", Uuid::new_v4().to_string());
    let told = lead.send(request.body(file)).await.expect(200).value();
    assert_eq!(told["refused"], 0, "{told}");
    let list = lead
        .get("/api/v1/worklists/not_contacted?assigned=all")
        .await;
    let list = list.expect(200).value();
    let met = list["items"][0]["person_id"].clone();
    let now = app.app.clock.now();
    let act = |kind: &str| {
        json!({
            "op_id": Uuid::now_v7(), "kind": kind, "author_id": one.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
        })
    };
    let mut recorded = act("record");
    recorded["stage"] = json!("installed");
    recorded["device_holder"] = json!("own");
    recorded["subject"] = json!({ "kind": "provisional", "person_id": met });
    recorded["consent"] = json!({ "method": "spoken" });
    let mut activity = act("activity");
    activity["activity"] = json!("meeting");
    activity["attended"] = json!(40);
    activity["text"] = json!("họp thôn ở nhà ông Thử");
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now, "ops": [recorded, activity],
    });
    let pushed = one.post("/api/v1/sync/push", body).await.expect(200);
    for result in pushed.value()["results"].as_array().unwrap() {
        assert_eq!(result["result"], "applied");
    }
    let report = Uuid::now_v7();
    let body = json!({
        "report_id": report, "recorded_person_id": met, "what": "wrong_phone", "words": "0912 345 678",
    });
    one.post("/api/v1/data-reports", body).await.expect(201);
    for state in ["forwarded", "corrected"] {
        let path = format!("/api/v1/data-reports/{report}/steps");
        let step = json!({ "state": state });
        lead.post(&path, step).await.expect(200);
    }
    let key = Uuid::new_v4;
    let body = json!({ "account_id": one.account_id, "village_ids": [village] });
    lead.post_once("/api/v1/assignments", key(), body)
        .await
        .expect(201);
    let care = format!("/api/v1/persons/{}/caretaker", met.as_str().unwrap());
    lead.put(&care, json!({ "account_id": one.account_id }))
        .await
        .expect(200);
    let body = json!({
        "from_account_id": one.account_id, "to_account_id": other.account_id, "reason": "Nghỉ",
    });
    lead.post_once("/api/v1/transfers", key(), body)
        .await
        .expect(201);
    lead.delete(&care).await.expect(204);
    let assigned = lead.get("/api/v1/assignments").await.expect(200).value();
    let id = assigned["items"][0]["assignment_id"].as_str().unwrap();
    lead.delete(&format!("/api/v1/assignments/{id}"))
        .await
        .expect(204);
    for (on, members) in [("2026-01-05", 100), ("2026-06-05", 120)] {
        let count = json!({
            "unit_id": commune, "mass_union": "youth", "counted_on": on, "members": members, "source": "BC",
        });
        let body = json!({ "counts": [count] });
        lead.put("/api/v1/mobilisation/members", body)
            .await
            .expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_words_and_assignments_go_when_they_are_old_and_every_count_stays() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    a_year(&app).await;
    let work = [
        // Whoever was met told no name: the list's is the only one, and goes with them.
        (Kind::RosterEntries, 1),
        // Whom nobody met: due once no list names them any more.
        (Kind::UnmetPeople, 1),
        (Kind::DataReportWords, 1),
        (Kind::ActivityTexts, 1),
        (Kind::MemberCounts, 1),
        (Kind::VillageAssignments, 2),
        (Kind::PersonAssignments, 2),
        (Kind::Transfers, 1),
    ];
    let of_work = |purged: Vec<(Kind, i64)>| -> Vec<(Kind, i64)> {
        let kinds = work.map(|(kind, _)| kind);
        let of_work = purged.into_iter().filter(|(kind, _)| kinds.contains(kind));
        of_work.collect()
    };
    assert!(of_work(purge(&app).await).is_empty(), "nothing is old");
    let counted = async || {
        let lead = lead.again().await;
        let mut told = Vec::new();
        let from = local_day(app.app.clock.now()) - TimeDelta::days(2_000);
        for path in [
            format!(
                "/api/v1/activities/sums?from={from}&to={}",
                from + TimeDelta::days(300)
            ),
            "/api/v1/data-reports".to_owned(),
            "/api/v1/rosters".to_owned(),
        ] {
            told.push(lead.get(&path).await.expect(200).value());
        }
        (
            told,
            count(&app, "rollup_total where n > 0").await,
            count(&app, "activity where attended = 40").await,
            count(&app, "membership where members = 120").await,
            count(&app, "fact").await,
        )
    };
    app.advance(TimeDelta::days(1_830)).await;
    let before = counted().await;
    // A dry run first: what is due by itself now.
    let would = of_work(due(&app).await);
    let alone = |kind: &Kind| !matches!(kind, Kind::UnmetPeople | Kind::Transfers);
    let expected: Vec<(Kind, i64)> = work.into_iter().filter(|(kind, _)| alone(kind)).collect();
    assert_eq!(would, expected);
    assert_eq!(of_work(purge(&app).await), work);
    assert_eq!(counted().await, before);
    for (sql, left) in [
        ("roster_entry", 0),
        ("roster where entries = 2", 1),
        ("person", 1),
        ("data_report where words is not null", 0),
        ("data_report where state = 'corrected'", 1),
        ("activity where text is not null", 0),
        ("membership", 1),
        ("village_assignment", 0),
        ("person_assignment", 0),
        ("transfer", 0),
    ] {
        assert_eq!(count(&app, sql).await, left, "{sql}");
    }
    let differences = list_differences(&mut app.owner().await).await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    let audited = count(
        &app,
        "audit_event where action = 'retention.purge' and object in ('retention:roster_entries',
         'retention:unmet_people', 'retention:transfers')",
    );
    assert_eq!(audited.await, 3);
    assert!(of_work(purge(&app).await).is_empty(), "once is enough");
}

/// What a volunteer says of a citizen: a step with their name and phone, a note, and a record taken back.
pub async fn speak_of(app: &TestApp, author: &Person, card: &str) {
    let (village, now) = (app.village(COMMUNE, 0).await, app.app.clock.now());
    let act = |kind: &str| {
        json!({
            "op_id": Uuid::now_v7(), "kind": kind, "author_id": author.account_id, "recorded_at": now,
            "clock_offset_ms": 0, "clock_offset_age_s": 0, "village_id": village,
        })
    };
    let about = |kind: &str| {
        let mut act = act(kind);
        act["subject"] = json!({ "kind": "plain", "id_number": card });
        act["consent"] = json!({ "method": "spoken" });
        act["name"] = json!("Chamaléa Thị Thử");
        act["phone"] = json!("0912 345 678");
        act
    };
    let mut step = about("record");
    step["stage"] = json!("level1_activated");
    step["device_holder"] = json!("own");
    let mut wrong = step.clone();
    wrong["op_id"] = json!(Uuid::now_v7());
    wrong["stage"] = json!("level2_collected");
    let mut note = about("note");
    note["text"] = json!("hẹn chiều thứ hai");
    let mut void = act("void");
    void.as_object_mut().unwrap().remove("village_id");
    void["target_op_id"] = wrong["op_id"].clone();
    void["reason"] = json!("bấm nhầm");
    let body = json!({
        "protocol": 1, "device_id": author.account_id, "client_time": now, "ops": [step, wrong, note, void],
    });
    let pushed = author.post("/api/v1/sync/push", body).await.expect(200);
    for result in pushed.value()["results"].as_array().unwrap() {
        assert_eq!(result["result"], "applied", "{result}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_has_met_for_years_is_forgotten_and_every_count_stays() {
    let app = TestApp::start().await;
    let (lead, stopped) = (app.lead(COMMUNE).await, app.volunteer(COMMUNE).await);
    let staying = app.volunteer(COMMUNE).await;
    let (card, other) = (citizen::id_number(), citizen::id_number());
    speak_of(&app, &stopped, &card).await;
    let stop = format!("/api/v1/accounts/{}", stopped.account_id.unwrap());
    lead.patch(&stop, json!({ "disabled": true }))
        .await
        .expect(200);
    app.advance(TimeDelta::days(1_000)).await;
    let staying = staying.again().await;
    speak_of(&app, &staying, &other).await;
    app.advance(TimeDelta::days(100)).await;
    let counts = async || {
        let mut found = Vec::new();
        for table in [
            "rollup_day",
            "rollup_month",
            "rollup_total",
            "rollup_author_day",
            "credit",
        ] {
            found.push(count(&app, &format!("{table} where true")).await);
        }
        found.push(count(&app, "rollup_total r, generate_series(1, r.n)").await);
        found.push(count(&app, "fact where voided_by is null").await);
        found
    };
    let before = counts().await;
    let of_people = |purged: Vec<(Kind, i64)>| -> Vec<(Kind, i64)> {
        let kinds = [
            Kind::People,
            Kind::Notes,
            Kind::WorkReasons,
            Kind::StoppedAccounts,
        ];
        purged
            .into_iter()
            .filter(|(kind, _)| kinds.contains(kind))
            .collect()
    };
    let would = of_people(due(&app).await);
    let expected = [
        (Kind::Notes, 1),
        (Kind::WorkReasons, 1),
        (Kind::People, 1),
        (Kind::StoppedAccounts, 1),
    ];
    assert_eq!(would, expected);
    assert_eq!(count(&app, "person where erased_at is not null").await, 0);
    assert_eq!(of_people(purge(&app).await), would);
    assert_eq!(counts().await, before);
    for (sql, left) in [
        ("person where erased_at is not null", 1),
        ("person where name is not null", 1),
        ("note where octet_length(text) > 0", 1),
        ("void where reason = 'bấm nhầm'", 1),
        ("account where octet_length(phone) = 0", 1),
    ] {
        assert_eq!(count(&app, sql).await, left, "{sql}");
    }
    let differences = list_differences(&mut app.owner().await).await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    assert!(of_people(purge(&app).await).is_empty(), "once is enough");
    // Nobody manages an account whose name is gone, and lists go on without it.
    let lead = lead.again().await;
    let listed = lead.get("/api/v1/accounts").await.expect(200).value();
    let ids: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["account_id"])
        .collect();
    assert!(!ids.contains(&&json!(stopped.account_id)));
    lead.patch(&stop, json!({ "disabled": false }))
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_purge_and_a_purge_for_nobody() {
    let app = TestApp::start().await;
    let mut desk = app.desk(COMMUNE).await;
    a_day(&app, &mut desk).await;
    app.pass(&mut desk, TimeDelta::days(40)).await;
    // Somebody has an old row under lock, and does not let go.
    let mut owner = app.owner().await;
    owner
        .batch_execute("begin; select from appointment where status = 'cancelled' for update")
        .await
        .unwrap();
    let purged = purge(&app).await;
    assert!(purged.contains(&(Kind::AppointmentNames, 1)), "{purged:?}");
    owner.batch_execute("commit").await.unwrap();
    // Whoever books meanwhile gets their place.
    let strangers = (0..6).map(|_| app.stranger());
    let slots = app.coming(7);
    let bookings = strangers
        .zip(slots)
        .map(async |(person, slot): (Person, _)| {
            person.book(&desk.office, slot, &citizen::id_number()).await
        });
    let (booked, purged) = tokio::join!(futures_util::future::join_all(bookings), purge(&app));
    assert_eq!(booked.len(), 6);
    assert_eq!(purged, [(Kind::AppointmentNames, 1)]);
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_that_was_killed_goes_on_the_next_time() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        let person = app.volunteer(COMMUNE).await;
        person.delete("/api/v1/sessions/current").await.expect(204);
    }
    app.advance(TimeDelta::days(31)).await;
    // One batch was committed when the program died.
    let (kind, now) = (Kind::Sessions, app.app.clock.now());
    let before = app.app.config.retention.before(kind, now);
    let sessions = api::identity::retention::SESSIONS;
    let mut conn = app.conn().await;
    let first = sessions.run(&mut conn, before, 2).await.unwrap();
    assert_eq!((first, count(&app, "session_family").await), (2, 3));
    let purged = purge(&app).await;
    assert!(purged.contains(&(kind, 3)), "{purged:?}");
    assert_eq!(count(&app, "session").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_what_is_kept_how_long_and_what_comes_next() {
    let app = TestApp::with()
        .set("TO06_RETENTION", "notices=120")
        .start()
        .await;
    let mut desk = app.desk(COMMUNE).await;
    a_day(&app, &mut desk).await;
    app.pass(&mut desk, TimeDelta::days(40)).await;
    let admin = app.admin().await;
    let look =
        async || -> RetentionSchedule { admin.get("/api/v1/retention").await.expect(200).json() };
    let of = |schedule: &RetentionSchedule, kind: &str| {
        let mut kinds = schedule.kinds.iter();
        kinds.find(|one| one.kind == kind).cloned().unwrap()
    };
    let before = look().await;
    let names = of(&before, "appointment_names");
    assert_eq!((names.due, names.last_run_at), (Some(2), None));
    assert!(names.oldest_at.unwrap() < app.app.clock.now() - TimeDelta::days(39));
    assert_eq!(of(&before, "notices").days, Some(120));
    assert_eq!(of(&before, "audit").days, None);
    assert!(before.next_run_at > app.app.clock.now());
    assert!(
        before
            .kinds
            .iter()
            .all(|one| !one.reason.is_empty() && !one.what.is_empty())
    );
    purge(&app).await;
    let names = of(&look().await, "appointment_names");
    assert_eq!((names.due, names.last_purged), (Some(0), Some(2)));
    assert!(names.last_run_at.is_some());
    app.lead(COMMUNE)
        .await
        .get("/api/v1/retention")
        .await
        .refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_counts_first_and_then_purges() {
    let app = TestApp::start().await;
    let mut desk = app.desk(COMMUNE).await;
    a_day(&app, &mut desk).await;
    app.pass(&mut desk, TimeDelta::days(12)).await;
    let run = async |arguments: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("retention")
            .args(arguments)
            .env("DATABASE_URL", app.database.url())
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_RETENTION", "appointment_names=10")
            .env("TO06_LOG", "error");
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = ran.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let told = run(&["--dry-run"]).await;
    assert!(
        told.contains("appointment_names: 2 older than 10 days, the oldest of"),
        "{told}"
    );
    assert_eq!(
        count(&app, "appointment where emptied_at is not null").await,
        0
    );
    let told = run(&[]).await;
    assert!(
        told.contains("appointment_names: 2 older than 10 days were purged"),
        "{told}"
    );
    assert_eq!(
        count(&app, "appointment where emptied_at is not null").await,
        2
    );
    let told = run(&["--dry-run"]).await;
    assert!(told.contains("appointment_names: 0 older"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_cannot_be_purged_keeps_no_other() {
    let app = TestApp::start().await;
    let sql =
        "insert into sign_in_brake (phone_blind, device, failures, last_failure_at, next_try_at)
               values ('x', 'x', 1, app_now() - interval '90 days', app_now() - interval '90 days');
         insert into known_device (device_hash, account_id, seen_at)
               select 'x', account_id, app_now() - interval '900 days' from account limit 1;
         revoke delete on sign_in_brake from to06_server;";
    app.volunteer(COMMUNE).await;
    app.owner().await.batch_execute(sql).await.unwrap();
    let (schedule, now) = (&app.app.config.retention, app.app.clock.now());
    let order = |kind: Kind| Kind::ALL.iter().position(|one| *one == kind);
    assert!(order(Kind::SignInBrakes) < order(Kind::KnownDevices));
    let purged = purge_all(&mut *app.conn().await, &app.app.keys, schedule, now).await;
    assert!(purged.is_err());
    let old = "known_device where seen_at < app_now() - interval '800 days'";
    assert_eq!(count(&app, old).await, 0);
    assert_eq!(count(&app, "sign_in_brake where device = 'x'").await, 1);
}
