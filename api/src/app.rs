//! What every handler may use: built once, shared by the server and the tests.

use std::sync::Arc;

use diesel::QueryResult;

use crate::booking::{Availability, Displays};
use crate::clock::Clock;
use crate::config::Config;
use crate::contract::callers::Callers;
use crate::db::redis::Redis;
use crate::db::{Conn, Pool};
use crate::geography::{Geography, GeographyCache};
use crate::http::failure::Failure;
use crate::http::limit::Limiter;
use crate::identity::password::Passwords;
use crate::leaderboard::cache::BoardCache;
use crate::leaderboard::closing;
use crate::leaderboard::completions::Completions;
use crate::leaderboard::quality::QualityCache;
use crate::leaderboard::reasons::read::ReasonsCache;
use crate::leaderboard::trend::routes::TrendCache;
use crate::leaderboard::viewers::Viewers;
use crate::notice::Channels;
use crate::privacy::keys::Keys;
use crate::tracking::Sealing;

/// The running program, less its sockets. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub keys: Keys,
    pub pool: Pool,
    pub redis: Redis,
    pub limiter: Limiter,
    pub passwords: Passwords,
    pub boards: BoardCache,
    pub trends: TrendCache,
    pub reasons: ReasonsCache,
    pub quality: QualityCache,
    pub completions: Completions,
    pub closings_left: closing::keep::Left,
    pub viewers: Viewers,
    pub sealing: Sealing,
    pub availability: Availability,
    pub displays: Displays,
    pub channels: Channels,
    pub callers: Callers,
    geography: GeographyCache,
}

impl App {
    /// Must be called on the runtime that is to drive the database connections.
    pub fn new(config: Config, clock: Clock, keys: Keys, pool: Pool, redis: Redis) -> Self {
        let viewers = Viewers::new(config.http.board_viewers);
        let displays = Displays::new(config.booking.display_viewers);
        Self {
            limiter: Limiter::new(config.http.requests_per_address_per_minute, redis.clone()),
            passwords: Passwords::new(&config.passwords),
            channels: Channels::new(&config),
            config: Arc::new(config),
            clock,
            sealing: Sealing::of(&keys),
            keys,
            pool,
            redis,
            boards: BoardCache::default(),
            trends: TrendCache::default(),
            reasons: ReasonsCache::default(),
            quality: QualityCache::default(),
            completions: Completions::default(),
            closings_left: closing::keep::Left::default(),
            viewers,
            availability: Availability::default(),
            displays,
            callers: Callers::default(),
            geography: GeographyCache::default(),
        }
    }

    /// The tree of units, at most a second old, without a connection while it is.
    ///
    /// # Errors
    /// When it is older and the database cannot be asked.
    pub async fn fresh_geography(&self) -> Result<Arc<Geography>, Failure> {
        if let Some(tree) = self.geography.fresh() {
            return Ok(tree);
        }
        let mut conn = self.pool.get().await?;
        Ok(self.geography.get(&mut conn).await?)
    }

    /// The tree of units, at most a second old.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn geography(&self, conn: &mut Conn) -> QueryResult<Arc<Geography>> {
        self.geography.get(conn).await
    }

    /// The tree of units as the database has it now: for whoever must not tell an old name after a new
    /// position.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn newest_geography(&self, conn: &mut Conn) -> QueryResult<Arc<Geography>> {
        self.geography.newest(conn).await
    }
}
