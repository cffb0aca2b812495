//! Who leads and who lags.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, UnitId};

/// Smallest target by which a unit is ranked; a smaller one is listed, not ranked.
pub const TARGET_RANKED_MIN: i64 = 30;

/// A board: its rows, and all that is needed to read them rightly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Leaderboard {
    /// village, commune, district or union.
    #[schema(example = "commune")]
    pub level: String,
    #[schema(example = "level2_activated")]
    pub stage: String,
    /// By what rows are ranked. rate: against the target; count: people, also where a rate was asked for and no
    /// row has a target for the union that is counted; momentum: `growth_points`, or `growth` where no row has a
    /// target. More may come.
    #[schema(example = "rate")]
    pub metric: String,
    /// The campaign whose days are counted, and whose targets are the measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<Uuid>,
    /// First day counted; absent since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day counted, in Vietnam.
    pub to: NaiveDate,
    /// The window before, with which ranks are compared: its first day; absent since the start. Of a week or a month
    /// that goes on it is the same days of the one before, of a whole month the whole one before, of a reporting
    /// period the one that its unit had before, of a campaign and other days as many just before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_from: Option<NaiveDate>,
    /// Its last day; since the start, the day a week earlier whose standing is compared.
    pub previous_to: NaiveDate,
    /// Units are told as they were on this day.
    pub units_as_of: NaiveDate,
    /// What is counted and ranked. recognised: people whose credit a record holds that stands; confirmed: of
    /// these, whom somebody else saw too; provisional: these, and people whom only records tell of that are held
    /// for review, once each, as far as such a record says whom, where and when.
    #[schema(example = "recognised")]
    pub basis: String,
    /// Units beyond the reader's own are told in whole groups of so many people: of what has come since
    /// the start only whole groups are let out, in the order of days, so that no difference of two boards
    /// is smaller. Absent where everything is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 2, maximum = 100, example = 10)]
    pub merged_to: Option<u32>,
    /// When the numbers were read; at most a second before the answer, or when a closed window was kept.
    pub as_of: DateTime<Utc>,
    /// Whether the window is closed, and which revision of it this is.
    #[serde(default)]
    pub closing: BoardClosing,
    pub total: BoardTotal,
    /// Of how many units anything was heard; absent on boards of unions, of closed windows, and for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<BoardCoverage>,
    pub rows: Vec<BoardRow>,
    /// The place on this page, from 0, of the row that `around` asked for; absent where it has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 199, example = 3)]
    pub around: Option<u32>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Give this as `cursor` for the page before; absent on the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev_cursor: Option<String>,
}

/// Whether the numbers of a board still move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardClosing {
    /// The window is closed: these numbers were kept, and stay.
    pub closed: bool,
    /// Why these numbers still move though the window is closed. provisional: what waits for review was not kept;
    /// not_kept_in_groups: it was closed before groups of people were kept, and what was is exact. More may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "provisional")]
    pub still_moves: Option<String>,
    /// From the beginning of this day in Vietnam a day, an ISO week or a month is due to be closed; absent for
    /// other days, and where it is closed and the numbers still move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_on: Option<NaiveDate>,
    /// 0: as it was closed; then the number of the late supplement. Absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub revision: Option<u32>,
    /// The newest one there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub newest_revision: Option<u32>,
    /// Why it was revised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hai thôn gửi muộn do mất sóng")]
    pub reason: Option<String>,
    /// People who came or went since the newest revision and are not in these numbers; the next revision tells them.
    /// Absent where people are told in groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    pub late: Option<i64>,
}

/// A window of boards that is closed, or a revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosedBoard {
    /// First day counted.
    pub starts_on: NaiveDate,
    /// Last day counted, in Vietnam.
    pub ends_on: NaiveDate,
    /// day, week, month, or period: the days of a reporting period.
    #[schema(example = "week")]
    pub kind: String,
    /// 0: as it was closed; then the number of the late supplement.
    #[schema(example = 1)]
    pub revision: u32,
    /// SHA-256 of everything kept, in hexadecimal digits.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: String,
    /// Why it was revised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hai thôn gửi muộn do mất sóng")]
    pub reason: Option<String>,
    /// Who issued the revision; a closing is issued by nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<AccountId>,
    /// When the numbers were read.
    pub kept_at: DateTime<Utc>,
}

