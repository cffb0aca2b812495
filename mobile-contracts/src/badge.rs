//! The badge that a volunteer shows at a door, and what a householder finds out by it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a code is good, in seconds.
pub const BADGE_GOOD_S: i32 = 60;
/// From when on, before its end, a code is exchanged for the next one: whoever was still reading it off the phone
/// has these seconds to type it. In seconds.
pub const BADGE_TYPING_S: i32 = 10;

/// A code to show at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Badge {
    /// Six digits.
    #[schema(example = "042713", pattern = "^[0-9]{6}$")]
    pub code: String,
    /// Seconds for which it is still good, by the server's clock: count them down, whatever the phone's clock says.
    #[schema(example = 60, minimum = 0, maximum = 60)]
    pub good_for_s: i32,
    /// Seconds after which the next code is to be asked for.
    #[schema(example = 50, minimum = 0, maximum = 60)]
    pub next_in_s: i32,
}

/// Asks who shows a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckBadge {
    /// Six digits, as the volunteer's phone shows them.
    #[schema(
        example = "042713",
        pattern = "^[0-9]{6}$",
        min_length = 6,
        max_length = 6
    )]
    pub code: String,
}

/// Who shows a code: no more than one needs to know at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadgeHolder {
    #[schema(example = "Hà")]
    pub given_name: String,
    /// youth, women or none.
    #[schema(example = "youth")]
    pub mass_union: String,
    /// The commune, or the larger unit that they work for.
    #[schema(example = "Xã Bác Ái Tây, Tỉnh Khánh Hòa")]
    pub unit_label: String,
}
