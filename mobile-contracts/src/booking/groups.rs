//! Groups: a school class or an agency, from a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::AppointmentId;

/// Most people of one group.
pub const GROUP_MAX: usize = 200;

/// How much of a group must find room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupFit {
    /// Everybody, or nobody is booked.
    All,
    /// The first ones of the list, as many as find room.
    AsMany,
}

/// What became, or would become, of a group.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GroupBooking {
    /// True: nothing was written.
    pub dry_run: bool,
    /// With it the list and the slips are asked for; only when something was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Uuid>,
    /// Lines that are, or would be, booked.
    #[schema(example = 40)]
    pub booked: u32,
    /// Lines without room.
    #[schema(example = 0)]
    pub no_room: u32,
    /// Lines with a mistake. With any, nothing at all is written.
    #[schema(example = 0)]
    pub refused: u32,
    /// Places that were given, or that this group can have now: free within the hours, and within the
    /// share of the day that the office leaves to groups.
    #[schema(example = 40)]
    pub places: u32,
    pub lines: Vec<GroupLine>,
}

/// One line of a group's file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GroupLine {
    /// Line number in the file; the header is line 1.
    #[schema(example = 2)]
    pub line: u32,
    /// booked, no_room or refused.
    #[schema(example = "booked")]
    pub result: String,
    /// What is wrong with it and what mends it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "K7QM-2XRT")]
    pub code: Option<String>,
    /// With the code it shows, moves and cancels the appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "9F3K2-M7QXA")]
    pub secret: Option<String>,
}

impl GroupLine {
    /// A line with this result, and nothing more said of it.
    pub fn new(line: u32, result: &str) -> Self {
        Self {
            line,
            result: result.to_owned(),
            message: None,
            appointment_id: None,
            starts_at: None,
            code: None,
            secret: None,
        }
    }
}
