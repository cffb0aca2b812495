//! What is left to do in a village: lists that follow from what was recorded, by themselves.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{PersonId, UnitId};

/// Whose lists are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assigned {
    /// Of the villages and people that are assigned to the caller.
    Me,
    /// Of the whole unit, whoever works there.
    All,
}

impl Assigned {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::All => "all",
        }
    }
}

/// How many people each list of a unit holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorklistCounts {
    pub unit_id: UnitId,
    /// me: of what is assigned to the caller; all: of the whole unit.
    #[schema(example = "all")]
    pub assigned: String,
    /// The day in Vietnam as of which they are counted.
    pub on: NaiveDate,
    pub lists: Vec<WorklistCount>,
}

/// One list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorklistCount {
    /// not_contacted, not_installed, not_activated, needs_level2, awaiting_approval, approved, promised,
    /// no_smartphone, born_2004, born_2008, officials, members. More may come.
    #[schema(example = "not_contacted")]
    pub worklist: String,
    /// What it is called.
    #[schema(example = "Chưa gặp")]
    pub title: String,
    #[schema(example = 42)]
    pub people: u32,
}

/// Somebody with whom something is left to do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorklistEntry {
    /// With it a phone records somebody without an ID number: `subject` of kind provisional.
    pub person_id: PersonId,
    pub village_id: UnitId,
    /// As they said it last, or as a list names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Pi Năng Thị Thử")]
    pub name: Option<String>,
    /// As +84…, if its owner agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+84912345678")]
    pub phone: Option<String>,
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
    /// official, youth_member, women_member, party_member, student: as the newest list says.
    pub groups: Vec<String>,
    /// What came of the last visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "away")]
    pub last_outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_visit_on: Option<NaiveDate>,
    /// Until when the next step is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Days from today until then; 0 is the last one, below it is too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub days_left: Option<i32>,
    /// visit, activate_level1, book_level2, await_approval, activate_level2, call_hotline, borrow_phone. More
    /// may come.
    #[schema(example = "activate_level2")]
    pub next_step: String,
    /// The same as a sentence.
    #[schema(example = "Kích hoạt mức 2 trên máy của họ: còn 03 ngày, chậm nhất 05/12/2026.")]
    pub next_step_text: String,
}

impl std::fmt::Debug for WorklistEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "WorklistEntry({}, {}, ***)",
            self.person_id, self.next_step
        )
    }
}
