//! After the last fault: what is unknown is settled by its key, every free place is booked, and what
//! is there is read.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use api::db::Conn;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _};
use futures_util::StreamExt as _;
use futures_util::stream;
use uuid::Uuid;

use super::checker::{Row, Verdict};
use super::clients::{Client, World};
use super::history::{Op, Outcome, Seat, Slot};
use super::servers::PROCESSES;
use super::town::HELPERS;

/// Tries of each unknown key, one process after the other.
const TRIES: usize = 8;

/// Asks for everything that is unknown until there is an answer.
pub async fn settle(world: &Arc<World>) {
    let mut known = HashSet::new();
    let mut unknown: Vec<(Uuid, Op, Vec<u32>)> = Vec::new();
    for call in world.history.calls() {
        if call.lasting().is_some() {
            known.insert(call.key);
        } else if matches!(call.outcome, Outcome::Info(_) | Outcome::Pending) {
            unknown.push((call.key, call.op, call.citizens));
        }
    }
    unknown.retain(|(key, ..)| known.insert(*key));
    stream::iter(unknown)
        .for_each_concurrent(8, |(key, op, citizens)| async move {
            let sent = world.sent.lock().expect("whole").get(&key).cloned();
            let Some(request) = sent else {
                return;
            };
            let mut client = Client::new(u16::MAX - 2, world.clone());
            for tries in 0..TRIES {
                let process = tries % PROCESSES;
                let asked = client.ask(process, key, &citizens, op.clone(), &request);
                if matches!(asked.await, (Outcome::Answered(_), _)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        })
        .await;
}

/// I8: no place lies free while somebody waits for it. The places of a slot are alike, save that half of
/// them are not for strangers.
pub async fn idle_places(conn: &mut Conn) -> Verdict {
    const SWEEP: Duration = Duration::from_secs(3);
    let mut verdict = look_for_idle_places(conn).await;
    if !verdict.holds() {
        // What became free this moment is offered by the next sweep.
        tokio::time::sleep(SWEEP).await;
        let still = look_for_idle_places(conn).await;
        verdict
            .broken
            .retain(|one| still.broken.iter().any(|other| other.what == one.what));
    }
    verdict
}

async fn look_for_idle_places(conn: &mut Conn) -> Verdict {
    #[derive(QueryableByName)]
    struct Idle {
        #[diesel(sql_type = SqlUuid)]
        entry_id: Uuid,
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Timestamptz)]
        starts_at: chrono::DateTime<chrono::Utc>,
        #[diesel(sql_type = SmallInt)]
        place_no: i16,
    }
    let mut verdict = Verdict::new("I8 no place lies free while somebody waits for it");
    let idle: Vec<Idle> = diesel::sql_query(
        "select w.entry_id, p.office_id, p.starts_at, p.place_no \
         from waitlist_entry w join waitlist_office o using (entry_id) \
         join place p on p.office_id = o.office_id \
         cross join lateral (select p.starts_at at time zone 'Asia/Ho_Chi_Minh' as local) as l \
         where w.state = 'waiting' and w.offers < 3 \
           and p.appointment_id is null and not p.withdrawn and p.rides_on is null \
           and p.opens_at <= app_now() and (p.hold_until is null or p.hold_until <= app_now()) \
           and (w.vouched or p.for_unverified) and l.local::date between w.from_on and w.to_on \
           and w.from_min <= extract(epoch from l.local::time) / 60 \
           and extract(epoch from l.local::time) / 60 < w.to_min \
           and not exists (select from appointment a where a.citizen_blind = w.citizen_blind \
             and a.service_code = w.service_code and a.status <> 'cancelled')",
    )
    .load(conn)
    .await
    .expect("the waitlist can be read");
    verdict.looked_at = count_of(
        conn,
        "select count(*) as n from waitlist_entry where state = 'waiting'",
    )
    .await;
    for one in idle {
        let (entry, office, at, place) = (one.entry_id, one.office_id, one.starts_at, one.place_no);
        verdict.breaks(
            format!("{entry} waits, and place {place} of {office} at {at} is free"),
            &[],
        );
    }
    verdict
}

