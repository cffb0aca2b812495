//! Slots, and where there is room.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{OfficeId, UnitId};
use crate::opening::DayPlace;

/// A slot as it can be booked now. The counts inform; only a hold decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// No hold starts later.
    pub closes_at: DateTime<Utc>,
    /// Places that can be held now, by somebody who is helped or vouched for.
    #[schema(example = 3)]
    pub free: u16,
    /// How many of them anybody can hold.
    #[schema(example = 2)]
    pub free_unverified: u16,
    /// Places that open later, on the day itself.
    #[schema(example = 1)]
    pub opening_later: u16,
}

/// One office's slots of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaySlots {
    pub office_id: OfficeId,
    pub on: NaiveDate,
    /// Where it stands on this day.
    pub place: DayPlace,
    /// Why the day is closed, or other than on other weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nghỉ bù Giỗ Tổ Hùng Vương")]
    pub note: Option<String>,
    pub slots: Vec<Slot>,
}

/// A free slot with where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NearSlot {
    pub office_id: OfficeId,
    #[schema(example = "Công an xã Bác Ái Tây")]
    pub office_name: String,
    /// The unit where it stands on this day.
    pub unit_id: UnitId,
    /// Where to go on this day.
    pub address: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub free: u16,
    pub free_unverified: u16,
    /// When the last slot of the party ends; it begins in this one and goes on in those that follow.
    pub party_ends_at: DateTime<Utc>,
    /// It is today.
    pub today: bool,
    /// It is in the commune that was asked for.
    pub same_commune: bool,
}

/// Free slots, today's first, then near ones, then early ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NearestSlots {
    pub slots: Vec<NearSlot>,
}
