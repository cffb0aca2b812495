//! The queue of a desk: tickets, calls, results, the second screen.
//!
//! The QR code of a slip says [`QR_PREFIX`] and the code of the appointment, nothing of the person,
//! and is worth nothing without the desk.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::booking::Visitor;
use crate::ids::{AppointmentId, OfficeId, TicketId};
use crate::waitlist::PriorityClass;

/// Begins the QR code of a slip: `TO06:K7QM2XRT`.
pub const QR_PREFIX: &str = "TO06:";
/// Most lines of a printed list that are entered at once.
pub const SHEET_LINES_MAX: usize = 100;

/// The code of an appointment as a desk scans or types it: `TO06:K7QM2XRT`, `K7QM-2XRT`.
///
/// Whatever follows the prefix is taken as it is; only the desk knows whether it is a code.
pub fn code_of_scan(scanned: &str) -> &str {
    let scanned = scanned.trim();
    match scanned.split_at_checked(QR_PREFIX.len()) {
        Some((prefix, code)) if prefix.eq_ignore_ascii_case(QR_PREFIX) => code.trim(),
        _ => scanned,
    }
}

/// Somebody with an appointment is at the door. One of the three says who.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// Typed from the slip, or scanned: `TO06:K7QM2XRT`.
    #[serde(default)]
    #[schema(max_length = 40, example = "TO06:K7QM2XRT")]
    pub code: Option<String>,
    /// From the card in hand; hashed, and stored nowhere.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub id_number: Option<String>,
    /// Picked from the day's list.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub appointment_id: Option<AppointmentId>,
    /// What the desk sees.
    #[serde(default)]
    pub class: PriorityClass,
}

/// Finds somebody in the office's own list of one day by name, with or without diacritics.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindByName {
    #[schema(min_length = 2, max_length = 100, example = "nguyen thi ha")]
    pub name: String,
    /// Today if left out.
    #[serde(default)]
    pub on: Option<NaiveDate>,
}

/// A ticket for somebody without an appointment here.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueTicket {
    #[schema(max_length = 40, example = "cccd_new")]
    pub service_code: String,
    /// What the desk sees.
    #[serde(default)]
    pub class: PriorityClass,
    /// Who it is, if the card was shown. Without it, the visit counts for the office only.
    #[serde(default)]
    pub visitor: Option<Visitor>,
    /// The person has an appointment elsewhere or later, was told so, and wants it here now: that one
    /// is cancelled and its place freed.
    #[serde(default)]
    pub move_here: bool,
}

/// Calls the next person to a desk.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallNext {
    /// The number over the desk.
    #[schema(minimum = 1, maximum = 99, example = 2)]
    pub desk_no: i16,
    /// Only for these services; all if empty.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["level2"]))]
    pub service_codes: Vec<String>,
}

/// What a desk does with a ticket, where nothing more needs saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketAct {
    /// Call once more. Within 20 seconds of the call before, it does not count.
    Recall,
    /// Nobody answers: back into the queue, not called again for 5 minutes.
    Skip,
    /// Whoever was parked is back.
    Return,
    /// The person sits at the desk.
    Start,
    /// Nobody answered so many calls as the office asks.
    NoShow,
    /// Went home without being served.
    Leave,
    /// The end was a mistake: back into the queue, as if it had not been. Within the office's minutes.
    Undo,
}

/// What is done with a ticket.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnTicket {
    pub act: TicketAct,
}

/// Why somebody waits outside the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParkReason {
    /// Fetches a paper.
    Papers,
    /// Has a photo taken.
    Photo,
    /// Pays a fee.
    Payment,
    /// Our system or network is away.
    System,
    Other,
}

impl ParkReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Papers => "papers",
            Self::Photo => "photo",
            Self::Payment => "payment",
            Self::System => "system",
            Self::Other => "other",
        }
    }
}

/// Puts somebody aside.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParkTicket {
    pub reason: ParkReason,
    /// When the person means to be back: shown to the desk, no more.
    #[serde(default)]
    pub back_at: Option<DateTime<Utc>>,
}

/// Sends somebody to another desk, service or office, with the time waited so far. What is left out
/// stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedirectTicket {
    /// Only this desk calls the person; left out: any.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 3)]
    pub desk_no: Option<i16>,
    #[serde(default)]
    #[schema(max_length = 40, example = "level2")]
    pub service_code: Option<String>,
    /// The ticket gets a number of that office.
    #[serde(default)]
    #[schema(value_type = Option<i32>, example = 3)]
    pub office_id: Option<OfficeId>,
}