/// The late supplement of a closed window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueBoardRevision {
    /// The newest revision that its sender has seen.
    #[schema(example = 0, minimum = 0, maximum = 10000)]
    pub after_revision: u32,
    /// Why, without names of people.
    #[schema(
        example = "Hai thôn gửi muộn do mất sóng",
        min_length = 5,
        max_length = 300
    )]
    pub reason: String,
}

/// A stage of a commune that is other than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardCountChange {
    #[schema(example = "level2_activated")]
    pub stage: String,
    pub unit_id: UnitId,
    #[schema(example = "Xã Bác Ái Tây")]
    pub name: String,
    #[schema(example = 405)]
    pub count_before: i64,
    #[schema(example = 412)]
    pub count: i64,
    pub confirmed_before: i64,
    pub confirmed: i64,
}

/// How much of what a board is about it has heard of: a unit of which nothing came is not a unit with nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardCoverage {
    /// Units with a record of the window that counts or is held, or with a phone that told how it fares since it began.
    #[schema(value_type = i32, minimum = 0, example = 22)]
    pub units_reporting: u32,
    /// Rows of the board, those of other pages too.
    #[schema(value_type = i32, minimum = 0, example = 24)]
    pub units_total: u32,
}

/// All rows together, those of other pages too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardTotal {
    #[schema(example = 319914)]
    pub count: i64,
    pub confirmed: i64,
    /// People counted without consent to keep their data: never ranked.
    pub anonymous: i64,
    /// Sum of the targets of the rows that have one; absent if none has, or if their denominators
    /// differ: those cannot be added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
    /// The denominator of `target`: assigned, eligible or approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "assigned")]
    pub denominator: Option<String>,
    /// Of `count`, the people of rows with a target.
    #[schema(example = 298201)]
    pub count_with_target: i64,
    /// `count_with_target` in percent of `target`: not of the whole board while `rows_with_target` is
    /// less than `rows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 58.3)]
    pub rate_percent: Option<f64>,
    /// Rows in all.
    #[schema(example = 24)]
    pub rows: u32,
    /// Rows that have a target.
    #[schema(example = 22)]
    pub rows_with_target: u32,
}

