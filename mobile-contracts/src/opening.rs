//! When offices are open, and what becomes of people when that changes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::booking::Office;
use crate::ids::{AppointmentId, OfficeId, UnitId};

/// Most kits that one office may have.
pub const KITS_MAX: usize = 50;
/// Longest stretch of days that one exception, closure or list of days may cover.
pub const DAYS_MAX: i64 = 366;
/// Most slots, and most people, that one answer about a change names; its counts are whole.
pub const NAMED_MAX: usize = 500;

/// What a day is to those who work by the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayNature {
    /// Worked.
    WorkingDay,
    /// Saturday or Sunday.
    WeeklyRest,
    /// A public holiday, a substitute day, or a day that was swapped away.
    DayOff,
}

/// One day of the working calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarDay {
    pub on: NaiveDate,
    pub nature: DayNature,
    /// On a working day: whose hours are worked, 1 Monday to 7 Sunday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 7, example = 1)]
    pub like_weekday: Option<u8>,
    /// Why it is not what its weekday says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nghỉ bù Giỗ Tổ Hùng Vương")]
    pub because: Option<String>,
    /// An administrator decided it, beyond law and weekday.
    pub overridden: bool,
}

/// The working calendar of some days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Calendar {
    pub days: Vec<CalendarDay>,
}

/// What an administrator makes of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayDecision {
    /// Nobody works.
    DayOff,
    /// It is worked.
    WorkingDay,
}

/// Decides a day otherwise than law and weekday do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCalendarDay {
    pub decision: DayDecision,
    /// On a working day: whose hours are worked, 1 Monday to 7 Sunday. Left out: the day's own, or
    /// Friday's on a weekend.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 7, example = 5)]
    pub like_weekday: Option<u8>,
    /// Citizens read it.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Nghỉ hoán đổi theo công văn của Chính phủ"
    )]
    pub reason: String,
}

/// Where an office stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayPlace {
    /// The commune or village.
    #[schema(value_type = i32, example = 112)]
    pub unit_id: UnitId,
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Nhà văn hóa thôn Trà Co 1"
    )]
    pub address: String,
    #[serde(default)]
    #[schema(max_length = 500, example = "Xe có biển Tổ 06")]
    pub directions: String,
}

/// One session of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaySession {
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

/// An office's day: when it is open, where it stands, and what visitors should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficeDay {
    pub on: NaiveDate,
    /// It has at least one slot.
    pub open: bool,
    pub sessions: Vec<DaySession>,
    /// Why it is closed, or open otherwise than on other weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nghỉ Quốc khánh")]
    pub note: Option<String>,
    /// Where it stands on this day.
    pub place: DayPlace,
    /// The unit as it is called.
    #[schema(example = "Xã Bác Ái Tây, Tỉnh Khánh Hòa")]
    pub unit_label: String,
}

/// An office's coming days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OfficeDays {
    pub office_id: OfficeId,
    pub days: Vec<OfficeDay>,
}

/// What an exception does to the days that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// Open, holiday or not: in the sessions given, else in those of the weekday; at `place`, else
    /// where the office always stands.
    Open,
    /// Closed between `from_min` and `to_min`.
    Closed,
    /// `capacity` places in each slot between `from_min` and `to_min`.
    Capacity,
}

/// Makes some days of an office other than the weeks. A later exception stands over an earlier one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddException {
    #[schema(inline)]
    pub kind: ExceptionKind,
    pub from_on: NaiveDate,
    /// The last day, at most 366 after the first.
    pub to_on: NaiveDate,
    /// Minutes after midnight; the whole day if left out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1439)]
    pub from_min: Option<i16>,
    /// Minutes after midnight, up to 1440.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub to_min: Option<i16>,
    /// Only of `capacity`.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    pub capacity: Option<i16>,
    /// Only of `open`.
    #[serde(default)]
    #[schema(max_items = 2)]
    pub sessions: Vec<DaySession>,
    /// Only of `open`.
    #[serde(default)]
    pub place: Option<DayPlace>,
    /// For the record.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Theo kế hoạch ra quân tháng 12"
    )]
    pub reason: String,
    /// For citizens; they read it beside the day.
    #[serde(default)]
    #[schema(
        max_length = 300,
        example = "Tổ lưu động đến tận thôn, không cần ra xã"
    )]
    pub note: String,
}

/// An exception as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OfficeException {
    pub exception_id: Uuid,
    #[schema(inline)]
    pub kind: ExceptionKind,
    pub from_on: NaiveDate,
    pub to_on: NaiveDate,
    pub from_min: i16,
    pub to_min: i16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i16>,
    pub sessions: Vec<DaySession>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<DayPlace>,
    pub reason: String,
    pub note: String,
    pub set_at: DateTime<Utc>,
}

/// Exceptions that are not over, in the order in which they were made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OfficeExceptions {
    pub exceptions: Vec<OfficeException>,
}

/// A kit is out of order. It counts as working again afterwards: prolong it if it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KitOutage {
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Máy đọc vân tay không nhận"
    )]
    pub reason: String,
}

