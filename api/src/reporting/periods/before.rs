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
    /// No period of its own: it came of these. Their periods are given where it is all of them and nothing else, and they
    /// told the same days; the figures of a part are not its own.
    MadeOf(Vec<Succession>, Vec<PeriodRow>),
    Nothing,
}

impl Before {
    /// The periods that came before, together.
    pub fn periods(self) -> Vec<PeriodRow> {
        match self {
            Self::Period(row) => vec![row],
            Self::MadeOf(_, rows) => rows,
            Self::Nothing => Vec::new(),
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
            [only] if went_whole(geography, only) => unit_id = only.unit_id,
            _ => {
                let rows = find_together(conn, geography, of, &made_of).await?;
                let made_of = made_of.into_iter().cloned().collect();
                return Ok(Before::MadeOf(made_of, rows));
            }
        }
    }
}

/// The last periods of all that a unit is made of; none unless each went into it whole, and all told the same days.
async fn find_together(
    conn: &mut Conn,
    geography: &Geography,
    of: &PeriodRow,
    made_of: &[&Succession],
) -> QueryResult<Vec<PeriodRow>> {
    let mut rows: Vec<PeriodRow> = Vec::new();
    for one in made_of {
        let last = match went_whole(geography, one) {
            true => find_last(conn, one.unit_id, of.ends_on).await?,
            false => None,
        };
        match last {
            Some(row)
                if rows
                    .first()
                    .is_none_or(|first| first.tells_the_days_of(&row)) =>
            {
                rows.push(row)
            }
            _ => return Ok(Vec::new()),
        }
    }
    Ok(rows)
}

/// Whether a unit went whole into another one that began when it ended.
fn went_whole(geography: &Geography, succession: &Succession) -> bool {
    let began = geography.unit(succession.successor_id);
    geography.sole_successor(succession.unit_id) == Some(succession)
        && began.is_some_and(|unit| unit.valid_from == succession.on_date)
}

/// Whose registers a report tells: the unit's own, and those of whom it continued by the last day.
pub fn told_of(geography: &Geography, period: &PeriodRow) -> Vec<UnitId> {
    with_predecessors(geography, vec![period.unit_id], period.ends_on)
}
