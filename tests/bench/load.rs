//! Many connections that ask for a while, and what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::{Connection, Response, request};
use super::program::Cpu;
use super::{CONNECTIONS, RUN};

/// What a run of requests showed.
#[derive(Debug, Default)]
pub struct Measured {
    pub latencies: Vec<Duration>,
    pub took: Duration,
    pub failed: usize,
    pub first_failure: String,
    /// How many things one request did (operations of a batch).
    pub units_per_request: usize,
    /// Milliseconds of CPU per request, where they were measured.
    pub cpu: Option<Cpu>,
}

impl Measured {
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    pub fn per_second(&self) -> f64 {
        (self.requests() * self.units_per_request.max(1)) as f64 / self.took.as_secs_f64()
    }

    pub fn p95_ms(&self) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = sorted.len().saturating_sub(1) * 95 / 100;
        sorted
            .get(at)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }

    fn join(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        self.failed += other.failed;
        if self.first_failure.is_empty() {
            self.first_failure = other.first_failure;
        }
        self
    }
}

/// Asks for one path over and over.
pub async fn get(address: &str, path: &str, token: Option<&str>) -> Measured {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer
        .iter()
        .map(|bearer| ("authorization", bearer.as_str()))
        .collect();
    let bytes = Arc::new(request("GET", path, &headers, b""));
    drive(address, CONNECTIONS, 1, move || {
        let bytes = bytes.clone();
        async move |connection: &mut Connection| Some(connection.send(&bytes).await)
    })
    .await
}

/// Lets every connection do its work again and again, until the time is over or there is none left.
pub async fn drive<W>(
    address: &str,
    connections: usize,
    units_per_request: usize,
    work: impl Fn() -> W,
) -> Measured
where
    W: AsyncFnOnce(&mut Connection) -> Option<Response>,
{
    let started = Instant::now();
    let phones = (0..connections).map(|_| async {
        let mut measured = Measured::default();
        let mut connection = Connection::open(address).await;
        while started.elapsed() < RUN {
            let before = Instant::now();
            let Some(answer) = work()(&mut connection).await else {
                break;
            };
            measured.latencies.push(before.elapsed());
            if !(200..400).contains(&answer.status) {
                measured.failed += 1;
                if measured.first_failure.is_empty() {
                    measured.first_failure = format!(
                        "{} {}",
                        answer.status,
                        String::from_utf8_lossy(&answer.body)
                    );
                }
            }
        }
        measured
    });
    let all = futures_util::future::join_all(phones).await;
    let mut measured = all.into_iter().fold(Measured::default(), Measured::join);
    measured.took = started.elapsed();
    measured.units_per_request = units_per_request;
    measured
}
