//! Mobilising every member of the two unions: how many there are, how many have an account, how many have begun.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identity::MassUnion;
use crate::ids::{AccountId, UnitId};

/// Most counts of one request.
pub const MEMBER_COUNTS_MAX: usize = 200;

/// How many members a union has in a unit, as somebody counted them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberCount {
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: MassUnion,
    /// As of which day: the newest count holds, one of the same day is replaced.
    #[schema(example = "2026-11-01")]
    pub counted_on: NaiveDate,
    #[schema(example = 240, minimum = 1, maximum = 10_000_000)]
    pub members: i32,
    /// The document that it comes from.
    #[schema(min_length = 1, max_length = 200, example = "Báo cáo 12-BC/ĐTN")]
    pub source: String,
}

/// Write down how many members there are, all or nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMemberCounts {
    #[schema(min_items = 1, max_items = 200)]
    pub counts: Vec<MemberCount>,
}

/// Which count of members.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberCountKey {
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: MassUnion,
    #[schema(example = "2026-11-01")]
    pub counted_on: NaiveDate,
}

/// Remove counts of members that were wrong, all or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMemberCounts {
    #[schema(min_items = 1, max_items = 200)]
    pub counts: Vec<MemberCountKey>,
}

/// How far a union is in a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mobilisation {
    pub unit_id: UnitId,
    #[schema(example = "Xã Bác Ái Tây")]
    pub name: String,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    /// Members: the unit's own newest count, or the sum of all its parts where each has one; absent if neither is
    /// known. Nothing is guessed from a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 240)]
    pub members: Option<i64>,
    /// The document of that count; absent for a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As of which day; of a sum, its oldest part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_on: Option<NaiveDate>,
    /// Volunteers and leads with an account that is not stopped.
    #[schema(example = 180)]
    pub accounts: i64,
    /// Of them, those who have signed in and chosen a password.
    #[schema(example = 150)]
    pub signed_in: i64,
    /// Of them, those who recorded something in the period.
    #[schema(example = 120)]
    pub recorded: i64,
    /// `accounts` in percent of `members`, to one decimal; so are the next two. More than 100 means that the count
    /// of members is out of date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 75.0)]
    pub accounts_percent: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 62.5)]
    pub signed_in_percent: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 50.0)]
    pub recorded_percent: Option<f64>,
}

/// Somebody with an account who has not begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingMember {
    pub account_id: AccountId,
    /// The given name only.
    #[schema(example = "Thử")]
    pub given_name: String,
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    /// not_signed_in or nothing_recorded.
    #[schema(example = "not_signed_in")]
    pub state: String,
}
