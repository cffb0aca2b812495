//! Holds, appointments, and what their owners do with them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AppointmentId, OfficeId, UnitId};

/// Most people that one hold may be for.
pub const PARTY_MAX: usize = 6;
/// The header that carries the token of a hold which is given back.
pub const HOLD_TOKEN_HEADER: &str = "x-hold-token";

/// Code and secret of an appointment: who has both may see, move and cancel it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentKey {
    #[schema(max_length = 20, example = "K7QM-2XRT")]
    pub code: String,
    #[schema(max_length = 20, example = "9F3K2-M7QXA")]
    pub secret: String,
}

/// Keeps places for minutes, all or none. A family whose slot has too few places goes on in the slots
/// that follow it without a gap.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldPlaces {
    #[schema(value_type = i32, example = 3)]
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    #[schema(max_length = 40, example = "cccd_new")]
    pub service_code: String,
    /// For whom: at most 6 ID numbers, those of one family. Empty when `appointment` says who.
    #[serde(default)]
    #[schema(max_items = 6, example = json!(["058190000001"]))]
    pub id_numbers: Vec<String>,
    /// The appointment that is to be moved here.
    #[serde(default)]
    pub appointment: Option<AppointmentKey>,
    /// Made once by the device and kept.
    pub device_id: Uuid,
    /// Where the server asks for work: a text for which SHA-256 of `device_id|office_id|starts_at in
    /// seconds|work` begins with as many zero bits as it asks.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub work: Option<String>,
}

/// A numbered place of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct HeldPlace {
    pub starts_at: DateTime<Utc>,
    #[schema(example = 2)]
    pub place_no: i16,
}

/// A hold.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Hold {
    pub hold_id: Uuid,
    /// Give it back with the confirmation. Bound to slot, people and end.
    pub hold_token: String,
    pub office_id: OfficeId,
    /// When the first one starts.
    pub starts_at: DateTime<Utc>,
    /// What is held, in order of time. A family may need fewer places than it has people: together
    /// they take less time than one by one.
    pub places: Vec<HeldPlace>,
    /// The numbers of the same places.
    #[schema(example = json!([2]))]
    pub place_nos: Vec<i16>,
    /// Confirm before then.
    pub ends_at: DateTime<Utc>,
}

/// How somebody agreed that this visit counts for their village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VisitConsent)]
pub enum Consent {
    /// Not asked, or refused: only the office's count grows.
    #[default]
    None,
    /// Ticked on one's own form.
    SelfGiven,
    /// Said to a helper.
    Spoken,
    /// Signed.
    Written,
}

impl Consent {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfGiven => "self",
            Self::Spoken => "spoken",
            Self::Written => "written",
        }
    }
}

/// Somebody who is to come.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    /// The ID number; hashed, and stored nowhere.
    #[schema(example = "058190000001")]
    pub id_number: String,
    #[schema(max_length = 400, example = "Nguyễn Thị Hà")]
    pub name: String,
    /// Asked of those who may be under 14.
    #[serde(default)]
    pub birth_on: Option<NaiveDate>,
    /// Where this person can be told of changes.
    #[serde(default)]
    #[schema(max_length = 30, example = "0912 000 001")]
    pub phone: Option<String>,
    /// Where this person lives.
    #[serde(default)]
    #[schema(value_type = Option<i32>, example = 130)]
    pub village_id: Option<UnitId>,
    #[serde(default)]
    pub outside_province: bool,
    #[serde(default)]
    pub consent: Consent,
    /// Who comes along with a child under 14.
    #[serde(default)]
    #[schema(max_length = 400)]
    pub guardian_name: Option<String>,
}

/// The relative who books for others.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    #[schema(max_length = 400, example = "Nguyễn Văn Nam")]
    pub name: String,
    #[schema(max_length = 50, example = "con trai")]
    pub relation: String,
    /// Where the relative is told of changes, for those who have no phone of their own.
    #[serde(default)]
    #[schema(max_length = 30, example = "0912 000 002")]
    pub phone: Option<String>,
}

/// Turns a hold into appointments, one a person.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmHold {
    #[schema(max_length = 400)]
    pub hold_token: String,
    #[schema(max_length = 40, example = "cccd_new")]
    pub service_code: String,
    /// The people of the hold, in any order.
    #[schema(min_items = 1, max_items = 6)]
    pub visitors: Vec<Visitor>,
    #[serde(default)]
    pub proxy: Option<Proxy>,
}

/// What was booked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BookedParty {
    pub party_id: Uuid,
    /// In the order of the visitors.
    pub appointments: Vec<BookedAppointment>,
}

/// One person's appointment, with the secret that manages it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BookedAppointment {
    pub appointment_id: AppointmentId,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    pub place_no: i16,
    #[schema(example = "cccd_new")]
    pub service_code: String,
    /// Nobody vouches for it: confirm the reminder.
    pub verified: bool,
    /// For the desk.
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    pub secret_version: i32,
    /// With the code it shows, moves and cancels the appointment. Never put it in an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "9F3K2-M7QXA")]
    pub secret: Option<String>,
}

/// An appointment as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Appointment {
    pub appointment_id: AppointmentId,
    pub office_id: OfficeId,
    #[schema(example = "Công an xã Bác Ái Tây")]
    pub office_name: String,
    pub address: String,
    pub directions: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_no: Option<i16>,
    #[schema(example = "cccd_new")]
    pub service_code: String,
    /// booked, checked_in, called, serving, served, no_show, cancelled or conflict.
    #[schema(example = "booked")]
    pub status: String,
    pub verified: bool,
    /// Nobody vouches for it: it lapses then, unless its owner says before that they come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_by: Option<DateTime<Utc>>,
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    /// What to bring.
    pub documents: Vec<String>,
    pub note: String,
}

/// Moves an appointment to a slot that is held for it.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveAppointment {
    #[schema(max_length = 20, example = "K7QM-2XRT")]
    pub code: String,
    #[schema(max_length = 20, example = "9F3K2-M7QXA")]
    pub secret: String,
    #[schema(max_length = 400)]
    pub hold_token: String,
}
