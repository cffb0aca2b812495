//! The private PostgreSQL: made once, started with us, ended with us.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::PrivateError;
use super::binaries::{PostgresBinaries, find_postgres, newest_postgres};
use super::data_dir::{DataDir, FolderLock, PREDECESSOR_WAIT, free_bytes};
use super::supervise::{Supervised, command};

/// Replaying the log after a power cut may take minutes; it is progress, so we wait.
const READY_WAIT: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(10);

/// The server's superuser. Only this module, backups and tests that clone databases use it.
const SUPERUSER: &str = "postgres";
/// What a new cluster with the demo province takes, and room to work in.
const NEW_CLUSTER_BYTES: u64 = 200 << 20;
/// PostgreSQL asks for 16 MB at a time.
const DISK_FREE_MIN_BYTES: u64 = 32 << 20;
/// The database that `serve` uses.
pub(super) const DATABASE: &str = "to06";

/// `to06_server` carries the grants of the migrations, so it exists before the first of them;
/// `to06_app` serves and owns nothing; `to06_owner` migrates. Run at every start, so that a first
/// start that was cut short is finished by the next.
const BOOTSTRAP: &str = "
select 'create role to06_server nologin' where not exists (select from pg_roles where rolname = 'to06_server') \\gexec
select 'create role to06_owner login createdb' where not exists (select from pg_roles where rolname = 'to06_owner') \\gexec
select 'create role to06_app login' where not exists (select from pg_roles where rolname = 'to06_app') \\gexec
grant to06_server to to06_app;
select 'create database to06 owner to06_owner' where not exists (select from pg_database where datname = 'to06') \\gexec
";

#[derive(Clone, Copy, Debug)]
pub struct PostgresOptions {
    /// False only in tests: what was confirmed may then be lost with the machine's power.
    pub durable: bool,
}

/// A PostgreSQL that answers. One that we started ends when this is dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    // The server ends before another may have the folder: see Drop.
    server: Option<Supervised>,
    _lock: Option<FolderLock>,
    binaries: PostgresBinaries,
    sockets: PathBuf,
    log: PathBuf,
}

impl PrivatePostgres {
    /// For serving: a login that owns nothing.
    pub fn url(&self, database: &str) -> String {
        self.url_as("to06_app", database)
    }

    /// For migrations: the login that owns the tables.
    pub fn owner_url(&self, database: &str) -> String {
        self.url_as("to06_owner", database)
    }

    /// For backups, and for tests that clone databases.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url_as(SUPERUSER, database)
    }

    fn url_as(&self, login: &str, database: &str) -> String {
        format!(
            "postgres://{login}@/{database}?host={}",
            percent_encode(&self.sockets)
        )
    }

    /// False if a running server of another process was joined.
    pub fn is_ours(&self) -> bool {
        self.server.is_some()
    }

    /// The sentence to end with, if the server ended under us. Cheap enough to ask every second.
    pub fn ended(&mut self) -> Option<PrivateError> {
        let how = self.server.as_mut()?.ended()?;
        let folder = self.log.parent().unwrap_or(&self.log);
        Some(diagnose(
            folder,
            "PostgreSQL",
            &log_since(&self.log, 0),
            how,
            self.log.clone(),
        ))
    }

    /// Ends a server that we started and waits for it; dropping does the same.
    pub fn stop(self) {}

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.binaries.program(name)
    }

    /// Runs SQL as the superuser and gives what it selects, one row a line, fields parted by tabs.
    pub(super) fn query(&self, database: &str, sql: &str) -> Result<String, PrivateError> {
        let failed = |reason: String| PrivateError::Failed {
            program: "psql",
            reason,
            log: self.log.clone(),
        };
        let mut psql = self
            .psql(database)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let sent = psql
            .stdin
            .take()
            .map_or(Ok(()), |mut stdin| stdin.write_all(sql.as_bytes()));
        let output = psql
            .wait_with_output()
            .map_err(|error| failed(error.to_string()))?;
        if sent.is_err() || !output.status.success() {
            return Err(failed(one_line(&String::from_utf8_lossy(&output.stderr))));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    pub(super) fn psql(&self, database: &str) -> std::process::Command {
        let mut psql = command(&self.program("psql"), Path::new("/"), None);
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--field-separator=\t",
        ])
        .args(["--set=ON_ERROR_STOP=1", "--dbname"])
        .arg(self.superuser_url(database))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
        psql
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            drop(server);
            // Still under the lock, so no successor's socket can be in it; ours alone, it is empty.
            let _ = fs::remove_dir(&self.sockets);
        }
    }
}

