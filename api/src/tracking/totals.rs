//! How many citizens reached each stage, and what outreach reached, for those who report it.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::UnitId;

use crate::db::schema::rollup_day;
use crate::db::{Conn, prepared};

#[derive(QueryableByName)]
struct StageRow {
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The first local day of which anything is counted.
///
/// # Errors
/// When the database cannot.
pub async fn first_day(conn: &mut Conn) -> QueryResult<Option<NaiveDate>> {
    rollup_day::table
        .select(diesel::dsl::min(rollup_day::on_day))
        .first(conn)
        .await
}

/// What was recorded in a village of one day: steps of citizens at any stage, and activations of level 2.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct DaySum {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Date)]
    pub on_day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub steps: i64,
    #[diesel(sql_type = BigInt)]
    pub activated: i64,
}

/// Days of these villages on which anything was recorded.
///
/// # Errors
/// When the database cannot.
pub async fn list_days(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<DaySum>> {
    prepared(
        diesel::sql_query(
            "select village_id, on_day, sum(n)::bigint as steps,
                    coalesce(sum(n) filter (where stage = 'level2_activated'), 0)::bigint as activated
             from rollup_day
             where village_id = any($1) and on_day between $2 and $3
             group by village_id, on_day
             having sum(n) > 0",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await
}

/// Visits in a village by what came of them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct OutcomeSum {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// Visits of these villages on these days, less those that were taken back.
///
/// # Errors
/// When the database cannot.
pub async fn count_outcomes(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<OutcomeSum>> {
    prepared(
        diesel::sql_query(
            "select village_id, outcome, count(*) as n
             from visit
             where village_id = any($1) and on_day between $2 and $3 and voided_by is null
             group by village_id, outcome",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await
}

/// Visits in a village that ended alike, in one year: those before the first day counted, and those until the last.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct OutcomeStanding {
    #[diesel(sql_type = Integer)]
    pub village_id: UnitId,
    #[diesel(sql_type = Text)]
    pub outcome: String,
    #[diesel(sql_type = Integer)]
    pub year: i32,
    #[diesel(sql_type = BigInt)]
    pub before: i64,
    #[diesel(sql_type = BigInt)]
    pub until: i64,
}

/// Visits of these villages since the first of January of the first day counted, less those that were taken back.
///
/// # Errors
/// When the database cannot.
pub async fn count_outcomes_by_year(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<OutcomeStanding>> {
    prepared(
        diesel::sql_query(
            "select village_id, outcome, extract(year from on_day)::integer as year,
                    count(*) filter (where on_day < $2) as before, count(*) as until
             from visit
             where village_id = any($1) and on_day between date_trunc('year', $2)::date and $3 and voided_by is null
             group by village_id, outcome, year",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await
}

/// Citizens of these villages by stage, counted once each, on the days on which it was done. A stage that nobody
/// reached is left out.
///
/// # Errors
/// When the database cannot.
pub async fn count_stages(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<(String, i64)>> {
    let rows: Vec<StageRow> = prepared(
        diesel::sql_query(
            "select stage, sum(n)::bigint as n
             from rollup_day
             where village_id = any($1) and on_day between $2 and $3
             group by stage",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.stage, row.n)).collect())
}

/// What outreach came to, as it stands after corrections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct OutreachTotals {
    #[diesel(sql_type = BigInt)]
    pub leaflets: i64,
    #[diesel(sql_type = BigInt)]
    pub meetings: i64,
    /// At the meetings.
    #[diesel(sql_type = BigInt)]
    pub attended: i64,
}

/// Outreach in these villages on these days.
///
/// # Errors
/// When the database cannot.
pub async fn count_outreach(
    conn: &mut Conn,
    villages: &[UnitId],
    (first, last): (NaiveDate, NaiveDate),
) -> QueryResult<OutreachTotals> {
    prepared(
        diesel::sql_query(
            "select coalesce(sum(leaflets), 0)::bigint as leaflets,
                    count(*) filter (where what = 'meeting') as meetings,
                    coalesce(sum(attended) filter (where what = 'meeting'), 0)::bigint as attended
             from activity_now
             where village_id = any($1) and on_day between $2 and $3 and not is_voided",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Date, _>(first)
        .bind::<Date, _>(last),
    )
    .get_result(conn)
    .await
}
