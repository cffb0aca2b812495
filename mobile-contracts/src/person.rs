//! Persons of whom many records tell: what was said of them, by whom and when.
//!
//! Name, phone, birth year and sex come with records, visits and notes, and each is merged by itself: what
//! was said last shows. Nothing that was said is lost; a lead reads it all.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AccountId, OperationId};

/// One thing that was said of a person. What an ID number says by itself, birth year and sex, is nobody's
/// word.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonWord {
    /// The operation that said it.
    pub op_id: OperationId,
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