/// What came of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    /// Photo and fingerprints were taken: for level 2, the stage that counts.
    DossierCollected,
    /// The request for a card went out.
    CardRequested,
    /// Not taken, and why.
    Refused,
    Other,
}

impl VisitResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DossierCollected => "dossier_collected",
            Self::CardRequested => "card_requested",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }
}

/// Why a visit came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    PapersMissing,
    /// The papers say something else than the register.
    DataDiffers,
    /// Not for this office.
    NotHere,
    Equipment,
    Other,
}

impl Refusal {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PapersMissing => "papers_missing",
            Self::DataDiffers => "data_differs",
            Self::NotHere => "not_here",
            Self::Equipment => "equipment",
            Self::Other => "other",
        }
    }
}

/// Ends a service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishTicket {
    pub result: VisitResult,
    /// With `refused`, and only then.
    #[serde(default)]
    pub refused_for: Option<Refusal>,
}

/// How long somebody will wait, about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitEstimate {
    /// How many are before.
    #[schema(example = 4)]
    pub before: u16,
    /// Minutes from now: hardly less.
    #[schema(example = 15)]
    pub from_min: u16,
    /// Minutes from now: hardly more.
    #[schema(example = 30)]
    pub to_min: u16,
}

/// A ticket as its desk sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeskTicket {
    pub ticket_id: TicketId,
    pub office_id: OfficeId,
    /// A: with an appointment; B: without.
    #[schema(example = "A012")]
    pub number: String,
    /// With the number it shows the wait; told when the ticket is given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "7QM2XR")]
    pub pin: Option<String>,
    #[schema(example = "level2")]
    pub service_code: String,
    /// none, elderly, pregnant, disabled or small_children.
    #[schema(example = "none")]
    pub class: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment_id: Option<AppointmentId>,
    /// When the person was at the door.
    pub arrived_at: DateTime<Utc>,
    /// From when waiting is counted.
    pub waits_from: DateTime<Utc>,
    /// waiting, called, serving, parked; served, no_show, left.
    #[schema(example = "waiting")]
    pub state: String,
    /// Calls without an answer that count.
    pub calls: i16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    pub desk_no: Option<i16>,
    /// Only this desk calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_desk: Option<i16>,
    /// Not called before then, or away until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<DateTime<Utc>>,
    /// papers, photo, payment, system or other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked_for: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serving_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// dossier_collected, card_requested, refused or other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_for: Option<String>,
    /// The visit was written down as a confirmed stage of the citizen's village.
    pub stage_recorded: bool,
    /// It was entered from the printed list.
    pub entered_later: bool,
    /// Told to the desk, kept in no saved answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Hà")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0001")]
    pub id_tail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<WaitEstimate>,
}

/// The queue of an office as it is now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeskQueue {
    pub on: NaiveDate,
    /// In the order in which they would be called.
    pub waiting: Vec<DeskTicket>,
    /// Called or being served.
    pub at_desks: Vec<DeskTicket>,
    pub parked: Vec<DeskTicket>,
    /// The last ones that ended, newest first: for taking a mistake back.
    pub ended: Vec<DeskTicket>,
    /// Booked for today and not come yet.
    pub expected: u16,
    pub rules: QueueRules,
}

/// How an office runs its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueRules {
    /// After so many calls without an answer somebody is a no-show.
    #[schema(minimum = 1, maximum = 10, example = 3)]
    pub no_show_calls: i16,
    /// So many minutes late an appointment still counts as kept.
    #[schema(minimum = 0, maximum = 60, example = 15)]
    pub grace_min: i16,
    /// So many minutes an end can be taken back.
    #[schema(minimum = 1, maximum = 120, example = 10)]
    pub undo_min: i16,
}

impl Default for QueueRules {
    fn default() -> Self {
        Self {
            no_show_calls: 3,
            grace_min: 15,
            undo_min: 10,
        }
    }
}

/// Asks about one's own ticket of today.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketKey {
    #[schema(value_type = i32, example = 3)]
    pub office_id: OfficeId,
    #[schema(max_length = 10, example = "B007")]
    pub number: String,
    /// Printed beside the number.
    #[schema(max_length = 10, example = "7QM2XR")]
    pub pin: String,
}

/// One's own ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnTicket {
    #[schema(example = "B007")]
    pub number: String,
    /// waiting, called, serving, parked; served, no_show, left.
    #[schema(example = "waiting")]
    pub state: String,
    /// Where to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_no: Option<i16>,
    /// While waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<WaitEstimate>,
}

