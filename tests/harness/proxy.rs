//! A proxy before PostgreSQL that can cut a connection just as the server says that it committed:
//! the deed is done, and nobody hears of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use uuid::Uuid;

use super::cluster::CLUSTER;

const SOCKET: &str = ".s.PGSQL.5432";

pub struct CommitCutter {
    folder: PathBuf,
    cuts: Arc<AtomicU32>,
    pub cut: Arc<AtomicU32>,
}

impl CommitCutter {
    /// Listens in a folder of its own and passes everything on.
    pub async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(|| &*CLUSTER).await.unwrap();
        let url = cluster.postgres.url("postgres");
        let (_, host) = url.split_once("?host=").unwrap();
        let server = PathBuf::from(host.replace("%2F", "/")).join(SOCKET);
        let folder = PathBuf::from(format!("/tmp/to06-proxy-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(SOCKET)).unwrap();
        let (cuts, cut) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let proxy = Self {
            folder,
            cuts: cuts.clone(),
            cut: cut.clone(),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = UnixStream::connect(&server).await else {
                    continue;
                };
                tokio::spawn(pass(client, server, cuts.clone(), cut.clone()));
            }
        });
        proxy
    }

    pub fn sockets(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    /// Keeps the next answers to COMMIT from arriving.
    pub fn cut_next_commits(&self, count: u32) {
        self.cuts.store(count, Ordering::SeqCst);
    }
}

impl Drop for CommitCutter {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn pass(client: UnixStream, server: UnixStream, cuts: Arc<AtomicU32>, cut: Arc<AtomicU32>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
            if to_server.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    let answering = async {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
            let says_committed = buffer[..count].windows(7).any(|w| w == b"COMMIT\0");
            let less_one = |left: u32| left.checked_sub(1);
            if says_committed
                && cuts
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less_one)
                    .is_ok()
            {
                cut.fetch_add(1, Ordering::SeqCst);
                return;
            }
            if to_client.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = asking => {}
        () = answering => {}
    }
}
