//! What authors are told afterwards: pull, epochs, the ledger.

use api::tracking::ledger::epoch::begin_epoch_if_moved;
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::ids::DeviceId;
use mobile_contracts::sync::{Change, PulledChanges};
use mobile_contracts::tracking::{DeviceStatement, Ledger, LedgerEntry, LookedUpOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::pull::Phone;
use super::{COMMUNE, With as _, devices, other_union, push, push_one, record, void};
use crate::harness::{Answer, Person, TestApp, citizen};

const PULL: &str = "/api/v1/sync/pull?limit=500";

/// What a phone was told of an operation.
fn own<'a>(phone: &'a Phone, op: &Value) -> &'a LedgerEntry {
    let mut changes = phone.rows.values();
    let change = changes
        .find(|change| op["op_id"] == json!(change.id))
        .unwrap();
    change.data.as_ref().unwrap()
}

fn operations(pulled: &PulledChanges) -> impl Iterator<Item = &Change> {
    let items = pulled.items.iter();
    items.filter(|change| change.collection == "operation")
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_tells_verdicts_and_credit_that_moved_and_never_anothers() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    let op = record(&app, &first, village, &id);
    push_one(&app, &first, &op).await;
    let mut phone = Phone::default();
    phone
        .pull_until(&first, |phone| phone.count("operation") == 1)
        .await;
    assert!(own(&phone, &op).counted);
    // Somebody who was earlier takes the credit: the loser is told.
    let earlier = record(&app, &second, village, &id)
        .with("recorded_at", app.app.clock.now() - TimeDelta::hours(3));
    push_one(&app, &second, &earlier).await;
    phone
        .pull_until(&first, |phone| !own(phone, &op).counted)
        .await;
    assert_eq!(own(&phone, &op).result, "applied");
    // Another's operation is nobody's.
    assert_eq!(phone.count("operation"), 1);
    let mut other = Phone::default();
    other
        .pull_until(&second, |phone| phone.count("operation") == 1)
        .await;
    assert!(own(&other, &earlier).counted);
    let found: LookedUpOperations = second
        .post(
            "/api/v1/sync/ops:lookup",
            json!({ "op_ids": [op["op_id"]] }),
        )
        .await
        .json();
    assert!(found.results.is_empty());
    first
        .get("/api/v1/sync/pull?cursor=x")
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_is_not_skipped() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    // A transaction that wrote first and commits last.
    let mut slow = app.owner().await;
    let late = Uuid::now_v7();
    slow.batch_execute(&format!(
        "begin; insert into operation (op_id, author_id, kind, payload_hash, result, received_at, epoch)
         values ('{late}', '{}', 'unknown', '\\x00', 'held', app_now(), (select max(epoch) from sync_epoch))",
        volunteer.account_id.unwrap()
    ))
    .await
    .unwrap();
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let before: PulledChanges = volunteer.get(PULL).await.expect(200).json();
    assert!(
        operations(&before).next().is_none(),
        "the later one waits for the earlier one"
    );
    slow.batch_execute("commit").await.unwrap();
    let mut seen = Vec::new();
    let mut cursor = before.next_cursor;
    while seen.len() < 2 {
        let pulled: PulledChanges = volunteer
            .get(&format!("/api/v1/sync/pull?cursor={cursor}"))
            .await
            .expect(200)
            .json();
        seen.extend(operations(&pulled).map(|item| item.id));
        cursor = pulled.next_cursor;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(seen[0], late);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_is_told_and_makes_phones_begin_again() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &op).await;
    let mut conn = app.conn().await;
    // The database of a test is a copy of another one.
    let copied = begin_epoch_if_moved(&mut conn).await.unwrap();
    assert!(copied.is_some());
    let before: PulledChanges = volunteer.get(PULL).await.expect(200).json();
    assert!(begin_epoch_if_moved(&mut conn).await.unwrap().is_none());
    app.owner()
        .await
        .batch_execute("update sync_epoch set system_identifier = 'another cluster'")
        .await
        .unwrap();
    assert!(begin_epoch_if_moved(&mut conn).await.unwrap().is_some());
    let old = format!("{PULL}&cursor={}", before.next_cursor);
    volunteer.get(&old).await.refused(410, "epoch-changed");
    let after: PulledChanges = volunteer.get(PULL).await.expect(200).json();
    assert_ne!(before.epoch, after.epoch);
    assert_eq!(
        operations(&after).count(),
        1,
        "everything of the life before is visible"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_keeps_three_numbers_apart_and_is_walked_page_by_page() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let first = good();
    let ops = [
        first.clone(),
        good(),
        good().with("mood", "happy"),
        good().with("subject", json!({ "kind": "plain", "id_number": "1" })),
        void(&app, &volunteer, &first),
    ];
    push(&app, &volunteer, &ops).await;
    let mut path = "/api/v1/me/ledger?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let ledger: Ledger = volunteer.get(&path).await.expect(200).json();
        let counts = ledger.counts;
        assert_eq!(
            (counts.recognised, counts.under_review, counts.refused),
            (1, 1, 1)
        );
        seen.extend(ledger.items.into_iter().map(|item| item.op_id.0));
        match ledger.next_cursor {
            Some(cursor) => path = format!("/api/v1/me/ledger?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), ops.len());
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first");
    let other = app.volunteer(COMMUNE).await;
    let ledger: Ledger = other.get("/api/v1/me/ledger").await.expect(200).json();
    assert!(ledger.items.is_empty());
}

/// Four operations on the last evening of a day and the first morning of the next, in Vietnam.
#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_some_days_counts_those_days_only() {
    let app = TestApp::start().await;
    // Ten in the evening in Vietnam.
    let evening: DateTime<Utc> = "2027-03-14T15:00:00Z".parse().unwrap();
    app.advance(evening - app.app.clock.now()).await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let good = || record(&app, &volunteer, village, &citizen::id_number());
    let refused = good().with("subject", json!({ "kind": "plain", "id_number": "1" }));
    push(&app, &volunteer, &[good(), refused]).await;
    app.advance(TimeDelta::hours(3)).await;
    let volunteer = volunteer.again().await;
    // Done yesterday, sent today: it counts for yesterday. Held today: it counts for no day.
    let late = record(&app, &volunteer, village, &citizen::id_number())
        .with("recorded_at", app.app.clock.now() - TimeDelta::hours(2));
    let held = good().with("mood", "happy");
    push(&app, &volunteer, &[late.clone(), held.clone()]).await;
    let of = async |query: &str| -> (usize, (i64, i64, i64)) {
        let path = format!("/api/v1/me/ledger?{query}");
        let ledger: Ledger = volunteer.get(&path).await.expect(200).json();
        let counts = ledger.counts;
        (
            ledger.items.len(),
            (counts.recognised, counts.under_review, counts.refused),
        )
    };
    for (query, expected) in [
        ("", (4, (2, 1, 1))),
        ("from=2027-03-14&to=2027-03-14", (3, (2, 0, 1))),
        ("to=2027-03-14", (3, (2, 0, 1))),
        ("from=2027-03-15", (1, (0, 1, 0))),
        ("from=2027-03-15&to=2027-03-15", (1, (0, 1, 0))),
        ("from=2027-03-16", (0, (0, 0, 0))),
        ("to=2027-03-13", (0, (0, 0, 0))),
        // The counts are of the days, whatever the page.
        ("to=2027-03-14&limit=1", (1, (2, 0, 1))),
    ] {
        assert_eq!(of(query).await, expected, "{query}");
    }
    for (query, pointer) in [
        ("from=2027-03-15&to=2027-03-14", "?from"),
        ("from=1945-09-02", "?from"),
        ("to=9999-12-31", "?to"),
    ] {
        let answer = volunteer.get(&format!("/api/v1/me/ledger?{query}")).await;
        assert_eq!(answer.refused(422, "invalid").errors[0].pointer, pointer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_ledger_is_told_in_no_words_and_a_changed_one_in_full() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let first = record(&app, &volunteer, village, &citizen::id_number());
    push_one(&app, &volunteer, &first).await;
    let ask = async |path: &str, tag: &str| {
        let request = volunteer.request(reqwest::Method::GET, path);
        volunteer.send(request.header("if-none-match", tag)).await
    };
    let tag = |answer: &Answer| answer.headers["etag"].to_str().unwrap().to_owned();
    let path = "/api/v1/me/ledger?limit=5";
    let known = tag(&volunteer.get(path).await.expect(200));
    let same = ask(path, &known).await.expect(304);
    assert_eq!((same.text.as_str(), tag(&same)), ("", known.clone()));
    // Nothing new in the list, but one of them was taken back.
    push_one(&app, &volunteer, &void(&app, &volunteer, &first)).await;
    let other = ask(path, &known).await.expect(200);
    assert_ne!(tag(&other), known);
    assert_eq!(other.json::<Ledger>().counts.recognised, 0);
    // Another page is another answer.
    let known = tag(&other);
    assert_eq!(ask("/api/v1/me/ledger?limit=1", &known).await.status, 200);
}

async fn send_numbers(app: &TestApp, person: &Person, device: DeviceId, numbers: &[i64]) {
    let village = app.village(COMMUNE, 0).await;
    let ops: Vec<Value> = numbers
        .iter()
        .map(|seq| {
            let op = record(app, person, village, &citizen::id_number()).with("seq", seq);
            match seq {
                3 => op.with("mood", "happy"),
                _ => op,
            }
        })
        .collect();
    let body = json!({
        "protocol": 1, "device_id": device, "client_time": app.app.clock.now(), "ops": ops,
    });
    person.post("/api/v1/sync/push", body).await.expect(200);
}

async fn ask_statement(person: &Person, device: DeviceId) -> Answer {
    let path = format!("/api/v1/devices/{device}/statement");
    person.get(&path).await
}

async fn state(person: &Person, device: DeviceId) -> DeviceStatement {
    ask_statement(person, device).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_told_which_of_its_operations_have_come() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let device = DeviceId(Uuid::now_v7());
    let nothing = state(&volunteer, device).await;
    assert_eq!((nothing.highest, nothing.missing), (0, 0));
    send_numbers(&app, &volunteer, device, &[9, 2, 3, 6]).await;
    let some = state(&volunteer, device).await;
    assert_eq!((some.complete_to, some.highest), (0, 9));
    assert_eq!((some.decided, some.held, some.missing), (3, 1, 5));
    let gaps: Vec<(i64, i64)> = some.gaps.iter().map(|gap| (gap.from, gap.to)).collect();
    assert_eq!(gaps, [(1, 1), (4, 5), (7, 8)]);
    send_numbers(&app, &volunteer, device, &[1, 4, 5, 7, 8]).await;
    let all = state(&volunteer, device).await;
    assert_eq!((all.complete_to, all.missing), (9, 0));
    assert_eq!(
        all.sentence,
        "Thao tác 1 đến 9: 8 đã xử lý, 1 chờ duyệt, 0 thiếu."
    );
    // Nobody registered it: it is whoever's who asks, and somebody else's work from it is not one's own.
    let other = app.volunteer(COMMUNE).await;
    assert_eq!(state(&other, device).await.highest, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_phone_is_stated_to_its_owner_and_to_who_answers_for_them() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (phone, of_lead) = (devices::Phone::new(31), devices::Phone::new(32));
    for (person, phone) in [(&volunteer, &phone), (&lead, &of_lead)] {
        let body = phone.registration(person);
        person.post("/api/v1/devices", body).await.expect(201);
    }
    let device = phone.device_id;
    send_numbers(&app, &volunteer, device, &[1, 3, 4]).await;
    let told = state(&volunteer, device).await;
    assert_eq!((told.highest, told.missing), (4, 1));
    for asks in [&lead, &app.commander().await] {
        let seen = state(asks, device).await;
        assert_eq!((seen.highest, seen.missing), (4, 1));
        assert_eq!((seen.decided, seen.held), (told.decided, told.held));
        assert_eq!(seen.gaps, told.gaps);
    }
    let other = app.volunteer(COMMUNE).await;
    for asks in [
        &other,
        &app.lead("22795").await,
        &app.officer(COMMUNE).await,
        &app.admin().await,
    ] {
        ask_statement(asks, device).await.refused(404, "not-found");
    }
    // Who is not of its account and sends from it all the same is told of that, and of nothing else.
    send_numbers(&app, &other, device, &[1, 2]).await;
    let own = state(&other, device).await;
    assert_eq!((own.highest, own.missing), (2, 0));
    assert_eq!(state(&lead, device).await.highest, 4);
    // On a lost phone a lead sends what is theirs, and reads of nobody else.
    let loss = json!({ "lost": true, "reason": "rơi trên đường" });
    let path = format!("/api/v1/devices/{}/loss", of_lead.device_id);
    let commander = app.commander().await;
    commander.put(&path, loss).await.expect(200);
    let lead = lead.again().await;
    let body = of_lead.registration(&lead);
    lead.post("/api/v1/devices", body)
        .await
        .refused(409, "device-lost");
    assert_eq!(state(&lead, of_lead.device_id).await.highest, 0);
    ask_statement(&lead, device).await.refused(404, "not-found");
}
