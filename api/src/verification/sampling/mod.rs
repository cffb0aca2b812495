//! A weekly draw of records for each union and commune, by a seed that was promised before.
//!
//! The seed of a lot follows from the lot under a key of the server. So it is in no table before it is told,
//! and nobody can throw again until a draw pleases; its hash is public before the week is over, so that
//! nobody can change it afterwards either.
//!
//! What a failed lot is about stays counted. A sample says something of a lot and nothing of any one record;
//! to take the others out of the boards would undo citizens' real activations, and break the rule that every
//! count is a recount of the records. The lot is marked as failed instead, its grade falls, and the mark
//! stays until somebody who is not of that union says what was done about it.

pub mod problem;
pub mod routes;
pub mod rules;
pub mod store;
pub mod table;
pub mod weekly;

use chrono::NaiveDate;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::UnitId;

use crate::privacy::keys::Keys;

/// Whose work of which week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    pub mass_union: MassUnion,
    pub commune_id: UnitId,
    /// A Monday.
    pub week_on: NaiveDate,
}

impl Lot {
    /// The seed of its draw: a secret until the week is over.
    pub fn seed(&self, keys: &Keys) -> [u8; 32] {
        let parts = [
            self.mass_union.as_str().as_bytes(),
            &self.commune_id.0.to_be_bytes(),
            self.week_on.to_string().as_bytes(),
        ]
        .map(<[u8]>::to_vec);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        keys.lasting_mac("verification/seed/v1", &parts)
    }
}
