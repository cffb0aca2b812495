//! Many phones: twenty that push at the same moment, twenty thousand that come back from the field, and
//! one that was installed anew and pulls; in a young province, and in one of five million facts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::Barrier;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::accounts::Enrolment;
use super::client::{Connection, request};
use super::facts;
use super::print;
use super::program::Program;
use super::sync::{BATCH, Recorder, applied};

const AT_ONCE: usize = 20;
const ROUNDS: usize = 30;
/// Between two pushes of a phone that works off a backlog, as `PUSHES` admits them.
const PAUSE: Duration = Duration::from_millis(500);

const DEVICES: usize = 20_000;
/// What one of them brings back from the field.
const BROUGHT: usize = 20;
/// Each account has so many phones, for twenty thousand sign-ins are not what is measured.
const DEVICES_PER_ACCOUNT: usize = 100;
/// Connections that are open at once; the others wait for their turn.
const CONNECTIONS: usize = 64;
const WITHIN: Duration = Duration::from_secs(600);

const PULLS: usize = 100;
const ROWS: usize = 500;

const FACTS: usize = 5_000_000;

pub async fn run(program: &Program) {
    let crowd = Crowd::enrol(program).await;
    for facts in [0, FACTS] {
        if facts > 0 {
            facts::load(program, facts).await;
        }
        println!(
            "\n| phones, beside {facts} facts | p50 ms | p95 ms | last ms | aim |\n|---|---|---|---|---|"
        );
        crowd.at_once(program).await;
        crowd.backlogs(program).await;
        crowd.field(program).await;
        crowd.pull(program).await;
    }
}

struct Crowd {
    recorders: Vec<Recorder>,
    /// Number of the next new person.
    next: AtomicUsize,
}

impl Crowd {
    async fn enrol(program: &Program) -> Self {
        let phone = |number: usize| format!("0932{number:06}");
        let accounts = DEVICES / DEVICES_PER_ACCOUNT;
        let enrolment = Enrolment::prepare(program).await;
        let phones = (0..accounts).map(phone);
        enrolment.enrol_everywhere(program, phones).await;
        let mut recorders = Vec::new();
        for number in 0..accounts {
            recorders.push(Recorder::sign_in(program, &phone(number)).await);
        }
        Self {
            recorders,
            next: AtomicUsize::new(100_000),
        }
    }

    fn people(&self, count: usize) -> std::ops::Range<usize> {
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        first..first + count
    }

    /// Twenty phones of twenty people push a hundred operations each in the same moment, again and again.
    async fn at_once(&self, program: &Program) {
        let together = Arc::new(Barrier::new(AT_ONCE));
        let phones = self.recorders[..AT_ONCE].iter().map(async |recorder| {
            let (device, mut waits) = (Uuid::now_v7(), Vec::new());
            let mut connection = Connection::open(&program.address).await;
            for _ in 0..ROUNDS {
                let batch = recorder.batch(device, self.people(BATCH));
                together.wait().await;
                let asked = Instant::now();
                let answer = connection.send(&batch).await;
                waits.push(asked.elapsed());
                assert_eq!((answer.status, applied(&answer)), (200, BATCH));
                tokio::time::sleep(PAUSE).await;
            }
            waits
        });
        let waits = join_all(phones).await.concat();
        print::row(
            "100 operations from each of 20 phones in the same moment",
            waits,
            "p95 < 150 ms",
        );
    }

    /// Twenty phones work off their backlogs side by side, each as fast as [`PAUSE`] allows.
    async fn backlogs(&self, program: &Program) {
        let phones = self.recorders[..AT_ONCE].iter().enumerate();
        let phones = phones.map(async |(number, recorder)| {
            let (device, mut waits) = (Uuid::now_v7(), Vec::new());
            let mut connection = Connection::open(&program.address).await;
            // Nobody agreed with the others on when to begin.
            let begin = PAUSE.mul_f64(number as f64 / AT_ONCE as f64);
            let mut turns = tokio::time::interval_at((Instant::now() + begin).into(), PAUSE);
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for _ in 0..ROUNDS {
                let batch = recorder.batch(device, self.people(BATCH));
                turns.tick().await;
                let asked = Instant::now();
                let answer = connection.send(&batch).await;
                waits.push(asked.elapsed());
                assert_eq!((answer.status, applied(&answer)), (200, BATCH));
            }
            waits
        });
        let waits = join_all(phones).await.concat();
        print::row(
            "100 operations from each of 20 phones, twice a second each",
            waits,
            "p95 < 150 ms",
        );
    }

    /// Every phone of the province comes back with what it recorded, as fast as they are answered. Whoever waited too
    /// long for others of the same village is told to send it again, and does.
    async fn field(&self, program: &Program) {
        let (next, began) = (AtomicUsize::new(0), Instant::now());
        let again = AtomicUsize::new(0);
        let sending = (0..CONNECTIONS).map(async |_| {
            let mut connection = Connection::open(&program.address).await;
            let mut waits = Vec::new();
            loop {
                let device = next.fetch_add(1, Ordering::Relaxed);
                if device >= DEVICES {
                    return waits;
                }
                let recorder = &self.recorders[device % self.recorders.len()];
                let batch = recorder.batch(Uuid::now_v7(), self.people(BROUGHT));
                let asked = Instant::now();
                loop {
                    let answer = connection.send(&batch).await;
                    assert_eq!(answer.status, 200);
                    if applied(&answer) == BROUGHT {
                        break;
                    }
                    again.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
                waits.push(asked.elapsed());
            }
        });
        let waits = join_all(sending).await.concat();
        let took = began.elapsed();
        let what = format!(
            "{DEVICES} phones with {BROUGHT} operations each, in {} s, {} told to come again: each push",
            took.as_secs(),
            again.into_inner()
        );
        print::row(&what, waits, "all in 600 s, no 5xx");
        assert!(took < WITHIN, "they took {took:?}");
    }

    /// A phone that knows nothing yet asks for the first page of what its owner did.
    async fn pull(&self, program: &Program) {
        let path = format!("/api/v1/sync/pull?limit={ROWS}");
        let mut connection = Connection::open(&program.address).await;
        let mut waits = Vec::new();
        for pull in 0..PULLS {
            let recorder = &self.recorders[pull % self.recorders.len()];
            let headers = [("authorization", recorder.bearer.as_str())];
            let asked = Instant::now();
            let answer = connection.send(&request("GET", &path, &headers, b"")).await;
            waits.push(asked.elapsed());
            let rows = String::from_utf8_lossy(&answer.body)
                .matches("\"collection\"")
                .count();
            assert_eq!((answer.status, rows), (200, ROWS));
        }
        print::row("a pull of 500 rows", waits, "< 50 ms");
    }
}
