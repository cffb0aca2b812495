//! Reads reasons through the cache, as their reader may see them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use mobile_contracts::gap_reasons::UnitReasons;
use mobile_contracts::ids::UnitId;

use super::rules::{self, Visits};
use crate::app::App;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::leaderboard::cache::SecondCache;
use crate::leaderboard::frame::{belongs_to, nearest_day};
use crate::tracking::totals::{count_outcomes, count_outcomes_by_year};

/// Which reasons are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    pub within: UnitId,
    /// What the rows are.
    pub level: Level,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// For those who work elsewhere: in whole tens.
    pub merged: bool,
}

/// One process's answers, unit by unit.
pub type ReasonsCache = SecondCache<Question, Vec<UnitReasons>>;

/// The rows for somebody of this unit: their own exactly, all others as the question says.
///
/// # Errors
/// When the database cannot.
pub async fn read(
    app: &App,
    geography: &Geography,
    question: &Question,
    (reader, today): (UnitId, NaiveDate),
) -> Result<Arc<Vec<UnitReasons>>, Failure> {
    let told = get(app, geography, question).await?;
    if !question.merged {
        return Ok(told);
    }
    let day = nearest_day(geography, question.within, question.to);
    let is_own = |row: &&UnitReasons| belongs_to(geography, reader, (row.unit_id, day), today);
    let own: Vec<UnitId> = told.iter().filter(is_own).map(|row| row.unit_id).collect();
    if own.is_empty() {
        return Ok(told);
    }
    let exact = Question {
        merged: false,
        ..question.clone()
    };
    let exact = get(app, geography, &exact).await?;
    let own: HashMap<UnitId, &UnitReasons> = exact
        .iter()
        .filter(|row| own.contains(&row.unit_id))
        .map(|row| (row.unit_id, row))
        .collect();
    let rows = told
        .iter()
        .map(|row| own.get(&row.unit_id).copied().unwrap_or(row));
    Ok(Arc::new(rows.cloned().collect()))
}

async fn get(
    app: &App,
    geography: &Geography,
    question: &Question,
) -> Result<Arc<Vec<UnitReasons>>, Failure> {
    app.reasons
        .get(question, async || make(app, geography, question).await)
        .await
}

async fn make(
    app: &App,
    geography: &Geography,
    question: &Question,
) -> Result<Vec<UnitReasons>, Failure> {
    let (within, level) = (question.within, question.level);
    let days = (question.from, question.to);
    let day = nearest_day(geography, within, question.to);
    let villages = geography.villages_counted_in(within, day);
    let mut conn = app.pool.get().await?;
    let counted = match question.merged {
        true => {
            let standings = count_outcomes_by_year(&mut conn, &villages, days).await?;
            rules::in_tens(geography, standings)
        }
        false => count_outcomes(&mut conn, &villages, days).await?,
    };
    // A piece counts where its villages of that day are: the one by which it is known may be there no more.
    let counted_as = |village: UnitId| match question.merged {
        true => geography.piece_of(village),
        false => village,
    };
    let unit_of: HashMap<UnitId, UnitId> = villages
        .iter()
        .filter_map(|village| {
            let unit = geography.counted_in(*village, level, day)?;
            Some((counted_as(*village), unit))
        })
        .collect();
    let mut by_unit: HashMap<UnitId, Visits> = HashMap::new();
    for sum in counted {
        if let Some(unit) = unit_of.get(&sum.village_id) {
            by_unit.entry(*unit).or_default().add(&sum.outcome, sum.n);
        }
    }
    let units: Vec<(UnitId, String)> = geography
        .within(within, level, day)
        .into_iter()
        .map(|unit| (unit, geography.name_on(unit, day)))
        .collect();
    Ok(rules::rows(&units, &by_unit, question.merged))
}
