//! What a record would count as if it were approved as it was sent. No database, no clock.

use chrono::{DateTime, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, PersonId, UnitId};
use mobile_contracts::tracking::{DeviceHolder, Stage};
use serde_json::{Value, json};

use crate::tracking::batch::bytea;
use crate::tracking::judging::rules::Judged;
use crate::tracking::reading::{Act, Draft, Who};

/// A record's stage, and for whom it would count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WouldBe {
    pub stage: Stage,
    /// None: nobody who may be counted, and what may not count at all.
    pub whom: Option<Whom>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Blind(Vec<u8>),
    Person(PersonId),
}

/// What an operation would be; none if it is no record. A helper's phone never counts, and nothing that
/// somebody else than its author sent: that author may not be who they are said to be.
pub fn would_be(draft: &Draft, sent_by: AccountId) -> Option<WouldBe> {
    let Act::Record {
        who,
        stage,
        device_holder,
        ..
    } = &draft.act
    else {
        return None;
    };
    let may_count = draft.author_id == sent_by && *device_holder != Some(DeviceHolder::Helper);
    let whom = match who {
        _ if !may_count => None,
        Who::Citizen { blind, .. } => Some(Whom::Blind(blind.clone())),
        Who::Provisional { person_id, .. } => Some(Whom::Person(*person_id)),
        Who::Known(_) | Who::Nobody(_) => None,
    };
    Some(WouldBe {
        stage: *stage,
        whom,
    })
}

/// The row of a held operation of a batch; none where it is no record, or nobody knows in which village or on
/// which day.
pub fn row_of(op: &Judged, mass_union: MassUnion) -> Option<Value> {
    let (village_id, effective_at) = op.village_id.zip(op.effective_at)?;
    let place = Place {
        op_id: op.op_id,
        village_id,
        mass_union,
        effective_at,
    };
    Some(place.row(op.would_be.as_ref()?))
}

/// Where and when what is held was done.
#[derive(Debug, Clone)]
pub struct Place {
    pub op_id: OperationId,
    pub village_id: UnitId,
    pub mass_union: MassUnion,
    pub effective_at: DateTime<Utc>,
}

impl Place {
    pub fn row(&self, would_be: &WouldBe) -> Value {
        let (blind, person_id) = match &would_be.whom {
            Some(Whom::Blind(blind)) => (Some(bytea(blind)), None),
            Some(Whom::Person(person_id)) => (None, Some(person_id)),
            None => (None, None),
        };
        json!({
            "op_id": self.op_id, "subject_blind": blind, "person_id": person_id,
            "stage": would_be.stage, "village_id": self.village_id, "mass_union": self.mass_union,
            "effective_at": self.effective_at, "on_day": local_day(self.effective_at),
        })
    }
}
