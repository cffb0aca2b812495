//! Whose lists somebody is shown: of a unit, or of the villages and people that are assigned to them.

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use mobile_contracts::worklist::Assigned;

use super::store::{StandingRow, list_assigned, list_unfinished};
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::tracking::assignments::store::{list_people, list_standing};

/// What is asked for, on which day.
pub struct Whose {
    pub unit_id: UnitId,
    /// By name.
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
            let works = |id: &UnitId| rows.iter().any(|row| row.village_id == *id);
            let mut villages = geography.within(scope, Level::Village, today);
            villages.retain(works);
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

    /// Those with whom something is left to do.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn list(
        &self,
        conn: &mut Conn,
        geography: &Geography,
    ) -> Result<Vec<StandingRow>, Failure> {
        let Some((account_id, people)) = &self.own else {
            return Ok(list_unfinished(conn, &self.villages).await?);
        };
        let mut rows = list_assigned(conn, &self.villages, people, *account_id).await?;
        // Somebody for whom they care may live where they have no right.
        rows.retain(|row| geography.covers(self.unit_id, row.village_id, self.today));
        Ok(rows)
    }
}

/// The villages of a unit that is asked for, by name.
fn villages_of<P>(
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
    Ok(geography.within(unit_id, Level::Village, today))
}