/// Starts the folder's PostgreSQL, making it first if there is none. Never joins one that runs:
/// waits up to 10 s for a dying predecessor, else says who has the folder.
pub fn start_postgres(
    dir: &DataDir,
    options: PostgresOptions,
) -> Result<PrivatePostgres, PrivateError> {
    let lock = dir.lock("postgres")?;
    start_locked(dir, options, lock)
}

/// For commands beside `serve` (migrate, backup, account …): joins the running server, or starts
/// one for as long as the command lasts.
pub fn connect_or_start(
    dir: &DataDir,
    options: PostgresOptions,
) -> Result<PrivatePostgres, PrivateError> {
    let deadline = Instant::now() + PREDECESSOR_WAIT;
    loop {
        let holder = match dir.try_lock("postgres")? {
            Ok(lock) => return start_locked(dir, options, lock),
            Err(holder) => holder,
        };
        let cluster = cluster_folder(dir);
        if is_ready(&cluster, "") {
            let joined = PrivatePostgres {
                server: None,
                _lock: None,
                binaries: binaries_for(dir, &cluster)?,
                sockets: dir.sockets().to_path_buf(),
                log: log_path(dir),
            };
            if joined.query("postgres", "select 1").is_ok() {
                return Ok(joined);
            }
        }
        if Instant::now() >= deadline {
            return Err(PrivateError::Taken {
                folder: dir.path().into(),
                process: holder,
            });
        }
        sleep(Duration::from_millis(50));
    }
}

fn start_locked(
    dir: &DataDir,
    options: PostgresOptions,
    lock: FolderLock,
) -> Result<PrivatePostgres, PrivateError> {
    dir.make_sockets()?;
    let cluster = cluster_folder(dir);
    let is_new = !cluster.join("PG_VERSION").exists();
    dir.assert_room(if is_new {
        NEW_CLUSTER_BYTES
    } else {
        DISK_FREE_MIN_BYTES
    })?;
    let binaries = binaries_for(dir, &cluster)?;
    if is_new {
        make_cluster(dir, &binaries, &cluster, options)?;
    }
    wait_for_predecessor(dir, &cluster)?;

    let (log, log_path) = dir.open_log("postgres.log")?;
    let log_start = fs::metadata(&log_path).map_or(0, |log| log.len());
    let before = fs::read_to_string(cluster.join("postmaster.pid")).unwrap_or_default();
    let mut server = command(&binaries.program("postgres"), dir.path(), dir.account());
    server.arg("-D").arg(&cluster).args(settings(dir, options));
    // The stale file of a killed server may name a number that is ours today, as in a container
    // that restarts: PostgreSQL then knows better than to take us for a server.
    server.env("PG_GRANDPARENT_PID", std::process::id().to_string());
    let mut server = Supervised::spawn(&server, dir.path(), dir.account(), log)
        .map_err(PrivateError::io("starting PostgreSQL in", &cluster))?;

    let deadline = Instant::now() + READY_WAIT;
    while !is_ready(&cluster, &before) {
        let ended = server.ended();
        if ended.is_some() || Instant::now() >= deadline {
            let how =
                ended.unwrap_or_else(|| format!("no answer within {} s", READY_WAIT.as_secs()));
            return Err(diagnose(
                dir.path(),
                "PostgreSQL",
                &log_since(&log_path, log_start),
                how,
                log_path,
            ));
        }
        sleep(POLL);
    }
    let postgres = PrivatePostgres {
        server: Some(server),
        _lock: Some(lock),
        binaries,
        sockets: dir.sockets().to_path_buf(),
        log: log_path,
    };
    match postgres.query("postgres", BOOTSTRAP) {
        Ok(_) => Ok(postgres),
        Err(PrivateError::Failed { reason, log, .. }) => Err(diagnose(
            dir.path(),
            "PostgreSQL",
            &reason.clone(),
            reason,
            log,
        )),
        Err(error) => Err(error),
    }
}

