//! Lots of call-back sampling that a brief tells of: those that nobody has released, and those that said nothing.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use crate::db::{Conn, prepared};

/// Lots of a commune by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Lots {
    #[diesel(sql_type = Integer)]
    pub commune_id: UnitId,
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    #[diesel(sql_type = BigInt)]
    pub undecided: i64,
}

/// Lots of these units that failed, whenever, and those that stayed undecided since then: nobody releases these, and
/// what later weeks say makes up for them.
pub async fn count_lots(
    conn: &mut Conn,
    units: &[UnitId],
    undecided_since: DateTime<Utc>,
) -> QueryResult<Vec<Lots>> {
    prepared(
        diesel::sql_query(
            "select commune_id,
                 count(*) filter (where state = 'failed') as failed,
                 count(*) filter (where state = 'undecided') as undecided
             from draw
             where commune_id = any($1)
                 and (state = 'failed' or (state = 'undecided' and changed_at > $2))
             group by commune_id",
        )
        .bind::<Array<Integer>, _>(units)
        .bind::<Timestamptz, _>(undecided_since),
    )
    .load(conn)
    .await
}
