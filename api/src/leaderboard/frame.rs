//! What the rows of a board are, and into which of them the work in a village counts. Pure.
//!
//! Work is counted in villages, and a village stays itself through every merger. So the same work makes
//! the units of then or of today, and both come to the same sum: a split, as that of Đông Hải, needs no
//! number, only where each village went. What was done in a village that has ended is its heir's row, as
//! [`Geography::counted_in`] says.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;

use chrono::NaiveDate;
use foldhash::{HashMap, HashMapExt as _};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::BoardRow;

use super::board::{Question, Rows};
use super::union::word_of;
use crate::campaign::targets::Targets;
use crate::geography::{Geography, Level};

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Unit(UnitId),
    Union(&'static str),
}

impl Key {
    /// Which row it is; none of one that names neither a unit nor a union.
    pub fn of(row: &BoardRow) -> Option<Self> {
        let union = row.mass_union.as_deref();
        let unit = row.unit_id.map(Self::Unit);
        unit.or_else(|| union.map(|word| Self::Union(word_of(word))))
    }
}

/// The rows of a board.
pub struct Frame<'a> {
    pub geography: &'a Geography,
    pub units_as_of: NaiveDate,
    rows: Rows,
    within: UnitId,
    /// The day on which what the board is about is looked at: its own last or first one, where it is not
    /// there on the day of the rows.
    within_on: NaiveDate,
    units: RefCell<HashMap<UnitId, Option<UnitId>>>,
    /// Villages that had ended by the day of the rows, by the row in which they count.
    former: OnceCell<HashMap<UnitId, Vec<UnitId>>>,
}

/// The day nearest to this one on which the unit is there.
pub fn nearest_day(geography: &Geography, unit: UnitId, day: NaiveDate) -> NaiveDate {
    let Some(unit) = geography.unit(unit) else {
        return day;
    };
    if day < unit.valid_from {
        return unit.valid_from;
    }
    match unit.valid_to {
        Some(end) if end <= day => end.pred_opt().unwrap_or(day),
        _ => day,
    }
}

/// Whether all that this unit is made of on one day belongs to that scope on another.
pub fn belongs_to(
    geography: &Geography,
    scope: UnitId,
    (unit, day): (UnitId, NaiveDate),
    today: NaiveDate,
) -> bool {
    // On one day they are all in the one that holds the other: nobody looks at each village of a country.
    let is_above = geography.covers(scope, unit, today);
    if day == today && (is_above || !geography.covers(unit, scope, today)) {
        return is_above;
    }
    let villages = geography.within(unit, Level::Village, day);
    if villages.is_empty() {
        return is_above;
    }
    villages
        .iter()
        .all(|village| geography.counts_within(scope, *village, today))
}

impl<'a> Frame<'a> {
    pub fn new(question: &Question, geography: &'a Geography) -> Self {
        Self {
            geography,
            units_as_of: question.units_as_of,
            rows: question.rows,
            within: question.within,
            within_on: nearest_day(geography, question.within, question.units_as_of),
            units: RefCell::default(),
            former: OnceCell::new(),
        }
    }

    /// Every row, those without any work too, by name.
    pub fn keys(&self) -> Vec<Key> {
        let level = match self.rows {
            Rows::Unions => return ["youth", "women", "none"].map(Key::Union).to_vec(),
            Rows::Units(level) => level,
        };
        let (geography, day) = (self.geography, self.units_as_of);
        let units = if self.within_on == day {
            geography.within(self.within, level, day)
        } else {
            let villages = geography.within(self.within, Level::Village, self.within_on);
            let made: HashSet<UnitId> = villages
                .into_iter()
                .filter_map(|village| geography.counted_in(village, level, day))
                .collect();
            self.population(&made)
                .into_iter()
                .filter(|unit| made.contains(unit))
                .collect()
        };
        units.into_iter().map(Key::Unit).collect()
    }

    /// All units of the level of the rows in the province of these, by name.
    pub fn population(&self, of: &HashSet<UnitId>) -> Vec<UnitId> {
        let Rows::Units(level) = self.rows else {
            return Vec::new();
        };
        let day = self.units_as_of;
        let provinces: HashSet<UnitId> = of
            .iter()
            .filter_map(|unit| self.geography.ancestor_on(*unit, Level::Province, day))
            .collect();
        self.geography
            .roots_on(day)
            .into_iter()
            .filter(|root| provinces.contains(root))
            .flat_map(|root| self.geography.within(root, level, day))
            .collect()
    }

    /// The unit that a village's work counts in; none where the board is about something else.
    pub fn unit_of(&self, village: UnitId) -> Option<UnitId> {
        // Each village is looked up once, however many unions worked in it.
        *self.units.borrow_mut().entry(village).or_insert_with(|| {
            let geography = self.geography;
            if !geography.counts_within(self.within, village, self.within_on) {
                return None;
            }
            match self.rows {
                Rows::Units(level) => geography.counted_in(village, level, self.units_as_of),
                Rows::Unions => Some(village),
            }
        })
    }

    /// The row of a union's work in a village.
    pub fn key_of(&self, village: UnitId, mass_union: &str) -> Option<Key> {
        let unit = self.unit_of(village)?;
        Some(match self.rows {
            Rows::Units(_) => Key::Unit(unit),
            Rows::Unions => Key::Union(match mass_union {
                "youth" => "youth",
                "women" => "women",
                _ => "none",
            }),
        })
    }

    /// The villages that had ended by the day of the rows and whose work counts in this one.
    pub fn former_of(&self, unit: UnitId) -> &[UnitId] {
        let former = self.former.get_or_init(|| {
            let mut former: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
            for village in self.geography.ended_villages(self.units_as_of) {
                if let Some(unit) = self.unit_of(village) {
                    former.entry(unit).or_default().push(village);
                }
            }
            former
        });
        former.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// The villages of a row, and whether there are others that the board is not about.
    pub fn villages_of(&self, unit: UnitId) -> (Vec<UnitId>, bool) {
        let all = self
            .geography
            .within(unit, Level::Village, self.units_as_of);
        let count = all.len();
        let mine: Vec<UnitId> = all
            .into_iter()
            .filter(|village| self.unit_of(*village) == Some(unit))
            .collect();
        let is_part = mine.len() < count;
        (mine, is_part)
    }

    /// All villages whose work counts in a unit, those that have ended too; on a board of unions, in what it is about.
    pub fn counted_in(&self, unit: UnitId) -> Vec<UnitId> {
        if self.rows == Rows::Unions {
            let geography = self.geography;
            return geography.villages_counted_in(self.within, self.within_on);
        }
        let mut villages = self.villages_of(unit).0;
        villages.extend(self.former_of(unit));
        villages
    }

    /// The target of all that the board is about.
    pub fn target_of_all(&self, targets: &Targets) -> Option<(i64, &'static str)> {
        targets.of(self.geography, self.within, self.within_on)
    }

    /// Whether a row may be only a part of its unit.
    pub fn has_parts(&self) -> bool {
        self.within_on != self.units_as_of
    }
}