pub(super) fn cluster_folder(dir: &DataDir) -> PathBuf {
    dir.path().join("postgres")
}

fn log_path(dir: &DataDir) -> PathBuf {
    dir.path().join("postgres.log")
}

/// The binaries of the version that made the data, else the newest.
fn binaries_for(dir: &DataDir, cluster: &Path) -> Result<PostgresBinaries, PrivateError> {
    let Ok(made_by) = fs::read_to_string(cluster.join("PG_VERSION")) else {
        return newest_postgres(dir.surroundings());
    };
    let made_by: u32 = made_by.trim().parse().unwrap_or(0);
    let all = find_postgres(dir.surroundings());
    if let Some(same) = all.iter().find(|binaries| binaries.major == made_by) {
        return Ok(same.clone());
    }
    let newest = newest_postgres(dir.surroundings())?;
    Err(PrivateError::OtherVersion {
        folder: cluster.into(),
        made_by,
        installed: newest.major,
        upgrade: format!(
            "{bin}/pg_upgrade -b /usr/lib/postgresql/{made_by}/bin -B {bin} -d '{data}' -D '{data}-{new}'",
            bin = newest.folder.display(),
            data = cluster.display(),
            new = newest.major,
        ),
    })
}

/// Made beside its place and moved there when whole: a first start that is killed leaves nothing
/// that looks like a cluster.
fn make_cluster(
    dir: &DataDir,
    binaries: &PostgresBinaries,
    cluster: &Path,
    options: PostgresOptions,
) -> Result<(), PrivateError> {
    let draft = dir.path().join("postgres.new");
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(PrivateError::io("clearing", &draft))?;
    }
    let draft = dir.server_folder("postgres.new")?;
    let mut initdb = command(&binaries.program("initdb"), dir.path(), dir.account());
    initdb.arg("--pgdata").arg(&draft).args([
        "--username",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
    ]);
    // An empty locale would give SQL_ASCII. macOS has no C.UTF-8 in all its versions.
    if cfg!(target_os = "macos") {
        initdb.args(["--locale=C", "--lc-ctype=UTF-8"]);
    } else {
        initdb.arg("--locale=C.UTF-8");
    }
    if !options.durable {
        initdb.arg("--no-sync");
    }
    let output = initdb
        .output()
        .map_err(PrivateError::io("running initdb in", &draft))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let how = said.lines().last().unwrap_or("initdb failed").to_owned();
        return Err(diagnose(dir.path(), "initdb", &said, how, log_path(dir)));
    }
    fs::rename(&draft, cluster)
        .and_then(|()| File::open(dir.path())?.sync_all())
        .map_err(PrivateError::io("moving", cluster))
}

fn settings(dir: &DataDir, options: PostgresOptions) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories=\"{}\"", dir.sockets().display()),
        "unix_socket_permissions=0700".into(),
        "port=5432".into(),
        "cluster_name=to06".into(),
        "timezone=UTC".into(),
        "log_timezone=UTC".into(),
        "log_min_messages=warning".into(),
        // A refused statement and the DETAIL of a constraint quote what somebody typed, and a log
        // is no place for personal data.
        "log_min_error_statement=panic".into(),
        "log_error_verbosity=terse".into(),
        "max_connections=200".into(),
    ];
    if !options.durable {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
            ]
            .map(String::from),
        );
    }
    settings
        .into_iter()
        .flat_map(|setting| ["-c".to_owned(), setting])
        .collect()
}

