//! Offices: what they do, where, and when they are open.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{OfficeId, UnitId};
use crate::opening::DayPlace;

/// What citizens come to an office for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    #[schema(example = "cccd_new")]
    pub service_code: String,
    #[schema(example = "Cấp thẻ Căn cước lần đầu")]
    pub name: String,
    /// How long one person takes, about.
    #[schema(example = 15)]
    pub minutes: i16,
    /// How long 1, 2, 3… people of one family take together, about.
    #[schema(example = json!([15, 25, 35, 45, 55, 65]))]
    pub party_minutes: Vec<i16>,
    /// What to bring.
    pub documents: Vec<String>,
}

/// A place where cards and level-2 dossiers are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Office {
    pub office_id: OfficeId,
    pub unit_id: UnitId,
    #[schema(example = "Xã Bác Ái Tây, Tỉnh Khánh Hòa")]
    pub unit_label: String,
    #[schema(example = "Công an xã Bác Ái Tây")]
    pub name: String,
    /// fixed or mobile.
    #[schema(example = "fixed")]
    pub kind: String,
    #[schema(example = "Thôn 1, xã Bác Ái Tây")]
    pub address: String,
    /// How to find it.
    pub directions: String,
    /// Length of a slot today, in minutes.
    #[schema(example = 30)]
    pub slot_min: i16,
    /// Changes of that length which are still to come, the next first.
    #[serde(default)]
    #[schema(max_items = 12)]
    pub slot_lengths: Vec<SlotLength>,
    /// No hold starts later than this many minutes before a slot.
    #[schema(example = 15)]
    pub lead_min: i16,
    /// Percent of the places that open only on the day itself.
    #[schema(example = 30)]
    pub same_day_share: i16,
    /// When they open: minutes after midnight.
    #[schema(example = 360)]
    pub release_min: i16,
    /// Places of each slot that are never booked.
    #[schema(example = 0)]
    pub walk_in_places: i16,
    /// Percent of a slot's places for those for whom nobody vouches.
    #[schema(example = 50)]
    pub unverified_share: i16,
    /// Its weekly hours hold on public holidays too.
    pub open_on_holidays: bool,
    /// Where it stands today: a mobile team may stand elsewhere each day.
    pub place_today: DayPlace,
    /// Percent of a day's bookable places that groups may have together.
    #[schema(example = 50)]
    pub group_share: i16,
    /// It takes no bookings.
    pub closed: bool,
    pub services: Vec<OfficeService>,
    pub hours: Vec<OfficeHours>,
}

/// From a day on, the slots of an office have another length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlotLength {
    /// The first day with slots of this length.
    #[schema(example = "2027-01-04")]
    pub first_on: NaiveDate,
    /// In minutes.
    #[schema(example = 20)]
    pub slot_min: i16,
}

/// Gives an office slots of another length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSlotLength {
    /// In minutes: 10, 15, 20, 30 or 60. Each slot keeps as many places as the hours say.
    #[schema(minimum = 10, maximum = 60, example = 20)]
    pub slot_min: i16,
}

/// What an office does, and what to bring there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficeService {
    #[schema(example = "cccd_new")]
    pub service_code: String,
    #[schema(example = "Cấp thẻ Căn cước lần đầu")]
    pub name: String,
    pub documents: Vec<String>,
    /// What else to bring or know here.
    pub note: String,
}

/// One session of one weekday. No slot lies between two sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// 1 Monday to 7 Sunday.
    #[schema(minimum = 1, maximum = 7, example = 1)]
    pub weekday: i16,
    /// 1 morning, 2 afternoon.
    #[schema(minimum = 1, maximum = 2, example = 1)]
    pub session: i16,
    /// Minutes after midnight.
    #[schema(minimum = 0, maximum = 1439, example = 450)]
    pub opens_min: i16,
    /// Minutes after midnight, up to 1440.
    #[schema(minimum = 1, maximum = 1440, example = 690)]
    pub closes_min: i16,
    /// Places of each slot.
    #[schema(minimum = 1, maximum = 50, example = 4)]
    pub capacity: i16,
}

/// Replaces an office's weekly hours.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetHours {
    #[schema(max_items = 14)]
    pub hours: Vec<OfficeHours>,
    /// Whether they hold on public holidays too; as before if left out.
    #[serde(default)]
    pub open_on_holidays: Option<bool>,
}

/// Opens an office. Its hours are set afterwards.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenOffice {
    #[schema(value_type = i32, example = 112)]
    pub unit_id: UnitId,
    #[schema(max_length = 200, example = "Công an xã Bác Ái Tây")]
    pub name: String,
    /// fixed or mobile.
    #[schema(example = "fixed")]
    pub kind: String,
    #[schema(max_length = 300, example = "Thôn 1, xã Bác Ái Tây")]
    pub address: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub directions: String,
    /// What it does: service codes.
    #[schema(max_items = 20, example = json!(["cccd_new", "level2"]))]
    pub services: Vec<String>,
}

/// Changes an office. Fields left out stay as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOffice {
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 300)]
    pub address: Option<String>,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub directions: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1440)]
    pub lead_min: Option<i16>,
    /// Applies to slots that nobody has held or booked yet.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub same_day_share: Option<i16>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1439)]
    pub release_min: Option<i16>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 50)]
    pub walk_in_places: Option<i16>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub unverified_share: Option<i16>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub group_share: Option<i16>,
    /// True: it takes no more bookings; those it has stay.
    #[serde(default)]
    pub closed: Option<bool>,
}
