//! A Redis of one test's own, to be emptied, stopped, killed and started again.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use uuid::Uuid;

pub struct OwnRedis {
    folder: PathBuf,
    child: Child,
}

impl OwnRedis {
    pub fn start() -> Self {
        let folder = PathBuf::from(format!("/tmp/to06-redis-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let child = spawn(&folder);
        let redis = Self { folder, child };
        redis.wait();
        redis
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.join("sock").display())
    }

    /// Empties it.
    pub fn flush(&self) {
        self.say(b"FLUSHALL\r\n");
    }

    /// Stops it in the middle of whatever it does; clients wait.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, empty.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.folder);
        self.wait();
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(status.success());
    }

    fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.try_say(b"PING\r\n").is_err() {
            assert!(Instant::now() < deadline, "the test's Redis does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn say(&self, words: &[u8]) {
        self.try_say(words).unwrap();
    }

    fn try_say(&self, words: &[u8]) -> std::io::Result<()> {
        use std::io::{Read as _, Write as _};
        let mut stream = std::os::unix::net::UnixStream::connect(self.folder.join("sock"))?;
        stream.write_all(words)?;
        let mut answer = [0_u8; 5];
        stream.read_exact(&mut answer)
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(folder: &std::path::Path) -> Child {
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no"])
        .arg("--unixsocket")
        .arg(folder.join("sock"))
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed")
}