/// PostgreSQL writes its state on the eighth line of this file; `pg_ctl` reads the same. `before`
/// is what the file said before our start, perhaps "ready" from the grave.
fn is_ready(cluster: &Path, before: &str) -> bool {
    fs::read_to_string(cluster.join("postmaster.pid")).is_ok_and(|now| {
        now != before
            && now
                .lines()
                .nth(7)
                .is_some_and(|state| state.trim() == "ready")
    })
}

/// The server of a run that was killed is still writing down what it holds.
fn wait_for_predecessor(dir: &DataDir, cluster: &Path) -> Result<(), PrivateError> {
    let file = cluster.join("postmaster.pid");
    let deadline = Instant::now() + PREDECESSOR_WAIT;
    while let Some(pid) = running_server(&file) {
        if Instant::now() >= deadline {
            return Err(PrivateError::Taken {
                folder: dir.path().into(),
                process: format!("PostgreSQL, process {pid}"),
            });
        }
        sleep(POLL);
    }
    Ok(())
}

/// The process that the file names, if it lives and is a PostgreSQL as far as we can see.
fn running_server(file: &Path) -> Option<i32> {
    let pid: i32 = fs::read_to_string(file)
        .ok()?
        .lines()
        .next()?
        .trim()
        .parse()
        .ok()?;
    rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid)?).ok()?;
    match fs::read_to_string(format!("/proc/{pid}/comm")) {
        Ok(name) if !name.starts_with("postgres") => None,
        _ => Some(pid),
    }
}

/// One sentence from what a server said before it ended.
pub(super) fn diagnose(
    folder: &Path,
    program: &'static str,
    said: &str,
    how: String,
    log: PathBuf,
) -> PrivateError {
    const NO_ROOM_BYTES: u64 = 1 << 20;
    let no_room = free_bytes(folder).is_some_and(|free| free < NO_ROOM_BYTES);
    if no_room || PrivateError::is_about_room(said) {
        return PrivateError::DiskFull {
            folder: folder.into(),
        };
    }
    if let Some((_, rest)) = said.split_once("Is another postmaster (PID ") {
        let pid = rest.split(')').next().unwrap_or("?");
        return PrivateError::Taken {
            folder: folder.into(),
            process: format!("PostgreSQL, process {pid}"),
        };
    }
    PrivateError::Failed {
        program,
        reason: last_complaint(said).unwrap_or(how),
        log,
    }
}

fn last_complaint(said: &str) -> Option<String> {
    said.lines()
        .rev()
        .find_map(|line| {
            ["PANIC:", "FATAL:", "ERROR:", "error:"]
                .iter()
                .find_map(|mark| line.split_once(mark))
        })
        .map(|(_, complaint)| complaint.trim().to_owned())
}

/// What was written to a log from a position on; at most its last 64 kB.
pub(super) fn log_since(path: &Path, start: u64) -> String {
    let mut text = Vec::new();
    if let Ok(mut log) = File::open(path) {
        let end = log.metadata().map_or(0, |log| log.len());
        let _ = log.seek(SeekFrom::Start(start.max(end.saturating_sub(64 << 10))));
        let _ = log.read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}

pub(super) fn one_line(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn percent_encode(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str()
        .as_bytes()
        .iter()
        .fold(String::new(), |mut encoded, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                    encoded.push(char::from(*byte))
                }
                other => {
                    let _ = write!(encoded, "%{other:02X}");
                }
            }
            encoded
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_complaint_is_the_reason() {
        let said =
            "2026 UTC [1] LOG:  starting\n2026 UTC [1] FATAL:  could not map memory\nHINT: less\n";
        assert_eq!(
            last_complaint(said).as_deref(),
            Some("could not map memory")
        );
    }

    #[test]
    fn a_socket_folder_survives_its_way_through_a_url() {
        assert_eq!(
            percent_encode(Path::new("/run/to06-1 é")),
            "/run/to06-1%20%C3%A9"
        );
    }
}
