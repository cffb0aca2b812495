//! Stored records and voids as the rules see them.

use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::OperationId;
use mobile_contracts::tracking::{DeviceHolder, Stage};
use serde_json::Value;

use super::rules::{Counted, Said, Taking, What};
use super::store::{RecordRow, TakingRow};
use crate::http::failure::Failure;
use crate::tracking::batch::rules::{Target, Void};
use crate::tracking::credit::rules::{Fact, is_late};
use crate::tracking::office::CONFIRMED_BY;
use crate::tracking::persons::rules::{Heads, head_of};
use crate::tracking::reading::Kind;

fn unknown(what: &str) -> Failure {
    Failure::internal(format!("a stored record has an unknown {what}"))
}

/// # Errors
/// When a word of it is none that the tables allow.
pub fn said_of(row: &RecordRow) -> Result<Said, Failure> {
    let word = |text: &str| Value::String(text.to_owned());
    let what = match (row.stage.as_deref(), row.outcome.as_deref()) {
        (Some(stage), _) => {
            let holder = row.device_holder.as_deref().map(word);
            let holder: Option<DeviceHolder> = holder
                .map(serde_json::from_value)
                .transpose()
                .map_err(|_| unknown("holder"))?;
            What::Stage(Stage::parse(stage).ok_or_else(|| unknown("stage"))?, holder)
        }
        (None, Some(outcome)) => {
            What::Visit(serde_json::from_value(word(outcome)).map_err(|_| unknown("outcome"))?)
        }
        (None, None) => return Err(unknown("kind")),
    };
    Ok(Said {
        village_id: row.village_id,
        what,
        effective_at: row.effective_at,
    })
}

/// A record as a fact; none: a visit counts nowhere.
pub fn counted(row: &RecordRow, op_id: OperationId, said: &Said, heads: &Heads) -> Option<Counted> {
    let What::Stage(stage, holder) = said.what else {
        return None;
    };
    let same_stage = row.stage.as_deref() == Some(stage.as_str());
    Some(Counted {
        person_id: row.person_id.map(|id| head_of(heads, id)),
        stage,
        fact: Fact {
            op_id,
            village_id: said.village_id,
            mass_union: MassUnion::parse(&row.mass_union)
                .expect("fact_mass_union_known allows only known ones"),
            author_id: row.author_id,
            helper: holder == Some(DeviceHolder::Helper),
            late: row
                .received_on
                .is_some_and(|came| is_late(said.on_day(), came)),
            confirmed: row.confirmed_by.is_some() && same_stage,
            effective_at: said.effective_at,
            on_day: said.on_day(),
        },
    })
}

pub fn target_of(row: &RecordRow) -> Target {
    Target {
        author_id: row.author_id,
        kind: Kind::parse(&row.kind),
        village_id: Some(row.village_id),
        said_at: row.said_at,
        of_office: row.confirmed_by.as_deref() == Some(CONFIRMED_BY),
        fact: None,
    }
}

/// A void of a stored row.
fn void_of(row: &TakingRow) -> Void {
    Void {
        op_id: row.op_id,
        author_id: row.author_id,
        corrects_in: row.corrects_in,
        effective_at: row.effective_at,
        said_at: row.said_at,
        by_office: false,
    }
}

/// A void as the rules see it.
pub fn taking_of(row: &TakingRow) -> Taking {
    Taking {
        void: void_of(row),
        is_replacement: row.by_record && !row.is_correction,
        corrected: row.is_correction.then_some(row.stands),
        is_undone: row.undone_at.is_some(),
    }
}
