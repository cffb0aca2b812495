//! What is broken on purpose: a PostgreSQL and a Redis of the run's own, and two processes of the
//! real program, each behind proxies of its own.

mod child;
mod postgres;
#[allow(
    dead_code,
    reason = "a test of the program stalls commits, and the run only cuts them"
)]
#[path = "../../harness/proxy.rs"]
mod proxy;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use api::db::private::{DataDir, Surroundings};
use tokio::sync::Mutex;

pub use child::Pause;
use child::{Child, until};
use postgres::Postgres;
pub use proxy::Proxy;

pub const PROCESSES: usize = 2;

/// Where everything but the database lies; its sockets, above all.
pub struct Servers {
    pub folder: PathBuf,
    pub addresses: [String; PROCESSES],
    pub postgres: Mutex<Postgres>,
    pub before_postgres: Vec<Proxy>,
    pub before_redis: Vec<Proxy>,
    redis: Mutex<Option<Child>>,
    processes: [Mutex<Option<Child>>; PROCESSES],
    settings: Settings,
}

/// How the program is run.
#[derive(Debug, Clone)]
pub struct Settings {
    pub hold_ttl_s: u32,
    /// How long a place is kept for somebody who waited.
    pub offer_ttl_s: u32,
    /// Of the keys, as `TO06_MASTER_KEYS` takes them.
    pub master_key: String,
}

/// How long a process may take until it is ready, a database that recovers included.
const READY_WAIT: Duration = Duration::from_secs(60);
/// A start that found its database unreachable is given up after this long.
const LIVE_WAIT: Duration = Duration::from_secs(12);

impl Servers {
    /// Starts the servers and their proxies; the processes are started by [`Self::start_process`],
    /// once the database has its schema.
    pub async fn start(folder: &Path, settings: Settings) -> Self {
        let postgres = tokio::task::spawn_blocking(|| Postgres::start(&surroundings()))
            .await
            .expect("PostgreSQL starts");
        let mut before_postgres = Vec::new();
        let mut before_redis = Vec::new();
        for at in 0..PROCESSES {
            let sockets = folder.join(format!("postgres-{at}"));
            std::fs::create_dir_all(&sockets).expect("a folder for sockets");
            let proxy = Proxy::start(&sockets.join(postgres::SOCKET), postgres.socket());
            before_postgres.push(proxy.expect("a proxy before PostgreSQL"));
            let socket = folder.join(format!("redis-{at}.sock"));
            let proxy = Proxy::start(&socket, folder.join("redis.sock"));
            before_redis.push(proxy.expect("a proxy before Redis"));
        }
        let servers = Self {
            folder: folder.to_owned(),
            addresses: std::array::from_fn(|_| free_address()),
            postgres: Mutex::new(postgres),
            before_postgres,
            before_redis,
            redis: Mutex::new(None),
            processes: std::array::from_fn(|_| Mutex::new(None)),
            settings,
        };
        servers.start_redis().await;
        servers
    }

    /// Starts an empty Redis.
    pub async fn start_redis(&self) {
        let socket = self.folder.join("redis.sock");
        let mut command = Command::new("redis-server");
        command
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(&socket)
            .arg("--dir")
            .arg(&self.folder);
        let child = Child::start(&command, &self.folder.join("redis.log")).expect("Redis starts");
        *self.redis.lock().await = Some(child);
        let answers = move || say_to_redis(&socket, b"PING\r\n").is_ok();
        let answered = tokio::task::spawn_blocking(move || until(READY_WAIT, answers)).await;
        assert!(answered.unwrap_or(false), "Redis does not start");
    }

    /// Empties Redis.
    pub fn flush_redis(&self) {
        let _ = say_to_redis(&self.folder.join("redis.sock"), b"FLUSHALL\r\n");
    }

    pub async fn kill_redis(&self) {
        if let Some(child) = self.redis.lock().await.take() {
            child.kill();
        }
    }

    pub async fn pause_redis(&self) -> Option<Pause> {
        self.redis.lock().await.as_ref()?.pause().ok()
    }

