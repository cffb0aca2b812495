//! What no answer tells, written by triggers of the oracle's own in the transactions that do it.
//!
//! Which holds PostgreSQL kept, however shortly, and where: a process whose Redis is slow to answer
//! holds there, whether or not anything was broken. Which place was taken while such a hold was live. And to
//! whom the waitlist offered what, from when to when.

use api::db::Conn;
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use uuid::Uuid;

use super::checker::{Offered, Ruled, Taken, Wait};
use super::history::{History, Seat, Slot};

/// Begins to write; `conn` owns the schema.
pub async fn begin(conn: &mut Conn) {
    conn.batch_execute(
        "create table oracle_hold (
           at timestamptz not null default clock_timestamp(), hold_id uuid,
           office_id integer, starts_at timestamptz, place_no smallint);
         create function oracle_write_hold() returns trigger language plpgsql security definer as $$
         begin
           insert into oracle_hold (hold_id, office_id, starts_at, place_no)
           values (new.hold_id, new.office_id, new.starts_at, new.place_no);
           return null;
         end $$;
         create trigger oracle_write_hold after update of hold_id on place for each row
           when (new.hold_id is distinct from old.hold_id)
           execute function oracle_write_hold();
         create table oracle_taken (
           at timestamptz not null default clock_timestamp(), hold_id uuid, appointment_id uuid,
           office_id integer, starts_at timestamptz, place_no smallint);
         create function oracle_write_taken() returns trigger language plpgsql security definer as $$
         begin
           if old.hold_until > app_now() then
             insert into oracle_taken (hold_id, appointment_id, office_id, starts_at, place_no)
             values (old.hold_id, new.appointment_id, new.office_id, new.starts_at, new.place_no);
           end if;
           return null;
         end $$;
         create trigger oracle_write_taken after update of appointment_id on place for each row
           when (new.appointment_id is not null and old.hold_id is not null)
           execute function oracle_write_taken();
         create table oracle_wait (
           seq bigserial primary key, at timestamptz not null default clock_timestamp(),
           entry_id uuid, state text, offers smallint, class text, joined_at timestamptz, vouched boolean,
           offer_id uuid, office_id integer, starts_at timestamptz, place_no smallint, until timestamptz);
         create function oracle_write_wait() returns trigger language plpgsql security definer as $$
         begin
           insert into oracle_wait (entry_id, state, offers, class, joined_at, vouched,
             offer_id, office_id, starts_at, place_no, until)
           values (new.entry_id, new.state, new.offers, new.class, new.joined_at, new.vouched,
             new.offer_id, new.offer_office_id, new.offer_starts_at, new.offer_place_no, new.offer_until);
           return null;
         end $$;
         create trigger oracle_write_wait after insert or update on waitlist_entry for each row
           execute function oracle_write_wait();",
    )
    .await
    .expect("a diary can be kept");
}

/// Every hold that PostgreSQL began to keep or kept no more.
pub async fn read_ruled(conn: &mut Conn, history: &History) -> Vec<Ruled> {
    #[derive(QueryableByName)]
    struct Written {
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        hold_id: Option<Uuid>,
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Timestamptz)]
        starts_at: DateTime<Utc>,
        #[diesel(sql_type = SmallInt)]
        place_no: i16,
    }
    let written: Vec<Written> = diesel::sql_query("select * from oracle_hold order by at")
        .load(conn)
        .await
        .expect("the diary can be read");
    let ruled = |row: Written| Ruled {
        at: history.at(row.at),
        hold: row.hold_id,
        seat: Seat {
            slot: Slot {
                office_id: row.office_id,
                starts_at: row.starts_at,
            },
            place_no: row.place_no,
        },
    };
    written.into_iter().map(ruled).collect()
}

/// Every place that was taken while PostgreSQL held it.
pub async fn read_taken(conn: &mut Conn, history: &History) -> Vec<Taken> {
    #[derive(QueryableByName)]
    struct Written {
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
        #[diesel(sql_type = SqlUuid)]
        hold_id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        appointment_id: Uuid,
        #[diesel(sql_type = Integer)]
        office_id: i32,
        #[diesel(sql_type = Timestamptz)]
        starts_at: DateTime<Utc>,
        #[diesel(sql_type = SmallInt)]
        place_no: i16,
    }
    let written: Vec<Written> = diesel::sql_query("select * from oracle_taken order by at")
        .load(conn)
        .await
        .expect("the diary can be read");
    let taken = |row: Written| Taken {
        at: history.at(row.at),
        hold: row.hold_id,
        appointment: row.appointment_id,
        seat: Seat {
            slot: Slot {
                office_id: row.office_id,
                starts_at: row.starts_at,
            },
            place_no: row.place_no,
        },
    };
    written.into_iter().map(taken).collect()
}

/// What became of everybody who waited.
pub async fn read_waits(conn: &mut Conn, history: &History) -> Vec<Wait> {
    #[derive(QueryableByName)]
    struct Written {
        #[diesel(sql_type = Timestamptz)]
        at: DateTime<Utc>,
        #[diesel(sql_type = SqlUuid)]
        entry_id: Uuid,
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = SmallInt)]
        offers: i16,
        #[diesel(sql_type = Text)]
        class: String,
        #[diesel(sql_type = Timestamptz)]
        joined_at: DateTime<Utc>,
        #[diesel(sql_type = Bool)]
        vouched: bool,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        offer_id: Option<Uuid>,
        #[diesel(sql_type = Nullable<Integer>)]
        office_id: Option<i32>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        starts_at: Option<DateTime<Utc>>,
        #[diesel(sql_type = Nullable<SmallInt>)]
        place_no: Option<i16>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        until: Option<DateTime<Utc>>,
    }
    let written: Vec<Written> = diesel::sql_query("select * from oracle_wait order by seq")
        .load(conn)
        .await
        .expect("the diary can be read");
    let offered = |row: &Written| {
        Some(Offered {
            offer: row.offer_id?,
            seat: Seat {
                slot: Slot {
                    office_id: row.office_id?,
                    starts_at: row.starts_at?,
                },
                place_no: row.place_no?,
            },
            until: history.at(row.until?),
        })
    };
    let wait = |row: &Written| Wait {
        at: history.at(row.at),
        entry: row.entry_id,
        state: row.state.clone(),
        offers: row.offers,
        is_first_class: row.class != "none",
        joined_at: row.joined_at,
        vouched: row.vouched,
        offer: offered(row),
    };
    written.iter().map(wait).collect()
}
