//! Periods, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Date;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::reporting::OpenReportingPeriod;
use uuid::Uuid;

use crate::db::constraint::name as constraint_name;
use crate::db::schema::reporting_period;
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;
use crate::reporting::problem::ReportingProblem::PeriodOverlaps;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = reporting_period)]
pub struct PeriodRow {
    pub period_id: Uuid,
    pub unit_id: UnitId,
    pub month: NaiveDate,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub cumulative_from: NaiveDate,
    pub corrections: i32,
    pub opened_by: AccountId,
    pub closed_at: Option<DateTime<Utc>>,
}

impl PeriodRow {
    /// Whether both tell the same month and the same days, and count from the same day on.
    pub fn tells_the_days_of(&self, other: &Self) -> bool {
        let days = |row: &Self| (row.month, row.starts_on, row.ends_on, row.cumulative_from);
        days(self) == days(other)
    }
}

/// # Errors
/// [`PeriodOverlaps`].
pub async fn insert_period(
    conn: &mut Conn,
    period_id: Uuid,
    new: &OpenReportingPeriod,
    by: AccountId,
) -> Result<PeriodRow, Failure> {
    let inserted = diesel::insert_into(reporting_period::table)
        .values((
            reporting_period::period_id.eq(period_id),
            reporting_period::unit_id.eq(new.unit_id),
            reporting_period::month.eq(new.month.first()),
            reporting_period::starts_on.eq(new.starts_on),
            reporting_period::ends_on.eq(new.ends_on),
            reporting_period::cumulative_from.eq(new.cumulative_from),
            reporting_period::opened_by.eq(by),
        ))
        .returning(PeriodRow::as_returning())
        .get_result(conn)
        .await;
    let taken = [
        "reporting_period_month_key",
        "reporting_period_one_at_a_time",
    ];
    match inserted {
        Err(error) if constraint_name(&error).is_some_and(|name| taken.contains(&name)) => {
            Err(PeriodOverlaps.into())
        }
        other => Ok(other?),
    }
}

pub async fn find_period(conn: &mut Conn, id: Uuid) -> QueryResult<Option<PeriodRow>> {
    reporting_period::table
        .find(id)
        .select(PeriodRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The period, and nobody enters anything into it until this transaction ends.
pub async fn lock_period(conn: &mut Conn, id: Uuid) -> QueryResult<PeriodRow> {
    reporting_period::table
        .find(id)
        .select(PeriodRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
}

/// The unit's last period that ended before that day.
pub async fn find_last(
    conn: &mut Conn,
    unit_id: UnitId,
    before: NaiveDate,
) -> QueryResult<Option<PeriodRow>> {
    reporting_period::table
        .filter(reporting_period::unit_id.eq(unit_id))
        .filter(reporting_period::ends_on.lt(before))
        .order(reporting_period::ends_on.desc())
        .select(PeriodRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The days of the period before one of these days: of whichever unit has such a period, where all that have come
/// to the same.
pub async fn days_before(
    conn: &mut Conn,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
) -> QueryResult<Option<(NaiveDate, NaiveDate)>> {
    #[derive(QueryableByName)]
    struct Before {
        #[diesel(sql_type = Date)]
        starts_on: NaiveDate,
        #[diesel(sql_type = Date)]
        ends_on: NaiveDate,
    }
    let found: Vec<Before> = prepared(
        diesel::sql_query(
            "select distinct before.starts_on, before.ends_on
             from reporting_period own
             cross join lateral (
                 select starts_on, ends_on
                 from reporting_period
                 where unit_id = own.unit_id and ends_on < own.starts_on
                 order by ends_on desc
                 limit 1
             ) before
             where own.starts_on = $1 and own.ends_on = $2",
        )
        .bind::<Date, _>(starts_on)
        .bind::<Date, _>(ends_on),
    )
    .load(conn)
    .await?;
    Ok(match &found[..] {
        [one] => Some((one.starts_on, one.ends_on)),
        _ => None,
    })
}

/// Periods of these units, the newest first.
pub async fn list_periods(
    conn: &mut Conn,
    units: &[UnitId],
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<PeriodRow>> {
    let mut query = reporting_period::table
        .filter(reporting_period::unit_id.eq_any(units))
        .select(PeriodRow::as_select())
        .order(reporting_period::period_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(reporting_period::period_id.lt(before));
    }
    query.load(conn).await
}

/// Periods that have begun by this day and are open, the latest first.
pub async fn list_open(conn: &mut Conn, today: NaiveDate) -> QueryResult<Vec<PeriodRow>> {
    /// More than all units of a province leave open.
    const PERIODS_MAX: i64 = 5_000;
    reporting_period::table
        .filter(reporting_period::closed_at.is_null())
        .filter(reporting_period::starts_on.le(today))
        .select(PeriodRow::as_select())
        .order(reporting_period::starts_on.desc())
        .limit(PERIODS_MAX)
        .load(conn)
        .await
}

/// First and last days of the periods that are closed and end on this day or later.
pub async fn closed_days(
    conn: &mut Conn,
    since: NaiveDate,
) -> QueryResult<Vec<(NaiveDate, NaiveDate)>> {
    reporting_period::table
        .filter(reporting_period::closed_at.is_not_null())
        .filter(reporting_period::ends_on.ge(since))
        .select((reporting_period::starts_on, reporting_period::ends_on))
        .load(conn)
        .await
}

pub async fn close_period(conn: &mut Conn, id: Uuid, by: AccountId) -> QueryResult<()> {
    diesel::update(reporting_period::table.find(id))
        .filter(reporting_period::closed_at.is_null())
        .set((
            reporting_period::closed_by.eq(by),
            reporting_period::closed_at.eq(app_now().nullable()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The number of the correction that begins now.
pub async fn count_correction(conn: &mut Conn, id: Uuid) -> QueryResult<i32> {
    diesel::update(reporting_period::table.find(id))
        .set(reporting_period::corrections.eq(reporting_period::corrections + 1))
        .returning(reporting_period::corrections)
        .get_result(conn)
        .await
}