    /// Starts the program's process, again and again while its database is away.
    pub async fn start_process(&self, at: usize) {
        let deadline = Instant::now() + READY_WAIT;
        while !self.try_to_start_process(at).await {
            let log = self.folder.join(format!("api-{at}.log"));
            let in_time = Instant::now() < deadline;
            assert!(in_time, "process {at} does not start: {}", log.display());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Starts it once; whether it lives soon.
    async fn try_to_start_process(&self, at: usize) -> bool {
        let log = self.folder.join(format!("api-{at}.log"));
        let child = Child::start(&self.command(at), &log).expect("the program starts");
        let mut slot = self.processes[at].lock().await;
        let child = slot.insert(child);
        let http = reqwest::Client::new();
        let address = format!("http://{}/health/live", self.addresses[at]);
        let deadline = Instant::now() + LIVE_WAIT;
        while !child.has_ended() && Instant::now() < deadline {
            if http.get(&address).send().await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        *slot = None;
        false
    }

    fn command(&self, at: usize) -> Command {
        let database = |login: &str, sockets: &Path| {
            let sockets = sockets.to_string_lossy().replace('/', "%2F");
            format!("postgres://{login}@/{}?host={sockets}", postgres::DATABASE)
        };
        let through = self.folder.join(format!("postgres-{at}"));
        let redis = self.folder.join(format!("redis-{at}.sock"));
        let ttl = self.settings.hold_ttl_s.to_string();
        let offer_ttl = self.settings.offer_ttl_s.to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_api"));
        command.arg("serve");
        for (name, value) in [
            ("DATABASE_URL", database("to06_app", &through).as_str()),
            (
                "MIGRATION_DATABASE_URL",
                database("to06_owner", &through).as_str(),
            ),
            (
                "REDIS_URL",
                &format!("redis+unix://{}", redis.to_string_lossy()),
            ),
            ("TO06_MASTER_KEYS", &self.settings.master_key),
            ("TO06_BIND", &self.addresses[at]),
            ("TO06_LOG", "warn,api::db::redis=debug"),
            ("TO06_WORKERS", "2"),
            ("TO06_ARGON2_MEMORY_KIB", "8"),
            ("TO06_ARGON2_PASSES", "1"),
            ("TO06_HOLD_TTL_S", &ttl),
            ("TO06_UNVERIFIED_HOLD_TTL_S", &ttl),
            ("TO06_OFFER_TTL_S", &offer_ttl),
            // Every person comes from an address of their own, and the clients tell which.
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("TO06_REQUESTS_PER_ADDRESS_PER_MINUTE", "100000000"),
            ("TO06_HOLDS_PER_HOUR", "100000000"),
            ("TO06_EASY_HOLDS_PER_HOUR", "100000000"),
        ] {
            command.env(name, value);
        }
        command.env_remove("TO06_ENV").env_remove("TO06_DATA_DIR");
        command
    }

    pub async fn kill_process(&self, at: usize) {
        if let Some(child) = self.processes[at].lock().await.take() {
            child.kill();
        }
    }

    pub async fn pause_process(&self, at: usize) -> Option<Pause> {
        self.processes[at].lock().await.as_ref()?.pause().ok()
    }

    /// Kills PostgreSQL, every process of it, and starts it after a while.
    pub async fn kill_postgres(&self, away: Duration) {
        let mut postgres = self.postgres.lock().await;
        postgres.kill();
        tokio::time::sleep(away).await;
        postgres.start_again().await;
    }

    /// What the program's processes complained of: lines of their logs with one of these words.
    pub fn complaints(&self, words: &[&str]) -> Vec<String> {
        let mut lines = Vec::new();
        for at in 0..PROCESSES {
            let log = self.folder.join(format!("api-{at}.log"));
            let text = std::fs::read(log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            let complaints = text
                .lines()
                .filter(|line| words.iter().any(|word| line.contains(word)));
            lines.extend(complaints.map(|line| format!("process {at}: {line}")));
        }
        lines
    }
}

/// An address that was free a moment ago, and stays the process's own through its restarts.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

fn say_to_redis(socket: &Path, words: &[u8]) -> std::io::Result<()> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::os::unix::net::UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    stream.write_all(words)?;
    let mut answer = [0_u8; 3];
    stream.read_exact(&mut answer)
}

#[allow(
    clippy::disallowed_methods,
    reason = "the oracle has no config.rs before it has servers"
)]
fn surroundings() -> Surroundings {
    let path = |name| std::env::var_os(name).map(Into::into);
    Surroundings {
        home: path("HOME"),
        xdg_data_home: path("XDG_DATA_HOME"),
        xdg_runtime_dir: path("XDG_RUNTIME_DIR"),
        path: std::env::var_os("PATH"),
    }
}

/// A folder for one run, short enough for sockets, removed at the end.
pub fn throwaway() -> DataDir {
    DataDir::throwaway(&surroundings()).expect("a folder for the run")
}
