//! On which day a full target was reached. Read only for rows that reached it, from rollups: by month
//! first, and by day within the month that passed it.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::basis::Basis;
use super::board::Question;
use super::columns::{Passing, passings};
use super::frame::Frame;
use super::store::{self, Step};
use crate::db::Conn;

/// The days on which these units' counts reached their targets.
///
/// # Errors
/// When the database cannot.
pub async fn days(
    conn: &mut Conn,
    question: &Question,
    frame: &Frame<'_>,
    targets: &HashMap<UnitId, i64>,
) -> QueryResult<HashMap<UnitId, NaiveDate>> {
    // What is held may come to nothing: no target is reached by it.
    if targets.is_empty() || question.basis == Basis::Provisional {
        return Ok(HashMap::new());
    }
    let is_confirmed = question.basis == Basis::Confirmed;
    let villages_of = |unit: &UnitId| frame.villages_of(*unit).0;
    let villages: Vec<UnitId> = targets.keys().flat_map(villages_of).collect();
    let (stage, window) = (question.stage, question.window);
    let steps = store::list_steps(conn, stage, window, &villages, is_confirmed).await?;
    let passed = passings(frame, question.mass_union, targets, &steps);
    let (on_days, in_months): (HashMap<_, _>, HashMap<_, _>) = passed
        .into_iter()
        .partition(|(_, passing)| passing.first == passing.last);
    let mut reached: HashMap<UnitId, NaiveDate> = on_days
        .into_iter()
        .map(|(unit, passing): (UnitId, Passing)| (unit, passing.first))
        .collect();
    if in_months.is_empty() {
        return Ok(reached);
    }
    let months: Vec<(UnitId, NaiveDate)> = in_months
        .iter()
        .flat_map(|(unit, passing)| {
            let villages = villages_of(unit).into_iter();
            villages.map(|village| (village, passing.first))
        })
        .collect();
    let left: HashMap<UnitId, i64> = in_months
        .iter()
        .filter_map(|(unit, passing)| Some((*unit, targets.get(unit)? - passing.before)))
        .collect();
    let steps: Vec<Step> = store::list_days(conn, stage, &months, is_confirmed).await?;
    let passed = passings(frame, question.mass_union, &left, &steps);
    reached.extend(passed.into_iter().map(|(unit, at)| (unit, at.first)));
    Ok(reached)
}
