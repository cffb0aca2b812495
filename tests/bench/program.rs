//! The program under load: the release binary, started with a throwaway data folder and the demo.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::privacy::keys::{Keys, MasterKey};
use serde_json::{Value, json};

use super::client::{Connection, request};
use super::load::Measured;

/// Milliseconds of CPU per request.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    pub program_ms: f64,
    pub postgres_ms: f64,
    pub redis_ms: f64,
}

pub struct Program {
    /// `host:port`.
    pub address: String,
    pub data_dir: PathBuf,
    pub keys: Keys,
    process: Child,
}

impl Program {
    pub async fn start() -> Self {
        let data_dir = PathBuf::from(format!("/tmp/to06-bench-{}", std::process::id()));
        std::fs::create_dir_all(&data_dir).unwrap();
        std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o755)).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let master = MasterKey::generate(1).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_api"))
            .args(["serve", "--demo"])
            .env("TO06_DATA_DIR", &data_dir)
            .env("TO06_BIND", &address)
            .env("TO06_LOG", "warn")
            // The load comes from one address and a handful of accounts: limits are not what is measured.
            .env("TO06_REQUESTS_PER_ADDRESS_PER_MINUTE", "100000000")
            .env("TO06_HOLDS_PER_HOUR", "100000000")
            .env("TO06_SUBJECTS_PER_DAY", "100000000")
            .env("TO06_MASTER_KEYS", master.expose())
            // Whoever says so comes from an address of their own.
            .env("TRUSTED_PROXIES", "127.0.0.1")
            .env("TO06_ARGON2_MEMORY_KIB", "64")
            // Thousands are booked in a second, and nobody needs to be told of it.
            .env("TO06_NOTICE_CHANNELS", "none")
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // It says last that it is ready.
        let ready = lines
            .map_while(Result::ok)
            .any(|line| line.contains("Ready"));
        assert!(ready, "the program ended before it was ready");
        let program = Self {
            address,
            data_dir,
            keys: Keys::new(vec![master]),
            process,
        };
        program.have_had_its_night().await;
        program
    }

    /// Waits until the boards of the demo's season are closed, the last work of a program's first minute: it takes
    /// one of two cores, and whoever measures beside it measures that.
    async fn have_had_its_night(&self) {
        const WAIT: Duration = Duration::from_secs(300);
        let began = Instant::now();
        while self.send("GET", "/health/ready", None, b"").await["closings"] != "ok" {
            assert!(began.elapsed() < WAIT, "the first night has no end");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// The access token of an account with the demo's password. Each comes from an address of their own:
    /// how often one address may try passwords is not what is measured.
    pub async fn sign_in(&self, phone: &str) -> String {
        let body = json!({ "phone": phone, "password": api::demo::PASSWORD }).to_string();
        let number: u32 = phone.parse().unwrap();
        let from = format!("10.2.{}.{}", number / 250 % 250, number % 250 + 1);
        let headers = [("x-forwarded-for", from.as_str())];
        let bytes = request("POST", "/api/v1/sessions", &headers, body.as_bytes());
        let answer = Connection::open(&self.address).await.send(&bytes).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, 201, "{text}");
        let session: Value = serde_json::from_str(&text).unwrap();
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// One request outside any measurement; its answer must be a success.
    pub async fn send(&self, method: &str, path: &str, token: Option<&str>, body: &[u8]) -> Value {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let key = uuid::Uuid::new_v4().to_string();
        let mut headers = vec![("idempotency-key", key.as_str())];
        headers.extend(
            bearer
                .iter()
                .map(|bearer| ("authorization", bearer.as_str())),
        );
        let answer = Connection::open(&self.address)
            .await
            .send(&request(method, path, &headers, body))
            .await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {} {text}",
            answer.status
        );
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Runs a load and divides the CPU that it took by its requests.
    pub async fn measure(&self, load: impl AsyncFnOnce() -> Measured) -> Measured {
        let before = self.cpu_ms();
        let mut measured = load().await;
        let after = self.cpu_ms();
        let per_request =
            |index: usize| (after[index] - before[index]) / measured.requests().max(1) as f64;
        measured.cpu = Some(Cpu {
            program_ms: per_request(0),
            postgres_ms: per_request(1),
            redis_ms: per_request(2),
        });
        measured
    }

    /// CPU milliseconds so far of the program, its PostgreSQL and its Redis.
    fn cpu_ms(&self) -> [f64; 3] {
        let processes = processes();
        let mut family = vec![self.process.id()];
        let mut sums = [0.0; 3];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            let children = processes.iter().filter(|process| process.parent == parent);
            family.extend(children.map(|process| process.id));
            next += 1;
        }
        for process in processes
            .iter()
            .filter(|process| family.contains(&process.id))
        {
            match process.name.as_str() {
                "api" => sums[0] += process.cpu_ms,
                "postgres" => sums[1] += process.cpu_ms,
                "redis-server" | "valkey-server" => sums[2] += process.cpu_ms,
                _ => {}
            }
        }
        sums
    }

    /// The socket folder of the private PostgreSQL, and a tool that stands beside its programs.
    pub fn postgres_tools(&self, tool: &str) -> (String, PathBuf) {
        let surroundings = api::db::private::Surroundings::default();
        let dir =
            api::db::private::DataDir::resolve(Some(self.data_dir.clone()), &surroundings).unwrap();
        let newest = (15..30)
            .rev()
            .map(|major| PathBuf::from(format!("/usr/lib/postgresql/{major}/bin/{tool}")))
            .find(|path| path.exists());
        (
            dir.sockets().to_string_lossy().into_owned(),
            newest.unwrap_or_else(|| PathBuf::from(tool)),
        )
    }

    pub fn resident_mib(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
            / 1024
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Its servers notice within moments that it is gone.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let _ = std::fs::remove_dir_all(&self.data_dir);
    }
}

struct Process {
    id: u32,
    parent: u32,
    name: String,
    cpu_ms: f64,
}

/// Every process of this machine, from /proc; clock ticks are 10 ms on Linux.
fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let (name_start, name_end) = (stat.find('(')?, stat.rfind(')')?);
            let fields: Vec<&str> = stat[name_end + 2..].split(' ').collect();
            let ticks: f64 = fields[11].parse::<f64>().ok()? + fields[12].parse::<f64>().ok()?;
            Some(Process {
                id,
                parent: fields[1].parse().ok()?,
                name: stat[name_start + 1..name_end].to_owned(),
                cpu_ms: ticks * 10.0,
            })
        })
        .collect()
}
