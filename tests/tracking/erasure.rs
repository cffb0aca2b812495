//! Somebody who had themselves erased: no byte of them in any table, and every count as it was.

use std::collections::BTreeSet;
use std::process::Command;

use api::privacy::keys::Blind;
use chrono::{Datelike as _, TimeDelta};
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::Hold;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::sync::PulledChanges;
use serde_json::{Value, json};
use uuid::Uuid;

use super::data_rights::{asked, done, settle};
use super::merging::{about, merge, of_number};
use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record, sum,
    told,
};
use crate::harness::booking::{TestOffice, assert_laws, confirmation, wish};
use crate::harness::{Person, TestApp, citizen};

const NAME: &str = "Chamaléa Thị Quỳnh Thử";
const PHONE: &str = "0987 654 321";

/// Everything in the database, as somebody who stole it would read it.
fn dump(app: &TestApp) -> String {
    let find =
        "for p in pg_dump /usr/lib/postgresql/*/bin/pg_dump; do command -v $p && break; done";
    let found = Command::new("sh").args(["-c", find]).output().unwrap();
    let program = String::from_utf8(found.stdout).unwrap();
    let out = Command::new(program.trim())
        .args(["--data-only", "--dbname", &app.database.owner_url()])
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

/// A hash of 32 bytes may begin like a key.
const HASH: usize = 67;

/// Encrypted words of a dump: bytes under a key, in hex.
fn ciphertexts(dump: &str) -> BTreeSet<&str> {
    let fields = dump.split(['\t', '\n']);
    fields
        .filter(|field| field.starts_with("\\\\x01") && field.len() > 60 && field.len() != HASH)
        .collect()
}

/// What boards and desks count, all of it.
async fn counts(app: &TestApp, office: &TestOffice) -> Vec<Value> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Jsonb)]
        all: Value,
    }
    let mut found = Vec::new();
    for table in [
        "rollup_day",
        "rollup_month",
        "rollup_total",
        "rollup_author_day",
        "credit",
    ] {
        let sql = format!("select coalesce(jsonb_agg(t order by t), '[]') as all from {table} t");
        let row: Row = diesel::sql_query(sql)
            .get_result(&mut app.owner().await)
            .await
            .unwrap();
        found.push(row.all);
    }
    let commander = app.commander().await;
    let board = commander
        .get("/api/v1/leaderboards/commune?metric=count&period=today")
        .await;
    let mut board = board.expect(200).value();
    board.as_object_mut().unwrap().remove("as_of");
    found.push(board);
    let from = local_day(app.app.clock.now());
    let to = from + TimeDelta::days(3);
    let path = format!(
        "/api/v1/offices/{}/statistics?from={from}&to={to}",
        office.office_id
    );
    let days = commander.get(&path).await.expect(200).value();
    let served = days["days"].as_array().unwrap().iter();
    found.extend(
        served.map(|day| json!([day["on"], day["served"], day["arrived"], day["walk_ins"]])),
    );
    found
}

fn note(app: &TestApp, author: &Person, village: UnitId, card: &str, text: &str) -> Value {
    record(app, author, village, card)
        .without("stage")
        .without("device_holder")
        .with("kind", "note")
        .with("text", text)
}

fn activity(app: &TestApp, author: &Person, village: UnitId, text: &str) -> Value {
    record(app, author, village, "")
        .without("stage")
        .without("device_holder")
        .without("subject")
        .without("consent")
        .with("kind", "activity")
        .with("activity", "meeting")
        .with("attended", 20)
        .with("text", text)
}

