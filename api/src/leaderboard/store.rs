//! Sums of rollups. Never a record: a board's cost does not grow with them.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::Window;
use crate::db::{Conn, prepared};

/// What one union has done in one village within a window.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct VillageSum {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub mass_union: String,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub assists: i64,
    #[diesel(sql_type = BigInt)]
    pub confirmed: i64,
    #[diesel(sql_type = BigInt)]
    pub anonymous: i64,
}

/// Whole months from `rollup_month`, edge days from `rollup_day`, the standing since the start from
/// `rollup_total` less what came later: as many rows as there are villages, not months.
pub async fn sum_villages(
    conn: &mut Conn,
    stage: &str,
    window: Window,
) -> QueryResult<Vec<VillageSum>> {
    let pieces = window.pieces();
    let (head_first, head_last) = pieces.head.unzip();
    let (months_first, months_end) = pieces.months.unzip();
    let (tail_first, tail_last) = pieces.tail.unzip();
    prepared(
        diesel::sql_query(include_str!("sum_villages.sql"))
            .bind::<Text, _>(stage)
            .bind::<Nullable<Date>, _>(months_first)
            .bind::<Nullable<Date>, _>(months_end)
            .bind::<Nullable<Date>, _>(head_first)
            .bind::<Nullable<Date>, _>(head_last)
            .bind::<Nullable<Date>, _>(tail_first)
            .bind::<Nullable<Date>, _>(tail_last)
            .bind::<Bool, _>(pieces.less_than_all),
    )
    .load(conn)
    .await
}
