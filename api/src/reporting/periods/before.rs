//! With what the figures of a period are compared, across a merger too.

use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::store::{PeriodRow, find_last};
use super::with_predecessors;
use crate::db::Conn;
use crate::geography::Geography;
use crate::geography::rules::Succession;

/// What there was before a period.
#[derive(Debug)]
pub enum Before {
    /// The unit's own period, or that of the only unit that it is under another name.
    Period(PeriodRow),
    /// No period of its own: it came of these, and their figures are not its own.
    MadeOf(Vec<Succession>),
    Nothing,
}

impl Before {
    pub fn period(self) -> Option<PeriodRow> {
        match self {
            Self::Period(row) => Some(row),
            Self::MadeOf(_) | Self::Nothing => None,
        }
    }
}

/// # Errors
/// When the database cannot.
pub async fn find_before(
    conn: &mut Conn,
    geography: &Geography,
    of: &PeriodRow,
) -> QueryResult<Before> {
    let mut unit_id = of.unit_id;
    loop {
        if let Some(row) = find_last(conn, unit_id, of.ends_on).await? {
            return Ok(Before::Period(row));
        }
        let made_of = geography.predecessors(unit_id);
        let made_of: Vec<_> = made_of.filter(|it| it.on_date <= of.ends_on).collect();
        match made_of[..] {
            [] => return Ok(Before::Nothing),
            [only] if is_same(geography, only) => unit_id = only.unit_id,
            _ => return Ok(Before::MadeOf(made_of.into_iter().cloned().collect())),
        }
    }
}

/// Whether a unit is what another one was, no more and no less: it began when that ended.
fn is_same(geography: &Geography, succession: &Succession) -> bool {
    let began = geography.unit(succession.successor_id);
    geography.sole_successor(succession.unit_id) == Some(succession)
        && began.is_some_and(|unit| unit.valid_from == succession.on_date)
}

/// Whose registers a report tells: the unit's own, and those of whom it continued by the last day.
pub fn told_of(geography: &Geography, period: &PeriodRow) -> Vec<UnitId> {
    with_predecessors(geography, vec![period.unit_id], period.ends_on)
}
