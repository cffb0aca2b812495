//! The commander's evening brief: one day of a unit, in a few lines.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// Most characters of the text, so that it fits one message of a group chat.
pub const TEXT_CHARS_MAX: usize = 1_999;

/// A day of a unit as whoever commands it reads it in the evening. Units and numbers; nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brief {
    pub unit_id: UnitId,
    #[schema(example = "Tỉnh Khánh Hòa")]
    pub unit_name: String,
    /// The local day that is told.
    pub on: NaiveDate,
    /// When it was read: phones, holds, signals and lots are told as they are then.
    pub as_of: DateTime<Utc>,
    /// Steps of citizens that were recorded of this day.
    #[schema(example = 123)]
    pub steps: i64,
    /// Of the day before.
    #[schema(example = 98)]
    pub steps_before: i64,
    /// Of this day's, activations of level 2.
    #[schema(example = 12)]
    pub activated: i64,
    /// moved, stalled, stale, doubtful, seven_days, places and tomorrow, in this order; more may come.
    pub parts: Vec<BriefPart>,
    /// All of it as a message, fewer than 2,000 characters.
    pub text: String,
}

/// One part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BriefPart {
    #[schema(example = "moved")]
    pub part: String,
    #[schema(example = "Ai tiến")]
    pub title: String,
    pub lines: Vec<BriefLine>,
    /// Lines beyond the fifty that are told.
    pub more: u32,
    /// What is said where there is no line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Không có thôn nào sắp quá bảy ngày.")]
    pub nothing: Option<String>,
}

/// One line of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BriefLine {
    #[schema(example = "Xã Bác Ái Tây: 41 bước, trong đó 6 kích hoạt mức 2")]
    pub text: String,
    /// The unit of which it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
}
