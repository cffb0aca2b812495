//! The rows of a village as a list of people.

use std::cmp::Ordering;

use chrono::NaiveDate;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::worklist::WorklistEntry;

use super::rules::{LastVisit, Standing, Worklist, order};
use super::store::StandingRow;
use crate::privacy::keys::{DecryptError, Keys, Place};
use crate::tracking::rosters::import::row_of;

pub fn standing(row: &StandingRow) -> Standing {
    let visit = row.outcome.clone().zip(row.visited_on);
    Standing {
        is_only_listed: row.is_only_listed,
        installed: row.installed,
        level1: row.level1,
        collected_on: row.collected_on,
        approved_on: row.approved_on,
        activated: row.activated,
        last_visit: visit.map(|(outcome, on)| LastVisit {
            outcome,
            on,
            promised_on: row.promised_on,
        }),
        smartphone: row.smartphone,
        groups: row.groups.clone(),
        birth_year: row.birth_year,
    }
}

/// Somebody as a list has them, with the name by which they stand there: their own, or that of the newest list that
/// names them.
pub struct Listed {
    row: StandingRow,
    standing: Standing,
    name: Option<String>,
}

impl Listed {
    /// # Errors
    /// When their name cannot be read.
    pub fn of(keys: &Keys, row: StandingRow) -> Result<Self, DecryptError> {
        Self::with(keys, standing(&row), row)
    }

    fn with(keys: &Keys, standing: Standing, row: StandingRow) -> Result<Self, DecryptError> {
        let (own, listed) = (row.name.as_deref(), row.listed_name.as_deref());
        let name = read(
            keys,
            &row,
            ("person.name", own),
            ("roster_entry.name", listed),
        )?;
        Ok(Self {
            row,
            standing,
            name,
        })
    }

    pub fn person_id(&self) -> PersonId {
        self.row.person_id
    }

    /// By Vietnamese given name; somebody without a name is before all others.
    fn name_key(&self) -> Vec<u8> {
        let name = self.name.as_deref().map(PersonName::parse);
        let key = name.and_then(Result::ok).map(|name| name.sort_key());
        key.unwrap_or_default()
    }

    /// What a volunteer needs to know of them.
    ///
    /// # Errors
    /// When their telephone number cannot be read.
    pub fn tell(self, keys: &Keys, today: NaiveDate) -> Result<WorklistEntry, DecryptError> {
        let Self {
            row,
            standing,
            name,
        } = self;
        let step = standing.next_step(today);
        let (own, listed) = (row.phone.as_deref(), row.listed_phone.as_deref());
        Ok(WorklistEntry {
            name,
            phone: read(
                keys,
                &row,
                ("person.phone", own),
                ("roster_entry.phone", listed),
            )?,
            person_id: row.person_id,
            village_id: row.village_id,
            birth_year: row.birth_year,
            sex: row.sex,
            id_tail: row.id_tail,
            stages: standing.stages().into_iter().map(str::to_owned).collect(),
            groups: row.groups,
            last_outcome: row.outcome,
            last_visit_on: row.visited_on,
            days_left: step.days_left(today),
            due_on: step.due_on,
            next_step: step.step.to_owned(),
            next_step_text: step.text,
        })
    }
}

/// A field that is encrypted, in the column that it stands in.
type Sealed<'a> = (&'static str, Option<&'a [u8]>);

/// What is said of the person, or else what the list says.
fn read(
    keys: &Keys,
    row: &StandingRow,
    (own_column, own): Sealed<'_>,
    (list_column, listed): Sealed<'_>,
) -> Result<Option<String>, DecryptError> {
    let open = |column, row: &[u8], sealed| keys.decrypt(&Place { column, row }, sealed).map(Some);
    let line = row.roster_id.zip(row.line);
    match (own, listed, line) {
        (Some(own), ..) => open(own_column, row.person_id.0.as_bytes(), own),
        (None, Some(listed), Some((id, line))) => open(list_column, &row_of(id, line), listed),
        _ => Ok(None),
    }
}

/// Who is on a list, in its order.
///
/// # Errors
/// When a name cannot be read.
pub fn sort(
    keys: &Keys,
    list: Worklist,
    rows: Vec<StandingRow>,
    villages: &[UnitId],
    today: NaiveDate,
) -> Result<Vec<Listed>, DecryptError> {
    let mut people = Vec::new();
    for row in rows {
        let standing = standing(&row);
        if !standing.is_on(list) {
            continue;
        }
        let village = villages.iter().position(|id| *id == row.village_id);
        let listed = Listed::with(keys, standing, row)?;
        let place = (village.unwrap_or_default(), listed.name_key());
        let key = order(list, &listed.standing, today, place);
        people.push((key, listed));
    }
    people.sort_by(|(one, a), (other, b)| match one.cmp(other) {
        Ordering::Equal => a.person_id().cmp(&b.person_id()),
        unequal => unequal,
    });
    Ok(people.into_iter().map(|(_, listed)| listed).collect())
}
