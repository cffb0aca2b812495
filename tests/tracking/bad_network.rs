//! Many phones behind a network that cuts, delays and repeats: exactly one effect of each operation, and
//! the counts of a model that knows nothing of networks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::UnitId;
use mobile_contracts::tracking::{DeviceStatement, PushedOperations};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, Totals, With as _, assert_rollups_equal_a_recount, record, replace, totals, void,
};
use crate::harness::cutting::{CuttingProxy, Dice};
use crate::harness::{Person, TestApp, citizen};

const UNIONS: [MassUnion; 2] = [MassUnion::Youth, MassUnion::Women];
const STAGES: [&str; 3] = ["installed", "level1_activated", "level2_activated"];

/// A record as the model remembers it.
struct Recorded {
    op_id: String,
    citizen: usize,
    stage: &'static str,
    village: UnitId,
    union: MassUnion,
    at: DateTime<Utc>,
}

/// One phone: whose, and what is still to be sent.
struct Phone {
    person: Person,
    device_id: Uuid,
    ops: Vec<Value>,
}

/// What phones do all day, and what must come of it.
struct Day {
    phones: Vec<Phone>,
    recorded: Vec<Recorded>,
    taken_back: BTreeSet<String>,
}

impl Day {
    async fn of(app: &TestApp, phones: usize, ops_each: usize, dice: &Dice) -> Self {
        let commune = app.commune(COMMUNE).await;
        let villages = [app.village(COMMUNE, 0).await, app.village(COMMUNE, 1).await];
        // So few that most of them are met by several.
        let ids: Vec<String> = (0..phones * ops_each / 6)
            .map(|_| citizen::id_number())
            .collect();
        let mut day = Self {
            phones: Vec::new(),
            recorded: Vec::new(),
            taken_back: BTreeSet::new(),
        };
        let now = app.app.clock.now();
        for at in 0..phones {
            let union = UNIONS[at % 2];
            let person = app.account(Role::Volunteer, union, commune).await;
            let mut ops: Vec<Value> = Vec::new();
            while ops.len() < ops_each {
                let (citizen, village) = (dice.below(ids.len()), villages[dice.below(2)]);
                let stage = STAGES[dice.below(3)];
                let done_at = now - TimeDelta::seconds(60 + dice.below(30_000) as i64);
                // A void is not taken back, and whether it was refused depends on who came first.
                let earlier = (!ops.is_empty()).then(|| ops[dice.below(ops.len())].clone());
                let earlier = earlier.filter(|op| op["kind"] != "void");
                let said = match (dice.below(10), &earlier) {
                    (0, Some(target)) => void(app, &person, target),
                    (1, Some(target)) => replace(app, &person, village, &ids[citizen], target),
                    _ => record(app, &person, village, &ids[citizen]),
                };
                let mut op = said.with("recorded_at", done_at).with("seq", ops.len() + 1);
                if let Some(target) = op["target_op_id"].as_str() {
                    day.taken_back.insert(target.to_owned());
                }
                if op["kind"] != "void" {
                    op = op.with("stage", stage);
                    day.recorded.push(Recorded {
                        op_id: op["op_id"].as_str().unwrap().to_owned(),
                        citizen,
                        stage,
                        village,
                        union,
                        at: done_at,
                    });
                }
                ops.push(op);
            }
            day.phones.push(Phone {
                person,
                device_id: Uuid::now_v7(),
                ops,
            });
        }
        day
    }

    /// n and assists by village, stage and union.
    fn totals(&self) -> Totals {
        let mut live: Vec<&Recorded> = self
            .recorded
            .iter()
            .filter(|one| !self.taken_back.contains(&one.op_id))
            .collect();
        live.sort_by(|a, b| (a.at, &a.op_id).cmp(&(b.at, &b.op_id)));
        let mut unions: BTreeMap<(usize, &str), Vec<MassUnion>> = BTreeMap::new();
        let mut totals = Totals::new();
        for one in live {
            let seen = unions.entry((one.citizen, one.stage)).or_default();
            if seen.contains(&one.union) {
                continue;
            }
            let union = one.union.as_str().to_owned();
            let counts = totals
                .entry((one.village.0, one.stage.to_owned(), union))
                .or_default();
            match seen.is_empty() {
                true => counts.0 += 1,
                false => counts.1 += 1,
            }
            seen.push(one.union);
        }
        totals
    }
}