/// One citizen in every table that can hold one. Gives what was pushed, with its author.
async fn fill(
    app: &TestApp,
    people: &[&Person; 3],
    card: &str,
    desk: &crate::harness::queue::Desk,
) -> Vec<(Person, Value)> {
    let [first, second, lead] = *people;
    let village = app.village(COMMUNE, 0).await;
    let of = |author: &Person| {
        record(app, author, village, card)
            .with("name", NAME)
            .with("phone", PHONE)
    };
    let wish_op = of(first)
        .without("stage")
        .without("device_holder")
        .with("kind", "request_appointment")
        .with(
            "appointment",
            json!({ "service_code": "level2", "office_id": desk.office.office_id }),
        );
    let held = of(first).with("recorded_at", app.app.clock.now() + TimeDelta::days(1));
    let twin = Uuid::now_v7();
    let twin_op = about(app, first, village, twin)
        .with("name", NAME)
        .with("stage", "installed");
    let wrong = of(second).with("stage", "installed");
    let void = super::void(app, second, &wrong).with("reason", format!("nhầm {NAME}"));
    // A slip of the finger, so that only the name says who it is.
    let of_nobody = of(first).with(
        "subject",
        json!({ "kind": "plain", "id_number": &card[..11] }),
    );
    let ops = vec![
        (first.clone(), of(first)),
        (second.clone(), of(second)),
        (second.clone(), wrong.clone()),
        (second.clone(), void),
        (first.clone(), of(first).with("stage", "level2_collected")),
        (
            first.clone(),
            note(app, first, village, card, &format!("{NAME} hẹn thứ hai")),
        ),
        (
            first.clone(),
            note(
                app,
                first,
                village,
                &citizen::id_number(),
                "hàng xóm của chamalea thi quynh thu",
            ),
        ),
        (
            first.clone(),
            activity(app, first, village, "họp thôn, gọi 0987.654.321"),
        ),
        (first.clone(), held),
        (first.clone(), twin_op),
        (first.clone(), wish_op),
        (first.clone(), of_nobody),
    ];
    for (author, op) in &ops {
        let result = push_one(app, author, op).await;
        assert!(
            matches!(
                result.result.as_str(),
                "applied" | "merged" | "held" | "rejected"
            ),
            "{result:?} {op}"
        );
    }
    // Held, of a neighbour.
    let beside = note(
        app,
        first,
        village,
        &citizen::id_number(),
        &format!("nhà cạnh {NAME}"),
    )
    .with("recorded_at", app.app.clock.now() + TimeDelta::days(1));
    assert_eq!(push_one(app, first, &beside).await.result, "held");
    merge(lead, of_number_named(app).await, twin).await;
    put_right(app, people, card, &ops[1].1).await;
    talk_about(app, lead, card, &ops[7].1).await;
    name_elsewhere(app, people).await;
    write_down(app, people, card).await;
    // Served at a desk as a walk-in, and booked for another day, and lifted a limit.
    let visitor =
        json!({ "id_number": card, "name": NAME, "village_id": village, "consent": "self_given" });
    let issued = desk
        .issue(json!({ "service_code": "cccd_new", "visitor": visitor }))
        .await;
    let ticket = issued.expect(201).value()["ticket_id"].clone();
    let called = desk.called(1).await;
    assert_eq!(json!(called.ticket_id), ticket);
    desk.act(called.ticket_id, "start").await.expect(200);
    desk.finish(called.ticket_id, "card_requested")
        .await
        .expect(200);
    let lift = json!({ "id_number": card, "reason": format!("quen {NAME}") });
    lead.post_once("/api/v1/booking-limits/lifts", Uuid::new_v4(), lift)
        .await;
    let starts_at = app.coming(60)[59];
    let helper = first;
    let hold = helper
        .post("/api/v1/holds", wish(&desk.office, starts_at, &[card]))
        .await;
    let token = hold.expect(201).value()["hold_token"].clone();
    let visitor = json!({ "id_number": card, "name": NAME, "phone": PHONE, "consent": "spoken", "village_id": village });
    let body = json!({ "hold_token": token, "service_code": "cccd_new", "visitors": [visitor] });
    helper
        .post_once("/api/v1/appointments", Uuid::new_v4(), body)
        .await
        .expect(201);
    ops
}

/// What leads do about somebody and the records of them, each with a reason that names them: corrected, reinstated,
/// taken back and reinstated again; somebody cares for them; the police have their phone wrong.
async fn put_right(app: &TestApp, people: &[&Person; 3], card: &str, record: &Value) {
    let [first, _, lead] = *people;
    let person = of_number_named(app).await;
    let path = format!("/api/v1/records/{}", record["op_id"].as_str().unwrap());
    let press = async |what: &str, body: Value| {
        let path = format!("{path}/{what}");
        lead.post_once(&path, Uuid::new_v4(), body).await
    };
    let why = format!("{NAME} ({card}) ở thôn khác");
    let there = app.village(COMMUNE, 1).await;
    let body = json!({ "village_id": there, "reason": why });
    press("correction", body).await.expect(201);
    let body = json!({ "reason": why });
    press("reinstatement", body.clone()).await.expect(200);
    let void = super::void(app, lead, record).with("reason", &why);
    let void = json!({
        "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "operation": void,
    });
    lead.post("/api/v1/corrections", void).await.expect(201);
    press("reinstatement", body).await.expect(200);
    let care = json!({ "account_id": first.account_id });
    let path = format!("/api/v1/persons/{person}/caretaker");
    lead.put(&path, care).await.expect(200);
    let report = json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": person, "what": "wrong_phone",
        "words": format!("{NAME}: {PHONE}"),
    });
    let report = first.post("/api/v1/data-reports", report).await.expect(201);
    let path = format!(
        "/api/v1/data-reports/{}/steps",
        report.value()["data_report_id"].as_str().unwrap()
    );
    let refusal = json!({ "state": "refused", "reason": why });
    lead.post(&path, refusal).await.expect(200);
}

