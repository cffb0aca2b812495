//! Booking: offices, slots, holds, appointments.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, AppointmentId, OfficeId, UnitId};
use crate::opening::DayPlace;

/// Most people that one hold may be for.
pub const PARTY_MAX: usize = 6;
/// Most people of one group.
pub const GROUP_MAX: usize = 200;
/// The header that carries the token of a hold which is given back.
pub const HOLD_TOKEN_HEADER: &str = "x-hold-token";

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
    /// Length of a slot, in minutes.
    #[schema(example = 30)]
    pub slot_min: i16,
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
