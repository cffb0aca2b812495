//! On which day a full target was reached. Read only for rows that reached it, from rollups: by month
//! first, and by day within the month that passed it.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::board::{Question, RowSums};
use super::carried::Goal;
use super::columns::{Passing, passings};
use super::frame::{Frame, Key};
use super::store::{self, Counted, VillagesOfUnits};
use crate::db::Conn;

/// Targets of the rows whose count is full.
pub fn full(keys: &[Key], goals: &[Option<Goal>], counts: &RowSums) -> HashMap<Key, i64> {
    let full = keys.iter().zip(goals).filter_map(|(key, goal)| {
        let count = counts.get(key)?.count;
        let goal = goal.filter(|goal| count >= goal.people)?;
        Some((*key, goal.people))
    });
    full.collect()
}

/// The days on which these units' counts reached their targets.
///
/// # Errors
/// When the database cannot.
pub async fn read(
    conn: &mut Conn,
    question: &Question,
    counted: Counted,
    frame: &Frame<'_>,
    targets: &HashMap<UnitId, i64>,
) -> QueryResult<HashMap<UnitId, NaiveDate>> {
    let villages = villages_of(frame, targets.keys());
    let steps = store::list_steps(conn, counted, question.window, &villages).await?;
    let (on_days, in_months): (HashMap<_, _>, HashMap<_, _>) = passings(targets, &steps)
        .into_iter()
        .partition(|(_, passing)| passing.first == passing.last);
    let mut reached: HashMap<UnitId, NaiveDate> = on_days
        .into_iter()
        .map(|(unit, passing): (UnitId, Passing)| (unit, passing.first))
        .collect();
    if in_months.is_empty() {
        return Ok(reached);
    }
    let villages = villages_of(frame, in_months.keys());
    let months: Vec<NaiveDate> = villages
        .1
        .iter()
        .map(|unit| in_months[unit].first)
        .collect();
    let left: HashMap<UnitId, i64> = in_months
        .iter()
        .filter_map(|(unit, passing)| Some((*unit, targets.get(unit)? - passing.before)))
        .collect();
    let steps = store::list_days(conn, counted, &villages, &months).await?;
    let passed = passings(&left, &steps);
    reached.extend(passed.into_iter().map(|(unit, at)| (unit, at.first)));
    Ok(reached)
}

/// The villages whose work counts in these units, each beside its own.
pub fn villages_of<'a>(
    frame: &Frame<'_>,
    units: impl Iterator<Item = &'a UnitId>,
) -> VillagesOfUnits {
    let villages = units.flat_map(|unit| {
        let villages = frame.counted_in(*unit).into_iter();
        villages.map(|village| (village, *unit))
    });
    villages.unzip()
}
