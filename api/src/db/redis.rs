//! Redis as a courtesy: every call is bounded and behind a breaker, and its absence is a value, not
//! an error. Correctness never depends on it.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, FromRedisValue, RedisResult, Script, ScriptInvocation};
use tokio::runtime::Handle;

/// Longest that one call may take.
const CALL_WAIT: Duration = Duration::from_millis(150);

static GCRA: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("gcra.lua")));

/// A Redis that may be away. Cheap to clone.
#[derive(Clone)]
pub struct Redis(Option<Arc<Inner>>);

struct Inner {
    prefix: String,
    client: Client,
    /// Connections live on the runtime that made the first, never on an HTTP worker's own.
    runtime: Handle,
    manager: Mutex<ConnectionManager>,
    breaker: Mutex<Breaker>,
}

/// What readiness says of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ok,
    Degraded,
    Absent,
}

impl Redis {
    /// No Redis at all: every call answers `None` at once.
    pub fn absent() -> Self {
        Self(None)
    }

    /// A Redis at this URL, driven on the current runtime. Every key begins with `prefix`, so that
    /// several programs may share one server.
    ///
    /// # Errors
    /// When the URL is none. A server that does not answer is no error.
    pub async fn connect(url: &str, prefix: &str) -> RedisResult<Self> {
        let client = Client::open(url)?;
        let redis = Self(Some(Arc::new(Inner {
            prefix: prefix.to_owned(),
            manager: Mutex::new(new_manager(&client)?),
            client,
            runtime: Handle::current(),
            breaker: Mutex::new(Breaker::default()),
        })));
        // The first call makes the connection: here, and not on an HTTP worker's runtime.
        redis.health().await;
        Ok(redis)
    }

    /// The full name of a key.
    pub fn key(&self, name: &str) -> String {
        let prefix = self.0.as_ref().map_or("", |inner| &inner.prefix);
        format!("{prefix}{name}")
    }

    /// Runs a prepared script; `None` when Redis is away, slow or answers nonsense.
    pub async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let inner = self.0.as_ref()?;
        inner
            .call(async |mut manager| script.invoke_async(&mut manager).await)
            .await
    }

    /// Takes one token of a limit, or only looks for one: `Some(0)` when it was there, else how long to
    /// wait in milliseconds; `None` when Redis is away.
    pub async fn gcra(&self, key: &str, token_ms: u32, burst: u32, takes: bool) -> Option<u32> {
        let mut call = GCRA.key(self.key(key));
        call.arg(token_ms).arg(burst).arg(u8::from(takes));
        self.run(&call).await
    }

    pub async fn health(&self) -> Health {
        let Some(inner) = self.0.as_ref() else {
            return Health::Absent;
        };
        let pong: Option<String> = inner
            .call(async |mut manager| redis::cmd("PING").query_async(&mut manager).await)
            .await;
        if pong.is_some() {
            Health::Ok
        } else {
            Health::Degraded
        }
    }
}

fn new_manager(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(CALL_WAIT))
        .set_response_timeout(Some(CALL_WAIT));
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

impl Inner {
    async fn call<T>(
        self: &Arc<Self>,
        call: impl AsyncFnOnce(ConnectionManager) -> RedisResult<T>,
    ) -> Option<T> {
        let admission = lock(&self.breaker).admits(monotonic());
        match admission {
            Admission::Granted => {}
            Admission::Refused => return None,
            Admission::Probe => {
                let inner = self.clone();
                self.runtime.spawn(async move { inner.probe().await });
                return None;
            }
        }
        let manager = lock(&self.manager).clone();
        let outcome = tokio::time::timeout(CALL_WAIT, call(manager)).await;
        match outcome {
            Ok(Ok(value)) => {
                lock(&self.breaker).succeeded();
                Some(value)
            }
            Ok(Err(why)) => {
                tracing::debug!(%why, "redis missed a call");
                lock(&self.breaker).failed(monotonic());
                None
            }
            Err(_) => {
                tracing::debug!("redis missed a call: no answer in time");
                lock(&self.breaker).failed(monotonic());
                None
            }
        }
    }

    /// Asks over a new connection whether Redis is back. The old one may have gone silent (a
    /// firewall that forgot it, a machine that vanished): such a one never fails, so it is never
    /// made anew by itself. Nobody waits for this.
    async fn probe(&self) {
        let Ok(manager) = new_manager(&self.client) else {
            return;
        };
        let mut asked = manager.clone();
        let ping = async { redis::cmd("PING").query_async::<String>(&mut asked).await };
        match tokio::time::timeout(CALL_WAIT, ping).await {
            Ok(Ok(_)) => {
                *lock(&self.manager) = manager;
                lock(&self.breaker).succeeded();
            }
            Ok(Err(_)) | Err(_) => {
                tracing::debug!("redis missed a call: it is not back");
                lock(&self.breaker).failed(monotonic());
            }
        }
    }
}

/// What is kept here is valid whatever a panic left of it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn monotonic() -> Instant {
    Instant::now()
}

/// Whether Redis is asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Admission {
    Granted,
    Refused,
    /// It is away as far as is known, and it is time to look again.
    Probe,
}

/// Opens after five failures in ten seconds; then asks for a probe every two seconds, until one
/// succeeds.
#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    first_failure: Option<Instant>,
    next_try: Option<Instant>,
}

impl Breaker {
    const FAILURES_MAX: u32 = 5;
    const WINDOW: Duration = Duration::from_secs(10);
    const HALF_OPEN_EVERY: Duration = Duration::from_secs(2);

    fn admits(&mut self, now: Instant) -> Admission {
        match self.next_try {
            None => Admission::Granted,
            Some(at) if now < at => Admission::Refused,
            Some(_) => {
                self.next_try = Some(now + Self::HALF_OPEN_EVERY);
                Admission::Probe
            }
        }
    }

    fn succeeded(&mut self) {
        if self.next_try.is_some() {
            tracing::info!("redis is back");
        }
        *self = Self::default();
    }

    fn failed(&mut self, now: Instant) {
        if self
            .first_failure
            .is_none_or(|first| now - first > Self::WINDOW)
        {
            self.first_failure = Some(now);
            self.failures = 0;
        }
        self.failures += 1;
        if self.failures >= Self::FAILURES_MAX && self.next_try.is_none() {
            tracing::warn!("redis does not answer: holds are kept in PostgreSQL until it does");
            self.next_try = Some(now + Self::HALF_OPEN_EVERY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_after_five_failures_and_asks_for_a_probe() {
        let start = monotonic();
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(start);
            assert_eq!(breaker.admits(start), Admission::Granted);
        }
        breaker.failed(start);
        assert_eq!(breaker.admits(start), Admission::Refused);
        let later = start + Breaker::HALF_OPEN_EVERY;
        assert_eq!(breaker.admits(later), Admission::Probe);
        assert_eq!(breaker.admits(later), Admission::Refused, "one is enough");
        breaker.succeeded();
        assert_eq!(breaker.admits(later), Admission::Granted);
    }

    #[test]
    fn failures_far_apart_do_not_open_the_breaker() {
        let mut now = monotonic();
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            breaker.failed(now);
            now += Breaker::WINDOW;
        }
        assert_eq!(breaker.admits(now), Admission::Granted);
    }
}
