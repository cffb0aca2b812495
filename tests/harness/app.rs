//! The program as one test has it: its own database, its own clock, a port of its own.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use api::app::App;
use api::clock::Clock;
use api::config::Config;
use api::db::redis::Redis;
use api::db::{Conn, Pool};
use api::geography::Geography;
use api::privacy::keys::{Keys, MasterKey};
use api::server;
use chrono::TimeDelta;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use mobile_contracts::ids::UnitId;
use serde_json::Value;
use utoipa::openapi::{Deprecated, OpenApi};

use super::cluster::{CLUSTER, Database};

/// What a test may set before the program starts.
#[derive(Default)]
pub struct Options {
    settings: HashMap<String, String>,
    redis: RedisChoice,
    postgres_sockets: Option<String>,
    newer_key: Option<MasterKey>,
    document: Option<OpenApi>,
}

#[derive(Default)]
enum RedisChoice {
    #[default]
    Shared,
    Absent,
    At(String),
}

impl Options {
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without_redis(mut self) -> Self {
        self.redis = RedisChoice::Absent;
        self
    }

    pub fn redis_at(mut self, url: &str) -> Self {
        self.redis = RedisChoice::At(url.to_owned());
        self
    }

    /// Reaches PostgreSQL through the socket folder of a proxy.
    pub fn postgres_through(mut self, sockets: &str) -> Self {
        self.postgres_sockets = Some(sockets.to_owned());
        self
    }

    /// A master key in front of the one that every test has.
    pub fn with_newer_key(mut self, key: MasterKey) -> Self {
        self.newer_key = Some(key);
        self
    }

    /// Serves by a document in which reading this path will go.
    pub fn deprecating(mut self, path: &str, farewell: &Value) -> Self {
        let mut document = api::routes::document();
        let item = document.paths.paths.get_mut(path).unwrap();
        let operation = item.get.as_mut().unwrap();
        operation.deprecated = Some(Deprecated::True);
        let said = farewell.as_object().unwrap().clone();
        operation.extensions.get_or_insert_default().extend(said);
        self.document = Some(document);
        self
    }

    pub async fn start(self) -> TestApp {
        let database = Arc::new(Database::clone_template().await);
        self.start_on(database).await
    }

    /// A process of its own over a database that another test program already uses.
    pub async fn start_on(self, database: Arc<Database>) -> TestApp {
        let mut settings = self.settings;
        for (name, value) in [
            ("TO06_BIND", "127.0.0.1:0"),
            ("TO06_WORKERS", "1"),
            ("TO06_ARGON2_MEMORY_KIB", "8"),
            ("TO06_ARGON2_PASSES", "1"),
            ("TO06_REQUESTS_PER_ADDRESS_PER_MINUTE", "1000000"),
            ("TO06_DATABASE_CONNECTIONS", "8"),
        ] {
            settings
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        let config = Config::read(|name| settings.get(name).cloned())
            .0
            .expect("a test's settings fit");
        let prefix = format!("{}:", database.name);
        let redis = match self.redis {
            RedisChoice::Shared => Redis::connect(&CLUSTER.redis.url(), &prefix).await.unwrap(),
            RedisChoice::At(url) => Redis::connect(&url, &prefix).await.unwrap(),
            RedisChoice::Absent => Redis::absent(),
        };
        let url = match &self.postgres_sockets {
            None => database.url(),
            Some(sockets) => {
                let own = database.url();
                let (head, _) = own.split_once("?host=").unwrap();
                format!("{head}?host={}", sockets.replace('/', "%2F"))
            }
        };
        let pool = Pool::new(&url, config.database.connections);
        let usual = MasterKey::new(1, [6; 32]);
        let keys = Keys::new(self.newer_key.into_iter().chain([usual]).collect());
        let app = App::new(config, Clock::default(), keys, pool, redis);
        let listening = match &self.document {
            None => server::listen(app.clone(), None),
            Some(document) => server::listen_by(document, app.clone(), None),
        };
        let listening = listening.unwrap();
        let handle = listening.handle();
        let address = format!("http://{}", listening.address);
        tokio::spawn(listening.server);
        TestApp {
            address,
            app,
            http: reqwest::Client::new(),
            handle,
            database,
        }
    }
}

pub struct TestApp {
    pub address: String,
    pub app: App,
    pub http: reqwest::Client,
    pub database: Arc<Database>,
    handle: ServerHandle,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with().start().await
    }

    pub fn with() -> Options {
        Options::default()
    }

    /// The serving login, for looking at what was written.
    pub async fn conn(&self) -> api::db::Pooled {
        self.app.pool.get().await.unwrap()
    }

    /// The owning login, for arranging what the program itself may not do.
    pub async fn owner(&self) -> Conn {
        Conn::establish(&self.database.owner_url()).await.unwrap()
    }

    pub async fn geography(&self) -> Arc<Geography> {
        let mut conn = self.conn().await;
        self.app.geography(&mut conn).await.unwrap()
    }

    /// The unit that has this official code today.
    pub async fn commune(&self, code: &str) -> UnitId {
        let today = mobile_contracts::calendar::local_day(self.app.clock.now());
        self.geography().await.by_code(code, today).unwrap()
    }

    /// A village of this commune today, counted from 0.
    pub async fn village(&self, commune_code: &str, index: usize) -> UnitId {
        let today = mobile_contracts::calendar::local_day(self.app.clock.now());
        let commune = self.commune(commune_code).await;
        self.geography().await.children_on(commune, today)[index].unit_id
    }

    /// Moves the program's clock and its database's together.
    pub async fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
        let offset = self.app.clock.offset_ms();
        self.owner()
            .await
            .batch_execute(&format!(
                "update app_clock set time_offset = '{offset} milliseconds'"
            ))
            .await
            .unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Not graceful: nobody waits for answers any more.
        drop(self.handle.stop(false));
        self.app.pool.close();
    }
}
