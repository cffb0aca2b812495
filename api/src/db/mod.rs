//! The database: pool, transactions, migrations. Knows no feature exists.
//!
//! Connections are opened and driven on the runtime that built the pool, never on an HTTP worker's
//! own: a connection lives and dies with the runtime of its socket. Every wait has a bound.

pub mod constraint;
pub mod prepared;
pub mod private;
pub mod purge;
pub mod redis;
pub mod schema;
mod socket;
mod together;

pub use prepared::prepared;

use std::time::Duration;

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::pooled_connection::deadpool::{Object, Pool as DeadPool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection, TransactionManager};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use futures_util::FutureExt as _;

diesel::define_sql_function! {
    /// The database's clock plus its offset: the only time that SQL asks.
    fn app_now() -> diesel::sql_types::Timestamptz;
}

/// One connection, in or out of a transaction.
pub type Conn = AsyncPgConnection;
/// One connection of the pool.
pub type Pooled = Object<Conn>;

/// Every change of the schema, oldest first.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// How long work may queue for a connection before it is told to come back.
const POOL_WAIT: Duration = Duration::from_secs(2);
/// How long opening a connection may take.
const CONNECT_WAIT: Duration = Duration::from_secs(2);
/// How long an answer may be due, while people wait: longer than any of their statements may take.
const ANSWER_WAIT: Duration = Duration::from_secs(8);
/// How often a transaction that lost a race is run again.
const TRANSACTION_TRIES: u32 = 4;

/// Whose a pool's connections are.
#[derive(Debug, Clone, Copy)]
enum Use {
    /// People wait for answers: a forgotten transaction must not hold a place, and a slow statement
    /// must not hold a connection.
    Serving,
    /// A command that reads or writes everything, and takes the time that it needs.
    Command,
}

impl Use {
    /// What a connection says first. Compiling a statement, or waiting until others have been started to help with
    /// it, costs more than all that one reads for an answer.
    fn session(self) -> &'static str {
        match self {
            Self::Serving => {
                "set statement_timeout = '5s'; \
                 set jit = off; \
                 set max_parallel_workers_per_gather = 0; \
                 set lock_timeout = '2s'; \
                 set idle_in_transaction_session_timeout = '5s'; \
                 set timezone = 'UTC'; \
                 set application_name = 'to06'"
            }
            Self::Command => {
                "set lock_timeout = '10s'; \
                 set timezone = 'UTC'; \
                 set application_name = 'to06 command'"
            }
        }
    }

    fn answer_wait(self) -> Option<Duration> {
        match self {
            Self::Serving => Some(ANSWER_WAIT),
            Self::Command => None,
        }
    }
}

/// The pool of serving connections. Cheap to clone.
#[derive(Clone)]
pub struct Pool(DeadPool<Conn>);

