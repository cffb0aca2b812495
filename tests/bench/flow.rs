//! The twelve steps of a national pre-registration system's published load test, done by this one:
//! volunteers who sign in, record what they did with somebody, book for them, and sign out, thinking
//! five seconds before each step. That system was measured with 300 of them, and aborted with 1,200.
//!
//! What has no likeness here stands for its neighbour: who asks is proven by signing in, where there a
//! code is sent and verified; a form is saved by recording a stage; the notice is the calendar file, for
//! the message itself waits in the outbox since the confirmation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::Enrolment;
use super::booking::Office;
use super::client::{Connection, Response, request};
use super::print::{ms, percentile};
use super::program::Program;

const THINK: Duration = Duration::from_secs(5);
/// They begin within so long, not all at once.
const BEGIN_WITHIN: Duration = Duration::from_secs(30);

/// The steps in their order; confirming is a step's second half, and has an aim of its own.
const STEPS: [&str; 13] = [
    "home",
    "send code: sign in",
    "verify: who am I",
    "form: services and papers",
    "save: a stage is recorded",
    "save: another stage",
    "find office: nearest free slots",
    "list slots of a day",
    "hold",
    "and confirm",
    "slip",
    "notice: calendar file",
    "sign out",
];
const CONFIRM: usize = 9;

/// Where they work.
pub struct Scene {
    office: Office,
    enrolment: Enrolment,
}

impl Scene {
    pub async fn set(program: &Program) -> Self {
        Self {
            office: Office::open(program, 40).await,
            enrolment: Enrolment::prepare(program).await,
        }
    }
}

fn phone(user: usize) -> String {
    format!("0931{user:06}")
}

/// What one user met: how long each step took, and what went wrong, if anything.
#[derive(Default)]
struct Met {
    took: Vec<Duration>,
    wrong: Option<String>,
}

/// Lets so many users, from this number on, go through all steps; prints a table.
pub async fn run(program: &Program, scene: &Arc<Scene>, first: usize, users: usize) {
    let phones = (first..first + users).map(phone);
    scene.enrolment.enrol(program, phones).await;
    let began = Instant::now();
    let going = (0..users).map(|number| {
        let (scene, address) = (scene.clone(), program.address.clone());
        let begins = BEGIN_WITHIN * u32::try_from(number).unwrap() / u32::try_from(users).unwrap();
        tokio::spawn(async move {
            tokio::time::sleep(begins).await;
            let mut user = User::new(scene, address, first + number);
            user.met.wrong = user.go().await.err();
            user.met
        })
    });
    let met: Vec<Met> = join_all(going)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    print(users, began.elapsed(), &met);
}

fn print(users: usize, lasted: Duration, met: &[Met]) {
    println!(
        "\n| {users} users, {} s | requests | p50 ms | p90 ms | p99 ms | aim |\n|---|---|---|---|---|---|",
        lasted.as_secs()
    );
    for (at, step) in STEPS.iter().enumerate() {
        let took = met.iter().filter_map(|one| one.took.get(at).copied());
        let mut took: Vec<Duration> = took.collect();
        took.sort_unstable();
        let [p50, p90, p99] = [50, 90, 99].map(|percent| ms(percentile(&took, percent)));
        let aim = if at == CONFIRM && users <= 300 {
            "p90 < 100 ms"
        } else {
            ""
        };
        println!(
            "| {step} | {} | {p50} | {p90} | {p99} | {aim} |",
            took.len()
        );
    }
    let wrong: Vec<&String> = met.iter().filter_map(|one| one.wrong.as_ref()).collect();
    println!("| errors | {} | | | | 0 |", wrong.len());
    assert!(
        wrong.is_empty(),
        "{} went wrong; the first: {}",
        wrong.len(),
        wrong[0]
    );
}

struct User {
    scene: Arc<Scene>,
    address: String,
    number: usize,
    /// Each comes from an address of their own.
    from: String,
    bearer: Option<String>,
    met: Met,
}

impl User {
    fn new(scene: Arc<Scene>, address: String, number: usize) -> Self {
        Self {
            scene,
            address,
            number,
            from: format!("10.1.{}.{}", number / 250, number % 250 + 1),
            bearer: None,
            met: Met::default(),
        }
    }

