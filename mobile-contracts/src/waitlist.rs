//! Waiting for a place that is not free yet.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::OfficeId;

/// Most offices that one entry waits at.
pub const WAIT_OFFICES_MAX: usize = 5;

/// Who is served first, all else being equal. The desk looks before it believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriorityClass {
    #[default]
    None,
    /// 60 and over (Law on the Elderly, art. 2); checked against the ID number.
    Elderly,
    Pregnant,
    Disabled,
    /// Comes with a child under 36 months.
    SmallChildren,
}

impl PriorityClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Elderly => "elderly",
            Self::Pregnant => "pregnant",
            Self::Disabled => "disabled",
            Self::SmallChildren => "small_children",
        }
    }

    /// Reads the word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::None,
            Self::Elderly,
            Self::Pregnant,
            Self::Disabled,
            Self::SmallChildren,
        ]
        .into_iter()
        .find(|class| class.as_str() == word)
    }
}

/// Joins the waitlist for one person and one service.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWaitlist {
    #[schema(max_length = 40, example = "cccd_new")]
    pub service_code: String,
    /// The offices that suit.
    #[schema(value_type = Vec<i32>, min_items = 1, max_items = 5, example = json!([3]))]
    pub office_ids: Vec<OfficeId>,
    /// First day that suits; today if left out.
    #[serde(default)]
    pub from_on: Option<NaiveDate>,
    /// Last day that suits; the first if left out.
    #[serde(default)]
    pub to_on: Option<NaiveDate>,
    /// Slots from this minute after local midnight suit.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1439, default = 0)]
    pub from_min: i16,
    /// Slots that start before this minute suit.
    #[serde(default = "end_of_day")]
    #[schema(minimum = 1, maximum = 1440, default = 1440)]
    pub to_min: i16,
    #[schema(max_length = 20, example = "058190123456")]
    pub id_number: String,
    /// Whom to tell of an offer.
    #[schema(max_length = 20, example = "0912 345 678")]
    pub phone: String,
    #[serde(default)]
    pub class: PriorityClass,
    /// The device that asks.
    pub device_id: Uuid,
}

fn end_of_day() -> i16 {
    1440
}

/// A place that is kept for somebody who waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitlistOffer {
    #[schema(value_type = i32, example = 3)]
    pub office_id: OfficeId,
    pub office_name: String,
    pub address: String,
    pub starts_at: DateTime<Utc>,
    /// The place is kept until then; afterwards the next person is asked.
    pub until: DateTime<Utc>,
    /// Confirm with it as with any hold.
    pub hold_token: String,
}

/// An entry of the waitlist, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitlistEntry {
    pub entry_id: Uuid,
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    /// Given when joining only; with the code it manages the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "9F3K2-M7QXA")]
    pub secret: Option<String>,
    /// `waiting`, `offered`, `taken`, `left`, `ended`; more may come.
    #[schema(example = "waiting")]
    pub state: String,
    #[schema(example = "cccd_new")]
    pub service_code: String,
    #[schema(value_type = Vec<i32>)]
    pub office_ids: Vec<OfficeId>,
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub from_min: i16,
    pub to_min: i16,
    pub class: PriorityClass,
    /// How many people are asked before this one at these offices, about.
    pub ahead: i64,
    /// Offers that are left before the entry ends.
    pub offers_left: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<WaitlistOffer>,
}

/// How many wait at an office for a day, for its desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitlistCount {
    #[schema(example = "cccd_new")]
    pub service_code: String,
    pub class: PriorityClass,
    pub waiting: i64,
    pub offered: i64,
    /// Since when the first of them waits.
    pub since: DateTime<Utc>,
}