impl Pool {
    /// Makes a pool whose connections live on the current runtime. Opens none yet.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(url: &str, size: usize) -> Self {
        Self::of(url, size, Use::Serving)
    }

    /// The same for a command, whose statements may take as long as they need.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn for_command(url: &str) -> Self {
        Self::of(url, 2, Use::Command)
    }

    fn of(url: &str, size: usize, purpose: Use) -> Self {
        let runtime = tokio::runtime::Handle::current();
        let mut manager = ManagerConfig::default();
        manager.recycling_method = RecyclingMethod::Fast;
        manager.custom_setup = Box::new(move |url| {
            let (url, runtime) = (url.to_owned(), runtime.clone());
            async move {
                runtime
                    .spawn(async move { tokio::time::timeout(CONNECT_WAIT, open(&url, purpose)).await })
                    .await
                    .map_err(|why| ConnectionError::BadConnection(why.to_string()))?
                    .map_err(|_| {
                        ConnectionError::BadConnection("connection closed: no answer".into())
                    })?
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(url, manager);
        let pool = DeadPool::builder(manager)
            .max_size(size)
            .runtime(deadpool::Runtime::Tokio1)
            .wait_timeout(Some(POOL_WAIT))
            .create_timeout(Some(CONNECT_WAIT))
            .build()
            .expect("a pool with timeouts is given a runtime");
        Self(pool)
    }

    /// A connection, waiting at most [`POOL_WAIT`].
    ///
    /// # Errors
    /// When none comes free or none can be opened.
    pub async fn get(&self) -> Result<Pooled, PoolError> {
        self.0.get().await
    }

    pub fn close(&self) {
        self.0.close();
    }
}

async fn open(url: &str, purpose: Use) -> Result<Conn, ConnectionError> {
    let mut conn = socket::connect(url, purpose.answer_wait()).await?;
    conn.batch_execute(purpose.session())
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// An error that may mean: run it again, somebody else was in the way.
pub trait Raced {
    fn raced(&self) -> bool;
}

impl Raced for Error {
    fn raced(&self) -> bool {
        match self {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
            // diesel keeps no SQLSTATE; 40P01 is known by its words.
            Error::DatabaseError(_, info) => info.message() == "deadlock detected",
            _ => false,
        }
    }
}

/// Runs `work` in one transaction, and again when it lost a race that it could not have avoided
/// (40001, 40P01). Only SQL belongs inside.
///
/// # Errors
/// Whatever the work fails with; nothing of it stays. When the answer of COMMIT itself is lost, the
/// outcome is unknown, and only an idempotency key settles it.
pub async fn transaction<T, E>(
    conn: &mut Conn,
    mut work: impl AsyncFnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<Error> + Raced,
{
    let mut tries = 1;
    loop {
        match attempt(conn, &mut work).await {
            Err(error) if error.raced() && tries < TRANSACTION_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

/// Runs `work` once, in a transaction or, inside one, in a savepoint.
///
/// # Errors
/// Whatever the work fails with; nothing of it stays.
pub async fn attempt<T, E>(
    conn: &mut Conn,
    work: &mut impl AsyncFnMut(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<Error>,
{
    type Manager = <Conn as AsyncConnection>::TransactionManager;
    Manager::begin_transaction(conn).await?;
    match work(conn).await {
        Ok(value) => {
            Manager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(error) => {
            // A rollback that fails leaves a broken connection, which the pool throws away.
            let _ = Manager::rollback_transaction(conn).await;
            Err(error)
        }
    }
}

/// Brings the schema up to date, under a lock, so that two processes never migrate at once.
///
/// # Errors
/// When the database cannot be reached or a migration fails; what ran before it stays.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    with_migrations(url, |harness| {
        harness
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes the newest migration back and runs it again: proves that its `down.sql` undoes it.
///
/// # Errors
/// As [`migrate`].
pub async fn redo_newest_migration(url: &str) -> Result<(), MigrationError> {
    with_migrations(url, |harness| {
        harness.revert_last_migration(MIGRATIONS)?;
        harness.run_next_migration(MIGRATIONS)?;
        Ok(())
    })
    .await
}

/// Whether every migration that this program knows has run, and no other.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_migrated(conn: &mut Conn) -> Result<bool, Error> {
    use diesel::QueryableByName;
    use diesel::migration::MigrationSource;
    use diesel::sql_types::Text;
    use diesel_async::RunQueryDsl;

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        version: String,
    }

    let known = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map_err(Error::QueryBuilderError)?;
    let mut known: Vec<String> = known
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    known.sort();
    let mut ran: Vec<String> = diesel::sql_query("select version from __diesel_schema_migrations")
        .load::<Row>(conn)
        .await?
        .into_iter()
        .map(|row| row.version)
        .collect();
    ran.sort();
    Ok(known == ran)
}

/// Why migrating failed, in words for an operator.
#[derive(Debug)]
pub struct MigrationError(String);

impl std::fmt::Display for MigrationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the schema could not be migrated: {}", self.0)
    }
}

impl std::error::Error for MigrationError {}

type Migrator = diesel_async::AsyncMigrationHarness<Conn>;

/// Number of the advisory lock under which migrations run: "to06" in ASCII.
const MIGRATION_LOCK: i64 = 0x746f_3036;

async fn with_migrations<T: Send + 'static>(
    url: &str,
    run: impl FnOnce(&mut Migrator) -> diesel::migration::Result<T> + Send + 'static,
) -> Result<T, MigrationError> {
    let mut conn = Conn::establish(url)
        .await
        .map_err(|why| MigrationError(why.to_string()))?;
    conn.batch_execute(&format!(
        "set client_min_messages = warning; select pg_advisory_lock({MIGRATION_LOCK}); set lock_timeout = '5s'"
    ))
    .await
    .map_err(|why| MigrationError(why.to_string()))?;
    // The harness blocks its thread, which an async worker must not. The lock ends with the
    // connection.
    tokio::task::spawn_blocking(move || {
        let mut harness = Migrator::new(conn);
        run(&mut harness).map_err(|why| MigrationError(why.to_string()))
    })
    .await
    .map_err(|why| MigrationError(why.to_string()))?
}