/// What a second screen shows: numbers and desks, nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisplayBoard {
    pub office_id: OfficeId,
    #[schema(example = "Công an xã Bác Ái Tây")]
    pub office_name: String,
    /// Called or being served, the last call first.
    pub calls: Vec<DisplayCall>,
    /// How many wait.
    pub waiting: u16,
    /// What somebody would wait who came now without an appointment.
    pub newcomer: WaitEstimate,
    /// When a ticket of today changed last, also in what a screen does not show; absent before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// Where the stream stood: give it as `Last-Event-ID` and miss nothing.
    #[schema(example = "1-74321-5")]
    pub position: String,
}

/// A number and where to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisplayCall {
    #[schema(example = "A012")]
    pub number: String,
    #[schema(example = 2)]
    pub desk_no: i16,
    pub called_at: DateTime<Utc>,
    /// The service has begun.
    pub serving: bool,
}

/// An event of the stream as it is sent, field by field (HTML standard, server-sent events).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisplayEvent {
    /// Where the stream is; sent back as `Last-Event-ID` it is taken up from there.
    #[schema(example = "1-74321-5")]
    pub id: String,
    /// `board`, whose data is a `DisplayBoard`, or `change`, whose data is a `DisplayChange`; more may
    /// come.
    #[schema(example = "change")]
    pub event: String,
    /// JSON text.
    pub data: String,
}

/// What changed on a second screen: the data of an event of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisplayChange {
    /// call, serve, end (take it off the screen).
    #[schema(example = "call")]
    pub kind: String,
    #[schema(example = "A012")]
    pub number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    pub desk_no: Option<i16>,
    pub at: DateTime<Utc>,
}

/// Enters what a printed list says, after power or network were away.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterSheet {
    /// The day of the list, today or up to seven days back.
    pub on: NaiveDate,
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<SheetLine>,
}

/// One line of a printed list. One of `number`, `code` and `walk_in` says who.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetLine {
    /// Made once by the sender: sent again, the line is entered once.
    pub line_id: Uuid,
    /// A ticket that was given out before.
    #[serde(default)]
    #[schema(max_length = 10)]
    pub number: Option<String>,
    /// An appointment of the list.
    #[serde(default)]
    #[schema(max_length = 40, example = "K7QM-2XRT")]
    pub code: Option<String>,
    /// Somebody who came without.
    #[serde(default)]
    pub walk_in: Option<IssueTicket>,
    /// When the person was at the door, of a ticket that was not given out before.
    #[serde(default)]
    pub arrived_at: Option<DateTime<Utc>>,
    /// When the service ended, or it was clear that nobody comes.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// What came of it. Without it and with `ended_at`, nobody came.
    #[serde(default)]
    pub result: Option<VisitResult>,
    #[serde(default)]
    pub refused_for: Option<Refusal>,
}

/// What became of each line.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EnteredSheet {
    pub lines: Vec<EnteredLine>,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnteredLine {
    pub line_id: Uuid,
    /// entered, repeated (it was there), refused.
    #[schema(example = "entered")]
    pub outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "A012")]
    pub number: Option<String>,
    /// Why it was refused, for machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "wrong-ticket-state")]
    pub code: Option<String>,
    /// And for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// An office's days in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfficeStatistics {
    pub office_id: OfficeId,
    /// Every day of the span, in order.
    pub days: Vec<DayStatistics>,
}

/// One day of an office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DayStatistics {
    pub on: NaiveDate,
    /// Appointments of the day that were not cancelled.
    pub booked: u32,
    /// Tickets given out, with and without an appointment.
    pub arrived: u32,
    /// Of them, without.
    pub walk_ins: u32,
    pub served: u32,
    /// Appointments that nobody kept.
    pub no_show: u32,
    /// Went home without being served.
    pub left: u32,
    /// Minutes from coming (for an appointment that is kept: from its hour) to the first call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    pub waited_median_min: Option<u32>,
    /// One in ten waited longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 31)]
    pub waited_ninth_min: Option<u32>,
    /// Places given up by a cancellation or a move.
    pub freed: u32,
    /// Of them, taken again.
    pub refilled: u32,
    /// Calls that came within the range told at the door, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 84)]
    pub estimate_held_percent: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_and_what_is_typed_give_the_same_code() {
        for scanned in ["TO06:K7QM2XRT", " to06: K7QM2XRT ", "K7QM2XRT"] {
            assert_eq!(code_of_scan(scanned), "K7QM2XRT", "{scanned}");
        }
        assert_eq!(code_of_scan("TO06:"), "");
        assert_eq!(code_of_scan("Đặt"), "Đặt");
    }
}