/// One unit or union.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardRow {
    /// Competition rank (1, 2, 2, 4); absent for a unit without a target, or with one too small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    pub rank: Option<u32>,
    /// Others share this rank. Of them whoever reached a full target, or came to their count, earlier stands first,
    /// then by name.
    pub tied: bool,
    /// Rank among the communes of its own class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_rank: Option<u32>,
    /// Places gained since the window before; negative: lost; absent: not ranked then or now, and by momentum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub rank_change: Option<i32>,
    /// The unit; absent on a board of unions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// youth or women, on a board of unions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_union: Option<String>,
    #[schema(example = "Xã Bác Ái Tây")]
    pub name: String,
    /// The units above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tỉnh Khánh Hòa")]
    pub within: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "upland")]
    pub class: Option<String>,
    /// People, each counted once in the province, on the basis that the board names.
    #[schema(example = 412)]
    pub count: i64,
    /// Of `count`, people whom only records tell of that are held for review; only on a provisional board, and
    /// absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 6)]
    pub held: Option<i64>,
    /// Of them, confirmed at an office, by a police list or a call-back.
    pub confirmed: i64,
    /// Records of people whose credit another union holds. Never added to `count`.
    pub assists: i64,
    /// People counted without consent to keep their data: never ranked.
    pub anonymous: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1250)]
    pub target: Option<i64>,
    /// Why there is no target. not_set: nobody set one; not_by_union: only one union's work is counted
    /// here, and whatever target there is is for everybody. More may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "not_set")]
    pub no_target: Option<String>,
    /// assigned, eligible or approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "assigned")]
    pub denominator: Option<String>,
    /// Count in percent of the target, to one decimal, half up. More than 100 is normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 33.0)]
    pub rate_percent: Option<f64>,
    /// How many more people came than in the window before, which is brought to as many days; negative: fewer. Absent
    /// since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 37)]
    pub growth: Option<i64>,
    /// The same in percentage points of the target, to one decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.0)]
    pub growth_points: Option<f64>,
    /// People a day within the window, to one decimal; since the start: of the last seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 4.6)]
    pub pace_per_day: Option<f64>,
    /// The day on which the standing since the start reaches the target at this pace; absent when it has,
    /// when nobody comes, or beyond ten years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_on: Option<NaiveDate>,
    /// The day on which the count of the window reached the target: of those who share a rank with a full
    /// target, the earliest stands first. Absent on a provisional board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_on: Option<NaiveDate>,
    /// More people than the target: it is ranked as a full target, and the target is to be looked at.
    #[serde(default)]
    pub target_error: bool,
    /// The target holds a share of a unit that was parted: its villages share equally.
    #[serde(default)]
    pub target_divided: bool,
    /// Only those villages of the unit that the board is about.
    #[serde(default)]
    pub part: bool,
    /// Told in whole groups, as `merged_to` of the board says.
    #[serde(default)]
    pub merged: bool,
    /// What kind of unit: phuong, xa, thi-tran, thon, khu-pho and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "xa")]
    pub kind: Option<String>,
    /// The league by size of target, from 1 with the largest to 4; absent without a target large enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 4, example = 2)]
    pub league: Option<u32>,
    /// Rank among the rows of its league.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub league_rank: Option<u32>,
    /// Of `count`, in percent, those that came more than three days after they were done; absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 4.2)]
    pub late_percent: Option<f64>,
    /// The median of when the unit's phones last told how they fare; absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sync_p50: Option<DateTime<Utc>>,
    /// Operations that waited on them then: a unit with many is not last. Absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 40)]
    pub unsent_estimate: Option<i64>,
    /// Whether anything was heard of the unit in the window, as `coverage` has it; absent where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = true)]
    pub reporting: Option<bool>,
    /// How far its numbers can be trusted today: A, B, C, or – where too little is known. Absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "A")]
    pub grade: Option<String>,
    /// `count` times the verification factor of the unit: the part of the citizens asked within eight weeks, about
    /// whosever work, who confirmed what was recorded of them; half up. An estimate of how many would confirm it if all
    /// were asked, never ranked and never added up. Absent for others, where fewer than 15 answered, on boards of
    /// villages, unions and closed windows, and on other bases than recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 391)]
    pub verified_estimate: Option<i64>,
}

/// An event of the stream as it is sent, field by field (HTML standard, server-sent events).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardEvent {
    /// What the board says; sent back as `Last-Event-ID` it is told again only if it says something else.
    #[schema(example = "b5bb9d8014a0f9b1d61e21e796d78dcc")]
    pub id: String,
    /// `board`, whose data is a `Leaderboard`, or `change`, whose data is a `BoardChange`; more may come.
    #[schema(example = "change")]
    pub event: String,
    /// JSON text.
    pub data: String,
}

/// What changed on a page of a board: the data of an event of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardChange {
    pub as_of: DateTime<Utc>,
    pub total: BoardTotal,
    /// Of how many units anything was heard now, where the board tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<BoardCoverage>,
    /// Rows that say something else than before, or stand elsewhere; the others are as they were.
    pub rows: Vec<ChangedRow>,
}

/// A row as it is now, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangedRow {
    /// Its place on the page, from 0.
    #[schema(example = 1)]
    pub position: u32,
    pub row: BoardRow,
}

impl Leaderboard {
    /// The same board, less its rows.
    pub fn without_rows(&self) -> Self {
        Self {
            level: self.level.clone(),
            stage: self.stage.clone(),
            metric: self.metric.clone(),
            basis: self.basis.clone(),
            closing: self.closing.clone(),
            total: self.total.clone(),
            rows: Vec::new(),
            next_cursor: None,
            prev_cursor: None,
            ..*self
        }
    }
}
