//! Targets of the units of one day as those of another day have them: across a merger. Pure.
//!
//! The rule. A unit's own target is its own. Where it has none of that day, it has the sum of what its
//! villages bring: a commune's target goes with its villages, whole where they all went to one unit, and
//! where they were parted each village with an equal share, in whole people by the largest remainder, so
//! that the parts come to the whole. A village that ended since is its heir's, and so is its target. Where a part
//! has no target, or one of another kind, there is none: nothing is guessed.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::frame::Frame;
use crate::campaign::targets::Targets;
use crate::geography::Level;

/// The target of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    pub people: i64,
    pub denominator: &'static str,
    /// Part of it is a share of a unit that was parted.
    pub is_divided: bool,
}

/// A whole in parts by weight that come to it: each its floor, and what is left over to the largest
/// remainders, the first of equal ones first.
pub fn largest_remainder(whole: i64, weights: &[i64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &i64| i128::from(whole) * i128::from(*weight);
    let mut parts: Vec<i64> = weights
        .iter()
        .map(|weight| i64::try_from(exact(weight) / all).unwrap_or(i64::MAX))
        .collect();
    let left = whole - parts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact(&weights[*at]) % all));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts
}

/// Where targets come from, and on which day they hold.
pub struct Carrier<'a> {
    frame: &'a Frame<'a>,
    targets: &'a Targets,
    /// The day on which the targets hold.
    on: NaiveDate,
    /// By source and the day on which it is there: what goes to each row, and elsewhere.
    parted: HashMap<UnitId, BTreeMap<Option<UnitId>, i64>>,
}

impl<'a> Carrier<'a> {
    pub fn new(frame: &'a Frame<'a>, targets: &'a Targets, on: NaiveDate) -> Self {
        Self {
            frame,
            targets,
            on,
            parted: HashMap::new(),
        }
    }

    /// The target of a row.
    pub fn of(&mut self, unit: UnitId) -> Option<Goal> {
        if self.frame.geography.is_village(unit) && self.former_of(unit).next().is_some() {
            return self.sum_of_targets(unit);
        }
        let day = self.frame.units_as_of;
        if !self.frame.has_parts() || !self.frame.villages_of(unit).1 {
            let direct = self.targets.of(self.frame.geography, unit, day);
            if let Some((people, denominator)) = direct {
                return Some(Goal {
                    people,
                    denominator,
                    is_divided: false,
                });
            }
            if !self.has_merged(unit) {
                return None;
            }
        }
        self.sum_of_villages(unit)
    }

    /// Whether a unit may be made of others on the day of the targets.
    fn has_merged(&self, unit: UnitId) -> bool {
        let (geography, day) = (self.frame.geography, self.frame.units_as_of);
        match geography.unit(unit).map(|unit| unit.level) {
            None | Some(Level::Village) => false,
            Some(Level::Commune) => {
                geography.turns_within(unit, day.min(self.on), day.max(self.on))
            }
            Some(Level::District | Level::Province) => day != self.on,
        }
    }

    /// The villages that were there on the day of the targets and are a row's now, though they have ended since.
    fn former_of(&self, unit: UnitId) -> impl Iterator<Item = UnitId> {
        let (geography, on) = (self.frame.geography, self.on);
        let former = self.frame.former_of(unit).iter().copied();
        former.filter(move |village| {
            geography
                .ancestor_on(*village, Level::Commune, on)
                .is_some()
        })
    }

    /// Of all that count in a row, those who had a target, or a share of one, on the day of the targets: what came
    /// of them since has none of its own yet.
    fn parts_of(&self, unit: UnitId) -> Vec<UnitId> {
        let geography = self.frame.geography;
        let is_new = |village: &UnitId| {
            let unit = geography.unit(*village);
            unit.is_some_and(|unit| self.on < unit.valid_from)
                && geography.predecessors(*village).next().is_some()
        };
        let (mut villages, _) = self.frame.villages_of(unit);
        villages.retain(|village| !is_new(village));
        villages.extend(self.former_of(unit));
        villages
    }

    /// What a village and those that it continues were to reach, each by its own target.
    fn sum_of_targets(&self, unit: UnitId) -> Option<Goal> {
        let own = self.parts_of(unit).into_iter();
        let own: Option<Vec<_>> = own.map(|village| self.targets.own(village)).collect();
        let own = own?;
        let (_, denominator) = *own.first()?;
        let is_one_kind = own.iter().all(|(_, kind)| *kind == denominator);
        is_one_kind.then(|| Goal {
            people: own.iter().map(|(people, _)| people).sum(),
            denominator,
            is_divided: false,
        })
    }

    fn sum_of_villages(&mut self, unit: UnitId) -> Option<Goal> {
        let mut sources: BTreeMap<UnitId, NaiveDate> = BTreeMap::new();
        for village in self.parts_of(unit) {
            let (source, day) = self.source_of(village)?;
            sources.insert(source, day);
        }
        let mut goal: Option<Goal> = None;
        for (source, day) in sources {
            let (people, denominator) = self.targets.own(source)?;
            let parts = self.part(source, day, people);
            let share = parts.get(&Some(unit)).copied().unwrap_or(0);
            let is_divided = parts.len() > 1;
            goal = Some(match goal {
                None => Goal {
                    people: share,
                    denominator,
                    is_divided,
                },
                Some(so_far) if so_far.denominator == denominator => Goal {
                    people: so_far.people + share,
                    denominator,
                    is_divided: so_far.is_divided || is_divided,
                },
                Some(_) => return None,
            });
        }
        goal.filter(|goal| goal.people > 0)
    }

    /// Whose target a village has a share of: its commune's on the day of the rows or on that of the
    /// targets, or else its own.
    fn source_of(&self, village: UnitId) -> Option<(UnitId, NaiveDate)> {
        let geography = self.frame.geography;
        for day in [self.frame.units_as_of, self.on] {
            let commune = geography.counted_in(village, Level::Commune, day);
            if let Some(commune) = commune.filter(|commune| self.targets.own(*commune).is_some()) {
                return Some((commune, day));
            }
        }
        self.targets.own(village).map(|_| (village, self.on))
    }

    fn part(
        &mut self,
        source: UnitId,
        day: NaiveDate,
        people: i64,
    ) -> &BTreeMap<Option<UnitId>, i64> {
        let frame = self.frame;
        self.parted.entry(source).or_insert_with(|| {
            let mut villages = frame.geography.within(source, Level::Village, day);
            if villages.is_empty() {
                villages.push(source);
            }
            let mut weights: BTreeMap<Option<UnitId>, i64> = BTreeMap::new();
            for village in villages {
                *weights.entry(frame.unit_of(village)).or_default() += 1;
            }
            let (rows, weights): (Vec<_>, Vec<_>) = weights.into_iter().unzip();
            rows.into_iter()
                .zip(largest_remainder(people, &weights))
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainders() {
        assert_eq!(largest_remainder(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(largest_remainder(10, &[6, 3, 1]), [6, 3, 1]);
        assert_eq!(largest_remainder(11, &[6, 3, 1]), [7, 3, 1]);
        assert_eq!(largest_remainder(5, &[]), Vec::<i64>::new());
    }

    proptest! {
        #[test]
        fn parts_come_to_their_whole_and_differ_from_the_exact_by_less_than_one(
            whole in 0_i64..10_000_000, weights in proptest::collection::vec(1_i64..500, 1..40),
        ) {
            let parts = largest_remainder(whole, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), whole);
            let all: i64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((part * all - whole * weight).abs() < all);
            }
        }
    }
}
