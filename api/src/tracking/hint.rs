//! The tag of an ID number, while the number is at hand. What it is for, and what it tells whom: see
//! [`crate::sync::hints`].

use mobile_contracts::citizen_id::CitizenId;
use mobile_contracts::ids::{PersonId, UnitId};
use mobile_contracts::sync::hint_tag;
use serde::{Deserialize, Serialize};

use crate::privacy::keys::{Keys, Place};

/// A tag, and for phones of which village.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HintTag {
    pub village_id: UnitId,
    tag: u16,
}

impl std::fmt::Debug for HintTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HintTag({}, ***)", self.village_id)
    }
}

impl HintTag {
    pub fn of(keys: &Keys, village_id: UnitId, id: &CitizenId) -> Self {
        Self {
            village_id,
            tag: hint_tag(&village_key(keys, village_id), id),
        }
    }

    /// As it may stand beside what else is known of the person.
    pub fn seal(self, keys: &Keys, person_id: PersonId) -> Vec<u8> {
        keys.encrypt(&place(&person_id), &self.tag.to_string())
    }
}

/// The key under which phones compute tags in this village.
pub fn village_key(keys: &Keys, village_id: UnitId) -> [u8; 32] {
    keys.lasting_mac("hint/village/v1", &[&village_id.0.to_be_bytes()])
}

/// What was sealed for this person; `None` if it cannot be read.
pub fn open_tag(keys: &Keys, person_id: PersonId, sealed: &[u8]) -> Option<u16> {
    keys.decrypt(&place(&person_id), sealed).ok()?.parse().ok()
}

fn place(person_id: &PersonId) -> Place<'_> {
    Place {
        column: "person.hint",
        row: person_id.0.as_bytes(),
    }
}
