//! Whom a batch is about: found, made and locked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::result::Error;
use mobile_contracts::ids::{OperationId, PersonId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::bytea;
use super::{Batch, raced, store};
use crate::db::Conn;
use crate::tracking::judging::rules::Judged;
use crate::tracking::persons::rules::{Heads, head_of};
use crate::tracking::persons::store::list_members;
use crate::tracking::reading::{Act, Key, Who};

/// The persons of a batch, under lock.
pub(super) struct Persons {
    by_blind: HashMap<Vec<u8>, PersonId>,
    pub(super) locked: Vec<PersonId>,
    /// Who stands for them, and for everybody who is one with them.
    pub(super) heads: Heads,
    /// Those who had themselves erased: nothing is linked to them any more.
    erased: BTreeSet<PersonId>,
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
            let (blind, tail, hint, person_id, details) = match who {
                Who::Citizen {
                    blind,
                    tail,
                    hint,
                    details,
                } => {
                    let id = *minted
                        .entry(blind)
                        .or_insert_with(|| PersonId(Uuid::now_v7()));
                    (Some(blind.as_slice()), Some(tail), *hint, id, details)
                }
                Who::Provisional { person_id, details } => (None, None, None, *person_id, details),
                Who::Known(_) | Who::Nobody(_) => continue,
            };
            // A lead may have put them elsewhere than the phone did.
            let hint = hint.filter(|hint| hint.village_id == village);
            // What is said of them is shown when it is known whose word is the last.
            rows.entry((blind, person_id)).or_insert_with(|| {
                json!({
                    "person_id": person_id,
                    "subject_blind": blind.map(bytea),
                    "id_tail": tail,
                    "hint": hint.map(|hint| bytea(&hint.seal(batch.keys, person_id))),
                    "birth_year": details.birth_year.filter(|_| blind.is_some()),
                    "sex": details.sex.filter(|_| blind.is_some()),
                    "village_id": village,
                    "consent_method": details.consent.method,
                    "consent_at": op.effective_at,
                    "created_at": batch.receipt.received_at,
                })
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
        let (mut locked_blinds, mut locked_ids) = (blinds.clone(), ids.clone());
        for who in ops.iter().filter_map(|op| op.act().and_then(Act::who)) {
            match who {
                Who::Known(Key::Blind(blind)) => locked_blinds.push(blind.clone()),
                Who::Known(Key::Person(person_id)) => locked_ids.push(*person_id),
                Who::Citizen { .. } | Who::Provisional { .. } | Who::Nobody(_) => {}
            }
        }
        if locked_blinds.is_empty() && locked_ids.is_empty() {
            return Ok(Self {
                by_blind: HashMap::new(),
                locked: Vec::new(),
                heads: Heads::new(),
                erased: BTreeSet::new(),
            });
        }
        let mut locked = store::lock_persons(conn, &locked_blinds, &locked_ids).await?;
        let persons = Self {
            by_blind: locked
                .iter()
                .filter_map(|person| Some((person.subject_blind.clone()?, person.person_id)))
                .collect(),
            locked: locked.iter().map(|person| person.person_id).collect(),
            heads: find_heads(conn, &locked).await?,
            erased: locked
                .iter()
                .filter(|person| person.is_erased)
                .map(|person| person.person_id)
                .collect(),
        };
        // Gone while we waited, with a list that was undone, or erased: make them anew.
        let is_there = |id: &PersonId| persons.locked.contains(id);
        let is_found = |blind: &Vec<u8>| persons.by_blind.contains_key(blind);
        if !blinds.iter().all(is_found) || !ids.iter().all(is_there) {
            return Err(raced());
        }
        persons.meet(conn, ops, &mut locked).await?;
        persons.complete(conn, batch, ops, &locked).await?;
        Ok(persons)
    }

    /// Whom only a list named has been met now, here, and agreed. Whoever was visited and did not agree stays who a
    /// list names.
    async fn meet(
        &self,
        conn: &mut Conn,
        ops: &[&Judged],
        locked: &mut [store::LockedPerson],
    ) -> Result<(), Error> {
        let mut rows: BTreeMap<PersonId, Value> = BTreeMap::new();
        for person in locked.iter_mut().filter(|person| person.is_only_listed) {
            let met = ops
                .iter()
                .filter(|op| self.of(op) == Some(person.person_id))
                .find_map(|op| Some((op, op.village_id?, op.act()?.who()?.details()?)));
            let Some((op, village, details)) = met else {
                continue;
            };
            person.village_id = village;
            let row = json!({
                "person_id": person.person_id,
                "village_id": village,
                "consent_method": details.consent.method,
                "consent_at": op.effective_at,
            });
            rows.insert(person.person_id, row);
        }
        if rows.is_empty() {
            return Ok(());
        }
        store::meet_persons(conn, rows.into_values().collect()).await
    }

    pub(super) fn of(&self, op: &Judged) -> Option<PersonId> {
        match op.act()?.who()? {
            Who::Citizen { blind, .. } | Who::Known(Key::Blind(blind)) => {
                self.by_blind.get(blind).copied()
            }
            Who::Provisional { person_id, .. } | Who::Known(Key::Person(person_id))
                if self.erased.contains(person_id) =>
            {
                None
            }
            Who::Provisional { person_id, .. } => Some(*person_id),
            Who::Known(Key::Person(person_id)) => {
                Some(*person_id).filter(|id| self.locked.contains(id))
            }
            Who::Nobody(_) => None,
        }
    }

    /// Who stands for somebody: often they themselves.
    pub(super) fn head(&self, person: PersonId) -> PersonId {
        head_of(&self.heads, person)
    }

    /// Adds what an ID number says of its owner, where whoever met them first had not read it.
    async fn complete(
        &self,
        conn: &mut Conn,
        batch: &Batch<'_>,
        ops: &[&Judged],
        locked: &[store::LockedPerson],
    ) -> Result<(), Error> {
        let known: HashMap<PersonId, &store::LockedPerson> = locked
            .iter()
            .filter(|person| person.subject_blind.is_some())
            .map(|person| (person.person_id, person))
            .collect();
        let mut rows: BTreeMap<PersonId, Value> = BTreeMap::new();
        for op in ops {
            let Some(Who::Citizen { hint, details, .. }) = op.act().and_then(Act::who) else {
                continue;
            };
            let Some(person) = self.of(op).and_then(|id| known.get(&id)) else {
                continue;
            };
            let person_id = person.person_id;
            let hint =
                hint.filter(|hint| person.has_no_hint && hint.village_id == person.village_id);
            if person.birth_year.is_some() && person.sex.is_some() && hint.is_none() {
                continue;
            }
            let row = json!({
                "person_id": person_id,
                "birth_year": details.birth_year,
                "sex": details.sex,
                "hint": hint.map(|hint| bytea(&hint.seal(batch.keys, person_id))),
            });
            // Of two records of one batch the one with a tag.
            if hint.is_some() || !rows.contains_key(&person_id) {
                rows.insert(person_id, row);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        store::complete_persons(conn, rows.into_values().collect()).await
    }
}

/// Who stands for locked persons, and for everybody who is one with them.
pub(in crate::tracking) async fn find_heads(
    conn: &mut Conn,
    locked: &[store::LockedPerson],
) -> Result<Heads, Error> {
    let of = |person: &store::LockedPerson| person.canonical_id.unwrap_or(person.person_id);
    let heads: BTreeSet<PersonId> = locked.iter().map(of).collect();
    let ids: BTreeSet<PersonId> = locked.iter().map(|person| person.person_id).collect();
    // Merged while we waited: who stands for them now is not locked.
    if !heads.is_subset(&ids) {
        return Err(raced());
    }
    let heads: Vec<PersonId> = heads.into_iter().collect();
    list_members(conn, &heads).await
}
