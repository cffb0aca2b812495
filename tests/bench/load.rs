//! Many connections that ask for a while, and what came of it.

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
    let bytes = request("GET", path, &headers, b"");
    drive(address, CONNECTIONS, 1, move |_, _| {
        let bytes = bytes.clone();
        async move |connection: &mut Connection| vec![connection.send(&bytes).await]
    })
    .await
}

/// Lets every connection do `work` again and again until the time is over. The work of connection
/// `c`, round `r`, is `work(c, r)`; each answer that it gives counts as one request.
pub async fn drive<W>(
    address: &str,
    connections: usize,
    units_per_request: usize,
    work: impl Fn(usize, usize) -> W + Clone + Send + Sync + 'static,
) -> Measured
where
    W: AsyncFnOnce(&mut Connection) -> Vec<Response> + 'static,
{
    let started = Instant::now();
    let mut tasks = Vec::new();
    for index in 0..connections {
        let (address, work) = (address.to_owned(), work.clone());
        tasks.push(async move {
            let mut measured = Measured::default();
            let mut connection = Connection::open(&address).await;
            let mut round = 0;
            while started.elapsed() < RUN {
                let before = Instant::now();
                let answers = work(index, round)(&mut connection).await;
                let each = before.elapsed() / answers.len().max(1) as u32;
                for answer in answers {
                    measured.latencies.push(each);
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
                round += 1;
            }
            measured
        });
    }
    let all = futures_util::future::join_all(tasks).await;
    let took = started.elapsed();
    let mut measured = all.into_iter().fold(Measured::default(), Measured::join);
    measured.took = took;
    measured.units_per_request = units_per_request;
    measured
}
