//! Commands about the database as a whole.

use std::error::Error;
use std::path::Path;

use super::open::{self, Opened};
use super::say;
use crate::config::Config;
use crate::db::{self, private};
use crate::{clock, demo, tracking};

pub async fn migrate(config: Config, redo: bool) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    let ran = opened.migrate().await?;
    for version in &ran {
        say(format!("migrated {version}"));
    }
    if redo {
        db::redo_newest_migration(&opened.migration_url).await?;
        say("the newest migration was taken back and run again");
    }
    if ran.is_empty() && !redo {
        say("nothing to migrate");
    }
    Ok(())
}

pub async fn print_schema(config: Config) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    let postgres = opened
        .postgres
        .as_ref()
        .ok_or("`api schema` reads the private database: unset DATABASE_URL")?;
    say(private::print_schema(postgres, open::DATABASE)?.trim_end());
    Ok(())
}

pub async fn load_demo(config: Config) -> Result<(), Box<dyn Error>> {
    if config.is_production() {
        return Err("the demo is refused in production (TO06_ENV=production)".into());
    }
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    if !load_demo_into(&opened).await? {
        say("the database is not empty: nothing was loaded");
    }
    Ok(())
}

/// Loads the demo where there is no account yet; says whether it did.
pub async fn load_demo_into(opened: &Opened) -> Result<bool, Box<dyn Error>> {
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    if !demo::is_empty(&mut conn).await? {
        return Ok(false);
    }
    say("Nạp tỉnh dùng thử… / Loading the demo province…");
    let now = clock::Clock::default().now();
    demo::load(&mut conn, &opened.config, &opened.keys, now)
        .await
        .map_err(|why| format!("the demo could not be loaded: {why:?}"))?;
    Ok(true)
}

pub async fn backup(config: Config, to: &Path) -> Result<(), Box<dyn Error>> {
    let dir = private_dir(&config)?;
    let made_at = clock::Clock::default().now().to_rfc3339();
    let manifest = tokio::task::block_in_place(|| private::backup(&dir, to, &made_at))?;
    let rows: u64 = manifest.rows.values().sum();
    say(format!(
        "{}: {} tables, {rows} rows",
        to.display(),
        manifest.rows.len()
    ));
    Ok(())
}

pub async fn restore(config: Config, from: &Path) -> Result<(), Box<dyn Error>> {
    let dir = private_dir(&config)?;
    let afterwards = private::Afterwards {
        epoch_sql: tracking::RESTORED,
        forgotten_sql: tracking::ERASED,
    };
    let restored =
        tokio::task::block_in_place(|| private::restore(&dir, from, INVARIANTS, afterwards))?;
    let rows: u64 = restored.manifest.rows.values().sum();
    say(format!(
        "restored the backup of {}: {rows} rows, all invariants hold",
        restored.manifest.made_at
    ));
    if !restored.to_forget.is_empty() {
        say(format!(
            "{} persons had been erased since and are back: erase each again, with a request that names recorded_person_id",
            restored.to_forget.len()
        ));
        for person in &restored.to_forget {
            say(format!("  {person}"));
        }
    }
    Ok(())
}

pub async fn begin_epoch(config: Config) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let pool = opened.owner_pool();
    let mut conn = pool.get().await?;
    let epoch = tracking::ledger::epoch::begin_epoch(&mut conn).await?;
    say(format!(
        "{epoch} began: at their next contact phones pull everything again, and send again what was confirmed lately"
    ));
    Ok(())
}

fn private_dir(config: &Config) -> Result<private::DataDir, Box<dyn Error>> {
    if config.database.url.is_some() {
        return Err("backup and restore are for the private database; yours (DATABASE_URL) has tools of its own; after a restore by them run `api new-epoch`".into());
    }
    Ok(open::data_dir(config)?)
}

/// What must hold in every database, whatever died: each selects what breaks it.
pub const INVARIANTS: &[private::Invariant<'_>] = &[
    private::Invariant {
        name: "no account belongs to a unit that is not there",
        sql: "select account_id from account where unit_id not in (select unit_id from unit)",
    },
    private::Invariant {
        name: "credit is held by a live record of its own person, or of one they stand for, and stage, and by no helper's phone",
        sql: "select c.op_id from credit c join fact f using (op_id) \
              left join person p on p.person_id = f.person_id \
              where f.voided_by is not null or f.device_holder is not distinct from 'helper' \
              or (coalesce(p.canonical_id, f.person_id), f.stage) is distinct from (c.person_id, c.stage)",
    },
    private::Invariant {
        name: "as many citizens are counted as hold credit, by day, by month and in total",
        sql: "select kept from (select (select count(*) from credit) as held, \
              (select coalesce(sum(n), 0) from rollup_day) as by_day, \
              (select coalesce(sum(n), 0) from rollup_month) as by_month, \
              (select coalesce(sum(n), 0) from rollup_total) as kept) as counts \
              where held <> by_day or held <> by_month or held <> kept",
    },
    private::Invariant {
        name: "whoever stands for somebody stands for themselves, and is who the merges name",
        sql: "select p.person_id from person p left join person h on h.person_id = p.canonical_id \
              left join person_merge m on m.merged_id = p.person_id and m.undone_at is null \
              where h.canonical_id is not null or (p.canonical_id is null) <> (m.merge_id is null)",
    },
    private::Invariant {
        name: "every record belongs to an operation that was applied or merged",
        sql: "select op_id from operation join fact using (op_id) where result not in ('applied', 'merged')",
    },
    private::Invariant {
        name: "no place has two live appointments",
        sql: "select office_id, starts_at, place_no from appointment \
              where status in ('booked', 'checked_in', 'called', 'serving', 'served') \
              group by 1, 2, 3 having count(*) > 1",
    },
    private::Invariant {
        name: "whoever rides on a place rides on one that its own party has, and nothing rides on what rides",
        sql: "select r.office_id, r.starts_at, r.place_no from place r \
              left join place o on (o.office_id, o.starts_at, o.place_no) = (r.office_id, r.starts_at, r.rides_on) \
              left join appointment mine on mine.appointment_id = r.appointment_id \
              left join appointment theirs on theirs.appointment_id = o.appointment_id \
              where r.rides_on is not null and (o.rides_on is not null \
              or (r.appointment_id is not null and mine.party_id is distinct from theirs.party_id))",
    },
    private::Invariant {
        name: "no citizen has two live appointments for one service",
        sql: "select citizen_blind from appointment \
              where status in ('booked', 'checked_in', 'called', 'serving', 'conflict') \
              group by citizen_blind, service_code having count(*) > 1",
    },
    private::Invariant {
        name: "a place and its appointment point to each other",
        sql: "select a.appointment_id from appointment a left join place p \
              on p.appointment_id = a.appointment_id \
              and (p.office_id, p.starts_at, p.place_no) = (a.office_id, a.starts_at, a.place_no) \
              where (a.status in ('booked', 'checked_in', 'called', 'serving', 'served')) \
              <> (p.appointment_id is not null)",
    },
    private::Invariant {
        name: "every appointment has its audit event",
        sql: "select appointment_id from appointment where not exists (select from audit_event \
              where action = 'booking.confirm' and object = 'appointment:' || appointment_id)",
    },
];
