//! How far the numbers of a unit can be trusted, as a letter with its reason.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// The grade of a unit, from the call-backs of the last eight weeks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Grade {
    pub unit_id: UnitId,
    /// A, B, C, or – where too few citizens have answered.
    #[schema(example = "A")]
    pub grade: String,
    /// Citizens who confirmed what was recorded of them.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub confirmed: u32,
    /// Citizens who answered.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000_000)]
    pub answered: u32,
    /// The part who confirmed, from 0 to 1; absent while nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_share: Option<f64>,
    /// The lower end of its 95 % interval (Wilson).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_from: Option<f64>,
    /// The upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_to: Option<f64>,
    /// Lots that failed and that nobody has released: their records are in doubt.
    #[schema(value_type = i32, minimum = 0, maximum = 1_000)]
    pub lots_in_doubt: u32,
    /// Why this grade, in Vietnamese.
    pub reason: String,
}
