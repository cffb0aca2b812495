//! Many phones at once, and a server that dies under them.

use api::db::schema::operation;
use api::privacy::keys::MasterKey;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::sealing::seal;
use mobile_contracts::tracking::PushedOperations;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    COMMUNE, With as _, assert_rollups_equal_a_recount, push, push_one, record, sum, void,
};
use crate::harness::proxied::Proxied;
use crate::harness::{Person, TestApp, citizen, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn eight_phones_that_push_the_same_people_at_once_agree() {
    let app = TestApp::start().await;
    let villages = [
        app.village(COMMUNE, 0).await,
        app.village(COMMUNE, 1).await,
        app.village(COMMUNE, 2).await,
    ];
    let commune = app.commune(COMMUNE).await;
    let ids: Vec<String> = (0..25).map(|_| citizen::id_number()).collect();
    let mut phones = Vec::new();
    let mut shared = None;
    for device in 0..8_usize {
        let union = [MassUnion::Youth, MassUnion::Women][device % 2];
        let person = app.account(Role::Volunteer, union, commune).await;
        let mut ops: Vec<Value> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let minutes = TimeDelta::minutes(((at * 7 + device * 13) % 60) as i64);
                record(&app, &person, villages[(at + device) % 3], id)
                    .with("recorded_at", app.app.clock.now() - minutes)
            })
            .collect();
        let voids: Vec<Value> = ops
            .iter()
            .skip(device)
            .step_by(5)
            .map(|op| void(&app, &person, op))
            .collect();
        ops.extend(voids);
        // Everybody also sends one and the same operation.
        let twin = shared.get_or_insert_with(|| ops[0].clone()).clone();
        ops.push(twin);
        // Each phone in an order of its own.
        let turn = device * 5 % ops.len();
        ops.rotate_left(turn);
        if device % 2 == 0 {
            ops.reverse();
        }
        phones.push((person, ops));
    }
    let pushes = phones.iter().map(|(person, ops)| {
        let app = &app;
        async move {
            for batch in ops.chunks(9) {
                let results = push(app, person, batch).await;
                assert!(
                    results.iter().all(|result| result.result != "retry"),
                    "{results:?}"
                );
            }
            // The answer was lost: once more, at once.
            let results = push(app, person, ops).await;
            assert!(
                results.iter().all(|result| result.result != "retry"),
                "{results:?}"
            );
        }
    });
    futures_util::future::join_all(pushes).await;
    assert_eq!(sum(&app).await.0, ids.len() as i32);
    assert_rollups_equal_a_recount(&app).await;
}

/// Not run by itself: it measures, and what it measures depends on the machine and the build.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures speed: cargo test -p api --test all -- --ignored operations_a_second --nocapture"]
async fn operations_a_second_in_batches_of_a_hundred() {
    measure(
        "plain",
        |_, _, id| json!({ "kind": "plain", "id_number": id }),
    )
    .await;
    measure("sealed", |app, op_id, id| {
        let kid = app.app.sealing.kid();
        let sealed = seal(app.app.sealing.public_key(), kid, op_id, id).unwrap();
        json!({ "kind": "sealed", "kid": kid.as_str(), "sealed": sealed.text() })
    })
    .await;
}

