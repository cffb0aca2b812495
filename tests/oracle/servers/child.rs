//! A child process that can be killed and stopped, and whose life hangs on ours by a pipe: whatever
//! ends us, the kernel closes the pipe, and a shell beside the child ends it, stopped or not.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Tells the child's number, waits for its end, and ends it when our end of the pipe is gone.
const KEEPER: &str = r#"
exec 3<&0 </dev/null 4>&1
exec >>"$TO06_KEEPER_LOG" 2>&1
"$@" 3<&- 4>&- & child=$!
(read -r line <&3; kill -KILL $child 2>/dev/null) 4>&- & reader=$!
exec 3<&-
echo $child >&4
exec 4>&-
wait $child; status=$?
kill $reader 2>/dev/null
exit $status
"#;

/// Stops a process for a bounded time, or until our end of the pipe is gone.
const PAUSER: &str = r#"
kill -STOP "$1" || exit 1
timeout "$2" cat >/dev/null
kill -CONT "$1"
"#;

pub struct Child {
    keeper: Process,
    pid: Pid,
}

impl Child {
    /// Starts the program with its output in a log.
    pub fn start(command: &Command, log: &Path) -> std::io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(log)?;
        let mut keeper = Command::new("/bin/sh");
        keeper
            .args(["-c", KEEPER, "to06-oracle-keeper"])
            .arg(command.get_program())
            .args(command.get_args())
            .env("TO06_KEEPER_LOG", log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        let mut keeper = keeper.spawn()?;
        let mut told = String::new();
        let stdout = keeper.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut told)?;
        let pid = told.trim().parse().ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| std::io::Error::other("the keeper told no process number"))?;
        Ok(Self { keeper, pid })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.keeper.try_wait(), Ok(None))
    }

    /// Ends it as a power cut would, and reaps it.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !self.has_ended() {
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = self.keeper.wait();
        }
    }

    /// Stops it in the middle of whatever it does, until the pause is dropped, at most a minute.
    pub fn pause(&self) -> std::io::Result<Pause> {
        let pauser = Command::new("/bin/sh")
            .args(["-c", PAUSER, "to06-oracle-pauser"])
            .arg(self.pid.as_raw_nonzero().to_string())
            .arg("60")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Pause(pauser))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// A process that is stopped for as long as this lives.
pub struct Pause(Process);

impl Drop for Pause {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Asks until it is so; false after the wait.
pub fn until(wait: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + wait;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
