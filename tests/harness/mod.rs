//! What tests stand on: one private cluster a run, a database cloned per test, a server on port 0,
//! and people who speak HTTP to it.

pub mod answer;
pub mod app;
pub mod binary;
pub mod booking;
pub mod citizen;
pub mod cluster;
pub mod cutting;
pub mod ended;
pub mod events;
pub mod gateway;
pub mod mail;
pub mod makers;
pub mod matrix;
pub mod own_redis;
pub mod person;
pub mod proxied;
pub mod proxy;
pub mod queue;
pub mod rollups;
pub mod sample;
pub mod things;

pub use answer::Answer;
pub use app::TestApp;
pub use person::Person;

/// Asks until there is an answer; fails after ten seconds. For what must come soon, not at once.
pub async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "it did not come within ten seconds"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
