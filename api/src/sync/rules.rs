//! Which units somebody pulls, and whether their cursor still leads anywhere.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::identity::Role;
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::sync::{CURSOR_DAYS, PulledUnit};
use sha2::{Digest as _, Sha256};

use super::problem::SyncProblem;
use crate::geography::Geography;
use crate::identity::permission::{Permission as _, RecordWork};
use crate::tracking::ledger::store::Position;

/// The units of which somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    unit_id: UnitId,
    /// Their own unit and all that is, was or will be within it: what left it must be told too.
    pub within: Vec<UnitId>,
    /// Those above, for their names alone.
    pub above: Vec<UnitId>,
    /// Another one: what the phone has is not what it may have.
    hash: String,
}

impl Scope {
    pub fn of(geography: &Geography, role: Role, unit_id: UnitId, today: NaiveDate) -> Self {
        let (within, above) = match RecordWork::ROLES.contains(&role) {
            true => (
                geography.ever_within(unit_id),
                geography.path_on(unit_id, today).split_off(1),
            ),
            // Whoever may no longer record is told what became of their work, and of no unit.
            false => (Vec::new(), Vec::new()),
        };
        let words = format!("{} {unit_id} {within:?} {above:?}", role.as_str());
        let hash = Sha256::digest(words);
        Self {
            unit_id,
            within,
            above,
            hash: hash[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Whether a unit is there today for whoever has this scope; else it is told as gone.
    pub fn shows(&self, geography: &Geography, id: UnitId, today: NaiveDate) -> bool {
        let is_there = |id| {
            geography
                .unit(id)
                .is_some_and(|unit| unit.is_valid_on(today))
        };
        is_there(id) && (self.above.contains(&id) || geography.covers(self.unit_id, id, today))
    }

    /// Whether the calendar changed something since that day: units and ties begin and end by it, and
    /// nobody writes anything then.
    fn turned(&self, geography: &Geography, since: NaiveDate, today: NaiveDate) -> bool {
        let mut units = self.within.iter().chain(&self.above);
        units.any(|id| geography.turns_within(*id, since, today))
    }
}

/// A unit as a phone is told of it: as of today, or of its last day.
pub fn told_unit(geography: &Geography, id: UnitId, today: NaiveDate) -> Option<PulledUnit> {
    let unit = geography.unit(id)?;
    let last_day = unit.valid_to.and_then(|to| to.pred_opt());
    let day = last_day.map_or(today, |last| last.min(today));
    Some(PulledUnit {
        unit_id: id,
        name: geography.name_on(id, day),
        level: unit.level.as_str().to_owned(),
        parent_id: geography.parent_on(id, day),
        valid_from: unit.valid_from,
        valid_to: unit.valid_to,
        successor_ids: geography
            .successors(id)
            .map(|succession| succession.successor_id)
            .collect(),
    })
}

/// Whose pull ended where, in which life of the database, when, and within which scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub account_id: AccountId,
    pub epoch: String,
    pub position: Position,
    /// Absent in a cursor that was given before there was more to pull than operations.
    pub given: Option<Given>,
}

/// When and within which scope a cursor was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    on: NaiveDate,
    scope: String,
}

/// Who pulls, and what holds today.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub account_id: AccountId,
    pub epoch: &'a str,
    pub scope: &'a Scope,
    pub geography: &'a Geography,
    pub today: NaiveDate,
}

