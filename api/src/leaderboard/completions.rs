//! On which day targets were reached, kept until anything changes in what the unit counts: years of days are
//! looked through to find it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::basis::Basis;
use super::board::Question;
use super::completion;
use super::frame::Frame;
use super::store::{self, Counted};
use crate::db::Conn;

/// Most days kept; past that they are looked up anew.
const DAYS_MAX: usize = 20_000;

/// What was reached. The end of a window is no part of it: in whatever window of that beginning, the
/// day that passed the target is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Goal {
    unit: UnitId,
    people: i64,
    counted: Counted,
    from: Option<NaiveDate>,
}

/// A day, and the print of what was counted when it was read.
type Known = (i64, NaiveDate);

/// One process's knowledge of them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Completions(Arc<Mutex<HashMap<Goal, Known>>>);

impl Completions {
    /// The days on which these units' counts reached their targets.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn days(
        &self,
        conn: &mut Conn,
        question: &Question,
        frame: &Frame<'_>,
        targets: &HashMap<UnitId, i64>,
    ) -> QueryResult<HashMap<UnitId, NaiveDate>> {
        // What is held may come to nothing: no target is reached by it.
        if targets.is_empty() || question.basis == Basis::Provisional {
            return Ok(HashMap::new());
        }
        let counted = Counted::of(question);
        let goals = targets.iter().map(|(unit, people)| {
            let goal = Goal {
                unit: *unit,
                people: *people,
                counted,
                from: question.window.from,
            };
            (*unit, goal)
        });
        let goals: HashMap<UnitId, Goal> = goals.collect();
        let villages = completion::villages_of(frame, targets.keys());
        // Before the days: whatever changes between the two has another print when it is asked for again.
        let prints = store::list_prints(conn, counted.stage, &villages).await?;
        let mut reached = self.known(&goals, &prints);
        let unknown: HashMap<UnitId, i64> = targets
            .iter()
            .filter(|(unit, _)| !reached.contains_key(unit))
            .map(|(unit, people)| (*unit, *people))
            .collect();
        if !unknown.is_empty() {
            let read = completion::read(conn, question, counted, frame, &unknown).await?;
            self.keep(&read, goals, &prints);
            reached.extend(read);
        }
        Ok(reached)
    }

    /// The days of those who count what they counted when it was read.
    fn known(
        &self,
        goals: &HashMap<UnitId, Goal>,
        prints: &HashMap<UnitId, i64>,
    ) -> HashMap<UnitId, NaiveDate> {
        let kept = self.lock();
        let known = goals.iter().filter_map(|(unit, goal)| {
            let (print, day) = kept.get(goal)?;
            (prints.get(unit) == Some(print)).then_some((*unit, *day))
        });
        known.collect()
    }

    fn keep(
        &self,
        read: &HashMap<UnitId, NaiveDate>,
        mut goals: HashMap<UnitId, Goal>,
        prints: &HashMap<UnitId, i64>,
    ) {
        let mut kept = self.lock();
        if kept.len() + read.len() > DAYS_MAX {
            kept.clear();
        }
        let known = read.iter().filter_map(|(unit, day)| {
            let known = (*prints.get(unit)?, *day);
            Some((goals.remove(unit)?, known))
        });
        kept.extend(known);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Goal, Known>> {
        // Days are whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
