//! A child server whose life hangs on ours.
//!
//! The child gets the read end of a pipe whose write end only we hold. When we end (a return, a
//! panic, SIGKILL, the out-of-memory killer), the kernel closes the pipe and a reader beside the
//! server interrupts it. No destructor has to run, no code is unsafe, nothing polls.

use std::fs::File;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::data_dir::Account;

/// One shell waits for the server and ends as it ended; one waits for the end of our pipe. The
/// server itself holds no end of it. SIGINT is the orderly and prompt stop of both PostgreSQL
/// (fast shutdown) and Redis.
const KEEPER: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
(read -r line <&3; kill -INT $server 2>/dev/null) & reader=$!
exec 3<&-
wait $server; status=$?
kill $reader 2>/dev/null
exit $status
"#;

/// PostgreSQL writes what it holds in memory before it ends; a slow disk needs a while.
const STOP_WAIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Supervised {
    keeper: Child,
    lifeline: Option<ChildStdin>,
}

/// A command that runs as the servers' account, in their folder, with nothing of our environment:
/// neither secrets nor a stray PGHOST.
pub(super) fn command(program: &Path, folder: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .current_dir(folder)
        .stdin(Stdio::null());
    if let Some(account) = account {
        // The standard library clears the supplementary groups along with these.
        command.uid(account.uid).gid(account.gid);
    }
    command
}

impl Supervised {
    /// `server` must come from `command`; its program and arguments run under the keeper.
    pub(super) fn spawn(
        server: &Command,
        folder: &Path,
        account: Option<&Account>,
        log: File,
    ) -> std::io::Result<Self> {
        let mut keeper = command(Path::new("/bin/sh"), folder, account);
        keeper
            .args(["-c", KEEPER, "to06-keeper"])
            .arg(server.get_program())
            .args(server.get_args())
            .envs(
                server
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C then reaches us alone, and we decide the order of the end.
            .process_group(0);
        let mut keeper = keeper.spawn()?;
        let lifeline = keeper.stdin.take();
        Ok(Self { keeper, lifeline })
    }

    /// How the server ended, if it did.
    pub(super) fn ended(&mut self) -> Option<String> {
        self.keeper.try_wait().ok().flatten().map(describe)
    }

    /// Ends the server in order and waits for it.
    pub(super) fn stop(&mut self) {
        self.lifeline = None;
        let deadline = Instant::now() + STOP_WAIT;
        while Instant::now() < deadline {
            match self.keeper.try_wait() {
                Ok(None) => sleep(Duration::from_millis(5)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // PostgreSQL replays its log at the next start: nothing that it confirmed is lost.
        if let Some(group) = rustix::process::Pid::from_raw(self.keeper.id().cast_signed()) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::QUIT);
        }
        let _ = self.keeper.wait();
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.stop();
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) if code > 128 => format!("ended by signal {}", code - 128),
        (Some(code), _) => format!("ended with status {code}"),
        (None, Some(signal)) => format!("its keeper was ended by signal {signal}"),
        (None, None) => "ended".into(),
    }
}
