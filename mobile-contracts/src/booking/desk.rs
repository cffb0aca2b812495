//! What officers and helpers see and do: a day of an office, whoever has the card, limits lifted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::appointments::Appointment;
use crate::ids::{AccountId, AppointmentId};

/// Lifts the limits on booking for a citizen or a helper.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftLimits {
    /// A citizen who cancelled too often; or…
    #[serde(default)]
    #[schema(max_length = 40, example = "058190000001")]
    pub id_number: Option<String>,
    /// …the account of a helper who books for many.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub account_id: Option<AccountId>,
    /// For how long.
    #[schema(minimum = 1, maximum = 168, example = 24)]
    pub hours: u16,
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Đặt cho cả tổ, đã gặp trực tiếp"
    )]
    pub reason: String,
}

/// Until when limits are lifted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LiftedLimits {
    pub until: DateTime<Utc>,
}

/// Finds a booking by the card in hand.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindByCard {
    #[schema(max_length = 40, example = "058190000001")]
    pub id_number: String,
}

/// An appointment as its office's desk sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeskAppointment {
    pub appointment_id: AppointmentId,
    pub party_id: Uuid,
    pub starts_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_no: Option<i16>,
    #[schema(example = "cccd_new")]
    pub service_code: String,
    #[schema(example = "booked")]
    pub status: String,
    #[schema(example = "Nguyễn Thị Hà")]
    pub name: String,
    /// Last four digits of the ID number.
    #[schema(example = "0001")]
    pub id_tail: String,
    #[schema(example = 1990)]
    pub birth_year: i16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "•••• ••• 001")]
    pub phone_masked: Option<String>,
    pub verified: bool,
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian_name: Option<String>,
    /// The relative who booked; a phone without the person's own is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_by: Option<BookedBy>,
    /// The volunteer, lead or officer who booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Trần Thị Lan")]
    pub helper_name: Option<String>,
}

/// A relative who booked for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookedBy {
    #[schema(example = "Nguyễn Văn Nam")]
    pub name: String,
    /// What they are to the person.
    #[schema(example = "con trai")]
    pub relation: String,
}

/// The desk's list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeskDay {
    pub appointments: Vec<DeskAppointment>,
}

/// A code and a fresh secret; the old secret ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReissuedKey {
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    #[schema(example = "9F3K2-M7QXA")]
    pub secret: String,
}

/// Moves an appointment at the desk, into any free place of a slot, walk-in places included.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveAtDesk {
    pub starts_at: DateTime<Utc>,
}

/// Finds what is booked in the name on a card, wherever it is.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindWithCard {
    /// The ID number on the card in hand; hashed, and stored nowhere.
    #[schema(max_length = 40, example = "058190000001")]
    pub card_number: String,
}

/// What is booked in the name on a card.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CardAppointments {
    pub appointments: Vec<Appointment>,
}

/// Names one appointment of the person whose card is in hand.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActWithCard {
    /// The ID number on the card in hand; hashed, and stored nowhere.
    #[schema(max_length = 40, example = "058190000001")]
    pub card_number: String,
    pub appointment_id: AppointmentId,
}

/// Moves an appointment of the person whose card is in hand.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveWithCard {
    /// The ID number on the card in hand; hashed, and stored nowhere.
    #[schema(max_length = 40, example = "058190000001")]
    pub card_number: String,
    pub appointment_id: AppointmentId,
    /// A hold for the same person.
    #[schema(max_length = 400)]
    pub hold_token: String,
}
