//! Who is known, by whatever lines may mean them by. No database, no clock.

use std::collections::{BTreeSet, HashMap};

use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::person_name::PersonName;

use super::rules::Expected;

/// What an earlier list said of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub smartphone: Option<bool>,
    pub groups: BTreeSet<String>,
}

/// Somebody who was recorded, or whom an earlier list names.
#[derive(Debug, Clone)]
pub struct KnownPerson {
    pub person_id: PersonId,
    pub village_id: UnitId,
    pub blind: Option<Vec<u8>>,
    pub birth_year: Option<i16>,
    pub sex: Option<Sex>,
    /// Every name under which they are known, in small letters.
    pub names: Vec<String>,
    /// By the newest list that names them.
    pub said: Option<Said>,
}

/// Everybody whom lines may mean.
#[derive(Debug, Default)]
pub struct Known {
    pub(super) people: Vec<KnownPerson>,
    pub(super) by_blind: HashMap<Vec<u8>, usize>,
    by_name: HashMap<NameKey, Vec<usize>>,
}

/// Village, name in small letters and year of birth: all that tells people without a number apart.
pub(super) type NameKey = (UnitId, String, i16);

impl Known {
    pub fn new(people: Vec<KnownPerson>) -> Self {
        let mut known = Self::default();
        for (at, person) in people.iter().enumerate() {
            if let Some(blind) = &person.blind {
                known.by_blind.insert(blind.clone(), at);
            }
            for name in &person.names {
                if let Some(year) = person.birth_year {
                    let key = (person.village_id, name.clone(), year);
                    known.by_name.entry(key).or_default().push(at);
                }
            }
        }
        known.people = people;
        known
    }

    /// Who has this name, year and village, and not the other sex.
    pub(super) fn named(&self, expected: &Expected) -> Vec<&KnownPerson> {
        let all = self.by_name.get(&key_of(expected)).into_iter().flatten();
        let mut all: Vec<usize> = all.copied().collect();
        all.dedup();
        let people = all.into_iter().map(|at| &self.people[at]);
        people
            .filter(|person| !differ(person.sex, expected.sex))
            .collect()
    }
}

pub(super) fn key_of(expected: &Expected) -> NameKey {
    (
        expected.village_id,
        small(&expected.name),
        expected.birth_year,
    )
}

pub fn small(name: &PersonName) -> String {
    name.expose().to_lowercase()
}

pub(super) fn differ<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}
