//! From a file to what would become of each of its lines.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};
use mobile_contracts::roster::{ImportedRoster, RosterLine};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::file::{Content, Reader};
use super::known::{Known, KnownPerson, Said};
use super::places::Places;
use super::rules::{Expected, Judged, Line, Verdict, judge};
use super::store::{self, EntryRow, PersonRow};
use crate::app::App;
use crate::http::failure::Failure;
use crate::privacy::keys::{DecryptError, Keys, Place};

/// Files that a process reads at once: each may take a hundred megabytes while it is unpacked.
static READING: Semaphore = Semaphore::const_new(2);

/// What a list is, beside its file.
#[derive(Debug, Clone)]
pub struct NewList {
    pub unit_id: UnitId,
    pub name: String,
    pub source: String,
    pub made_on: NaiveDate,
    pub phones_agreed: bool,
    pub by: AccountId,
}

/// A file that was read, and judged against who is known.
pub struct Rehearsal {
    pub(super) content: Content,
    judged: Vec<Judged>,
    /// Of the lists that were known.
    pub(super) revision: (i64, i64),
}

/// Reads a file, off the async threads.
///
/// # Errors
/// 422 when the file as a whole cannot be used.
pub async fn read(app: &App, list: &NewList, file: Vec<u8>) -> Result<Content, Failure> {
    let geography = app.fresh_geography().await?;
    let _turn = READING.acquire().await.map_err(Failure::internal)?;
    let (keys, today) = (app.keys.clone(), local_day(app.clock.now()));
    let (unit_id, phones_agreed) = (list.unit_id, list.phones_agreed);
    tokio::task::spawn_blocking(move || {
        let reader = Reader {
            keys: &keys,
            places: Places::within(&geography, unit_id, today),
            today,
            phones_agreed,
        };
        reader.read(&file)
    })
    .await
    .map_err(Failure::internal)?
}

/// Judges what was read against who is known now, those of a village that has ended in the one that alone continues
/// it.
///
/// # Errors
/// When the database cannot.
pub async fn rehearse(app: &App, content: Content) -> Result<Rehearsal, Failure> {
    let named = content
        .lines
        .iter()
        .filter_map(|line| line.read.as_ref().ok());
    let blinds: BTreeSet<Vec<u8>> = named.clone().filter_map(|one| one.blind.clone()).collect();
    let (geography, today) = (app.fresh_geography().await?, local_day(app.clock.now()));
    let villages: BTreeSet<UnitId> = named
        .flat_map(|one| geography.homes_within(one.village_id, today))
        .collect();
    let blinds: Vec<Vec<u8>> = blinds.into_iter().collect();
    let villages: Vec<UnitId> = villages.into_iter().collect();
    let (revision, people, entries) = {
        let mut conn = app.pool.get().await?;
        let revision = store::get_revision(&mut conn).await?;
        let mut people = store::list_people(&mut conn, &blinds, &villages).await?;
        for person in people.values_mut() {
            person.village_id = geography.home_on(person.village_id, today);
        }
        let ids: Vec<PersonId> = people.keys().copied().collect();
        (
            revision,
            people,
            store::list_entries(&mut conn, &ids).await?,
        )
    };
    let keys = app.keys.clone();
    tokio::task::spawn_blocking(move || {
        let known = Known::new(know(&keys, people, entries)?);
        let judged = judge(&content.lines, &known);
        Ok(Rehearsal {
            content,
            judged,
            revision,
        })
    })
    .await
    .map_err(Failure::internal)?
}

/// Under which names and with what people are known.
fn know(
    keys: &Keys,
    people: HashMap<PersonId, PersonRow>,
    entries: Vec<EntryRow>,
) -> Result<Vec<KnownPerson>, Failure> {
    let mut said: HashMap<PersonId, Vec<EntryRow>> = HashMap::new();
    for entry in entries {
        said.entry(entry.person_id).or_default().push(entry);
    }
    let read = |row: PersonRow| -> Result<KnownPerson, DecryptError> {
        let entries = said
            .get(&row.person_id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut names = BTreeSet::new();
        if let Some(name) = &row.name {
            let place = Place {
                column: "person.name",
                row: row.person_id.0.as_bytes(),
            };
            names.insert(keys.decrypt(&place, name)?.to_lowercase());
        }
        for entry in entries {
            names.insert(read_name(keys, entry)?.to_lowercase());
        }
        let newest = entries.last();
        let sex = row
            .sex
            .or_else(|| newest.and_then(|entry| entry.sex.clone()));
        Ok(KnownPerson {
            person_id: row.person_id,
            village_id: row.village_id,
            blind: row.subject_blind,
            birth_year: row.birth_year.or(newest.map(|entry| entry.birth_year)),
            sex: sex.map(|sex| {
                if sex == "male" {
                    Sex::Male
                } else {
                    Sex::Female
                }
            }),
            names: names.into_iter().collect(),
            said: newest.map(|entry| Said {
                smartphone: entry.smartphone,
                groups: entry.groups.iter().flatten().cloned().collect(),
            }),
        })
    };
    people
        .into_values()
        .map(|row| read(row).map_err(Failure::internal))
        .collect()
}

/// The name that a list says.
///
/// # Errors
/// When its key is gone, or it does not belong there.
pub fn read_name(keys: &Keys, entry: &EntryRow) -> Result<String, DecryptError> {
    let row = row_of(entry.roster_id, entry.line);
    let place = Place {
        column: "roster_entry.name",
        row: &row,
    };
    keys.decrypt(&place, &entry.name)
}

/// An encrypted field of an entry belongs to its line of its list.
pub fn row_of(roster_id: Uuid, line: i32) -> Vec<u8> {
    [&roster_id.as_bytes()[..], &line.to_be_bytes()].concat()
}

impl Rehearsal {
    pub fn is_whole(&self) -> bool {
        !self
            .judged
            .iter()
            .any(|line| line.verdict == Verdict::Refused)
    }

    /// What would become of every line, or what became of those of which there is something to say.
    pub fn told(&self, roster_id: Option<Uuid>) -> ImportedRoster {
        let count = |word: &str| {
            let like = self
                .judged
                .iter()
                .filter(|line| line.verdict.as_str() == word);
            like.count() as u32
        };
        let lines = self.content.lines.iter().zip(&self.judged);
        let lines = lines.map(|(line, judged)| RosterLine {
            line: line.number,
            result: judged.verdict.as_str().to_owned(),
            repaired: line.repaired,
            message: (!judged.notes.is_empty()).then(|| judged.notes.join(" ")),
        });
        ImportedRoster {
            dry_run: roster_id.is_none(),
            roster_id,
            sheet: self.content.sheet.clone(),
            sheets_left_out: self.content.sheets_left_out,
            columns: self.content.columns.clone(),
            new: count("new"),
            known: count("known"),
            changed: count("changed"),
            duplicate: count("duplicate"),
            refused: count("refused"),
            lines: lines
                .filter(|line| roster_id.is_none() || line.message.is_some())
                .collect(),
        }
    }

    /// Who is on the list, with whom each line means if they are known.
    pub(super) fn people(&self) -> impl Iterator<Item = (&Line, &Expected, Option<PersonId>)> {
        let lines = self.content.lines.iter().zip(&self.judged);
        lines.filter_map(|(line, judged)| {
            let expected = line.read.as_ref().ok()?;
            match judged.verdict {
                Verdict::New => Some((line, expected, None)),
                Verdict::Known(person) | Verdict::Changed(person) => {
                    Some((line, expected, Some(person)))
                }
                Verdict::Duplicate(_) | Verdict::Refused => None,
            }
        })
    }
}