/// What a lead writes about activities, lots, signals and tasks, with somebody's name and number in it.
async fn talk_about(app: &TestApp, lead: &Person, card: &str, activity: &Value) {
    let why = format!("hỏi {NAME}, {card}");
    let path = format!(
        "/api/v1/activities/{}/voiding",
        activity["op_id"].as_str().unwrap()
    );
    let body = json!({ "reason": why });
    lead.post(&path, body).await.expect(200);
    let commune = app.commune(COMMUNE).await;
    let (draw, signal, task) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let by = lead.account_id.unwrap();
    for sql in [
        format!(
            "insert into draw (draw_id, mass_union, commune_id, week_on, commitment, committed_at, seed,
                 drawn_at, plan, state)
             values ('{draw}', 'women', {commune}, date_trunc('week', app_now())::date - 14,
                 sha256('x'), app_now() - interval '30 days', 'x', app_now(), 'light', 'failed')"
        ),
        format!(
            "insert into signal (signal_id, fingerprint, rule, severity, author_id, commune_id, on_day,
                 evidence, op_ids, acts)
             values ('{signal}', sha256('y'), 'shared_phone', 'flag', (select account_id from account
                 where account_id <> '{by}' limit 1), {commune}, app_now()::date, '{{}}', '{{}}', 1)"
        ),
        format!(
            "insert into police_report (commune_id, month, stage, theirs, ours, matched, elsewhere,
                 only_theirs, only_ours, without_number, imported_by)
             values ({commune}, '2026-11-01', 'level2_activated', 1, 1, 1, 0, 0, 0, 0, '{by}')"
        ),
        format!(
            "insert into reconciliation_task (task_id, commune_id, month, stage, due_on)
             values ('{task}', {commune}, '2026-11-01', 'level2_activated', app_now()::date)"
        ),
    ] {
        diesel::sql_query(sql)
            .execute(&mut app.owner().await)
            .await
            .unwrap();
    }
    let body = json!({ "action": "retrain", "reason": why });
    let path = format!("/api/v1/draws/{draw}/actions");
    lead.post(&path, body).await.expect(204);
    let body = json!({ "answer": "explained", "note": why });
    let path = format!("/api/v1/signals/{signal}/answers");
    lead.post(&path, body).await.expect(204);
    let body = json!({ "note": why });
    let path = format!("/api/v1/reconciliation-tasks/{task}");
    lead.patch(&path, body).await.expect(200);
}

