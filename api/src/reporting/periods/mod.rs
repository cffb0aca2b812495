//! The days of which a unit reports: chosen freely, never overlapping, closed once they are told.

pub mod before;
pub mod routes;
pub mod store;

use chrono::NaiveDate;
use mobile_contracts::calendar::{Month, local_day};
use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting::ReportingPeriod;
use uuid::Uuid;

use self::store::PeriodRow;
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::geography::rules::WHOLE;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;

/// What became of a unit: itself, or who continues the whole of it.
pub fn heir(geography: &Geography, unit_id: UnitId, today: NaiveDate) -> UnitId {
    /// More changes than a unit goes through while anybody remembers.
    const CHANGES_MAX: usize = 8;
    let mut heir = unit_id;
    for _ in 0..CHANGES_MAX {
        let is_there = geography
            .unit(heir)
            .is_some_and(|unit| unit.is_valid_on(today));
        let next = geography
            .successors(heir)
            .find(|succession| succession.share == WHOLE);
        match next {
            Some(next) if !is_there => heir = next.successor_id,
            _ => break,
        }
    }
    heir
}

/// This unit, all within it, and all whom they continue.
pub fn units_of(geography: &Geography, unit_id: UnitId, today: NaiveDate) -> Vec<UnitId> {
    with_predecessors(geography, geography.all_within(unit_id, today), today)
}

/// These units, and all whose whole they continued by that day.
fn with_predecessors(geography: &Geography, mut units: Vec<UnitId>, day: NaiveDate) -> Vec<UnitId> {
    let mut next = 0;
    while next < units.len() {
        for before in geography.predecessors(units[next]) {
            let is_known = before.on_date <= day && before.share == WHOLE;
            if is_known && !units.contains(&before.unit_id) {
                units.push(before.unit_id);
            }
        }
        next += 1;
    }
    units
}

/// A period within the caller's unit; anybody else's is not there. Reports of a unit that is gone belong to who
/// continues it.
///
/// # Errors
/// 404.
pub async fn find_in_scope<P>(
    app: &App,
    conn: &mut Conn,
    caller: &Caller<P>,
    period_id: Uuid,
) -> Result<PeriodRow, Failure> {
    let geography = app.geography(conn).await?;
    let row = store::find_period(conn, period_id).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    require_unit(&geography, caller, row.unit_id, local_day(app.clock.now()))?;
    Ok(row)
}

/// Whether the caller answers for a unit, or for what became of it.
///
/// # Errors
/// 404.
pub fn require_unit<P>(
    geography: &Geography,
    caller: &Caller<P>,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<(), Failure> {
    caller.require_unit(geography, heir(geography, unit_id, today), today)
}

/// As answers tell it, the unit by its name of then.
pub fn tell(geography: &Geography, row: &PeriodRow) -> Result<ReportingPeriod, Failure> {
    let month = Month::of(row.month).ok_or_else(|| Failure::internal("a month without a year"))?;
    Ok(ReportingPeriod {
        period_id: row.period_id,
        unit_id: row.unit_id,
        unit_name: geography.name_on(row.unit_id, row.ends_on),
        month,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        cumulative_from: row.cumulative_from,
        corrections: row.corrections,
        closed_at: row.closed_at,
    })
}
