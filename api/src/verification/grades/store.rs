//! What grades are made from: results of call-backs, and counts of tracking.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use super::rules::Evidence;
use crate::db::{Conn, prepared};

/// What citizens said, by commune, of weeks that began within this span, and whether counts of outreach were all but
/// always round in it; and lots in doubt, whenever.
pub async fn list_checked(
    conn: &mut Conn,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<BTreeMap<UnitId, Evidence>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        commune_id: UnitId,
        #[diesel(sql_type = BigInt)]
        confirmed: i64,
        #[diesel(sql_type = BigInt)]
        failures: i64,
        #[diesel(sql_type = BigInt)]
        lots_in_doubt: i64,
        #[diesel(sql_type = BigInt)]
        rounded: i64,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select commune_id, sum(confirmed)::bigint as confirmed, sum(failures)::bigint as failures,
                 sum(lots_in_doubt)::bigint as lots_in_doubt, sum(rounded)::bigint as rounded
             from (
                 select d.commune_id,
                     count(*) filter (where b.result = 'confirmed' and d.week_on > $1) as confirmed,
                     count(*) filter (where b.result in ('not_confirmed', 'never_met') and d.week_on > $1)
                         as failures,
                     count(distinct d.draw_id) filter (where d.state = 'failed') as lots_in_doubt,
                     0 as rounded
                 from draw d
                 left join call_back b using (draw_id)
                 where d.week_on <= $2 and (d.week_on > $1 or d.state = 'failed')
                 group by d.commune_id
                 union all
                 select distinct commune_id, 0, 0, 0, 1 from signal
                 where rule = 'round_counts' and state in ('open', 'answered', 'confirmed_wrong')
                     and on_day > $1 and on_day <= $2
             ) told
             group by commune_id",
        )
        .bind::<Date, _>(from)
        .bind::<Date, _>(to),
    )
    .load(conn)
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| {
            let evidence = Evidence {
                confirmed: count(row.confirmed),
                failures: count(row.failures),
                lots_in_doubt: count(row.lots_in_doubt),
                rounded: count(row.rounded),
                ..Evidence::default()
            };
            (row.commune_id, evidence)
        })
        .collect())
}

/// Records about somebody and about nobody, by village, on these days.
pub async fn list_anonymous(
    conn: &mut Conn,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<BTreeMap<UnitId, (i64, i64)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        village_id: UnitId,
        #[diesel(sql_type = BigInt)]
        records: i64,
        #[diesel(sql_type = BigInt)]
        anonymous: i64,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select village_id, sum(n)::bigint as records, sum(anonymous)::bigint as anonymous
             from rollup_day
             where on_day between $1 and $2
             group by village_id",
        )
        .bind::<Date, _>(from)
        .bind::<Date, _>(to),
    )
    .load(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (row.village_id, (row.records, row.anonymous)))
        .collect())
}
