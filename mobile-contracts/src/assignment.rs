//! Who works which village and cares for whom, and how that goes from one volunteer to another.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, PersonId, UnitId};
use crate::worklist::WorklistCount;

/// Most villages of one volunteer at a time.
pub const VILLAGES_PER_VOLUNTEER_MAX: usize = 20;
/// Longest reason, in characters.
pub const TRANSFER_REASON_CHARS_MAX: usize = 200;
/// Longest time for which a last day is named, in days.
pub const ASSIGNMENT_DAYS_MAX: i64 = 731;

/// A village that a volunteer works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VillageAssignment {
    pub assignment_id: Uuid,
    pub account_id: AccountId,
    pub village_id: UnitId,
    pub begun_at: DateTime<Utc>,
    pub begun_by: AccountId,
    /// The transfer by which it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_by: Option<Uuid>,
    /// The end of its last day; absent: none was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_at: Option<DateTime<Utc>>,
    /// When somebody ended it, and who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<AccountId>,
    /// The transfer by which it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went_by: Option<Uuid>,
}

/// Give villages to a volunteer, all or none. One that they have already stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignVillages {
    pub account_id: AccountId,
    #[schema(min_items = 1, max_items = 20)]
    pub village_ids: Vec<UnitId>,
    /// Last day, at most two years from now; left out: until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<NaiveDate>,
}

/// What one works oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnWork {
    /// One that has ended is told as the village that alone continues it.
    pub villages: Vec<VillageAssignment>,
    /// For how many people one cares by name.
    pub people: u32,
}

/// All that a volunteer works at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignedVillages {
    pub villages: Vec<VillageAssignment>,
}

/// Let a volunteer care for one person, whoever works the village.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCaretaker {
    pub account_id: AccountId,
}

/// Who cares for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Caretaker {
    pub person_id: PersonId,
    pub account_id: AccountId,
    pub begun_at: DateTime<Utc>,
}

/// Hand the work of one volunteer to another.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferWork {
    pub from_account_id: AccountId,
    pub to_account_id: AccountId,
    /// Only these of their villages, with the people in them; left out: all, and everybody for whom they care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 20)]
    pub village_ids: Option<Vec<UnitId>>,
    /// Why. No names.
    #[schema(min_length = 1, max_length = 200, example = "Chuyển công tác")]
    pub reason: String,
}

/// What a transfer would do. Nothing of it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferRehearsal {
    /// Villages that would go over.
    pub villages: Vec<UnitId>,
    /// Villages that the other one works already: the first one only leaves them.
    pub villages_there_already: Vec<UnitId>,
    /// People on lists there, and those for whom the first one cares.
    pub people: u32,
    /// Of them, those who would go over by name.
    pub people_by_name: u32,
    /// Their worklists.
    pub lists: Vec<WorklistCount>,
    /// Follow-ups that are late, and those that are due within seven days.
    pub overdue: u32,
    pub due_soon: u32,
    pub stays: StaysBehind,
    /// How many villages the other one would have then, and may have.
    pub villages_after: u32,
    pub villages_max: u32,
    /// Whether it could be done as things stand now.
    pub can_be_done: bool,
}

/// What stays with whoever did it, whoever works the village.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaysBehind {
    /// Operations of the first volunteer that are held: a lead decides about them.
    pub held_operations: u32,
    /// Requests for appointments that wait for a place: their answer goes to whoever asked.
    pub open_requests: u32,
    /// Operations that their phones have not sent yet, as the phones said last.
    pub unsent_operations: u32,
}

/// Work that went from one volunteer to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    pub transfer_id: Uuid,
    pub from_account_id: AccountId,
    pub to_account_id: AccountId,
    pub reason: String,
    /// Villages that the first one gave away.
    pub villages: Vec<UnitId>,
    /// How many people went over by name; those who were erased since are not among them.
    pub people_by_name: u32,
    pub made_by: AccountId,
    pub made_at: DateTime<Utc>,
    /// It can be undone until then.
    pub undo_until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<DateTime<Utc>>,
}