/// Reasons about volunteers, phones, lists of the police, campaigns, boards, thresholds, exports and the limits of others.
async fn name_elsewhere(app: &TestApp, people: &[&Person; 3]) {
    let [from, to, by] = people.map(|person| person.account_id.unwrap());
    let commune = app.commune(COMMUNE).await;
    let why = format!("hỏi {NAME}");
    for sql in [
        format!(
            "insert into transfer (transfer_id, from_account_id, to_account_id, reason, made_by, made_at)
             values (gen_random_uuid(), '{from}', '{to}', '{why}', '{by}', app_now())"
        ),
        format!(
            "insert into device (device_id, account_id, family_id, public_key, app, version, lost_at,
                 lost_by, lost_reason)
             values (gen_random_uuid(), '{to}', gen_random_uuid(), decode(repeat('04', 65), 'hex'), 'app',
                 '1.0', app_now(), '{by}', '{why}')"
        ),
        format!(
            "insert into police_list (police_list_id, commune_id, month, stage, theirs, ours, elsewhere,
                 only_theirs, only_ours, without_number, matched, imported_by, ended, ended_at, ended_by,
                 reason)
             values (gen_random_uuid(), {commune}, '2026-11-01', 'level2_activated', 1, 1, 0, 0, 0, 0, '{{}}',
                 '{by}', 'undone', app_now(), '{by}', '{why}')"
        ),
        format!(
            "insert into campaign (campaign_id, unit_id, name, starts_on, ends_on, source, created_by, closed_by,
                 closed_at, close_reason)
             values (gen_random_uuid(), {commune}, 'Ra quân', '2026-11-01', '2026-11-30', 'KH', '{by}', '{by}',
                 app_now(), '{why}')"
        ),
        format!(
            "insert into signal_threshold (rule, name, value, reason, set_by)
             values ('shared_phone', 'citizens', 8, '{why}', '{by}')"
        ),
        format!(
            "insert into board_closing (starts_on, ends_on, revision, hash, reason, issued_by, reason_hash,
                 reason_salt)
             values ('2026-11-20', '2026-11-20', 1, sha256('x'), '{why}', '{by}', sha256('x'), gen_random_uuid())"
        ),
        format!("insert into export_reason (export_id, reason) values (gen_random_uuid(), '{why}')"),
        format!(
            "insert into limit_lift (lift_id, helper_id, reason, lifted_by, until)
             values (gen_random_uuid(), '{to}', '{why}', '{by}', app_now() + interval '1 day')"
        ),
    ] {
        diesel::sql_query(sql)
            .execute(&mut app.owner().await)
            .await
            .unwrap();
    }
}

/// What stands in a register, was reported of a neighbour, and was asked and answered about others.
async fn write_down(app: &TestApp, people: &[&Person; 3], card: &str) {
    let [first, _, lead] = *people;
    let why = format!("hỏi {NAME}, {card}");
    let commune = app.commune(COMMUNE).await;
    let entry = json!({
        "unit_id": commune, "kind": "difficulty", "noted_on": "2026-10-05", "body": why, "subject": why,
    });
    let entry = lead.post("/api/v1/register-entries", entry).await;
    let path = format!(
        "/api/v1/register-entries/{}",
        entry.expect(201).value()["entry_id"].as_str().unwrap()
    );
    let change = json!({ "body": why, "subject": format!("{why}?"), "note": why });
    lead.patch(&path, change).await.expect(200);
    let report = json!({
        "report_id": Uuid::now_v7(), "recorded_person_id": neighbour(app).await, "what": "other",
        "words": format!("ở cạnh {NAME}"),
    });
    first.post("/api/v1/data-reports", report).await.expect(201);
    for kind in ["correct", "access"] {
        let body = json!({ "kind": kind, "card_number": citizen::id_number(), "words": why });
        let asked = first.post("/api/v1/rights-requests", body).await;
        let id = asked.expect(201).value()["rights_request_id"].clone();
        if kind == "access" {
            let id = serde_json::from_value(id).unwrap();
            let answer = done().with("answer", format!("cùng {NAME}"));
            settle(lead, id, answer).await.expect(200);
        }
    }
}