async fn measure(what: &str, subject: impl Fn(&TestApp, Uuid, &str) -> Value) {
    const PHONES: usize = 8;
    const BATCHES: usize = 10;
    let app = TestApp::with()
        .set("TO06_SUBJECTS_PER_DAY", "1000000")
        .start()
        .await;
    let today = mobile_contracts::calendar::local_day(app.app.clock.now());
    let commune = app.commune(COMMUNE).await;
    let villages = app
        .geography()
        .await
        .within(commune, api::geography::Level::Village, today);
    let mut phones = Vec::new();
    for _ in 0..PHONES {
        let person = app.volunteer(COMMUNE).await;
        let op = |at: usize| {
            let id = citizen::id_number();
            let op_id = Uuid::now_v7();
            record(&app, &person, villages[at % villages.len()], &id)
                .with("op_id", op_id)
                .with("subject", subject(&app, op_id, &id))
        };
        let batches: Vec<Vec<Value>> = (0..BATCHES).map(|_| (0..100).map(op).collect()).collect();
        phones.push((person, batches));
    }
    let started = std::time::Instant::now();
    let pushes = phones.iter().map(|(person, batches)| {
        let app = &app;
        async move {
            for batch in batches {
                push(app, person, batch).await;
            }
        }
    });
    futures_util::future::join_all(pushes).await;
    let seconds = started.elapsed().as_secs_f64();
    let ops = (PHONES * BATCHES * 100) as f64;
    println!(
        "{what}: {:.0} operations a second ({ops} in {seconds:.1} s)",
        ops / seconds
    );
    assert_eq!(sum(&app).await.0, ops as i32);
    assert_rollups_equal_a_recount(&app).await;
}

/// The program itself, over a test's database, until it is killed.
struct Served {
    process: std::process::Child,
    address: String,
}

impl Served {
    async fn start(app: &TestApp) -> Self {
        Self::start_at(app, &app.database.url()).await
    }