impl Standing<'_> {
    pub fn cursor(&self, position: Position) -> Cursor {
        Cursor {
            account_id: self.account_id,
            epoch: self.epoch.to_owned(),
            position,
            given: Some(Given {
                on: self.today,
                scope: self.scope.hash.clone(),
            }),
        }
    }

    /// Where to go on after this cursor.
    ///
    /// A cursor of the first release knew operations only, and its promise was that it begins anew when
    /// something is wrong with it: it always does, for a put may come again.
    ///
    /// # Errors
    /// When what the phone has can no longer be brought up to date.
    pub fn resume(&self, cursor: Option<Cursor>) -> Result<Position, SyncProblem> {
        let Some((cursor, given)) = cursor.and_then(|cursor| {
            let given = cursor.given.clone()?;
            Some((cursor, given))
        }) else {
            return Ok(Position::default());
        };
        if cursor.epoch != self.epoch {
            return Err(SyncProblem::EpochChanged);
        }
        if self.today - given.on >= TimeDelta::days(CURSOR_DAYS) {
            return Err(SyncProblem::CursorExpired);
        }
        let is_ours = cursor.account_id == self.account_id && given.scope == self.scope.hash;
        if !is_ours || self.scope.turned(self.geography, given.on, self.today) {
            return Err(SyncProblem::ScopeChanged);
        }
        Ok(cursor.position)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { epoch, xid, seq } = self.position;
        write!(f, "{} {} {epoch} {xid} {seq}", self.account_id, self.epoch)?;
        match &self.given {
            Some(Given { on, scope }) => write!(f, " {on} {scope}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = text.split(' ').collect();
        let (head, given) = match parts.as_slice() {
            [head @ .., on, scope] if parts.len() == 7 => {
                let given = Given {
                    on: on.parse().map_err(|_| ())?,
                    scope: (*scope).to_owned(),
                };
                (head, Some(given))
            }
            head => (head, None),
        };
        let [account_id, life, epoch, xid, seq] = head else {
            return Err(());
        };
        Ok(Self {
            account_id: account_id.parse().map_err(|_| ())?,
            epoch: (*life).to_owned(),
            position: Position {
                epoch: epoch.parse().map_err(|_| ())?,
                xid: xid.parse().map_err(|_| ())?,
                seq: seq.parse().map_err(|_| ())?,
            },
            given,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geography::Level;
    use crate::geography::rules::{Tie, Unit};

    const AT: Position = Position {
        epoch: 1,
        xid: 7,
        seq: 9,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A commune with two villages, one of which ends with the year.
    fn tree() -> Geography {
        let unit = |id, level, to: Option<&str>| Unit {
            unit_id: UnitId(id),
            code: None,
            valid_from: day("2020-01-01"),
            valid_to: to.map(day),
            name: format!("Thôn {id}"),
            level,
            kind: String::new(),
            class: None,
        };
        let tie = |id, to: Option<&str>| Tie {
            unit_id: UnitId(id),
            parent_id: UnitId(1),
            valid_from: day("2020-01-01"),
            valid_to: to.map(day),
        };
        let end = Some("2027-01-01");
        Geography::new(
            vec![
                unit(1, Level::Commune, None),
                unit(2, Level::Village, None),
                unit(3, Level::Village, end),
            ],
            vec![tie(2, None), tie(3, end)],
            Vec::new(),
        )
    }

    fn resume(cursor: &Cursor, role: Role, on: &str) -> Result<Position, SyncProblem> {
        let tree = tree();
        let scope = Scope::of(&tree, role, UnitId(1), day(on));
        let standing = Standing {
            account_id: AccountId(uuid::Uuid::nil()),
            epoch: "e1",
            scope: &scope,
            geography: &tree,
            today: day(on),
        };
        standing.resume(Some(cursor.clone()))
    }

    fn cursor(on: &str) -> Cursor {
        let tree = tree();
        let scope = Scope::of(&tree, Role::Volunteer, UnitId(1), day(on));
        let standing = Standing {
            account_id: AccountId(uuid::Uuid::nil()),
            epoch: "e1",
            scope: &scope,
            geography: &tree,
            today: day(on),
        };
        standing.cursor(AT)
    }

    #[test]
    fn a_cursor_leads_on_until_something_is_different() {
        let cursor = cursor("2026-11-28");
        assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()));
        assert_eq!(resume(&cursor, Role::Volunteer, "2026-12-31"), Ok(AT));
        // On the first of January a village is not there any more, though nobody wrote anything.
        for (role, on, why) in [
            (Role::Volunteer, "2027-01-01", SyncProblem::ScopeChanged),
            (Role::Lead, "2026-11-28", SyncProblem::ScopeChanged),
            (Role::Volunteer, "2027-02-26", SyncProblem::CursorExpired),
        ] {
            assert_eq!(resume(&cursor, role, on), Err(why), "{role:?} on {on}");
        }
        let elsewhere = Cursor {
            epoch: "e2".to_owned(),
            ..cursor.clone()
        };
        let refused = resume(&elsewhere, Role::Volunteer, "2026-11-28");
        assert_eq!(refused, Err(SyncProblem::EpochChanged));
        let foreign = Cursor {
            account_id: AccountId(uuid::Uuid::max()),
            ..cursor
        };
        let refused = resume(&foreign, Role::Volunteer, "2026-11-28");
        assert_eq!(refused, Err(SyncProblem::ScopeChanged));
    }

    #[test]
    fn a_cursor_of_the_first_release_begins_anew() {
        let text = format!("{} e1 1 7 9", uuid::Uuid::nil());
        let old: Cursor = text.parse().unwrap();
        assert_eq!(old.to_string(), text);
        let begun = resume(&old, Role::Volunteer, "2026-11-28");
        assert_eq!(begun, Ok(Position::default()));
        assert_eq!("nobody e1 1 7".parse::<Cursor>(), Err(()));
    }

    #[test]
    fn whoever_may_no_longer_record_is_told_of_no_unit() {
        let cursor = cursor("2026-11-28");
        for role in [Role::Officer, Role::Reporter, Role::Commander, Role::Admin] {
            let scope = Scope::of(&tree(), role, UnitId(1), day("2026-11-28"));
            assert_eq!((scope.within, scope.above), (vec![], vec![]), "{role:?}");
            let refused = resume(&cursor, role, "2026-11-28");
            assert_eq!(refused, Err(SyncProblem::ScopeChanged), "{role:?}");
        }
    }

    #[test]
    fn what_has_ended_is_not_shown_and_still_within_reach() {
        let tree = tree();
        let (before, after) = (day("2026-12-31"), day("2027-01-01"));
        let scope = Scope::of(&tree, Role::Volunteer, UnitId(2), before);
        assert_eq!(scope.above, [UnitId(1)]);
        assert!(scope.shows(&tree, UnitId(1), before) && !scope.shows(&tree, UnitId(3), before));
        let scope = Scope::of(&tree, Role::Volunteer, UnitId(1), after);
        assert_eq!(scope.within, [UnitId(1), UnitId(2), UnitId(3)]);
        assert!(scope.shows(&tree, UnitId(2), after) && !scope.shows(&tree, UnitId(3), after));
    }
}
