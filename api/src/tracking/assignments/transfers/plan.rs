//! What a transfer moves, as things stand.

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::assignment::{
    StaysBehind, TransferRehearsal, TransferWork, VILLAGES_PER_VOLUNTEER_MAX,
};
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::worklist::WorklistCount;

use super::store;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::identity::store::AccountRow;
use crate::tracking::assignments::problem::AssignmentProblem;
use crate::tracking::assignments::reach::Reach;
use crate::tracking::assignments::store::{
    VillageRow, list_people, list_standing, list_villages_of,
};
use crate::tracking::worklists::list::standing;
use crate::tracking::worklists::rules::{Reached, Standing, Worklist};
use crate::tracking::worklists::store::list_assigned;

/// Follow-ups of a week are due soon.
const SOON_DAYS: i64 = 7;

/// What goes from whom to whom.
pub struct Plan {
    pub from: AccountRow,
    pub to: AccountRow,
    /// What the first one leaves.
    pub leaving: Vec<VillageRow>,
    /// What the other one works already.
    pub there: Vec<VillageRow>,
    pub people: Vec<PersonId>,
    /// Where those are met.
    people_in: Vec<UnitId>,
}

impl Plan {
    /// # Errors
    /// 404 for what is not the caller's to move; [`AssignmentProblem::VillageNotTheirs`].
    pub async fn read(
        conn: &mut Conn,
        reach: &Reach<'_>,
        asked: &TransferWork,
        at: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let from = reach.find_account(conn, asked.from_account_id).await?;
        let to = reach.find_account(conn, asked.to_account_id).await?;
        let named = asked.village_ids.as_deref();
        for village in named.unwrap_or_default() {
            // It may have ended since it was given.
            reach
                .caller
                .require_answerable(reach.geography, *village, reach.today)?;
        }
        let mut leaving = list_standing(conn, from.account_id, at).await?;
        if let Some(named) = named {
            leaving.retain(|row| named.contains(&row.village_id));
            if leaving.len() < named.len() {
                return Err(AssignmentProblem::VillageNotTheirs.into());
            }
        }
        let there = list_standing(conn, to.account_id, at).await?;
        let people = list_people(conn, from.account_id, named).await?;
        let people_in = list_villages_of(conn, &people).await?;
        Ok(Self {
            from,
            to,
            leaving,
            there,
            people,
            people_in,
        })
    }

    /// Villages that go over, each with its last day.
    pub fn moving(&self) -> Vec<(UnitId, Option<DateTime<Utc>>)> {
        let rows = self.leaving.iter().filter(|row| !self.is_there(row));
        rows.map(|row| (row.village_id, row.until_at)).collect()
    }

    fn is_there(&self, row: &VillageRow) -> bool {
        let mut there = self.there.iter();
        there.any(|other| other.village_id == row.village_id)
    }

    /// Whether it may be done.
    ///
    /// # Errors
    /// Why not; that there are too many villages is for the table to say.
    pub fn check(&self, reach: &Reach<'_>) -> Result<(), AssignmentProblem> {
        if self.leaving.is_empty() && self.people.is_empty() {
            return Err(AssignmentProblem::NothingToTransfer);
        }
        let villages = self.leaving.iter().map(|row| row.village_id);
        let villages = villages.chain(self.people_in.iter().copied());
        reach.require_taker(&self.to, villages)
    }

    /// The same told in numbers.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn rehearse(
        &self,
        conn: &mut Conn,
        reach: &Reach<'_>,
        today: NaiveDate,
    ) -> Result<TransferRehearsal, Failure> {
        let leaving: Vec<UnitId> = self.leaving.iter().map(|row| row.village_id).collect();
        let from = self.from.account_id;
        let rows = list_assigned(conn, &leaving, &self.people, from, Reached::Unfinished).await?;
        let standings: Vec<Standing> = rows.iter().map(standing).collect();
        let on = |list: Worklist| standings.iter().filter(|one| one.is_on(list)).count();
        let lists = Worklist::ALL.map(|list| WorklistCount {
            worklist: list.as_str().to_owned(),
            title: list.title().to_owned(),
            people: on(list) as u32,
        });
        let due = standings
            .iter()
            .filter_map(|one| one.next_step(today).due_on);
        let days: Vec<i64> = due.map(|due_on| (due_on - today).num_days()).collect();
        let moving = self.moving();
        let after = self.there.len() + moving.len();
        let there = self.leaving.iter().filter(|row| self.is_there(row));
        let stays = store::count_staying(conn, from).await?;
        Ok(TransferRehearsal {
            villages: moving
                .into_iter()
                .map(|(village_id, _)| village_id)
                .collect(),
            villages_there_already: there.map(|row| row.village_id).collect(),
            people: rows.len() as u32,
            people_by_name: self.people.len() as u32,
            lists: lists.into(),
            overdue: days.iter().filter(|left| **left < 0).count() as u32,
            due_soon: days
                .iter()
                .filter(|left| (0..=SOON_DAYS).contains(*left))
                .count() as u32,
            stays: StaysBehind {
                held_operations: stays.held as u32,
                open_requests: stays.requests as u32,
                unsent_operations: stays.unsent as u32,
            },
            villages_after: after as u32,
            villages_max: VILLAGES_PER_VOLUNTEER_MAX as u32,
            can_be_done: after <= VILLAGES_PER_VOLUNTEER_MAX && self.check(reach).is_ok(),
        })
    }
}
