//! Two persons who are one, and two again: counts are exact before, while and after.

use std::collections::BTreeMap;

use api::db::schema::{audit_event, person};
use api::tracking::verify;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::person::{PersonMerge, PersonWord};
use mobile_contracts::tracking::Ledger;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, other_union, push, push_one, record, sum,
    told, totals, void,
};
use crate::harness::{Answer, Person, TestApp, citizen};

/// A record about somebody without an ID number, whose key the phone made.
pub(super) fn about(app: &TestApp, author: &Person, village: UnitId, id: Uuid) -> Value {
    record(app, author, village, "")
        .with("subject", json!({ "kind": "provisional", "person_id": id }))
}

pub(super) fn ago(app: &TestApp, minutes: i64) -> DateTime<Utc> {
    app.app.clock.now() - TimeDelta::minutes(minutes)
}

pub(super) async fn try_merge(lead: &Person, one: Uuid, other: Uuid) -> Answer {
    let body = json!({ "one_person_id": one, "other_person_id": other });
    lead.post_once("/api/v1/persons/merges", Uuid::new_v4(), body)
        .await
}

pub(super) async fn merge(lead: &Person, one: Uuid, other: Uuid) -> PersonMerge {
    try_merge(lead, one, other).await.expect(200).json()
}

pub(super) async fn undo(lead: &Person, merge: &PersonMerge) -> Answer {
    let path = format!("/api/v1/persons/merges/{}/undo", merge.merge_id);
    lead.post_once(&path, Uuid::new_v4(), json!({})).await
}

pub(super) async fn of_number(app: &TestApp) -> Uuid {
    let id: PersonId = person::table
        .filter(person::subject_blind.is_not_null())
        .order(person::created_at.desc())
        .select(person::person_id)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    id.0
}

