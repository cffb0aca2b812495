//! Leads who merge and split persons while phones send records about them.

use std::collections::{BTreeMap, BTreeSet};

use api::db::schema::operation;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::person::PersonMerge;
use serde_json::Value;
use uuid::Uuid;

use super::merging::{about, ago, try_merge, undo};
use super::{COMMUNE, Totals, With as _, assert_rollups_equal_a_recount, push, totals, void};
use crate::harness::TestApp;
use crate::harness::cutting::Dice;

/// What the records of everybody by themselves come to.
fn alone(
    ops: &[Value],
    union: &BTreeMap<String, MassUnion>,
    taken_back: &BTreeSet<String>,
) -> Totals {
    let text = |op: &Value, field: &str| op[field].as_str().unwrap_or_default().to_owned();
    let mut live: Vec<&Value> = ops
        .iter()
        .filter(|op| op["kind"] == "record" && !taken_back.contains(&text(op, "op_id")))
        .collect();
    let when = |op: &Value| text(op, "recorded_at").parse::<DateTime<Utc>>().unwrap();
    live.sort_by_key(|op| (when(op), text(op, "op_id")));
    let mut seen: BTreeMap<(String, String), Vec<MassUnion>> = BTreeMap::new();
    let mut totals = Totals::new();
    for op in live {
        let union = union[&text(op, "author_id")];
        let who = (op["subject"]["person_id"].to_string(), text(op, "stage"));
        let seen = seen.entry(who).or_default();
        if seen.contains(&union) {
            continue;
        }
        let village = op["village_id"].as_i64().unwrap() as i32;
        let key = (village, text(op, "stage"), union.as_str().to_owned());
        let counts = totals.entry(key).or_default();
        match seen.is_empty() {
            true => counts.0 += 1,
            false => counts.1 += 1,
        }
        seen.push(union);
    }
    totals
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_that_race_batches_of_many_phones_lose_and_invent_nothing() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let villages = [app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await];
    let people: Vec<Uuid> = (0..8).map(|_| Uuid::now_v7()).collect();
    let dice = Dice::new(35);
    let commune = app.commune(COMMUNE).await;
    let (mut phones, mut unions) = (Vec::new(), BTreeMap::new());
    let (mut all, mut taken_back) = (Vec::new(), BTreeSet::new());
    for n in 0..4 {
        let union = [MassUnion::Youth, MassUnion::Women][n % 2];
        let author = app.account(Role::Volunteer, union, commune).await;
        unions.insert(author.account_id.unwrap().to_string(), union);
        let mut ops: Vec<Value> = Vec::new();
        for at in 0..60 {
            let stage = ["installed", "level1_activated"][dice.below(2)];
            let op = match at % 6 {
                5 => {
                    let target = &ops[dice.below(ops.len())];
                    match target["kind"] == "record" {
                        true => void(&app, &author, target),
                        false => continue,
                    }
                }
                _ => about(
                    &app,
                    &author,
                    villages[dice.below(2)],
                    people[dice.below(8)],
                )
                .with("stage", stage)
                .with("recorded_at", ago(&app, 1 + dice.below(600) as i64))
                .with("name", ["Katơr Thử", "Katơr Thị Thử"][dice.below(2)]),
            };
            if let Some(target) = op["target_op_id"].as_str() {
                taken_back.insert(target.to_owned());
            }
            ops.push(op);
        }
        all.extend(ops.clone());
        phones.push((author, ops));
    }
    // Everybody is known before anybody is merged.
    let visits: Vec<Value> = people
        .iter()
        .map(|id| {
            about(&app, &phones[0].0, villages[0], *id)
                .with("kind", "visit")
                .with("outcome", "no_signal")
                .without("stage")
                .without("device_holder")
        })
        .collect();
    push(&app, &phones[0].0, &visits).await;
    let pushing = phones.iter().map(|(author, ops)| {
        let app = &app;
        async move {
            for batch in ops.chunks(5) {
                // Whoever lost every race is told to come back, as phones do.
                let is_through = async || {
                    let results = push(app, author, batch).await;
                    results.iter().all(|result| result.result != "retry")
                };
                while !is_through().await {}
            }
        }
    });
    let merging = (0..2).map(|n| {
        let (lead, people, dice) = (&lead, &people, Dice::new(350 + n));
        async move {
            let mut standing: Vec<PersonMerge> = Vec::new();
            for _ in 0..25 {
                if dice.below(3) == 0 && !standing.is_empty() {
                    let undone = standing.swap_remove(dice.below(standing.len()));
                    while undo(lead, &undone).await.status == 503 {}
                    continue;
                }
                let answer = try_merge(lead, people[dice.below(8)], people[dice.below(8)]).await;
                match answer.status.as_u16() {
                    200 => standing.push(answer.json()),
                    503 => {}
                    _ => drop(answer.refused(409, "persons-already-one")),
                }
            }
            standing
        }
    });
    let (standing, _) = tokio::join!(
        futures_util::future::join_all(merging),
        futures_util::future::join_all(pushing)
    );
    // The recount reads the merges themselves, and knows nothing of batches.
    assert_rollups_equal_a_recount(&app).await;
    let standing: Vec<PersonMerge> = standing.into_iter().flatten().collect();
    assert!(!standing.is_empty());
    let operations: i64 = operation::table
        .filter(operation::kind.ne("visit"))
        .count()
        .get_result(&mut app.owner().await)
        .await
        .unwrap();
    assert_eq!(operations, all.len() as i64);
    for merge in &standing {
        undo(&lead, merge).await.expect(200);
    }
    assert_eq!(totals(&app).await, alone(&all, &unions, &taken_back));
    assert_rollups_equal_a_recount(&app).await;
}