    /// One step after another, with a new connection each: a phone in a pocket keeps none open.
    async fn go(&mut self) -> Result<(), String> {
        self.get("/").await?;
        let body = json!({ "phone": phone(self.number), "password": api::demo::PASSWORD });
        let session = self.post("/api/v1/sessions", body).await?;
        let token = session["access_token"].as_str().unwrap_or_default();
        self.bearer = Some(format!("Bearer {token}"));
        let me = self.get("/api/v1/me").await?;
        self.get("/api/v1/services").await?;
        for stage in ["level1_activated", "level2_activated"] {
            let body = self.record(&me["account_id"], stage);
            let pushed = self.post("/api/v1/sync/push", body).await?;
            if pushed["results"][0]["result"] != "applied" {
                return Err(format!("a record was not applied: {pushed}"));
            }
        }
        self.get("/api/v1/slots/nearest?service=cccd_new").await?;
        let starts_at = self.scene.office.start(self.number * 7);
        let path = format!(
            "/api/v1/offices/{}/slots?on={}",
            self.scene.office.office_id,
            &starts_at[..10]
        );
        self.get(&path).await?;
        let booked = self.book(&starts_at).await?;
        let own = json!({ "code": booked["code"], "secret": booked["secret"] });
        self.post("/api/v1/appointments/slip", own.clone()).await?;
        self.post("/api/v1/appointments/calendar", own).await?;
        self.send("DELETE", "/api/v1/sessions/current", b"").await?;
        Ok(())
    }

    async fn book(&mut self, starts_at: &str) -> Result<Value, String> {
        let id_number = self.id_number();
        let body = json!({
            "office_id": self.scene.office.office_id, "starts_at": starts_at, "service_code": "cccd_new",
            "id_numbers": [id_number], "device_id": Uuid::now_v7(),
        });
        let hold = self.post("/api/v1/holds", body).await?;
        let body = json!({
            "hold_token": hold["hold_token"], "service_code": "cccd_new",
            "visitors": [{ "id_number": id_number, "name": "Nguyễn Thị Thử", "phone": "0912 345 678" }],
        });
        let party = self.post("/api/v1/appointments", body).await?;
        Ok(party["appointments"][0].clone())
    }

    fn id_number(&self) -> String {
        format!("058193{:06}", self.number)
    }

    fn record(&self, account_id: &Value, stage: &str) -> Value {
        let now = api::clock::Clock::default().now();
        let villages = &self.scene.enrolment.villages;
        json!({
            "protocol": 1, "device_id": Uuid::now_v7(), "client_time": now,
            "ops": [{
                "op_id": Uuid::now_v7(), "kind": "record", "author_id": account_id, "recorded_at": now,
                "clock_offset_ms": 0, "clock_offset_age_s": 0,
                "village_id": villages[self.number % villages.len()], "stage": stage,
                "device_holder": "own", "consent": { "method": "spoken" },
                "subject": { "kind": "plain", "id_number": self.id_number() },
            }],
        })
    }

    async fn get(&mut self, path: &str) -> Result<Value, String> {
        self.send("GET", path, b"").await
    }

    async fn post(&mut self, path: &str, body: Value) -> Result<Value, String> {
        self.send("POST", path, body.to_string().as_bytes()).await
    }

    /// Thinks, asks, and writes down how long it took.
    async fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Value, String> {
        tokio::time::sleep(THINK).await;
        let key = Uuid::now_v7().to_string();
        let mut headers = vec![("x-forwarded-for", self.from.as_str())];
        if method == "POST" && path == "/api/v1/appointments" {
            headers.push(("idempotency-key", &key));
        }
        headers.extend(
            self.bearer
                .iter()
                .map(|bearer| ("authorization", bearer.as_str())),
        );
        let bytes = request(method, path, &headers, body);
        let asked = Instant::now();
        let answer: Response = Connection::open(&self.address).await.send(&bytes).await;
        self.met.took.push(asked.elapsed());
        if !(200..300).contains(&answer.status) {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("{method} {path}: {} {text}", answer.status));
        }
        // Pages and calendar files are no JSON.
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }
}
