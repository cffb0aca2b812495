//! The run's PostgreSQL, or a Redis, behind a proxy in a folder of its own.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::cluster::CLUSTER;
use super::proxy::Proxy;

const SOCKET: &str = ".s.PGSQL.5432";

pub struct Proxied {
    folder: PathBuf,
    pub proxy: Proxy,
}

impl Proxied {
    pub async fn postgres() -> Self {
        let cluster = tokio::task::spawn_blocking(|| &*CLUSTER).await.unwrap();
        let url = cluster.postgres.url("postgres");
        let (_, host) = url.split_once("?host=").unwrap();
        let server = PathBuf::from(host.replace("%2F", "/")).join(SOCKET);
        Self::before(&server)
    }

    /// Of a Redis at this URL.
    pub fn redis(url: &str) -> Self {
        Self::before(Path::new(url.trim_start_matches("redis+unix://")))
    }

    fn before(server: &Path) -> Self {
        let folder = PathBuf::from(format!("/tmp/to06-proxy-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let proxy = Proxy::start(&folder.join(SOCKET), server.to_owned()).unwrap();
        Self { folder, proxy }
    }

    pub fn sockets(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    pub fn redis_url(&self) -> String {
        format!("redis+unix://{}", self.folder.join(SOCKET).display())
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
