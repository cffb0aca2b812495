//! Hints: a phone without a network doubts, and knows nothing.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::ids::UnitId;
use mobile_contracts::sync::{Change, PulledChanges, VillageHint, hint_tag};
use serde_json::{Value, json};

use super::pull::{Phone, pull_compressed};
use super::{COMMUNE, With as _, push, push_one, record, void};
use crate::harness::{Person, TestApp, citizen};

fn hint(phone: &Phone, village: UnitId) -> &VillageHint {
    row(phone, village).unwrap().hint.as_ref().unwrap()
}

/// What a phone has been told of a village, once it has.
fn row(phone: &Phone, village: UnitId) -> Option<&Change> {
    let is_its = |hint: &VillageHint| hint.village_id == village;
    let mut rows = phone.rows.values();
    rows.find(|change| change.hint.as_ref().is_some_and(is_its))
}

fn tag(hint: &VillageHint, id_number: &str) -> u16 {
    let key = BASE64_URL_SAFE_NO_PAD.decode(&hint.key).unwrap();
    let id = CitizenId::parse(id_number, "2026-11-28".parse().unwrap()).unwrap();
    hint_tag(&key.try_into().unwrap(), &id)
}

/// What a phone says to an ID number.
fn doubts(phone: &Phone, village: UnitId, id_number: &str) -> bool {
    let hint = hint(phone, village);
    hint.tags.contains(&tag(hint, id_number))
}

/// At which stages a phone doubts an ID number.
fn doubted(phone: &Phone, village: UnitId, id_number: &str) -> Vec<String> {
    let hint = hint(phone, village);
    let tag = tag(hint, id_number);
    let Some(place) = hint.tags.iter().position(|known| *known == tag) else {
        return Vec::new();
    };
    let marked = hint.stages.iter().filter(|one| {
        assert_eq!(one.marks.len(), hint.tags.len());
        one.marks.as_bytes()[place] == b'1'
    });
    marked.map(|one| one.stage.clone()).collect()
}

