//! Remarks from the field, as those who work there read them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AccountId, OperationId, PersonId, UnitId};

/// A note as it was written: words for whoever comes next.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldNote {
    /// The operation that recorded it.
    pub op_id: OperationId,
    pub village_id: UnitId,
    /// About whom; absent: about the village, or about nobody who may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    #[schema(example = "Tối mới có nhà")]
    pub text: String,
    /// Whose account wrote it.
    pub written_by: AccountId,
    /// When, by the corrected clock.
    pub written_at: DateTime<Utc>,
}

impl std::fmt::Debug for FieldNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FieldNote({}, ***)", self.op_id)
    }
}
