//! Holding and confirming, on an office of the bench's own with room for everybody.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use api::db::Conn;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Connection, request};
use super::load::{self, Measured};
use super::program::Program;
use super::{CONNECTIONS, RUN, yardstick};

/// An office open day and night, its slots, and what was held in it.
pub struct Office {
    pub office_id: i64,
    /// Places of each slot.
    capacity: usize,
    starts: Arc<Vec<String>>,
    held: Arc<Mutex<Vec<(String, String)>>>,
}

impl Office {
    pub async fn open(program: &Program, capacity: usize) -> Self {
        let admin = program.sign_in("0900000001").await;
        let units = program
            .send("GET", "/api/v1/units?level=commune&limit=1", None, b"")
            .await;
        let body = json!({
            "unit_id": units["items"][0]["unit_id"], "name": "Điểm đo tải", "kind": "mobile",
            "address": "Không có thật", "services": ["cccd_new"],
        });
        let office = program
            .send(
                "POST",
                "/api/v1/offices",
                Some(&admin),
                body.to_string().as_bytes(),
            )
            .await;
        let office_id = office["office_id"].as_i64().unwrap();
        let path = format!("/api/v1/offices/{office_id}");
        let wide = json!({ "unverified_share": 100, "same_day_share": 0, "walk_in_places": 0, "lead_min": 0 });
        program
            .send("PATCH", &path, Some(&admin), wide.to_string().as_bytes())
            .await;
        let mut hours = Vec::new();
        for weekday in 1..=7 {
            for (session, opens, closes) in [(1, 0, 720), (2, 720, 1440)] {
                hours.push(json!({ "weekday": weekday, "session": session, "opens_min": opens, "closes_min": closes, "capacity": capacity }));
            }
        }
        let hours = json!({ "hours": hours, "open_on_holidays": true }).to_string();
        program
            .send(
                "PUT",
                &format!("{path}/hours"),
                Some(&admin),
                hours.as_bytes(),
            )
            .await;
        let mut starts = Vec::new();
        for days in 1..=16 {
            let day =
                api::clock::Clock::default().now().date_naive() + chrono::TimeDelta::days(days);
            let slots = program
                .send("GET", &format!("{path}/slots?on={day}"), None, b"")
                .await;
            let of_day = slots["slots"].as_array().unwrap();
            starts.extend(
                of_day
                    .iter()
                    .map(|slot| slot["starts_at"].as_str().unwrap().to_owned()),
            );
        }
        assert!(starts.len() > 500, "{} slots", starts.len());
        let office = Self {
            office_id,
            capacity,
            starts: Arc::new(starts),
            held: Arc::default(),
        };
        office.materialise(program).await;
        office
    }

    /// Writes the rows of every slot, as the first booking of each would: what is measured is the
    /// booking of a slot that is in use, here and by pgbench.
    async fn materialise(&self, program: &Program) {
        let url = yardstick::database_url(program);
        let mut conn = Conn::establish(&url).await.unwrap();
        let (office, slots, places) = (self.office_id, self.starts.len(), self.capacity);
        let (first_s, slot_s) = (self.start_s(0), self.start_s(1) - self.start_s(0));
        let sql = format!(
            "insert into slot (office_id, starts_at, ends_at, closes_at) \
             select {office}, at, at + interval '{slot_s} s', at \
             from (select to_timestamp({first_s} + n * {slot_s}::bigint) as at from generate_series(0, {slots} - 1) as n) as starts \
             on conflict do nothing; \
             insert into place (office_id, starts_at, place_no, opens_at, for_unverified) \
             select office_id, starts_at, place_no, now() - interval '1 day', true \
             from slot, generate_series(1, {places}) as place_no where office_id = {office} \
             on conflict do nothing"
        );
        conn.batch_execute(&sql).await.unwrap();
    }

    /// When a slot starts, as the API says it; after the last comes the first again.
    pub fn start(&self, index: usize) -> String {
        self.starts[index % self.starts.len()].clone()
    }

    /// Path of a day's slots, as people ask for it.
    pub fn slots_path(&self) -> String {
        format!(
            "/api/v1/offices/{}/slots?on={}",
            self.office_id,
            &self.starts[0][..10]
        )
    }

    /// Holds a place for one new person after another.
    pub async fn hold(&self, address: &str) -> Measured {
        let next = Arc::new(AtomicUsize::new(0));
        let (starts, held, office_id) = (self.starts.clone(), self.held.clone(), self.office_id);
        let places = starts.len() * self.capacity;
        load::drive(address, CONNECTIONS, 1, move || {
            let (next, starts, held) = (next.clone(), starts.clone(), held.clone());
            async move |connection: &mut Connection| {
                let person = next.fetch_add(1, Ordering::Relaxed);
                if person >= places {
                    return None;
                }
                let id_number = format!("058190{person:06}");
                let body = json!({
                    "office_id": office_id, "starts_at": starts[person % starts.len()], "service_code": "cccd_new",
                    "id_numbers": [id_number], "device_id": Uuid::now_v7(),
                });
                let answer = connection.send(&request("POST", "/api/v1/holds", &[], body.to_string().as_bytes())).await;
                if answer.status == 201 {
                    let hold: Value = serde_json::from_slice(&answer.body).unwrap();
                    let token = hold["hold_token"].as_str().unwrap().to_owned();
                    held.lock().unwrap().push((id_number, token));
                }
                Some(answer)
            }
        })
        .await
    }

    /// Confirms what was held, once each, until the time or the holds are over.
    pub async fn confirm(&self, address: &str) -> Measured {
        let held = self.held.clone();
        load::drive(address, CONNECTIONS, 1, move || {
            let held = held.clone();
            async move |connection: &mut Connection| {
                let (id_number, token) = held.lock().unwrap().pop()?;
                let body = json!({
                    "hold_token": token, "service_code": "cccd_new",
                    "visitors": [{ "id_number": id_number, "name": "Nguyễn Thị Thử", "phone": "0912 345 678" }],
                });
                let key = Uuid::now_v7().to_string();
                let headers = [("idempotency-key", key.as_str())];
                Some(connection.send(&request("POST", "/api/v1/appointments", &headers, body.to_string().as_bytes())).await)
            }
        })
        .await
    }

    /// When a slot starts, in seconds; day and night without a gap.
    fn start_s(&self, index: usize) -> i64 {
        let start: chrono::DateTime<chrono::Utc> = self.starts[index].parse().unwrap();
        start.timestamp()
    }

    /// The same SQL by pgbench, on places of the same office: transactions per second.
    pub fn pgbench(&self, program: &Program) -> f64 {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/bench/confirm.sql");
        let first_s = self.start_s(0);
        let (sockets, binary) = program.postgres_tools("pgbench");
        let output = Command::new(binary)
            .args([
                "--no-vacuum",
                "--client=10",
                "--jobs=1",
                "--protocol=prepared",
            ])
            .arg(format!("--time={}", RUN.as_secs()))
            .arg(format!("--define=office={}", self.office_id))
            .arg(format!("--define=slots={}", self.starts.len()))
            .arg(format!("--define=first_s={first_s}"))
            .arg(format!("--define=slot_s={}", self.start_s(1) - first_s))
            .arg("--file")
            .arg(script)
            .args(["--host", &sockets, "--username=to06_app", "to06"])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = told.lines().find(|line| line.starts_with("tps = "));
        let line =
            line.unwrap_or_else(|| panic!("{told} {}", String::from_utf8_lossy(&output.stderr)));
        line.split_whitespace().nth(2).unwrap().parse().unwrap()
    }
}
