//! The run's PostgreSQL: durable, and killed as the machine's end would kill it.

use std::path::PathBuf;

use api::db::private::{self, DataDir, PostgresOptions, PrivatePostgres, Surroundings};
use rustix::process::{Pid, Signal, kill_process};

use super::child::until;

pub const DATABASE: &str = api::commands::open::DATABASE;
pub const SOCKET: &str = ".s.PGSQL.5432";
const OPTIONS: PostgresOptions = PostgresOptions { durable: true };

pub struct Postgres {
    server: Option<PrivatePostgres>,
    // Dropped last: the server's files.
    dir: DataDir,
}

impl Postgres {
    pub fn start(surroundings: &Surroundings) -> Self {
        let dir = DataDir::throwaway(surroundings).expect("a folder for PostgreSQL");
        let server = private::start_postgres(&dir, OPTIONS).expect("PostgreSQL starts");
        Self {
            server: Some(server),
            dir,
        }
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.sockets().join(SOCKET)
    }

    /// For looking and for arranging, past the proxies.
    pub fn superuser_url(&self) -> String {
        let server = self.server.as_ref().expect("PostgreSQL runs");
        server.superuser_url(DATABASE)
    }

    pub fn owner_url(&self) -> String {
        let server = self.server.as_ref().expect("PostgreSQL runs");
        server.owner_url(DATABASE)
    }

    /// Kills every process of it. The first is stopped before, so that it makes no new ones; what
    /// only stood in the memory that they share is lost.
    pub fn kill(&mut self) {
        let file = self.dir.path().join("postgres/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let first = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        let Some(first) = first.and_then(Pid::from_raw) else {
            return;
        };
        let _ = kill_process(first, Signal::STOP);
        for child in children_of(first) {
            let _ = kill_process(child, Signal::KILL);
        }
        let _ = kill_process(first, Signal::KILL);
        let server = self.server.as_mut().expect("PostgreSQL ran");
        let ended = until(std::time::Duration::from_secs(10), || {
            server.ended().is_some()
        });
        assert!(ended, "a killed PostgreSQL ends");
        self.server = None;
    }

    /// Starts it again; it replays its log.
    pub async fn start_again(&mut self) {
        self.server = Some(tokio::task::block_in_place(|| {
            private::start_postgres(&self.dir, OPTIONS).expect("PostgreSQL starts again")
        }));
    }

    /// Lines of its log with these words.
    pub fn complaints(&self, words: &str) -> usize {
        let text = std::fs::read(self.dir.path().join("postgres.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines().filter(|line| line.contains(words)).count()
    }
}

fn children_of(parent: Pid) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let is_child = |stat: &str| {
        let after_name = stat.rfind(')').map(|end| &stat[end + 2..]);
        let its_parent = after_name.and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        its_parent.and_then(Pid::from_raw) == Some(parent)
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            is_child(&stat).then(|| Pid::from_raw(pid))?
        })
        .collect()
}
