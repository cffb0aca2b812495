//! Whose lists somebody is shown: of a unit, or of the villages and people that are assigned to them. Whoever was met
//! in a village that has ended is on the lists of who continues it, and so is whoever works it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use mobile_contracts::worklist::Assigned;

use super::rules::Reached;
use super::store::{StandingRow, list_assigned, list_standings};
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::tracking::assignments::store::{list_people, list_standing};

/// What is asked for, on which day.
pub struct Whose {
    pub unit_id: UnitId,
    /// By name, each before those that it continues.
    pub villages: Vec<UnitId>,
    pub today: NaiveDate,
    /// Of whoever asks alone, with those for whom they care.
    own: Option<(AccountId, Vec<PersonId>)>,
}

impl Whose {
    /// Somebody who has nothing assigned sees their whole unit, as long as they do not ask for their own. An
    /// assignment never widens what a unit gives.
    ///
    /// # Errors
    /// 404 for a unit that is not theirs, 422 for one that is too large.
    pub async fn find<P>(
        conn: &mut Conn,
        caller: &Caller<P>,
        geography: &Geography,
        unit_id: Option<UnitId>,
        assigned: Option<Assigned>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let (today, account_id) = (local_day(now), caller.account_id);
        let scope = unit_id.unwrap_or(caller.unit_id);
        caller.require_unit(geography, scope, today)?;
        let may_be_own = match assigned {
            Some(Assigned::Me) => true,
            Some(Assigned::All) => false,
            None => unit_id.is_none(),
        };
        if may_be_own {
            let rows = list_standing(conn, account_id, now).await?;
            let people = list_people(conn, account_id, None).await?;
            let home = |village| geography.home_on(village, today);
            let works: BTreeSet<UnitId> = rows.iter().map(|row| home(row.village_id)).collect();
            let mut villages = geography.homes_within(scope, today);
            villages.retain(|village| works.contains(&home(*village)));
            let has_work = !villages.is_empty() || !people.is_empty();
            if has_work || assigned.is_some() {
                return Ok(Self {
                    unit_id: scope,
                    villages,
                    today,
                    own: Some((account_id, people)),
                });
            }
        }
        let villages = villages_of(caller, geography, unit_id, today)?;
        Ok(Self {
            unit_id: scope,
            villages,
            today,
            own: None,
        })
    }

    pub fn assigned(&self) -> Assigned {
        match self.own {
            Some(_) => Assigned::Me,
            None => Assigned::All,
        }
    }

    /// Those who are so far, each in the village that is theirs today.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn list(
        &self,
        conn: &mut Conn,
        geography: &Geography,
        reached: Reached,
    ) -> Result<Vec<StandingRow>, Failure> {
        let Some((account_id, people)) = &self.own else {
            let rows = list_standings(conn, &self.villages, reached).await?;
            return Ok(at_home(geography, rows, self.today));
        };
        let mut rows = list_assigned(conn, &self.villages, people, *account_id, reached).await?;
        // Somebody for whom they care may live where they have no right.
        rows.retain(|row| geography.answers_for(self.unit_id, row.village_id, self.today));
        Ok(at_home(geography, rows, self.today))
    }
}

/// The same people, those of a village that has ended in the one that alone continues it.
pub fn at_home(
    geography: &Geography,
    mut rows: Vec<StandingRow>,
    today: NaiveDate,
) -> Vec<StandingRow> {
    for row in &mut rows {
        row.village_id = geography.home_on(row.village_id, today);
    }
    rows
}

/// The villages whose people are those of a unit that is asked for, by name.
///
/// # Errors
/// 422 for a unit that is too large.
pub fn villages_of<P>(
    caller: &Caller<P>,
    geography: &Geography,
    asked: Option<UnitId>,
    today: NaiveDate,
) -> Result<Vec<UnitId>, Failure> {
    let unit_id = asked.unwrap_or(caller.unit_id);
    let level = geography.unit(unit_id).map(|unit| unit.level);
    if !matches!(level, Some(Level::Village | Level::Commune)) {
        return Err(Failure::invalid(vec![FieldError::new(
            "?unit_id",
            "LEVEL",
            "Chọn một thôn, khu phố hoặc một xã, phường.",
            "Choose a village or a commune.",
        )]));
    }
    Ok(geography.homes_within(unit_id, today))
}
