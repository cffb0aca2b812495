//! Looks at the database all the while: the laws that hold in every committed state, the
//! appointments that somebody was told of, and the holds that PostgreSQL keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use api::commands::INVARIANTS;
use api::db::Conn;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _};
use uuid::Uuid;

use super::clients::World;
use super::dice::Dice;
use super::history::{Ms, Seat, Slot};
use super::servers::Servers;

/// A law that the database is asked about; the query selects what breaks it.
pub struct Law {
    pub name: &'static str,
    pub sql: &'static str,
}

/// What `api restore` asks too, and what only an oracle asks.
pub fn laws() -> impl Iterator<Item = Law> {
    const OWN: [Law; 2] = [
        Law {
            // A family's members may ride along on one place; the places that time is sold by stay as many.
            name: "I1 every slot has eight places, and what rides along rides on one of them",
            sql: "select office_id, starts_at from place p group by office_id, starts_at \
                  having count(*) filter (where rides_on is null) <> 8 \
                  or bool_or(rides_on is not null and appointment_id is not null and not exists ( \
                  select from place o where (o.office_id, o.starts_at, o.place_no) = (p.office_id, p.starts_at, p.rides_on) \
                  and o.rides_on is null and o.appointment_id is not null))",
        },
        Law {
            name: "a place points at a live appointment of its own",
            sql: "select p.office_id, p.starts_at, p.place_no from place p \
                  left join appointment a using (appointment_id) \
                  where p.appointment_id is not null and ( \
                  (p.office_id, p.starts_at, p.place_no) is distinct from (a.office_id, a.starts_at, a.place_no) \
                  or a.status not in ('booked', 'checked_in', 'called', 'serving', 'served'))",
        },
    ];
    let known = INVARIANTS.iter().map(|law| Law {
        name: law.name,
        sql: law.sql,
    });
    known.chain(OWN)
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// By law: how often it was asked.
    pub asked: usize,
    /// Law, when, and a row.
    pub broken: Vec<(String, Ms, String)>,
    pub appointments: usize,
    /// Of them, how many were being moved at that moment.
    pub moving: usize,
    /// Appointments that were acknowledged and were not there as they must be.
    pub missing: Vec<(Uuid, Ms, String)>,
    /// Holds that PostgreSQL kept, with when they were first seen.
    pub kept: HashMap<Uuid, (Ms, Vec<Seat>)>,
}

pub struct Watch {
    world: Arc<World>,
    servers: Arc<Servers>,
    pub seen: Arc<Mutex<Seen>>,
    dice: Dice,
}

/// Holds are looked at this often, for they live for seconds.
const GLANCE: Duration = Duration::from_millis(250);
/// Appointments of one look.
const SOME: usize = 300;

impl Watch {
    pub fn new(servers: Arc<Servers>, world: Arc<World>) -> Self {
        let dice = Dice::of(world.seed, u64::MAX);
        Self {
            world,
            servers,
            seen: Arc::default(),
            dice,
        }
    }

    /// Looks until the run stops. A database that is away is looked at when it is back.
    pub async fn keep_looking(mut self) {
        let mut conn = None;
        let mut next_law = Instant::now();
        while !self.world.is_over() {
            tokio::time::sleep(GLANCE).await;
            let Some(mut open) = self.reopen(conn.take()).await else {
                continue;
            };
            if self.glance(&mut open).await.is_err() {
                continue;
            }
            if Instant::now() >= next_law {
                let began = Instant::now();
                if self.look(&mut open).await.is_err() {
                    continue;
                }
                // Every second, but a database that has grown large is left in peace.
                let pause = (began.elapsed() * 8).max(Duration::from_secs(1));
                next_law = began + pause;
            }
            conn = Some(open);
        }
    }

    async fn reopen(&self, conn: Option<Conn>) -> Option<Conn> {
        if conn.is_some() {
            return conn;
        }
        let url = self.servers.postgres.try_lock().ok()?.superuser_url();
        Conn::establish(&url).await.ok()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().expect("what was seen is whole")
    }

    /// Which holds PostgreSQL keeps now.
    async fn glance(&self, conn: &mut Conn) -> diesel::QueryResult<()> {
        let rows: Vec<KeptRow> = diesel::sql_query(
            "select hold_id, office_id, starts_at, place_no from place \
             where hold_id is not null and hold_until > app_now()",
        )
        .load(conn)
        .await?;
        let now = self.world.history.now();
        let mut seen = self.seen();
        for row in rows {
            let (_, seats) = seen.kept.entry(row.hold_id).or_insert((now, Vec::new()));
            let seat = Seat {
                slot: Slot {
                    office_id: row.office_id,
                    starts_at: row.starts_at,
                },
                place_no: row.place_no,
            };
            if !seats.contains(&seat) {
                seats.push(seat);
            }
        }
        Ok(())
    }

    /// All laws and many appointments, in one picture.
    async fn look(&mut self, conn: &mut Conn) -> diesel::QueryResult<()> {
        let standing = self.world.town.standing(SOME, &mut self.dice);
        conn.batch_execute("begin isolation level repeatable read read only")
            .await?;
        for law in laws() {
            let broken = broken(conn, &law).await?;
            let now = self.world.history.now();
            let mut seen = self.seen();
            seen.asked += 1;
            if let Some(row) = broken {
                seen.broken.push((law.name.to_owned(), now, row));
            }
        }
        let asked: Vec<Uuid> = standing
            .iter()
            .map(|(appointment, _)| *appointment)
            .collect();
        let rows: Vec<StandingRow> = diesel::sql_query(
            "select appointment_id, status, \
             (select count(*) from place p where p.appointment_id = a.appointment_id) as places \
             from appointment a where appointment_id = any ($1)",
        )
        .bind::<Array<SqlUuid>, _>(&asked)
        .load(conn)
        .await?;
        conn.batch_execute("commit").await?;
        let found: HashMap<Uuid, StandingRow> = rows
            .into_iter()
            .map(|row| (row.appointment_id, row))
            .collect();
        let now = self.world.history.now();
        for (appointment, one) in standing {
            let what = match found.get(&appointment) {
                Some(row) if row.status == "booked" && row.places == 1 => None,
                Some(row) => Some(format!("{} with {} places", row.status, row.places)),
                None => Some("not there".to_owned()),
            };
            // Whose cancellation was asked for meanwhile may be gone.
            let stands = self.world.town.still_stands(appointment);
            let mut seen = self.seen();
            seen.appointments += 1;
            seen.moving += usize::from(one.moves_under_way > 0);
            if let Some(what) = what.filter(|_| stands) {
                seen.missing.push((appointment, now, what));
            }
        }
        Ok(())
    }
}

/// A row that breaks the law, as text.
pub async fn broken(conn: &mut Conn, law: &Law) -> diesel::QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Broken {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let sql = format!(
        "select row_to_json(broken)::text as line from ({}) as broken limit 1",
        law.sql
    );
    let rows: Vec<Broken> = diesel::sql_query(sql).load(conn).await?;
    Ok(rows.into_iter().next().map(|row| row.line))
}

#[derive(QueryableByName)]
struct KeptRow {
    #[diesel(sql_type = SqlUuid)]
    hold_id: Uuid,
    #[diesel(sql_type = Integer)]
    office_id: i32,
    #[diesel(sql_type = Timestamptz)]
    starts_at: chrono::DateTime<chrono::Utc>,
    #[diesel(sql_type = SmallInt)]
    place_no: i16,
}

#[derive(QueryableByName)]
struct StandingRow {
    #[diesel(sql_type = SqlUuid)]
    appointment_id: Uuid,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    places: i64,
}
