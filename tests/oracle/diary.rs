//! Which holds PostgreSQL ever kept, however shortly: written by a trigger of the oracle's own, in the
//! transaction that keeps the hold. A process whose Redis is slow to answer holds there, whether or
//! not anything was broken, and no answer tells.

use std::collections::HashSet;

use api::db::Conn;
use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use uuid::Uuid;

/// Begins to write; `conn` owns the schema.
pub async fn begin(conn: &mut Conn) {
    conn.batch_execute(
        "create table oracle_hold (hold_id uuid primary key);
         create function oracle_write_hold() returns trigger language plpgsql security definer as $$
         begin
           insert into oracle_hold values (new.hold_id) on conflict do nothing;
           return null;
         end $$;
         create trigger oracle_write_hold after update of hold_id on place for each row
           when (new.hold_id is not null and new.hold_id is distinct from old.hold_id)
           execute function oracle_write_hold();",
    )
    .await
    .expect("a diary can be kept");
}

/// Every hold that PostgreSQL kept.
pub async fn read(conn: &mut Conn) -> HashSet<Uuid> {
    #[derive(QueryableByName)]
    struct Written {
        #[diesel(sql_type = SqlUuid)]
        hold_id: Uuid,
    }
    let written: Vec<Written> = diesel::sql_query("select hold_id from oracle_hold")
        .load(conn)
        .await
        .expect("the diary can be read");
    written.into_iter().map(|row| row.hold_id).collect()
}
