//! What goes wrong: one thing every second or two, for seconds, now and then two at once, with calm
//! spells between in which the display is measured.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::db::Conn;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use tokio::task::JoinSet;

use super::clients::World;
use super::dice::Dice;
use super::faults::{Calm, Fault, Kind};
use super::history::Ms;
use super::servers::{PROCESSES, Servers};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    Redis,
    Postgres,
    Process(usize),
}

/// How often it is among sixteen.
fn weight(kind: Kind) -> usize {
    match kind {
        Kind::RedisEmptied | Kind::RedisPaused | Kind::ProcessKilled => 2,
        Kind::PostgresKilled | Kind::CommitsCut => 2,
        _ => 1,
    }
}

/// What it must have for itself: what is down cannot be broken, and a process must not start
/// under a moved clock, which it would keep.
fn needs(kind: Kind, process: usize) -> Vec<Target> {
    let processes = (0..PROCESSES).map(Target::Process);
    match kind {
        Kind::RedisEmptied | Kind::RedisPaused | Kind::RedisKilled => vec![Target::Redis],
        Kind::RedisUnreachable => vec![Target::Redis],
        Kind::ProcessKilled | Kind::ProcessPaused => vec![Target::Process(process)],
        Kind::PostgresKilled | Kind::PostgresUnreachable => vec![Target::Postgres],
        Kind::SessionsEnded | Kind::CommitsCut => vec![Target::Postgres],
        Kind::ClockMoved => processes.chain([Target::Postgres]).collect(),
    }
}

/// How it is paced.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub between_ms: (u64, u64),
    /// Of Redis alone, so that its absence is seen by itself.
    pub redis_storm: Duration,
    pub storm: Duration,
    pub calm: Duration,
    /// Longest that a process or Redis stands still.
    pub pause_ms: u64,
}

/// A silent connection to PostgreSQL is part of the fault until the program gives it up.
const GIVEN_UP_AFTER: Duration = Duration::from_millis(8_500);
/// After the last fault, breakers and pools need this long until calm is calm.
const AFTERMATH: Duration = Duration::from_millis(3_500);

pub struct Nemesis {
    servers: Arc<Servers>,
    world: Arc<World>,
    dice: Dice,
    pace: Pace,
    bags: [Vec<Kind>; 2],
    busy: Arc<Mutex<HashSet<Target>>>,
    faults: Arc<Mutex<Vec<Fault>>>,
    pub calms: Arc<Mutex<Vec<Calm>>>,
}

impl Nemesis {
    pub fn new(servers: Arc<Servers>, world: Arc<World>, pace: Pace) -> Self {
        let dice = Dice::of(world.seed, 0);
        Self {
            servers,
            world,
            dice,
            pace,
            bags: Default::default(),
            busy: Arc::default(),
            faults: Arc::default(),
            calms: Arc::default(),
        }
    }

    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.faults.lock().expect("faults are whole").clone();
        faults.sort_by_key(|fault| fault.from);
        faults
    }

    /// Calm and storm by turns; ends healed. `during_calm` runs once in each calm.
    pub async fn rage(&mut self, lasts: Duration, during_calm: impl AsyncFn(Duration)) {
        let ends = self.world.history.now() + lasts.as_millis() as Ms;
        loop {
            let from = self.world.history.now();
            during_calm(self.pace.calm).await;
            let to = self.world.history.now();
            let calm = Calm { from, to };
            self.calms.lock().expect("calms are whole").push(calm);
            self.storm(self.pace.redis_storm, true, ends).await;
            self.storm(self.pace.storm, false, ends).await;
            if self.world.history.now() >= ends {
                return;
            }
            tokio::time::sleep(AFTERMATH).await;
        }
    }

    async fn storm(&mut self, lasts: Duration, of_redis: bool, ends: Ms) {
        let over = (self.world.history.now() + lasts.as_millis() as Ms).min(ends);
        let mut under_way = JoinSet::new();
        while self.world.history.now() < over {
            if let Some((kind, process, targets)) = self.next(of_redis) {
                let lasts = self.lasts(kind);
                let doing = Doing {
                    servers: self.servers.clone(),
                    world: self.world.clone(),
                    dice: self.dice.split(),
                };
                let (busy, faults) = (self.busy.clone(), self.faults.clone());
                under_way.spawn(async move {
                    let world = doing.world.clone();
                    let from = world.history.now();
                    doing.cause(kind, process, lasts).await;
                    let to = world.history.now();
                    let fault = Fault {
                        kind,
                        process,
                        from,
                        to,
                    };
                    faults.lock().expect("faults are whole").push(fault);
                    let mut busy = busy.lock().expect("targets are whole");
                    busy.retain(|target| !targets.contains(target));
                });
            }
            let (least, most) = self.pace.between_ms;
            let pause = self.dice.between(least, most);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        while let Some(ended) = under_way.join_next().await {
            ended.expect("a fault is undone");
        }
    }

    /// The next thing of the bag whose targets are not broken already.
    fn next(&mut self, of_redis: bool) -> Option<(Kind, usize, Vec<Target>)> {
        let bag = &mut self.bags[usize::from(of_redis)];
        if bag.is_empty() {
            for kind in Kind::ALL {
                if kind.is_of_redis() || !of_redis {
                    bag.extend(std::iter::repeat_n(kind, weight(kind)));
                }
            }
            self.dice.shuffle(bag);
        }
        let process = self.dice.below(PROCESSES);
        let mut busy = self.busy.lock().expect("targets are whole");
        let is_free = |kind: &Kind| {
            let needs = needs(*kind, process);
            needs.iter().all(|target| !busy.contains(target))
        };
        let at = bag.iter().rposition(is_free)?;
        let kind = bag.remove(at);
        let needs = needs(kind, process);
        busy.extend(needs.iter().copied());
        Some((kind, process, needs))
    }

    fn lasts(&mut self, kind: Kind) -> Duration {
        let (least, most) = match kind {
            Kind::RedisPaused | Kind::ProcessPaused => (800, self.pace.pause_ms),
            Kind::RedisUnreachable => (800, 4_000),
            Kind::RedisKilled => (200, 2_500),
            Kind::PostgresUnreachable => (1_500, 5_000),
            Kind::PostgresKilled => (100, 800),
            Kind::ClockMoved => (1_000, 2_500),
            Kind::CommitsCut => (1_500, 1_500),
            Kind::ProcessKilled => (50, 600),
            Kind::RedisEmptied | Kind::SessionsEnded => (0, 0),
        };
        Duration::from_millis(self.dice.between(least, most))
    }
}

