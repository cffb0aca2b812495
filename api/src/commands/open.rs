//! Opens what the program stands on: the given PostgreSQL and Redis, or private ones of our own.

use std::error::Error;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::db::private::{
    self, DataDir, PostgresOptions, PrivatePostgres, PrivateRedis, Surroundings,
};
use crate::db::redis::Redis;
use crate::db::schema::app_clock;
use crate::db::{self, Pool};
use crate::geography;
use crate::privacy::keys::{Keys, MasterKey};
use crate::tracking;

/// The database of a private server.
pub const DATABASE: &str = "to06";

/// What was opened, and what must outlive it.
pub struct Opened {
    pub config: Config,
    pub keys: Keys,
    pub serving_url: String,
    pub migration_url: String,
    pub redis_url: Option<String>,
    pub data_dir: Option<DataDir>,
    // Dropped last: the servers that the rest talks to.
    pub redis: Option<PrivateRedis>,
    pub postgres: Option<PrivatePostgres>,
}

/// Opens for serving: the private data folder is ours alone until we end.
///
/// # Errors
/// One sentence.
pub async fn serving(config: &Config) -> Result<Opened, Box<dyn Error>> {
    open(config, private::start_postgres, true).await
}

/// Opens for a command beside `serve`: joins a running private server, or starts one for as long as
/// the command lasts.
///
/// # Errors
/// One sentence.
pub async fn beside(config: &Config) -> Result<Opened, Box<dyn Error>> {
    open(config, private::connect_or_start, false).await
}

async fn open(
    config: &Config,
    start: fn(&DataDir, PostgresOptions) -> Result<PrivatePostgres, private::PrivateError>,
    with_redis: bool,
) -> Result<Opened, Box<dyn Error>> {
    let needs_folder = config.database.url.is_none()
        || (config.redis_url.is_none() && with_redis)
        || config.master_keys.is_none();
    let data_dir = needs_folder.then(|| data_dir(config)).transpose()?;
    let mut redis = None;
    let (serving_url, migration_url, postgres) = match (&config.database.url, &data_dir) {
        (None, Some(dir)) => {
            let postgres =
                tokio::task::block_in_place(|| start(dir, PostgresOptions { durable: true }))?;
            (
                postgres.url(DATABASE),
                postgres.owner_url(DATABASE),
                Some(postgres),
            )
        }
        (given, _) => {
            let url = given.clone().unwrap_or_default();
            let migration_url = config.database.migration_url.clone();
            (url.clone(), migration_url.unwrap_or(url), None)
        }
    };
    let redis_url = match (&config.redis_url, &data_dir) {
        (None, Some(dir)) if with_redis => {
            redis = tokio::task::block_in_place(|| private::start_redis(dir))?;
            redis.as_ref().map(PrivateRedis::url)
        }
        (given, _) => given.clone(),
    };
    let masters = match (&config.master_keys, &data_dir) {
        (Some(masters), _) => masters.clone(),
        (None, Some(dir)) => kept_keys(dir)?,
        (None, None) => unreachable!("a data folder is opened when keys are not given"),
    };
    Ok(Opened {
        config: config.clone(),
        keys: Keys::new(masters),
        serving_url,
        migration_url,
        redis_url,
        data_dir,
        redis,
        postgres,
    })
}

/// A full disk is told in many words by whoever meets it first; the person at the terminal needs one
/// sentence.
pub fn explain(config: &Config, why: Box<dyn Error>) -> Box<dyn Error> {
    if config.database.url.is_some() || !private::PrivateError::is_about_room(&why.to_string()) {
        return why;
    }
    match data_dir(config) {
        Ok(dir) => Box::new(private::PrivateError::DiskFull {
            folder: dir.path().to_path_buf(),
        }),
        Err(_) => why,
    }
}

/// The data folder that the configuration names, or the usual one.
///
/// # Errors
/// One sentence.
pub fn data_dir(config: &Config) -> Result<DataDir, private::PrivateError> {
    DataDir::resolve(config.data.dir.clone(), &surroundings(&config.data))
}