fn at(village: UnitId, stage: &str, union: &str) -> (i32, String, String) {
    (village.0, stage.to_owned(), union.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_decides_credit_anew_and_undoing_it_leaves_no_trace_in_any_count() {
    let app = TestApp::start().await;
    let (first, second) = (app.volunteer(COMMUNE).await, other_union(&app).await);
    let lead = app.lead(COMMUNE).await;
    let (here, there) = (app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await);
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    let early = about(&app, &first, here, a).with("recorded_at", ago(&app, 60));
    let late = about(&app, &second, there, b).with("recorded_at", ago(&app, 30));
    push_one(&app, &first, &early.clone().with("name", "Katơr Thử")).await;
    push_one(&app, &second, &late.clone().with("name", "Katơr Thị Thử")).await;
    let level1 = "level1_activated";
    let two = BTreeMap::from([
        (at(here, level1, "youth"), (1, 0, 0, 0)),
        (at(there, level1, "women"), (1, 0, 0, 0)),
    ]);
    assert_eq!(totals(&app).await, two);
    let merged = merge(&lead, a, b).await;
    assert_eq!((merged.kept_person_id.0, merged.merged_person_id.0), (a, b));
    let one = BTreeMap::from([
        (at(here, level1, "youth"), (1, 0, 0, 0)),
        (at(there, level1, "women"), (0, 1, 0, 0)),
    ]);
    assert_eq!(totals(&app).await, one);
    assert_rollups_equal_a_recount(&app).await;
    // Its author pulls that it no longer counts; the verdict stays.
    let ledger: Ledger = second.get("/api/v1/me/ledger").await.expect(200).json();
    let entry = &ledger.items[0];
    assert_eq!((entry.result.as_str(), entry.counted), ("applied", false));
    // What comes late about either is about one person.
    let installed = |author: &Person, village, id, minutes| {
        about(&app, author, village, id)
            .with("stage", "installed")
            .with("recorded_at", ago(&app, minutes))
    };
    let about_b = installed(&first, here, b, 20);
    let about_a = installed(&second, there, a, 25);
    assert_eq!(told(&push_one(&app, &first, &about_b).await).0, "applied");
    assert_eq!(told(&push_one(&app, &second, &about_a).await).0, "applied");
    let again = installed(&second, there, b, 10);
    let dup = ("merged", Some("DUP_SUBJECT_STEP"), false);
    assert_eq!(told(&push_one(&app, &second, &again).await), dup);
    assert_eq!(sum(&app).await, (2, 2, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
    let words = |id: Uuid| {
        let path = format!("/api/v1/persons/{id}/words");
        let lead = &lead;
        async move {
            let page: Page<PersonWord> = lead.get(&path).await.expect(200).json();
            let words = page.items.into_iter();
            words
                .map(|word| (word.person_id.0, word.value, word.shown))
                .collect::<Vec<_>>()
        }
    };
    let both = vec![
        (b, "Katơr Thị Thử".to_owned(), true),
        (a, "Katơr Thử".to_owned(), false),
    ];
    assert_eq!(words(a).await, both);
    assert_eq!(words(b).await, both);
    // A void of the holder passes the credit on within the group.
    push_one(&app, &lead, &void(&app, &lead, &early)).await;
    assert!(totals(&app).await.contains_key(&at(there, level1, "women")));
    assert_rollups_equal_a_recount(&app).await;
    undo(&lead, &merged).await.expect(200);
    let never_merged = BTreeMap::from([
        (at(there, level1, "women"), (1, 0, 0, 0)),
        (at(here, "installed", "youth"), (1, 0, 0, 0)),
        // Of a; and an assist with b, who was recorded by the other union first.
        (at(there, "installed", "women"), (1, 1, 0, 0)),
    ]);
    assert_eq!(totals(&app).await, never_merged);
    assert_rollups_equal_a_recount(&app).await;
    assert_eq!(words(b).await, both[..1]);
    undo(&lead, &merged).await.refused(409, "merge-undone");
    // And once more, as often as anybody changes their mind.
    let once_more = merge(&lead, b, a).await;
    assert_eq!(once_more.kept_person_id.0, b);
    undo(&lead, &once_more).await.expect(200);
    assert_eq!(totals(&app).await, never_merged);
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_split_where_they_are_undone_and_a_number_stands_for_all() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let [a, b, c] = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    let number = citizen::id_number();
    let mut ops: Vec<Value> = [a, b, c]
        .iter()
        .map(|id| about(&app, &volunteer, village, *id).with("birth_year", 1971))
        .collect();
    ops.push(record(&app, &volunteer, village, &number));
    push(&app, &volunteer, &ops).await;
    let with_number = of_number(&app).await;
    assert_eq!(sum(&app).await.0, 4);
    let a_into_b = merge(&lead, b, a).await;
    let b_into_c = merge(&lead, c, a).await;
    assert_eq!(
        (b_into_c.kept_person_id.0, b_into_c.merged_person_id.0),
        (c, b)
    );
    try_merge(&lead, a, c)
        .await
        .refused(409, "persons-already-one");
    try_merge(&lead, a, a)
        .await
        .refused(409, "persons-already-one");
    let c_into_number = merge(&lead, c, with_number).await;
    assert_eq!(c_into_number.kept_person_id.0, with_number);
    assert_eq!(sum(&app).await.0, 1);
    assert_rollups_equal_a_recount(&app).await;
    // Whoever comes with the card is the same person, whichever record was first.
    let card = record(&app, &volunteer, village, &number);
    assert_eq!(told(&push_one(&app, &volunteer, &card).await).0, "merged");
    push_one(
        &app,
        &volunteer,
        &record(&app, &volunteer, village, &citizen::id_number()),
    )
    .await;
    let another = of_number(&app).await;
    try_merge(&lead, a, another)
        .await
        .refused(409, "persons-have-two-numbers");
    let born: Option<i16> = person::table
        .find(PersonId(with_number))
        .select(person::birth_year)
        .first(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(born, Some(1990), "what the number says, no word outdoes");
    // In the middle, at the end, at the beginning: two trees, three, and everybody alone.
    for (undone, counted) in [(&b_into_c, 3), (&c_into_number, 4), (&a_into_b, 5)] {
        undo(&lead, undone).await.expect(200);
        assert_eq!(sum(&app).await.0, counted);
        assert_rollups_equal_a_recount(&app).await;
    }
    let page: Page<PersonMerge> = lead.get("/api/v1/persons/merges").await.expect(200).json();
    let listed: Vec<Uuid> = page.items.iter().map(|merge| merge.merge_id).collect();
    assert_eq!(
        listed,
        [c_into_number.merge_id, b_into_c.merge_id, a_into_b.merge_id]
    );
    assert!(
        page.items
            .iter()
            .all(|merge| merge.undone_by == lead.account_id)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_leads_both_merges_once_for_each_key_and_it_is_written_down() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let (elsewhere, far) = (app.lead("22795").await, app.volunteer("22795").await);
    let (village, away) = (app.village(COMMUNE, 0).await, app.village("22795", 0).await);
    let [a, b, c] = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    push(
        &app,
        &volunteer,
        &[a, b].map(|id| about(&app, &volunteer, village, id)),
    )
    .await;
    push_one(&app, &far, &about(&app, &far, away, c)).await;
    try_merge(&volunteer, a, b).await.refused(403, "forbidden");
    for lead in [&elsewhere, &lead] {
        try_merge(lead, a, c).await.refused(404, "not-found");
    }
    try_merge(&elsewhere, a, b).await.refused(404, "not-found");
    try_merge(&lead, a, Uuid::now_v7())
        .await
        .refused(404, "not-found");
    let key = Uuid::new_v4();
    let send = async |one: Uuid, other: Uuid| {
        let body = json!({ "one_person_id": one, "other_person_id": other });
        lead.post_once("/api/v1/persons/merges", key, body).await
    };
    let first = send(a, b).await.expect(200);
    let replayed = send(a, b).await.expect(200);
    assert_eq!(first.value(), replayed.value());
    send(b, a).await.refused(422, "idempotency-key-reused");
    let merged: PersonMerge = first.json();
    undo(&elsewhere, &merged).await.refused(404, "not-found");
    // A commander merges across communes; who leads one of them cannot split what they cannot see.
    let commander = app.commander().await;
    let across = merge(&commander, a, c).await;
    undo(&lead, &across).await.refused(404, "not-found");
    undo(&commander, &across).await.expect(200);
    undo(&lead, &merged).await.expect(200);
    assert_eq!(sum(&app).await.0, 3);
    let actions: Vec<String> = audit_event::table
        .filter(audit_event::action.like("tracking.%merge%"))
        .order(audit_event::seq)
        .select(audit_event::action)
        .load(&mut app.owner().await)
        .await
        .unwrap();
    let (merge, undo) = ("tracking.merge_persons", "tracking.undo_merge");
    assert_eq!(actions, [merge, merge, undo, undo]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_word_about_who_stands_for_whom_is_found_and_mended() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    let [a, b, c] = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    push(
        &app,
        &volunteer,
        &[a, b, c].map(|id| about(&app, &volunteer, village, id)),
    )
    .await;
    merge(&lead, a, b).await;
    let mut owner = app.owner().await;
    for damage in [
        format!("update person set canonical_id = '{c}' where person_id = '{b}'"),
        format!("update person set canonical_id = null where person_id = '{b}'"),
        format!("update person set canonical_id = '{a}' where person_id = '{c}'"),
    ] {
        owner.batch_execute(&damage).await.unwrap();
        let found = verify::list_differences(&mut owner).await.unwrap();
        assert_eq!(found.len(), 1, "{damage}: {found:?}");
        api::db::transaction::<_, diesel::result::Error>(&mut owner, async |conn| {
            verify::repair(conn).await
        })
        .await
        .unwrap();
        assert_rollups_equal_a_recount(&app).await;
    }
    assert_eq!(sum(&app).await.0, 2);
}