    /// The same, with its database at this address.
    async fn start_at(app: &TestApp, database: &str) -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_api"));
        command
            .arg("serve")
            .env("DATABASE_URL", database)
            .env("MIGRATION_DATABASE_URL", app.database.owner_url())
            .env("REDIS_URL", crate::harness::cluster::CLUSTER.redis.url())
            .env("TO06_MASTER_KEYS", MasterKey::new(1, [6; 32]).expose())
            .env("TO06_BIND", "127.0.0.1:0")
            .env("TO06_LOG", "error")
            .stdout(std::process::Stdio::piped());
        tokio::task::spawn_blocking(move || {
            use std::io::BufRead as _;
            let mut process = command.spawn().unwrap();
            let mut lines = std::io::BufReader::new(process.stdout.take().unwrap()).lines();
            let address = lines
                .find_map(|line| {
                    let line = line.ok()?;
                    let rest = line.split_once("http://")?.1;
                    Some(format!("http://{}", rest.split('/').next()?))
                })
                .expect("it says where it listens");
            // Whoever writes to a closed pipe would die of that instead.
            std::thread::spawn(move || lines.for_each(drop));
            Self { process, address }
        })
        .await
        .unwrap()
    }

    fn kill(&mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Pushes to the program at this address; none: it died, or could not say what became of them.
async fn send(
    app: &TestApp,
    volunteer: &Person,
    address: &str,
    ops: &[Value],
) -> Option<PushedOperations> {
    let body = json!({
        "protocol": 1, "device_id": Uuid::now_v7(), "client_time": app.app.clock.now(), "ops": ops,
    });
    let request = app
        .http
        .post(format!("{address}/api/v1/sync/push"))
        .bearer_auth(volunteer.token.as_deref().unwrap())
        .json(&body);
    let response = request.send().await.ok()?;
    (response.status() == 200).then_some(())?;
    response.json().await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_between_commit_and_answer_has_recorded_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let proxied = Proxied::postgres().await;
    let url = app.database.url();
    let (head, _) = url.split_once("?host=").unwrap();
    let through = format!("{head}?host={}", proxied.sockets().replace('/', "%2F"));
    let mut served = Served::start_at(&app, &through).await;
    let address = served.address.clone();
    let committed = async |ops: &[Value]| -> bool {
        let id = |op: &Value| op["op_id"].as_str().unwrap().parse::<Uuid>().unwrap();
        let ids: Vec<Uuid> = ops.iter().map(id).collect();
        let stored: i64 = operation::table
            .filter(operation::op_id.eq_any(ids))
            .count()
            .get_result(&mut app.conn().await)
            .await
            .unwrap();
        stored == ops.len() as i64
    };
    let mut people = 0;
    let ops = loop {
        let mut ops: Vec<Value> = (0..4)
            .map(|_| record(&app, &volunteer, village, &citizen::id_number()))
            .collect();
        ops.push(void(&app, &volunteer, &ops[0]));
        people += 3;
        proxied.proxy.stall_next_commit();
        let sending = send(&app, &volunteer, &address, &ops);
        let killing = async {
            eventually(async || committed(&ops).await.then_some(())).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        };
        tokio::pin!(sending);
        tokio::select! {
            // The proxy met another transaction of the program first.
            told = &mut sending => assert!(told.is_some()),
            () = killing => {
                served.kill();
                assert!(sending.await.is_none(), "nobody was told");
                break ops.clone();
            }
        }
    };
    assert_eq!(sum(&app).await, (people, 0, 0, 0));
    let served = Served::start(&app).await;
    for _ in 0..2 {
        let pushed = send(&app, &volunteer, &served.address, &ops).await.unwrap();
        for result in pushed.results {
            assert_eq!(result.result, "replayed");
            assert_eq!(result.original_result.as_deref(), Some("applied"));
        }
    }
    assert_eq!(sum(&app).await, (people, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_it_records_counts_nothing_twice_and_loses_nothing() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ids: Vec<String> = (0..60).map(|_| citizen::id_number()).collect();
    let ops: Vec<Value> = ids
        .iter()
        .cycle()
        .take(180)
        .map(|id| record(&app, &volunteer, village, id))
        .collect();
    let mut confirmed: Vec<Value> = Vec::new();
    for round in 0..4 {
        let mut served = Served::start(&app).await;
        let address = served.address.clone();
        let died = tokio::task::spawn_blocking(move || {
            std::thread::sleep(std::time::Duration::from_millis(40 + 35 * round));
            served.kill();
        });
        for batch in ops.chunks(6) {
            let Some(pushed) = send(&app, &volunteer, &address, batch).await else {
                break;
            };
            assert!(pushed.results.iter().all(|result| result.result != "retry"));
            confirmed.extend(batch.iter().cloned());
        }
        died.await.unwrap();
        assert_rollups_equal_a_recount(&app).await;
    }
    // What was confirmed is there, and what was cut off is taken as if nothing had happened.
    let results = push(
        &app,
        &volunteer,
        &confirmed[confirmed.len().saturating_sub(180)..],
    )
    .await;
    assert!(results.iter().all(|result| result.result == "replayed"));
    push(&app, &volunteer, &ops).await;
    assert_eq!(sum(&app).await, (60, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_operation_from_eight_connections_is_applied_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let op = record(&app, &volunteer, village, &citizen::id_number());
    let results =
        futures_util::future::join_all((0..8).map(|_| push_one(&app, &volunteer, &op))).await;
    let applied = results.iter().filter(|result| result.result == "applied");
    assert_eq!(applied.count(), 1, "{results:?}");
    let replayed = results.iter().filter(|result| result.result == "replayed");
    assert_eq!(replayed.count(), 7, "{results:?}");
    assert_eq!(sum(&app).await, (1, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_that_races_its_record_always_meets_it() {
    let app = TestApp::start().await;
    let (volunteer, lead) = (app.volunteer(COMMUNE).await, app.lead(COMMUNE).await);
    let village = app.village(COMMUNE, 0).await;
    for _ in 0..15 {
        let named = record(&app, &volunteer, village, &citizen::id_number());
        let nameless = record(&app, &volunteer, village, &citizen::id_number()).without("consent");
        let ops = [named, nameless];
        let voids = [void(&app, &lead, &ops[0]), void(&app, &lead, &ops[1])];
        let (recorded, voided) =
            tokio::join!(push(&app, &volunteer, &ops), push(&app, &lead, &voids));
        for result in recorded.iter().chain(&voided) {
            assert_eq!(result.result, "applied");
        }
    }
    assert_eq!(sum(&app).await, (0, 0, 0, 0));
    assert_rollups_equal_a_recount(&app).await;
}
