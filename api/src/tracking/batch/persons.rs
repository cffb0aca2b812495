//! Whom a batch is about: found, made and locked.

use std::collections::{BTreeMap, HashMap};

use diesel::result::Error;
use mobile_contracts::ids::{OperationId, PersonId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::bytea;
use super::{Batch, store};
use crate::db::Conn;
use crate::privacy::keys::{Keys, Place};
use crate::tracking::judging::rules::Judged;
use crate::tracking::reading::{Act, Details, Who};

/// The persons of a batch, under lock.
pub(super) struct Persons {
    by_blind: HashMap<Vec<u8>, PersonId>,
    pub(super) locked: Vec<PersonId>,
}

impl Persons {
    pub(super) async fn claim(
        conn: &mut Conn,
        batch: &Batch<'_>,
        ops: &[&Judged],
        targets: &[OperationId],
    ) -> Result<Self, Error> {
        let mut rows: BTreeMap<(Option<&[u8]>, PersonId), Value> = BTreeMap::new();
        let mut minted: HashMap<&[u8], PersonId> = HashMap::new();
        for op in ops {
            let (Some(who), Some(village)) = (op.act().and_then(Act::who), op.village_id) else {
                continue;
            };
            let (blind, tail, person_id, details) = match who {
                Who::Citizen {
                    blind,
                    tail,
                    details,
                } => {
                    let id = *minted
                        .entry(blind)
                        .or_insert_with(|| PersonId(Uuid::now_v7()));
                    (Some(blind.as_slice()), Some(tail), id, details)
                }
                Who::Provisional { person_id, details } => (None, None, *person_id, details),
                Who::Nobody(_) => continue,
            };
            rows.entry((blind, person_id)).or_insert_with(|| {
                let mut row = details_row(batch.keys, person_id, details);
                row["subject_blind"] = json!(blind.map(bytea));
                row["id_tail"] = json!(tail);
                row["village_id"] = json!(village);
                row["consent_method"] = json!(details.consent_method);
                row["consent_at"] = json!(op.effective_at);
                row["created_at"] = json!(batch.receipt.received_at);
                row
            });
        }
        let blinds: Vec<Vec<u8>> = minted.keys().map(|blind| blind.to_vec()).collect();
        let mut ids: Vec<PersonId> = rows
            .keys()
            .filter(|(blind, _)| blind.is_none())
            .map(|(_, id)| *id)
            .collect();
        if !targets.is_empty() {
            ids.extend(store::list_persons_of(conn, targets).await?);
        }
        if !rows.is_empty() {
            store::insert_persons(conn, rows.values().cloned().collect()).await?;
        }
        if blinds.is_empty() && ids.is_empty() {
            return Ok(Self {
                by_blind: HashMap::new(),
                locked: Vec::new(),
            });
        }
        let locked = store::lock_persons(conn, &blinds, &ids).await?;
        let persons = Self {
            by_blind: locked
                .iter()
                .filter_map(|person| Some((person.subject_blind.clone()?, person.person_id)))
                .collect(),
            locked: locked.iter().map(|person| person.person_id).collect(),
        };
        persons.complete(conn, batch, ops, &locked).await?;
        Ok(persons)
    }

    pub(super) fn of(&self, op: &Judged) -> Option<PersonId> {
        match op.act()?.who()? {
            Who::Citizen { blind, .. } => self.by_blind.get(blind).copied(),
            Who::Provisional { person_id, .. } => Some(*person_id),
            Who::Nobody(_) => None,
        }
    }

    /// Adds a name or a phone where none was known.
    async fn complete(
        &self,
        conn: &mut Conn,
        batch: &Batch<'_>,
        ops: &[&Judged],
        locked: &[store::LockedPerson],
    ) -> Result<(), Error> {
        let lacking: HashMap<PersonId, (bool, bool)> = locked
            .iter()
            .map(|person| (person.person_id, (person.has_no_name, person.has_no_phone)))
            .collect();
        let mut rows: BTreeMap<PersonId, Value> = BTreeMap::new();
        for op in ops {
            let details = match op.act().and_then(Act::who) {
                Some(Who::Citizen { details, .. } | Who::Provisional { details, .. }) => details,
                _ => continue,
            };
            let Some(person_id) = self.of(op) else {
                continue;
            };
            let (no_name, no_phone) = lacking.get(&person_id).copied().unwrap_or_default();
            if (no_name && details.name.is_some()) || (no_phone && details.phone.is_some()) {
                rows.entry(person_id)
                    .or_insert_with(|| details_row(batch.keys, person_id, details));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        store::complete_persons(conn, rows.into_values().collect()).await
    }
}

fn details_row(keys: &Keys, person_id: PersonId, details: &Details) -> Value {
    let encrypt = |column: &'static str, plain: &str| {
        let place = Place {
            column,
            row: person_id.0.as_bytes(),
        };
        bytea(&keys.encrypt(&place, plain))
    };
    json!({
        "person_id": person_id,
        "name": details.name.as_ref().map(|name| encrypt("person.name", name.expose())),
        "phone": details.phone.as_ref().map(|phone| encrypt("person.phone", &phone.e164())),
        "birth_year": details.birth_year,
        "sex": details.sex,
    })
}