/// A collection kit: camera, fingerprint reader, chip reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// Unlike that of every other kit of the office.
    #[schema(min_length = 1, max_length = 60, example = "Bộ thu nhận 1")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outage: Option<KitOutage>,
}

/// What bounds the capacity of every slot: desks or working kits, whichever are fewer, times the
/// people that one serves in a slot. Replaces what stood before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Equipment {
    /// Desks with somebody at them; left out: as many as there are kits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 50, example = 2)]
    pub desks: Option<i16>,
    /// People that one kit serves in one slot: ten to fifteen minutes each.
    #[schema(minimum = 1, maximum = 12, example = 2)]
    pub people_per_kit: i16,
    /// None: the hours alone say the capacity.
    #[schema(max_items = 50)]
    pub kits: Vec<Kit>,
}

/// Adds places to one slot, beyond hours and kits. Replaces what was added before; 0 takes it back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetExtraPlaces {
    pub starts_at: DateTime<Utc>,
    #[schema(minimum = 0, maximum = 50, example = 2)]
    pub places: i16,
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Học sinh lớp 12 cần thẻ trước kỳ thi"
    )]
    pub reason: String,
}

/// Closes every office within a unit on some days.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseOffices {
    #[schema(value_type = i32, example = 112)]
    pub unit_id: UnitId,
    pub from_on: NaiveDate,
    /// The last day, at most 366 after the first.
    pub to_on: NaiveDate,
    /// Minutes after midnight; the whole day if left out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1439)]
    pub from_min: Option<i16>,
    /// Minutes after midnight, up to 1440.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub to_min: Option<i16>,
    /// For the record.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Nâng cấp hệ thống cấp, quản lý Căn cước"
    )]
    pub reason: String,
    /// For citizens; they read it beside the day.
    #[serde(default)]
    #[schema(
        max_length = 300,
        example = "Cả tỉnh tạm ngừng tiếp nhận để nâng cấp hệ thống"
    )]
    pub note: String,
}

/// A slot that a change makes smaller or larger, or takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedSlot {
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// How many people are booked.
    #[schema(example = 4)]
    pub booked: u32,
    /// How many places it has afterwards.
    #[schema(example = 0)]
    pub places: u32,
    /// How many of the people lose theirs.
    #[schema(example = 4)]
    pub losing: u32,
}

/// Where somebody goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSlot {
    pub office_id: OfficeId,
    #[schema(example = "Công an xã Bác Ái Tây")]
    pub office_name: String,
    pub starts_at: DateTime<Utc>,
}

/// Somebody who loses a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Displaced {
    pub appointment_id: AppointmentId,
    /// Those who were booked together stay together.
    pub party_id: Uuid,
    #[schema(example = "K7QM-2XRT")]
    pub code: String,
    pub office_id: OfficeId,
    pub starts_at: DateTime<Utc>,
    /// None: no place was found; the appointment is on the list of conflicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NewSlot>,
}

/// What a change does, or would do, to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rearrangement {
    /// False: nothing was changed, this is what would be.
    pub done: bool,
    /// Give it back as `preview` to do this and nothing else.
    #[schema(example = "bX0yQ2l5Zm9v")]
    pub preview: String,
    /// Slots with bookings or holds that change, at most 500 of them.
    pub slots: Vec<ChangedSlot>,
    /// Who loses a place, earliest first, at most 500 of them.
    pub people: Vec<Displaced>,
    /// How many find another place.
    #[schema(example = 12)]
    pub moved: u32,
    /// How many find none.
    #[schema(example = 3)]
    pub conflicts: u32,
}

/// An office after a change, or as it would be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChangedOffice {
    pub office: Office,
    pub rearrangement: Rearrangement,
    /// Ends of weekly sessions that no slot fills, by the length of today and by each that is to come.
    #[serde(default)]
    #[schema(max_items = 182)]
    pub unfilled: Vec<UnfilledEnd>,
}

/// The last minutes of a weekly session, too few for a slot: nobody can book them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnfilledEnd {
    /// Since when slots have the length that leaves them: today, or the day of a change.
    #[schema(example = "2027-01-04")]
    pub first_on: NaiveDate,
    /// 1 Monday to 7 Sunday.
    #[schema(example = 1)]
    pub weekday: i16,
    /// 1 morning, 2 afternoon.
    #[schema(example = 2)]
    pub session: i16,
    #[schema(example = 10)]
    pub minutes: i16,
}

/// What a closure of many offices did, or would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClosedOffices {
    /// Which offices are closed, in order.
    pub office_ids: Vec<OfficeId>,
    /// Of those that this request closed: one that was interrupted and is sent again tells only the
    /// rest.
    pub rearrangement: Rearrangement,
}

/// What is done about somebody without a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Into any free place of a slot, walk-in places included.
    Move,
    /// They come no more.
    Cancel,
}

/// Finds a place for a party in conflict, or cancels it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveConflict {
    #[schema(inline)]
    pub resolution: Resolution,
    /// Where to; the office of the list if left out.
    #[serde(default)]
    #[schema(value_type = Option<i32>, example = 3)]
    pub office_id: Option<OfficeId>,
    /// Which slot to move to.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
}