/// A quarter of an hour later somebody looks again.
async fn later(app: &TestApp, person: &Person) -> Person {
    app.advance(TimeDelta::minutes(16)).await;
    person.again().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_warns_of_whom_another_has_recorded_and_forgets_who_was_taken_back() {
    let app = TestApp::start().await;
    let (volunteer, other) = (app.volunteer(COMMUNE).await, super::other_union(&app).await);
    let (village, neighbour) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let ids: Vec<String> = (0..4).map(|_| citizen::id_number()).collect();
    let visited = record(&app, &volunteer, village, &ids[2])
        .with("kind", "visit")
        .with("outcome", "no_signal")
        .without("stage")
        .without("device_holder");
    let wrong = record(&app, &volunteer, village, &ids[1]);
    let ops = [
        record(&app, &volunteer, village, &ids[0]),
        wrong.clone(),
        visited,
    ];
    push(&app, &volunteer, &ops).await;
    let mut phone = Phone::default();
    let complete = |phone: &Phone| {
        let mut hints = phone
            .rows
            .values()
            .filter_map(|change| change.hint.as_ref());
        hints.any(|hint| hint.village_id == village) && phone.count("hint") > 3
    };
    phone.pull_until(&other, complete).await;
    let told = hint(&phone, village);
    let mut expected = vec![tag(told, &ids[0]), tag(told, &ids[1])];
    expected.sort_unstable();
    assert_eq!(
        told.tags, expected,
        "who was only visited is to be met again"
    );
    assert!(hint(&phone, neighbour).tags.is_empty());
    assert_ne!(told.key, hint(&phone, neighbour).key);

    // At most every quarter of an hour.
    push_one(&app, &volunteer, &void(&app, &volunteer, &wrong)).await;
    push_one(
        &app,
        &volunteer,
        &record(&app, &volunteer, village, &ids[3]),
    )
    .await;
    phone.pull(&other, 200).await;
    assert!(doubts(&phone, village, &ids[1]));
    let (volunteer, other) = (later(&app, &volunteer).await, later(&app, &other).await);
    phone
        .pull_until(&other, |phone| doubts(phone, village, &ids[3]))
        .await;
    assert!(doubts(&phone, village, &ids[0]) && !doubts(&phone, village, &ids[1]));
    // Nothing new, nothing told.
    let _ = (
        later(&app, &volunteer).await,
        phone.pull_page(&later(&app, &other).await, 200).await,
    );
    assert!(doubts(&phone, village, &ids[3]));
    drop(volunteer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_doubts_the_stages_that_were_recorded_and_no_other() {
    let app = TestApp::start().await;
    let (volunteer, other) = (app.volunteer(COMMUNE).await, super::other_union(&app).await);
    let village = app.village(COMMUNE, 0).await;
    let (first, second) = (citizen::id_number(), citizen::id_number());
    let of = |id: &str, stage: &str| record(&app, &volunteer, village, id).with("stage", stage);
    let wrong = of(&second, "level2_activated");
    let ops = [
        of(&first, "installed"),
        of(&second, "installed"),
        wrong.clone(),
    ];
    push(&app, &volunteer, &ops).await;
    let mut phone = Phone::default();
    let knows = |phone: &Phone| row(phone, village).is_some() && doubts(phone, village, &second);
    phone.pull_until(&other, knows).await;
    assert_eq!(doubted(&phone, village, &first), ["installed"]);
    assert_eq!(
        doubted(&phone, village, &second),
        ["installed", "level2_activated"]
    );
    // A stage comes, another is taken back; the tags stay as they are, and phones of before see no difference.
    let before = row(&phone, village).unwrap().row_hash();
    let ops = [
        of(&first, "level1_activated"),
        void(&app, &volunteer, &wrong),
    ];
    push(&app, &volunteer, &ops).await;
    let other = later(&app, &other).await;
    let came = |phone: &Phone| doubted(phone, village, &first).len() == 2;
    phone.pull_until(&other, came).await;
    assert_eq!(doubted(&phone, village, &second), ["installed"]);
    assert_eq!(row(&phone, village).unwrap().row_hash(), before);
    // A village that was gathered by an older server is gathered anew, though nobody was recorded since.
    app.owner()
        .await
        .batch_execute("update hint set stages = null")
        .await
        .unwrap();
    let other = later(&app, &other).await;
    let mut fresh = Phone::default();
    let told =
        |phone: &Phone| row(phone, village).is_some() && doubted(phone, village, &first).len() == 2;
    fresh.pull_until(&other, told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_in_another_village_has_no_tag_there_until_somebody_meets_them() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (village, far) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let (moved, late) = (citizen::id_number(), citizen::id_number());
    let elsewhere = record(&app, &volunteer, far, &moved);
    let early = app.app.clock.now() + TimeDelta::hours(3);
    let held = record(&app, &volunteer, village, &late).with("recorded_at", early);
    push(&app, &volunteer, &[elsewhere.clone(), held.clone()]).await;
    for op in [&elsewhere, &held] {
        let body: Value = json!({ "decision": "approve", "reason": "đúng", "village_id": village });
        let path = format!(
            "/api/v1/held-operations/{}/decision",
            op["op_id"].as_str().unwrap()
        );
        lead.post(&path, body).await.expect(200);
    }
    let mut phone = Phone::default();
    let has_one = |phone: &Phone| {
        let mut hints = phone
            .rows
            .values()
            .filter_map(|change| change.hint.as_ref());
        hints.any(|hint| hint.village_id == village && !hint.tags.is_empty())
    };
    phone.pull_until(&volunteer, has_one).await;
    // What was held kept its tag, for its number is gone.
    assert!(doubts(&phone, village, &late) && !doubts(&phone, village, &moved));
    let met = record(&app, &volunteer, village, &moved).with("stage", "installed");
    push_one(&app, &volunteer, &met).await;
    let volunteer = later(&app, &volunteer).await;
    phone
        .pull_until(&volunteer, |phone| doubts(phone, village, &moved))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_has_everything_else_waits_for_hints() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let id = citizen::id_number();
    push_one(&app, &volunteer, &record(&app, &volunteer, village, &id)).await;
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let gathered = async || -> i64 {
        let hints = api::db::schema::hint::table.count();
        hints.get_result(&mut app.conn().await).await.unwrap()
    };
    let mut phone = Phone::default();
    assert!(phone.pull_page(&volunteer, 1).await, "there is more");
    assert_eq!(gathered().await, 0);
    phone
        .pull_until(&volunteer, |phone| {
            row(phone, village).is_some() && doubts(phone, village, &id)
        })
        .await;
    assert!(gathered().await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_person_their_tag_is_encrypted() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ids = [citizen::id_number(), citizen::id_number()];
    for id in &ids {
        push_one(&app, &volunteer, &record(&app, &volunteer, village, id)).await;
    }
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let sealed: Vec<Option<Vec<u8>>> = api::db::schema::person::table
        .select(api::db::schema::person::hint)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(sealed.len(), 2);
    for sealed in sealed {
        let sealed = sealed.unwrap();
        assert!(
            sealed.len() > 28,
            "a nonce, a tag of the cipher, and what is sealed"
        );
    }
}

/// Prints what the first pull of a commune weighs, and how long a page of 500 takes: 15 villages of 600
/// recorded people, and 2,000 operations of one's own.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints, and proves nothing"]
async fn long_first_pull_of_a_commune() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let (account_id, commune) = (volunteer.account_id.unwrap(), app.commune(COMMUNE).await);
    app.owner()
        .await
        .batch_execute(&format!(
            "insert into unit (valid_from, name, folded, level, kind)
             select '2026-01-01', 'Thôn ' || n, 'thon ' || n, 'village', 'thon' from generate_series(101, 115) n;
             insert into unit_parent (unit_id, parent_id, valid_from)
             select unit_id, {commune}, valid_from from unit where folded ~ '^thon 1[01][0-9]$';
             update unit_revision set revision = revision + 1;
             insert into hint (village_id, tags, stages, looked_at)
             select unit_id, tags, (select array_agg((random() * 31)::smallint) from unnest(tags)), app_now()
             from (
                 select unit_id, (select array_agg(t order by t) from (
                     select distinct (random() * 65535)::integer + unit_id * 0 as t from generate_series(1, 600)
                 ) tags) as tags
                 from unit where level = 'village'
             ) village;
             insert into pull_position (collection, row_key, unit_id, epoch)
             select 'hint', village_id::text, village_id, 1 from hint;
             insert into target (unit_id, stage, starts_on, people, denominator, source)
             select unit_id, 'level2_activated', '2026-01-01', 100, 'assigned', 'Kế hoạch 73/KH-CAT-PC06'
             from unit where level = 'village';
             insert into pull_position (collection, row_key, unit_id, epoch)
             select 'target', concat_ws('/', unit_id, stage, starts_on), unit_id, 1 from target;
             insert into operation (op_id, author_id, kind, payload_hash, result, received_at, epoch)
             select gen_random_uuid(), '{account_id}', 'record', '\\x00', 'applied', app_now(), 1
             from generate_series(1, 2000);
             analyze"
        ))
        .await
        .unwrap();
    api::sync::store::touch_all(&mut app.owner().await)
        .await
        .unwrap();
    let mut phone = Phone::default();
    phone
        .pull_until(&volunteer, |phone| phone.count("operation") == 2000)
        .await;
    for collection in ["unit", "target", "hint", "operation"] {
        let rows = phone
            .rows
            .values()
            .filter(|change| change.collection == collection);
        let bytes: usize = rows
            .clone()
            .map(|change| json!(change).to_string().len())
            .sum();
        println!("{collection}: {} rows, {bytes} bytes", rows.count());
    }
    let (mut query, mut raw, mut compressed) = ("limit=500".to_owned(), 0, 0);
    loop {
        let (text, bytes) = pull_compressed(&volunteer, &query).await;
        (raw, compressed) = (raw + text.len(), compressed + bytes);
        let pulled: PulledChanges = serde_json::from_str(&text).unwrap();
        if !pulled.more {
            break;
        }
        query = format!("limit=500&cursor={}", pulled.next_cursor);
    }
    println!("all of it: {raw} bytes, compressed {compressed}");
    for limit in [500, 500, 500] {
        let before = std::time::Instant::now();
        Phone::default().pull_page(&volunteer, limit).await;
        println!("a page of {limit}: {:?}", before.elapsed());
    }
    let before = std::time::Instant::now();
    phone.pull_until(&volunteer, |_| true).await;
    println!("nothing new: {:?}", before.elapsed());
}