async fn count_of(conn: &mut Conn, sql: &str) -> usize {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let count: Count = diesel::sql_query(sql)
        .get_result(conn)
        .await
        .expect("a count");
    usize::try_from(count.n).unwrap_or(0)
}

/// Everybody who still waits goes home, and gives back what was offered to them.
pub async fn send_home(world: &Arc<World>) {
    stream::iter(world.town.all_who_wait())
        .for_each_concurrent(8, |waiting| async move {
            let mut client = Client::new(u16::MAX - 3, world.clone());
            client.leave(&waiting).await;
        })
        .await;
}

/// I10: every place that is free can be booked, at the first try.
pub async fn book_out(world: &Arc<World>, conn: &mut Conn, slots: &[Slot]) -> Verdict {
    let mut verdict = Verdict::new("I10 every free place can be booked");
    let free = free_places(conn).await;
    let wanted: Vec<(usize, Slot, usize)> = slots
        .iter()
        .enumerate()
        .map(|(at, slot)| (at, *slot, free.iter().filter(|one| *one == slot).count()))
        .filter(|(.., count)| *count > 0)
        .collect();
    verdict.looked_at = wanted.iter().map(|(.., count)| count).sum();
    let refused: Vec<(Slot, usize)> = stream::iter(wanted)
        .map(|(at, slot, count)| async move {
            let mut client = Client::new(u16::MAX, world.clone());
            let mut booked = 0;
            for _ in 0..count {
                let citizen = world.town.new_citizen();
                let process = citizen as usize % PROCESSES;
                let helper = Some(at % HELPERS);
                let known = client.book_at(process, slot, citizen, helper).await;
                booked += usize::from(known.is_some());
            }
            (slot, count - booked)
        })
        .buffer_unordered(16)
        .filter(|(_, refused)| std::future::ready(*refused > 0))
        .collect()
        .await;
    for (slot, refused) in refused {
        let calls = world.history.with(|calls| {
            let of_slot = calls.iter().enumerate().filter(|(_, call)| {
                let is_ours = call.client == u16::MAX;
                is_ours && matches!(&call.op, Op::Hold { slot: one, .. } if *one == slot)
            });
            of_slot.map(|(at, _)| at).collect::<Vec<_>>()
        });
        verdict.breaks(format!("{refused} places of {slot:?} are stuck"), &calls);
    }
    verdict
}

/// The slot of each place that nobody has, as PostgreSQL knows.
async fn free_places(conn: &mut Conn) -> Vec<Slot> {
    #[derive(QueryableByName)]
    struct Free {
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Timestamptz)]
        starts_at: chrono::DateTime<chrono::Utc>,
    }
    let free: Vec<Free> = diesel::sql_query(
        "select office_id, starts_at from place where appointment_id is null and not withdrawn and rides_on is null",
    )
    .load(conn)
    .await
    .expect("places can be read");
    free.into_iter()
        .map(|row| Slot {
            office_id: row.office_id,
            starts_at: row.starts_at,
        })
        .collect()
}

/// Every appointment, as it stands.
pub async fn appointments(conn: &mut Conn) -> Vec<Row> {
    #[derive(QueryableByName)]
    struct Stored {
        #[diesel(sql_type = SqlUuid)]
        appointment_id: Uuid,
        #[diesel(sql_type = Text)]
        status: String,
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Timestamptz)]
        starts_at: chrono::DateTime<chrono::Utc>,
        #[diesel(sql_type = Nullable<SmallInt>)]
        place_no: Option<i16>,
    }
    let stored: Vec<Stored> = diesel::sql_query(
        "select appointment_id, status, office_id, starts_at, place_no from appointment",
    )
    .load(conn)
    .await
    .expect("appointments can be read");
    stored
        .into_iter()
        .map(|row| {
            let slot = Slot {
                office_id: row.office_id,
                starts_at: row.starts_at,
            };
            Row {
                appointment: row.appointment_id,
                status: row.status,
                seat: row.place_no.map(|place_no| Seat { slot, place_no }),
            }
        })
        .collect()
}

pub async fn connect(url: &str) -> Conn {
    Conn::establish(url).await.expect("PostgreSQL is there")
}
