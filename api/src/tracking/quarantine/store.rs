//! What is kept of operations that count for nothing, remembered and forgotten.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use diesel_async::RunQueryDsl;

use crate::db::Conn;

/// Operations by what had become of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, QueryableByName)]
pub struct Emptied {
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    #[diesel(sql_type = BigInt)]
    pub rejected: i64,
}

impl Emptied {
    pub fn all(self) -> i64 {
        self.held + self.rejected
    }
}

/// Empties the oldest that came more than so many days ago, at most `limit`. Whoever decides about one
/// of them at this moment goes first.
pub async fn empty_oldest(conn: &mut Conn, days: u32, limit: i64) -> QueryResult<Emptied> {
    diesel::sql_query(
        "with old as (
             select op_id from operation
             where raw is not null and received_at < app_now() - make_interval(days => $1)
             order by received_at
             limit $2
             for update skip locked
         ),
         forgotten as (
             delete from held_record where op_id in (select op_id from old)
         ),
         emptied as (
             update operation set raw = null
             where op_id in (select op_id from old)
             returning result
         )
         select count(*) filter (where result = 'held') as held,
             count(*) filter (where result = 'rejected') as rejected
         from emptied",
    )
    .bind::<Integer, _>(days.cast_signed())
    .bind::<BigInt, _>(limit)
    .get_result(conn)
    .await
}

/// How many would be emptied.
pub async fn count_old(conn: &mut Conn, days: u32) -> QueryResult<Emptied> {
    diesel::sql_query(
        "select count(*) filter (where result = 'held') as held,
             count(*) filter (where result = 'rejected') as rejected
         from operation
         where raw is not null and received_at < app_now() - make_interval(days => $1)",
    )
    .bind::<Integer, _>(days.cast_signed())
    .get_result(conn)
    .await
}
