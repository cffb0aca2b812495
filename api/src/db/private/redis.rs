//! The private Redis: holds and other courtesies. Losing it may cost a retry, never a place.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::PrivateError;
use super::binaries::find_redis;
use super::data_dir::{DataDir, FolderLock};
use super::postgres::{diagnose, log_since};
use super::supervise::{Supervised, command};

const READY_WAIT: Duration = Duration::from_secs(10);

/// A Redis of ours that answers; it ends when this is dropped.
#[derive(Debug)]
pub struct PrivateRedis {
    // Dropped in this order: the server ends before another may have the folder.
    server: Supervised,
    _lock: FolderLock,
    socket: PathBuf,
    log: PathBuf,
}

impl PrivateRedis {
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }

    /// The sentence to log, if the server ended under us. Serving goes on: holds move to
    /// PostgreSQL.
    pub fn ended(&mut self) -> Option<PrivateError> {
        let reason = self.server.ended()?;
        Some(PrivateError::Failed {
            program: "Redis",
            reason,
            log: self.log.clone(),
        })
    }

    /// Ends the server and waits for it; dropping does the same.
    pub fn stop(self) {}
}

/// Starts the folder's Redis. None: no Redis is installed, holds then live in PostgreSQL.
pub fn start_redis(dir: &DataDir) -> Result<Option<PrivateRedis>, PrivateError> {
    let Some(program) = find_redis(dir.surroundings())? else {
        return Ok(None);
    };
    let lock = dir.lock("redis")?;
    dir.make_sockets()?;
    let folder = dir.server_folder("redis")?;
    let socket = dir.sockets().join("redis.sock");
    wait_for_predecessor(dir, &socket)?;
    // A log of holds that a full disk or a power cut broke is worth less than a start.
    let server = match start(dir, &program, &folder, &socket) {
        Err(PrivateError::Failed { .. }) => {
            fs::remove_dir_all(&folder).map_err(PrivateError::io("clearing", &folder))?;
            dir.server_folder("redis")?;
            start(dir, &program, &folder, &socket)?
        }
        other => other?,
    };
    Ok(Some(PrivateRedis {
        server,
        _lock: lock,
        socket,
        log: dir.path().join("redis.log"),
    }))
}

fn start(
    dir: &DataDir,
    program: &Path,
    folder: &Path,
    socket: &Path,
) -> Result<Supervised, PrivateError> {
    let (log, log_path) = dir.open_log("redis.log")?;
    let log_start = fs::metadata(&log_path).map_or(0, |log| log.len());
    let mut server = command(program, folder, dir.account());
    server
        .args([
            "--port",
            "0",
            "--unixsocketperm",
            "700",
            "--daemonize",
            "no",
            "--loglevel",
            "warning",
        ])
        .arg("--unixsocket")
        .arg(socket)
        // Holds outlive a restart of ours by this log; snapshots would add nothing.
        .args([
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
        ])
        // Full, it refuses new holds, which then go to PostgreSQL; evicting would forget old ones.
        .args(["--maxmemory", "64mb", "--maxmemory-policy", "noeviction"]);
    let mut server = Supervised::spawn(&server, folder, dir.account(), log)
        .map_err(PrivateError::io("starting Redis in", folder))?;
    let deadline = Instant::now() + READY_WAIT;
    while !answers(socket) {
        let ended = server.ended();
        if ended.is_some() || Instant::now() >= deadline {
            let how =
                ended.unwrap_or_else(|| format!("no answer within {} s", READY_WAIT.as_secs()));
            return Err(diagnose(
                dir.path(),
                "Redis",
                &log_since(&log_path, log_start),
                how,
                log_path,
            ));
        }
        sleep(Duration::from_millis(10));
    }
    Ok(server)
}

/// We hold the lock, so whoever answers is the dying server of a run that was killed.
fn wait_for_predecessor(dir: &DataDir, socket: &Path) -> Result<(), PrivateError> {
    let deadline = Instant::now() + super::data_dir::PREDECESSOR_WAIT;
    while answers(socket) {
        if Instant::now() >= deadline {
            return Err(PrivateError::Taken {
                folder: dir.path().into(),
                process: "a redis-server".into(),
            });
        }
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Loading its log, Redis says -LOADING: not yet.
fn answers(socket: &Path) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0_u8; 5];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG")
    };
    ask().unwrap_or(false)
}
