//! The rows of a village as a list of people.

use std::cmp::Ordering;

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
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

/// Who is on a list, with their names, in its order.
pub fn sort(
    keys: &Keys,
    list: Worklist,
    rows: Vec<StandingRow>,
    villages: &[UnitId],
    today: NaiveDate,
) -> Result<Vec<WorklistEntry>, DecryptError> {
    let mut entries = Vec::new();
    for row in rows {
        let standing = standing(&row);
        if !standing.is_on(list) {
            continue;
        }
        let village = villages.iter().position(|id| *id == row.village_id);
        let entry = tell(keys, row, &standing, today)?;
        let name = entry.name.as_deref().map(PersonName::parse);
        let name_key = name.and_then(Result::ok).map(|name| name.sort_key());
        let key = order(
            list,
            &standing,
            entry.due_on,
            village.unwrap_or_default(),
            name_key.unwrap_or_default(),
        );
        entries.push((key, entry));
    }
    entries.sort_by(|(one, a), (other, b)| match one.cmp(other) {
        Ordering::Equal => a.person_id.cmp(&b.person_id),
        unequal => unequal,
    });
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// Somebody as a volunteer needs them.
pub fn tell(
    keys: &Keys,
    row: StandingRow,
    standing: &Standing,
    today: NaiveDate,
) -> Result<WorklistEntry, DecryptError> {
    let step = standing.next_step(today);
    let own = row.person_id.0.as_bytes();
    let listed = row
        .roster_id
        .zip(row.line)
        .map(|(id, line)| row_of(id, line));
    let read = |said: &Option<Vec<u8>>, of_person, in_list: &Option<Vec<u8>>, of_list| match (
        said, in_list, &listed,
    ) {
        (Some(said), ..) => {
            let place = Place {
                column: of_person,
                row: own,
            };
            keys.decrypt(&place, said).map(Some)
        }
        (None, Some(in_list), Some(row)) => keys
            .decrypt(
                &Place {
                    column: of_list,
                    row,
                },
                in_list,
            )
            .map(Some),
        _ => Ok(None),
    };
    Ok(WorklistEntry {
        name: read(
            &row.name,
            "person.name",
            &row.listed_name,
            "roster_entry.name",
        )?,
        phone: read(
            &row.phone,
            "person.phone",
            &row.listed_phone,
            "roster_entry.phone",
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
