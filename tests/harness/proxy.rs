//! A proxy before a server's Unix socket: it passes everything on, holds it back, forgets its
//! connections without a word, or cuts one just as PostgreSQL says that it committed, or lets it hang then.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// What is done with bytes now.
#[derive(Debug, Clone, Copy, Default)]
struct Flow {
    /// Nothing passes; nobody is told.
    held: bool,
    /// Connections made before this one never pass anything again.
    forgotten_before: u32,
}

pub struct Proxy {
    flow: watch::Sender<Flow>,
    made: Arc<AtomicU32>,
    commits_to_cut: Arc<AtomicU32>,
    commits_cut: Arc<AtomicU32>,
    commits_to_stall: Arc<AtomicU32>,
    listening: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens at `socket` for the server at `upstream`.
    pub fn start(socket: &Path, upstream: PathBuf) -> std::io::Result<Self> {
        let listener = UnixListener::bind(socket)?;
        let (flow, watched) = watch::channel(Flow::default());
        let made = Arc::new(AtomicU32::new(1));
        let commits_to_cut = Arc::new(AtomicU32::new(0));
        let commits_cut = Arc::new(AtomicU32::new(0));
        let commits_to_stall = Arc::new(AtomicU32::new(0));
        let (number, cuts, cut) = (made.clone(), commits_to_cut.clone(), commits_cut.clone());
        let stalls = commits_to_stall.clone();
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let connection = Connection {
                    number: number.fetch_add(1, Ordering::SeqCst),
                    flow: watched.clone(),
                    commits_to_cut: cuts.clone(),
                    commits_cut: cut.clone(),
                    commits_to_stall: stalls.clone(),
                };
                tokio::spawn(connection.run(client, upstream.clone()));
            }
        });
        Ok(Self {
            flow,
            made,
            commits_to_cut,
            commits_cut,
            commits_to_stall,
            listening,
        })
    }

    /// Holds everything back, as a network that loses every packet.
    pub fn hold(&self) {
        self.flow.send_modify(|flow| flow.held = true);
    }

    /// Lets everything pass again, what was held back too.
    pub fn pass(&self) {
        self.flow.send_modify(|flow| flow.held = false);
    }

    /// Lets new connections pass. Those of now stay open and never say anything again, as after a
    /// firewall that lost its memory.
    pub fn pass_forgetting(&self) {
        let next = self.made.load(Ordering::SeqCst);
        self.flow.send_modify(|flow| {
            flow.held = false;
            flow.forgotten_before = next;
        });
    }

    /// Keeps the next answers to COMMIT from arriving.
    pub fn cut_next_commits(&self, count: u32) {
        self.commits_to_cut.store(count, Ordering::SeqCst);
    }

    /// Keeps the next answer to a COMMIT from arriving, and its connection open: whoever waits for it waits on.
    pub fn stall_next_commit(&self) {
        self.commits_to_stall.store(1, Ordering::SeqCst);
    }

    pub fn commits_cut(&self) -> u32 {
        self.commits_cut.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

struct Connection {
    number: u32,
    flow: watch::Receiver<Flow>,
    commits_to_cut: Arc<AtomicU32>,
    commits_cut: Arc<AtomicU32>,
    commits_to_stall: Arc<AtomicU32>,
}

impl Connection {
    async fn run(mut self, client: UnixStream, upstream: PathBuf) {
        // A connection that is opened while nothing passes hangs, as its first packet would.
        if !self.passes().await {
            return;
        }
        let Ok(server) = UnixStream::connect(upstream).await else {
            return;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            () = self.clone().pump(from_client, to_server, false) => {}
            () = self.clone().pump(from_server, to_client, true) => {}
        }
    }

    fn clone(&self) -> Self {
        Self {
            number: self.number,
            flow: self.flow.clone(),
            commits_to_cut: self.commits_to_cut.clone(),
            commits_cut: self.commits_cut.clone(),
            commits_to_stall: self.commits_to_stall.clone(),
        }
    }

    /// Waits until bytes of this connection pass; a forgotten one waits for ever.
    async fn passes(&mut self) -> bool {
        let number = self.number;
        let passes = |flow: &Flow| !flow.held && number >= flow.forgotten_before;
        self.flow.wait_for(passes).await.is_ok()
    }

    async fn pump(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        from_server: bool,
    ) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            if !self.passes().await {
                return;
            }
            if from_server && says_committed(&buffer[..count]) {
                if take_one(&self.commits_to_stall) {
                    // Until whoever waits is gone.
                    std::future::pending::<()>().await;
                }
                if take_one(&self.commits_to_cut) {
                    self.commits_cut.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            }
            if to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    }
}

/// Whether these bytes say that a transaction was committed.
fn says_committed(said: &[u8]) -> bool {
    said.windows(7).any(|words| words == b"COMMIT\0")
}

/// Takes one of those that are left, if any is.
fn take_one(left: &AtomicU32) -> bool {
    let less_one = |left: u32| left.checked_sub(1);
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less_one)
        .is_ok()
}