/// Who was recorded with a number and nothing else.
async fn neighbour(app: &TestApp) -> Uuid {
    use api::db::schema::person;
    use diesel::{ExpressionMethods as _, QueryDsl as _};
    let id: mobile_contracts::ids::PersonId = person::table
        .filter(person::subject_blind.is_not_null())
        .filter(person::name.is_null())
        .select(person::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    id.0
}

/// The person with a number who was recorded first.
async fn of_number_named(app: &TestApp) -> Uuid {
    use api::db::schema::person;
    use diesel::{ExpressionMethods as _, QueryDsl as _};
    let id: mobile_contracts::ids::PersonId = person::table
        .filter(person::subject_blind.is_not_null())
        .filter(person::name.is_not_null())
        .order(person::created_at)
        .select(person::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    id.0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_no_byte_of_a_person_and_every_count() {
    let app = TestApp::start().await;
    let desk = app.desk(COMMUNE).await;
    let first = app.volunteer(COMMUNE).await;
    let second = other_union(&app).await;
    let lead = app.lead(COMMUNE).await;
    let card = citizen::id_number();
    let clean = ciphertexts(&dump(&app))
        .into_iter()
        .map(str::to_owned)
        .collect::<BTreeSet<_>>();
    let ops = fill(&app, &[&first, &second, &lead], &card, &desk).await;
    // Their phone has seen all of it, hints too.
    let pulled: PulledChanges = first
        .get("/api/v1/sync/pull?limit=500")
        .await
        .expect(200)
        .json();
    let before = dump(&app);
    let of_person: BTreeSet<String> = ciphertexts(&before)
        .into_iter()
        .map(str::to_owned)
        .filter(|it| !clean.contains(it))
        .collect();
    assert!(of_person.len() > 20, "{}", of_person.len());
    let blind = app.app.keys.blind(Blind::CitizenId, &card);
    let hex: String = blind.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(before.contains(&hex) && before.contains(&format!("\t{}\t", &card[8..])));
    assert!(before.contains(NAME), "a reason names them");
    assert!(
        !before.contains(&card),
        "no number is kept, whoever typed it: {}",
        line_with(&before, &card)
    );
    let boards = counts(&app, &desk.office).await;

    let erase = asked(&first, "erase", &card).await;
    asked(&first, "access", &card).await;
    settle(&lead, erase.rights_request_id, done())
        .await
        .expect(200);

    let after = dump(&app);
    for word in [NAME, "Quỳnh", "chamalea", PHONE, "987654321", &card, &hex] {
        assert!(!after.contains(word), "{word}: {}", line_with(&after, word));
    }
    assert!(
        !after.contains(&format!("\t{}\t", &card[8..])),
        "the last four digits"
    );
    for word in app.app.keys.macs("hold-person/v1", &[&blind]) {
        let hex: String = word[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(!after.contains(&hex));
    }
    // Of all that was encrypted for them only what is about others may be left: nobody else was recorded
    // but a neighbour, of whom nothing was said, and the accounts are older.
    let cared = after
        .split("COPY public.person_assignment ")
        .nth(1)
        .unwrap();
    assert_eq!(cared.lines().nth(1), Some("\\."), "nobody cares for them");
    let left: Vec<&str> = ciphertexts(&after)
        .into_iter()
        .filter(|it| of_person.contains(*it))
        .collect();
    let left: Vec<&str> = left
        .into_iter()
        .filter(|it| !is_of_neighbour(&after, it))
        .collect();
    assert!(
        left.is_empty(),
        "{:#?}",
        left.iter()
            .map(|it| line_with(&after, it))
            .collect::<Vec<_>>()
    );
    assert_eq!(counts(&app, &desk.office).await, boards);
    assert_rollups_equal_a_recount(&app).await;
    assert_laws(&app).await;

    // Again by its id: answered as before, and nothing comes back.
    for (author, op) in &ops {
        let result = push_one(&app, author, op).await;
        assert!(
            matches!(result.result.as_str(), "replayed" | "rejected"),
            "{op}"
        );
    }
    assert!(!dump(&app).contains(&hex));
    // What is left of them is a count, and nobody's to change.
    let path = format!(
        "/api/v1/records/{}/correction",
        ops[1].1["op_id"].as_str().unwrap()
    );
    let body = json!({ "stage": "installed", "reason": "hỏi lại" });
    lead.post_once(&path, Uuid::new_v4(), body)
        .await
        .refused(409, "record-erased");
    // Somebody else may not have its answer.
    let forged = ops[0].1.clone().with("author_id", second.account_id);
    assert_eq!(
        told(&push_one(&app, &second, &forged).await),
        ("rejected", Some("OP_ID_REUSED"), false)
    );
    assert_eq!(counts(&app, &desk.office).await, boards);
    // Their phone erases too.
    let path = format!("/api/v1/sync/pull?limit=500&cursor={}", pulled.next_cursor);
    let wanted: BTreeSet<Uuid> = ops
        .iter()
        .filter(|(author, op)| {
            author.account_id == first.account_id
                && op["kind"] != "activity"
                && op["subject"]["id_number"] != ops[6].1["subject"]["id_number"]
        })
        .map(|(_, op)| serde_json::from_value(op["op_id"].clone()).unwrap())
        .collect();
    // What another test still writes is told later.
    loop {
        let changed: PulledChanges = first.get(&path).await.expect(200).json();
        let entries = changed.items.iter().filter_map(|it| it.data.as_ref());
        let erased: BTreeSet<Uuid> = entries
            .filter(|entry| entry.erased)
            .map(|entry| entry.op_id.0)
            .collect();
        if erased == wanted {
            break;
        }
        assert!(erased.is_subset(&wanted), "{erased:?} {wanted:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // Who is recorded again counts again.
    let (n, ..) = sum(&app).await;
    let village = app.village(COMMUNE, 0).await;
    let anew = record(&app, &second, village, &card);
    assert_eq!(
        told(&push_one(&app, &second, &anew).await),
        ("applied", None, true)
    );
    assert_eq!(sum(&app).await.0, n + 1);
    assert_rollups_equal_a_recount(&app).await;
}

fn line_with<'a>(dump: &'a str, word: &str) -> &'a str {
    dump.lines()
        .find(|line| line.contains(word))
        .unwrap_or_default()
}

/// The neighbour's tag of a number, the accounts and the request itself.
fn is_of_neighbour(dump: &str, ciphertext: &str) -> bool {
    let table = dump
        .lines()
        .scan("", |table, line| {
            if let Some(rest) = line.strip_prefix("COPY public.") {
                *table = rest.split(' ').next().unwrap_or_default();
            }
            Some((*table, line))
        })
        .find(|(_, line)| line.contains(ciphertext))
        .map(|(table, _)| table);
    matches!(table, Some("person" | "account"))
        && line_with(dump, ciphertext).matches("\\\\x01").count() <= 2
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_their_consent_back_becomes_an_anonymous_count() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let (lead, card) = (app.lead(COMMUNE).await, citizen::id_number());
    push_one(
        &app,
        &first,
        &record(&app, &first, village, &card).with("name", NAME),
    )
    .await;
    push_one(&app, &second, &record(&app, &second, village, &card)).await;
    assert_eq!(sum(&app).await, (1, 1, 0, 0));
    let withdraw = asked(&first, "withdraw", &card).await;
    for _ in 0..2 {
        settle(&lead, withdraw.rights_request_id, done())
            .await
            .expect(200);
        assert_eq!(sum(&app).await, (0, 0, 0, 2));
    }
    assert_rollups_equal_a_recount(&app).await;
    let hex: String = app
        .app
        .keys
        .blind(Blind::CitizenId, &card)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(!dump(&app).contains(&hex));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_still_says_of_an_erased_person_counts_as_nobody() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let id = Uuid::now_v7();
    push_one(
        &app,
        &volunteer,
        &about(&app, &volunteer, village, id).with("name", NAME),
    )
    .await;
    let body = json!({ "kind": "erase", "recorded_person_id": id });
    let erase = volunteer
        .post("/api/v1/rights-requests", &body)
        .await
        .expect(201)
        .value();
    let request = serde_json::from_value(erase["rights_request_id"].clone()).unwrap();
    settle(&lead, request, done()).await.expect(200);
    let before = dump(&app);
    let late = about(&app, &volunteer, village, id)
        .with("stage", "installed")
        .with("name", NAME);
    let words = about(&app, &volunteer, village, id)
        .without("stage")
        .without("device_holder")
        .with("kind", "note")
        .with("text", NAME);
    let results = push(&app, &volunteer, &[late, words]).await;
    assert_eq!(
        told(&results[0]),
        ("applied", Some("CONSENT_MISSING"), false)
    );
    assert_eq!(sum(&app).await, (1, 0, 0, 1));
    let after = dump(&app);
    assert_eq!(ciphertexts(&before).len(), ciphertexts(&after).len());
    assert_rollups_equal_a_recount(&app).await;
    // They are nobody's to merge, to read or to ask about any more.
    volunteer
        .post("/api/v1/rights-requests", &body)
        .await
        .refused(404, "not-found");
    let other = of_number_after(&app, &volunteer, village).await;
    super::merging::try_merge(&lead, other, id)
        .await
        .refused(404, "not-found");
}

async fn of_number_after(app: &TestApp, author: &Person, village: UnitId) -> Uuid {
    push_one(
        app,
        author,
        &record(app, author, village, &citizen::id_number()),
    )
    .await;
    of_number(app).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_erased_while_they_stand_at_a_desk_and_what_is_to_come_is_cancelled() {
    let app = TestApp::start().await;
    let desk = app.desk(COMMUNE).await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let card = citizen::id_number();
    let village = app.village(COMMUNE, 0).await;
    let visitor =
        json!({ "id_number": card, "name": NAME, "village_id": village, "consent": "self_given" });
    desk.issue(json!({ "service_code": "level2", "visitor": visitor }))
        .await
        .expect(201);
    let slot = app.coming(40)[39];
    let booked = app.stranger().book(&desk.office, slot, &card).await;
    let free = app.stranger().slot(&desk.office, slot).await.free;
    let erase = asked(&volunteer, "erase", &card).await.rights_request_id;
    settle(&lead, erase, done())
        .await
        .refused(409, "person-at-desk");
    assert_eq!(app.stranger().appointment(&booked).await.status, "booked");
    let called = desk.called(1).await;
    desk.act(called.ticket_id, "start").await.expect(200);
    desk.finish(called.ticket_id, "card_requested")
        .await
        .expect(200);
    settle(&lead, erase, done()).await.expect(200);
    app.stranger()
        .look_up(&booked)
        .await
        .refused(404, "appointment-not-found");
    assert_eq!(app.stranger().slot(&desk.office, slot).await.free, free + 1);
    assert_laws(&app).await;
    // Desks go on reading their days.
    desk.officer.get(&desk.path("queue")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_of_the_same_person_comes_before_an_erasure_or_after_it() {
    let app = TestApp::start().await;
    let village = app.village(COMMUNE, 0).await;
    let lead = app.lead(COMMUNE).await;
    let mut authors = Vec::new();
    for _ in 0..4 {
        authors.push(app.volunteer(COMMUNE).await);
    }
    for _ in 0..6 {
        let card = citizen::id_number();
        push_one(
            &app,
            &authors[0],
            &record(&app, &authors[0], village, &card).with("name", NAME),
        )
        .await;
        let erase = asked(&authors[0], "erase", &card).await.rights_request_id;
        let ops: Vec<Value> = authors
            .iter()
            .map(|author| record(&app, author, village, &card).with("name", "Katơr Thị Mới"))
            .collect();
        let pushed = authors
            .iter()
            .zip(&ops)
            .map(|(author, op)| push_one(&app, author, op));
        let (settled, results) = tokio::join!(
            settle(&lead, erase, done()),
            futures_util::future::join_all(pushed)
        );
        settled.expect(200);
        for result in results {
            assert!(
                matches!(result.result.as_str(), "applied" | "merged"),
                "{result:?}"
            );
        }
    }
    assert_rollups_equal_a_recount(&app).await;
    // Whoever is erased has not a word; the constraint says so of their own row.
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let sql = "select count(*) as n from person_field f join person p using (person_id) where p.erased_at is not null";
    let count: Count = diesel::sql_query(sql)
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(count.n, 0);
    let erased = "select count(*) as n from person where erased_at is not null";
    let count: Count = diesel::sql_query(erased)
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(count.n, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_books_for_nobody_and_comes_along_with_nobody_any_more() {
    use api::db::schema::appointment;
    use diesel::QueryDsl as _;
    let app = TestApp::start().await;
    let office = app.office(COMMUNE, 4).await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (village, card) = (app.village(COMMUNE, 0).await, citizen::id_number());
    let op = record(&app, &volunteer, village, &card)
        .with("name", NAME)
        .with("phone", PHONE);
    push_one(&app, &volunteer, &op).await;
    let year = local_day(app.app.clock.now()).year() - 2000;
    let child = format!("0582{:02}123456", year - 8);
    let parent = app.stranger();
    let hold = parent.hold(&office, app.coming(1)[0], &[&child]).await;
    let mut body = confirmation(&hold.expect(201).json::<Hold>().hold_token, &[&child]);
    body["visitors"][0]["phone"] = json!(null);
    body["visitors"][0]["guardian_name"] = json!(NAME);
    body["proxy"] = json!({ "name": NAME, "relation": "con trai", "phone": PHONE });
    let path = "/api/v1/appointments";
    parent
        .post_once(path, Uuid::new_v4(), body)
        .await
        .expect(201);
    type Kept = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);
    let kept = async || -> Kept {
        appointment::table
            .select((
                appointment::proxy_name,
                appointment::guardian_name,
                appointment::phone,
            ))
            .first(&mut app.conn().await)
            .await
            .unwrap()
    };
    assert!(matches!(kept().await, (Some(_), Some(_), Some(_))));
    let erase = asked(&volunteer, "erase", &card).await.rights_request_id;
    settle(&lead, erase, done()).await.expect(200);
    assert_eq!(kept().await, (None, None, None));
    // The child comes all the same.
    assert_laws(&app).await;
}