/// Sends until every operation has a result, as a phone does: what has none is sent again.
async fn send_all(app: &TestApp, address: &str, phone: &Phone, dice: &Dice) {
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    let mut waiting: Vec<&Value> = phone.ops.iter().collect();
    while !waiting.is_empty() {
        // In any order, cut anywhere.
        let turn = dice.below(waiting.len());
        waiting.rotate_left(turn);
        let batch: Vec<&Value> = waiting.iter().take(1 + dice.below(60)).copied().collect();
        let body = json!({
            "protocol": 1, "device_id": phone.device_id, "client_time": app.app.clock.now(),
            "ops": batch,
        });
        let request = http
            .post(format!("{address}/api/v1/sync/push"))
            .bearer_auth(phone.person.token.as_deref().unwrap())
            .json(&body);
        let Ok(response) = request.send().await else {
            continue;
        };
        // Too often, or the server has too much to do: the same batch later.
        if matches!(response.status().as_u16(), 429 | 503) {
            tokio::time::sleep(Duration::from_millis(300)).await;
            continue;
        }
        assert!(response.status().is_success(), "{}", response.status());
        let Ok(pushed) = response.json::<PushedOperations>().await else {
            continue;
        };
        let known: BTreeSet<String> = pushed
            .results
            .iter()
            .filter(|result| result.result != "retry")
            .map(|result| {
                let first = result.original_result.as_ref().unwrap_or(&result.result);
                assert!(matches!(first.as_str(), "applied" | "merged"), "{result:?}");
                result.op_id.unwrap().to_string()
            })
            .collect();
        waiting.retain(|op| !known.contains(op["op_id"].as_str().unwrap()));
    }
}

async fn exactly_one_effect_each(phones: usize, ops_each: usize, seed: u64) {
    use api::db::schema::{fact, operation, void};
    let app = TestApp::with()
        .set("TO06_SUBJECTS_PER_DAY", "1000000")
        .start()
        .await;
    let dice = Dice::new(seed);
    let day = Day::of(&app, phones, ops_each, &dice).await;
    let proxy = CuttingProxy::start(&app.address, seed).await;
    let started = Instant::now();
    let sending = day
        .phones
        .iter()
        .map(|phone| send_all(&app, &proxy.address, phone, &dice));
    futures_util::future::join_all(sending).await;
    println!(
        "{} operations in {:.1} s, {} requests troubled",
        phones * ops_each,
        started.elapsed().as_secs_f64(),
        proxy.troubled()
    );
    assert!(proxy.troubled() > 0, "the network was too good");
    let mut conn = app.owner().await;
    let count = |kind: &'static str| operation::table.filter(operation::kind.eq(kind)).count();
    let operations: i64 = operation::table
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(operations, (phones * ops_each) as i64);
    let facts: i64 = fact::table.count().get_result(&mut conn).await.unwrap();
    assert_eq!(facts, day.recorded.len() as i64);
    let withdrawals: i64 = void::table.count().get_result(&mut conn).await.unwrap();
    let voids: i64 = count("void").get_result(&mut conn).await.unwrap();
    let replaced: i64 = count("replace").get_result(&mut conn).await.unwrap();
    assert_eq!(withdrawals, voids + replaced);
    assert_eq!(totals(&app).await, day.totals());
    assert_rollups_equal_a_recount(&app).await;
    for phone in &day.phones {
        let path = format!("/api/v1/devices/{}/statement", phone.device_id);
        let statement: DeviceStatement = phone.person.get(&path).await.expect(200).json();
        let all = ops_each as i64;
        let told = (statement.complete_to, statement.decided, statement.missing);
        assert_eq!(told, (all, all, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_cuts_delays_and_repeats_changes_no_count() {
    exactly_one_effect_each(4, 120, 2026).await;
}

/// Not run by itself: minutes.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: cargo test -p api --test all -- --ignored long_hundred_thousand --nocapture"]
async fn long_hundred_thousand_operations_through_a_bad_network() {
    exactly_one_effect_each(40, 2_500, 75).await;
}