fn surroundings(data: &config::Data) -> Surroundings {
    Surroundings {
        home: data.home.clone(),
        xdg_data_home: data.xdg_data_home.clone(),
        xdg_runtime_dir: data.xdg_runtime_dir.clone(),
        path: data.path.clone(),
    }
}

/// What `secrets.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct Secrets {
    /// `id:base64` each, the current one first.
    master_keys: Vec<String>,
}

/// The keys beside the private data, made on the first start.
fn kept_keys(dir: &DataDir) -> Result<Vec<MasterKey>, Box<dyn Error>> {
    let path = dir.secrets_file();
    if !path.exists() {
        let secrets = Secrets {
            master_keys: vec![MasterKey::generate(1)?.expose()],
        };
        // Under another name first: a file cut short would lose every encrypted field.
        let draft = path.with_extension("partial");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(&serde_json::to_vec_pretty(&secrets)?)?;
        file.sync_all()?;
        std::fs::rename(&draft, &path)?;
    }
    let secrets: Secrets = serde_json::from_slice(&std::fs::read(&path)?)?;
    let keys: Option<Vec<MasterKey>> = secrets
        .master_keys
        .iter()
        .map(|text| config::parse_master_key(text))
        .collect();
    keys.filter(|keys| !keys.is_empty())
        .ok_or_else(|| format!("{} holds no readable key", path.display()).into())
}

/// The time by the database's clock, by which rows are written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn database_now(conn: &mut db::Conn) -> QueryResult<chrono::DateTime<chrono::Utc>> {
    diesel::select(db::app_now()).get_result(conn).await
}

/// What this release understands is judged before the words of what nobody understands are forgotten.
///
/// # Errors
/// One sentence.
pub async fn judge_again(opened: &Opened, conn: &mut db::Conn) -> Result<(), Box<dyn Error>> {
    let geography = geography::store::load_geography(conn).await?;
    tracking::held::again::judge_again(conn, &opened.keys, &geography)
        .await
        .map_err(|why| format!("what is held could not be judged again: {why:?}"))?;
    Ok(())
}

impl Opened {
    /// # Errors
    /// One sentence.
    pub async fn migrate(&self) -> Result<Vec<String>, db::MigrationError> {
        db::migrate(&self.migration_url).await
    }

    /// A pool of the owner's login, for commands that import and recount.
    pub fn owner_pool(&self) -> Pool {
        Pool::for_command(&self.migration_url)
    }

    /// A pool of the serving login, for work of the night that takes minutes.
    pub fn patient_pool(&self) -> Pool {
        Pool::for_command(&self.serving_url)
    }

    /// The program over what was opened.
    ///
    /// # Errors
    /// One sentence: Redis' address is none, or the database's clock is moved in production.
    pub async fn app(&self) -> Result<App, Box<dyn Error>> {
        let redis = match &self.redis_url {
            Some(url) => Redis::connect(url, &self.config.redis_prefix).await?,
            None => Redis::absent(),
        };
        let pool = Pool::new(&self.serving_url, self.config.database.connections);
        let mut conn = pool.get().await?;
        let offset: diesel::pg::data_types::PgInterval = app_clock::table
            .select(app_clock::time_offset)
            .first(&mut conn)
            .await?;
        tracking::ledger::epoch::begin_epoch_if_moved(&mut conn).await?;
        drop(conn);
        let offset_ms = offset.microseconds / 1000
            + (i64::from(offset.days) + 30 * i64::from(offset.months)) * 86_400_000;
        if offset_ms != 0 && self.config.is_production() {
            return Err(
                "the database's clock is moved (table app_clock), which production refuses".into(),
            );
        }
        Ok(App::new(
            self.config.clone(),
            Clock::shifted(offset_ms),
            self.keys.clone(),
            pool,
            redis,
        ))
    }
}