struct Doing {
    servers: Arc<Servers>,
    world: Arc<World>,
    dice: Dice,
}

impl Doing {
    /// Breaks it, waits, and heals it.
    async fn cause(mut self, kind: Kind, process: usize, lasts: Duration) {
        let servers = &self.servers;
        match kind {
            Kind::RedisEmptied => servers.flush_redis(),
            Kind::RedisPaused => {
                let pause = servers.pause_redis().await;
                tokio::time::sleep(lasts).await;
                drop(pause);
            }
            Kind::RedisKilled => {
                servers.kill_redis().await;
                tokio::time::sleep(lasts).await;
                servers.start_redis().await;
            }
            Kind::RedisUnreachable => self.hold_back(&servers.before_redis, lasts, true).await,
            Kind::ProcessKilled => {
                servers.kill_process(process).await;
                tokio::time::sleep(lasts).await;
                servers.start_process(process).await;
            }
            Kind::ProcessPaused => {
                let pause = servers.pause_process(process).await;
                tokio::time::sleep(lasts).await;
                drop(pause);
            }
            Kind::PostgresKilled => servers.kill_postgres(lasts).await,
            Kind::PostgresUnreachable => {
                let forgets = self.dice.percent(50);
                self.hold_back(&servers.before_postgres, lasts, forgets)
                    .await;
                if forgets {
                    tokio::time::sleep(GIVEN_UP_AFTER).await;
                }
            }
            Kind::SessionsEnded => {
                self.say(
                    "select pg_terminate_backend(pid) from (select pid from pg_stat_activity \
                     where application_name = 'to06' order by random() limit 5) as sessions",
                )
                .await;
            }
            Kind::CommitsCut => {
                for proxy in &servers.before_postgres {
                    proxy.cut_next_commits(4);
                }
                tokio::time::sleep(lasts).await;
                for proxy in &servers.before_postgres {
                    proxy.cut_next_commits(0);
                }
            }
            Kind::ClockMoved => {
                let by_s = self.dice.between(2, 30);
                let sign = if self.dice.percent(50) { "" } else { "-" };
                self.say(&format!(
                    "update app_clock set time_offset = '{sign}{by_s} seconds'"
                ))
                .await;
                tokio::time::sleep(lasts).await;
                self.say("update app_clock set time_offset = '0'").await;
            }
        }
    }

    /// Lets nothing pass; afterwards the connections go on, or are forgotten.
    async fn hold_back(&self, proxies: &[super::servers::Proxy], lasts: Duration, forgets: bool) {
        for proxy in proxies {
            proxy.hold();
        }
        tokio::time::sleep(lasts).await;
        for proxy in proxies {
            if forgets {
                proxy.pass_forgetting();
            } else {
                proxy.pass();
            }
        }
    }

    async fn say(&self, sql: &str) {
        let url = self.servers.postgres.lock().await.superuser_url();
        let mut conn = Conn::establish(&url).await.expect("PostgreSQL is there");
        conn.batch_execute(sql).await.expect("PostgreSQL obeys");
    }
}
