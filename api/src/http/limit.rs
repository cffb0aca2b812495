//! Limits on how often: GCRA, one key and one number.
//!
//! Redis holds the number when it answers, so that all processes count together; when it does not,
//! each process counts for itself. A limit may degrade, it never vanishes. Addresses are shared by
//! whole mobile networks: theirs is wide and counted in process, before anything costs anything.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::failure::{CommonProblem, Failure, Limit};
use crate::db::redis::Redis;

/// How often something may be done by one key.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Names the limit in Redis.
    pub name: &'static str,
    pub per_hour: u32,
    pub burst: u32,
}

impl Rate {
    /// What may be done at once, and how long it takes until as much may be done again.
    fn limit(self) -> Limit {
        let window_s = u64::from(self.burst) * 3_600 / u64::from(self.per_hour.max(1));
        Limit {
            name: self.name,
            quota: self.burst,
            window_s: u32::try_from(window_s).unwrap_or(u32::MAX).max(1),
        }
    }
}

/// Counts what is done, in Redis and, without it, here.
#[derive(Clone)]
pub struct Limiter {
    addresses: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    per_address: Limit,
    local: Arc<DefaultKeyedRateLimiter<String>>,
    redis: Redis,
}

impl Limiter {
    pub fn new(per_address_per_minute: u32, redis: Redis) -> Self {
        let addresses = NonZeroU32::new(per_address_per_minute).unwrap_or(NonZeroU32::MIN);
        // Without Redis every limit falls back to the same tight pace, per key.
        let local = NonZeroU32::new(30).unwrap_or(NonZeroU32::MIN);
        Self {
            addresses: Arc::new(RateLimiter::keyed(Quota::per_minute(addresses))),
            per_address: Limit {
                name: "address",
                quota: addresses.get(),
                window_s: 60,
            },
            local: Arc::new(RateLimiter::keyed(Quota::per_minute(local))),
            redis,
        }
    }

    /// Admits one more request from this address, or says when.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn admit_address(&self, address: Option<IpAddr>) -> Result<(), Failure> {
        let Some(address) = address else {
            return Ok(());
        };
        self.addresses.check_key(&address).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            too_many(u32::try_from(wait.as_secs()).unwrap_or(60) + 1).over(self.per_address)
        })
    }

    /// Admits one more act of this key, or says when.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub async fn admit(&self, rate: Rate, key: &str) -> Result<(), Failure> {
        match self.ask(rate, key, true).await {
            Some(answer) => answer,
            None => {
                let taken = self.local.check_key(&name_of(rate, key));
                taken.map_err(|_| too_many(2).over(rate.limit()))
            }
        }
    }

    /// Says whether one more act of this key would be admitted, and counts nothing. Without Redis it is not said
    /// beforehand: [`admit`](Self::admit) refuses it then.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub async fn foresee(&self, rate: Rate, key: &str) -> Result<(), Failure> {
        self.ask(rate, key, false).await.unwrap_or(Ok(()))
    }

    /// `None` when Redis is away.
    async fn ask(&self, rate: Rate, key: &str, takes: bool) -> Option<Result<(), Failure>> {
        let token_ms = 3_600_000 / rate.per_hour.max(1);
        let name = name_of(rate, key);
        let answer = self.redis.gcra(&name, token_ms, rate.burst, takes).await?;
        Some(match answer {
            0 => Ok(()),
            retry_ms => Err(too_many(retry_ms.div_ceil(1000)).over(rate.limit())),
        })
    }

    /// Forgets addresses and keys that have not been seen for a while; call it now and then.
    pub fn tidy(&self) {
        self.addresses.retain_recent();
        self.local.retain_recent();
    }
}

/// The key in Redis; what stands in braces keeps it on one node of a cluster.
fn name_of(rate: Rate, key: &str) -> String {
    format!("limit:{}:{{{key}}}", rate.name)
}

fn too_many(seconds: u32) -> Failure {
    Failure::from(CommonProblem::TooManyRequests).retry_after(seconds.max(1))
}
