//! Persons of whom many records tell: what was said of them, by whom and when.
//!
//! Name, phone, birth year and sex come with records, visits and notes, and each is merged by itself: what
//! was said last shows. Nothing that was said is lost; a lead reads it all.
//!
//! Somebody without an ID number may have been recorded twice. Possible twins are offered to a lead, who
//! merges them or says that they are two; a merge can be undone at any time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, OperationId, PersonId, UnitId};

/// One thing that was said of a person. What an ID number says by itself, birth year and sex, is nobody's
/// word.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonWord {
    /// The operation that said it.
    pub op_id: OperationId,
    /// Of whom it was said: the person, or somebody who is one with them.
    pub person_id: PersonId,
    /// name, phone, birth_year or sex.
    #[schema(example = "name")]
    pub field: String,
    /// A name as it was written; a phone as +84…; a year; male or female.
    #[schema(example = "Pi Năng Thị Thử")]
    pub value: String,
    /// Whose account said it.
    pub said_by: AccountId,
    /// When, by the corrected clock. What was said last shows.
    pub said_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// Whether the person shows it now.
    pub shown: bool,
    /// Whether it was taken back, with everything else that its operation said.
    pub taken_back: bool,
}

impl std::fmt::Debug for PersonWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonWord({}, {}, ***)", self.op_id, self.field)
    }
}

/// Somebody who may be another's twin, as they are shown now, or as the newest list names them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonTwin {
    pub person_id: PersonId,
    #[schema(example = "Katơr Thị Thử")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<i16>,
    /// male or female.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Last four digits of the ID number; absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0123")]
    pub id_tail: Option<String>,
    /// What was recorded: installed, level1_activated, level2_collected, level2_approved, level2_activated.
    pub stages: Vec<String>,
    pub first_recorded_at: DateTime<Utc>,
}

impl std::fmt::Debug for PersonTwin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonTwin({}, ***)", self.person_id)
    }
}

/// Two persons of one village who may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonTwins {
    pub village_id: UnitId,
    pub one: PersonTwin,
    pub other: PersonTwin,
    /// Whether their phones are the same; absent: one of them has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_phone: Option<bool>,
}

/// Two persons of whom somebody says that they are one, or that they are two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoPersons {
    #[schema(value_type = Uuid, example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")]
    pub one_person_id: PersonId,
    #[schema(value_type = Uuid, example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3f")]
    pub other_person_id: PersonId,
}

/// Two persons who are one, as somebody said, and may be two again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonMerge {
    pub merge_id: Uuid,
    /// Who stands for both: whoever has an ID number, else the first that was named.
    pub kept_person_id: PersonId,
    pub merged_person_id: PersonId,
    pub merged_by: AccountId,
    pub merged_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<DateTime<Utc>>,
}
