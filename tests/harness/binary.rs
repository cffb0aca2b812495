//! The real `api` binary with a data folder of its own: for commands, for kills, for starting again.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Person, person};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A data folder and the environment around it; removed at the end.
pub struct Installation {
    pub folder: PathBuf,
    settings: Vec<(&'static str, String)>,
}

impl Installation {
    pub fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // A space and letters of ours: paths are not always plain.
        let folder = PathBuf::from(format!("/tmp/tổ 06 thử {} {number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let settings = vec![
            ("TO06_DATA_DIR", folder.to_string_lossy().into_owned()),
            ("TO06_BIND", "127.0.0.1:0".to_owned()),
            ("TO06_ARGON2_MEMORY_KIB", "64".to_owned()),
            ("TO06_LOG", "warn".to_owned()),
        ];
        Self { folder, settings }
    }

    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_api"));
        command.args(arguments).stdin(Stdio::null());
        for name in [
            "DATABASE_URL",
            "REDIS_URL",
            "MIGRATION_DATABASE_URL",
            "TO06_ENV",
        ] {
            command.env_remove(name);
        }
        for (name, value) in &self.settings {
            command.env(name, value);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and gives what it printed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail, and gives what it complained of.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            !output.status.success(),
            "{arguments:?} succeeded: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts the server and waits until it says that it is ready.
    pub fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_logging(arguments, None)
    }

    /// The same, with its log in a file.
    pub fn serve_logging(&self, arguments: &[&str], log: Option<&Path>) -> Serving {
        let mut command = self.command(&["serve"]);
        if let Some(log) = log {
            command.stderr(File::create(log).unwrap());
        }
        let mut process = command
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        for line in BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
        {
            told.push_str(&line);
            told.push('\n');
            if line.contains("Ready") {
                break;
            }
        }
        let address = told
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://127.0.0.1:"))
            .unwrap_or_else(|| panic!("it did not say where it serves: {told}"))
            .trim_end_matches('/');
        Serving {
            address: format!("http://127.0.0.1:{address}"),
            told,
            process,
        }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A server that runs until it is told otherwise.
pub struct Serving {
    pub address: String,
    /// What it printed before it was ready.
    pub told: String,
    process: Child,
}

impl Serving {
    pub fn stranger(&self) -> Person {
        person::at(&self.address, reqwest::Client::new())
    }

    /// Somebody of the demo, signed in.
    pub async fn demo(&self, phone: &str) -> Person {
        let mut person = self.stranger();
        person.phone = phone.to_owned();
        let session: mobile_contracts::identity::Session =
            person.sign_in(api::demo::PASSWORD).await.expect(201).json();
        person.account_id = Some(session.account_id);
        person.token = Some(session.access_token);
        person
    }

    /// Ends it as a power cut would: no signal that it could hear.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to end, and gives its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.process.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
