//! What people are told, and whom nobody could tell.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::AppointmentId;

/// Why nobody could be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnreachedReason {
    /// Neither the citizen nor a helper has a phone.
    NoPhone,
    /// No provider took it, or not after many tries.
    Failed,
    /// It has been due for ten minutes or more: the providers may be down.
    Overdue,
}

/// Whose phone it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhosePhone {
    /// The citizen's, or whose they gave.
    Citizen,
    /// That of the relative who booked.
    Proxy,
    /// That of the volunteer or officer who booked.
    Helper,
}

/// Something that somebody should be told by telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnreachedNotice {
    #[schema(example = "0199f2c4-7d5e-7c3a-9b1e-6f0a4f1c2d3e")]
    pub notice_id: Uuid,
    /// Absent for an offer to somebody who waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    /// What about, such as booking.cancelled.
    #[schema(example = "booking.cancelled")]
    pub kind: String,
    /// The code of the appointment or of the place in the waitlist, as people spell it.
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    /// When the appointment starts, or would have.
    #[schema(example = "2026-11-25T00:30:00Z")]
    pub starts_at: DateTime<Utc>,
    /// The citizen. Absent for somebody who waits: they gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Thử")]
    pub name: Option<String>,
    /// Whom to telephone, if there is a number.
    #[schema(example = "0912 345 678")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose_phone: Option<WhosePhone>,
    pub reason: UnreachedReason,
    /// Since when they should know.
    #[schema(example = "2026-11-24T02:15:00Z")]
    pub due_at: DateTime<Utc>,
}

/// A way to tell people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeChannel {
    /// zalo, sms, email or log.
    #[schema(example = "sms")]
    pub name: String,
    /// False while it takes nothing, and is asked only now and then.
    pub is_up: bool,
    /// Since when every notice failed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-24T02:15:00Z")]
    pub failing_since: Option<DateTime<Utc>>,
    /// Why the last one failed, as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "timeout")]
    pub last_failure: Option<String>,
}

/// How notices are getting out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeChannels {
    /// In the order in which they are asked, as the process that answers knows them.
    pub channels: Vec<NoticeChannel>,
    /// Notices that are due and not sent.
    #[schema(example = 0)]
    pub due: i64,
    /// Since when the oldest of them is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-24T02:15:00Z")]
    pub due_since: Option<DateTime<Utc>>,
    /// Notices for later, such as reminders.
    #[schema(example = 12)]
    pub later: i64,
    /// Notices given up in the last 24 hours.
    #[schema(example = 0)]
    pub failed_today: i64,
}
