//! One PostgreSQL and one Redis for the whole run, and a template database that is migrated once
//! and cloned for each test (about 40 ms).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use api::db::private::{
    self, DataDir, PostgresOptions, PrivatePostgres, PrivateRedis, Surroundings,
};
use api::db::{self, Conn, Pool};
use api::geography::import;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};

const TEMPLATE: &str = "template_to06";

/// The servers of this run. Their lives hang on ours by a pipe: when the run ends, they end.
pub struct Cluster {
    pub postgres: PrivatePostgres,
    pub redis: PrivateRedis,
    _data_dir: DataDir,
    next: AtomicU32,
}

pub static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
    let surroundings = surroundings();
    let data_dir = DataDir::throwaway(&surroundings).expect("a folder for the run");
    let postgres = private::start_postgres(&data_dir, PostgresOptions { durable: false })
        .expect("a PostgreSQL for the run: install postgresql");
    let redis = private::start_redis(&data_dir)
        .expect("a Redis for the run")
        .expect("a Redis for the run: install redis-server");
    let cluster = Cluster {
        postgres,
        redis,
        _data_dir: data_dir,
        next: AtomicU32::new(1),
    };
    // Tests run on runtimes of their own; this one ends before any of them uses the template.
    std::thread::scope(|scope| {
        scope
            .spawn(|| runtime().block_on(make_template(&cluster)))
            .join()
            .expect("the template is made");
    });
    cluster
});

#[allow(
    clippy::disallowed_methods,
    reason = "a test has no config.rs before it has a cluster"
)]
pub fn surroundings() -> Surroundings {
    let path = |name| std::env::var_os(name).map(Into::into);
    Surroundings {
        home: path("HOME"),
        xdg_data_home: path("XDG_DATA_HOME"),
        xdg_runtime_dir: path("XDG_RUNTIME_DIR"),
        path: std::env::var_os("PATH"),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn make_template(cluster: &Cluster) {
    let mut conn = Conn::establish(&cluster.postgres.superuser_url("postgres"))
        .await
        .unwrap();
    conn.batch_execute(&format!(
        "create database {TEMPLATE} owner to06_owner template template0"
    ))
    .await
    .unwrap();
    db::migrate(&cluster.postgres.owner_url(TEMPLATE))
        .await
        .unwrap();
    let pool = Pool::for_command(&cluster.postgres.owner_url(TEMPLATE));
    let mut conn = pool.get().await.unwrap();
    let plan = import::plan(&import::Files::built_in()).unwrap();
    import::apply(&mut conn, &plan).await.unwrap();
    drop(conn);
    pool.close();
}

/// A database of one test, dropped with it.
pub struct Database {
    pub name: String,
}

/// `create database` takes a lock of the whole cluster: one clone at a time waits less than many.
static CLONING: Mutex<()> = Mutex::new(());

impl Database {
    pub async fn clone_template() -> Self {
        let cluster = tokio::task::spawn_blocking(|| &*CLUSTER).await.unwrap();
        let name = format!("test_{}", cluster.next.fetch_add(1, Ordering::Relaxed));
        let sql = format!("create database {name} owner to06_owner template {TEMPLATE}");
        admin(sql).await;
        Self { name }
    }

    /// The login that serves.
    pub fn url(&self) -> String {
        CLUSTER.postgres.url(&self.name)
    }

    /// The login that owns.
    pub fn owner_url(&self) -> String {
        CLUSTER.postgres.owner_url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        // A drop cannot wait, and the runtime of the test is ending.
        let _ = std::thread::spawn(move || runtime().block_on(admin(sql))).join();
    }
}

async fn admin(sql: String) {
    let turn = tokio::task::spawn_blocking(move || {
        let _turn = CLONING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        runtime().block_on(async {
            let mut conn = Conn::establish(&CLUSTER.postgres.superuser_url("postgres"))
                .await
                .unwrap();
            conn.batch_execute(&sql).await.unwrap();
        });
    });
    turn.await.unwrap();
}
