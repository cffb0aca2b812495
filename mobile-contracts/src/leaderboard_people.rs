//! Boards of teams and of volunteers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{AccountId, UnitId};

/// The teams of a campaign, by what their members brought in its days so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamBoard {
    pub campaign_id: Uuid,
    #[schema(example = "level2_activated")]
    pub stage: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// rate or count: by what the teams are ranked. By count too where rates are asked for and no team has a target.
    #[serde(default)]
    #[schema(example = "rate")]
    pub metric: String,
    /// Teams of fewer than three that this reader is not told of.
    #[schema(value_type = i32, minimum = 0, maximum = 100_000)]
    pub small_teams: u32,
    pub rows: Vec<TeamRow>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamRow {
    /// Competition rank (1, 2, 2, 4): of whole tens, one's own teams too, where any row is told in tens. Of a team that
    /// is not ranked, the one after the last.
    #[schema(value_type = i32, minimum = 1, example = 2)]
    pub rank: u32,
    /// By rate, only teams with a target of 30 people or more are ranked; the others are listed.
    #[serde(default = "is_ranked")]
    pub ranked: bool,
    /// Others share this rank. Of them whoever reached a full target, or came to their count, earlier stands first, then
    /// by name; by name alone where any row is told in tens.
    pub tied: bool,
    /// Places gained since a week before, when fewer days of the campaign had passed; negative: lost. Absent in its first
    /// week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub rank_change: Option<i32>,
    pub team_id: Uuid,
    #[schema(example = "Tổ 1 Chi đoàn thôn Tà Lú")]
    pub name: String,
    /// Its commune.
    pub unit_id: UnitId,
    #[schema(example = "Xã Bác Ái Tây")]
    pub within: String,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    pub members: i64,
    /// Citizens whose credit lies with a record of a member.
    #[schema(example = 120)]
    pub count: i64,
    /// Citizens whom a member helped after another union already had.
    pub assists: i64,
    /// People a day of the campaign so far, to one decimal.
    #[schema(example = 4.6)]
    pub pace_per_day: f64,
    /// The day on which the target is full at this pace; absent when it is, when nobody comes, beyond ten years, and of
    /// a campaign that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_on: Option<NaiveDate>,
    /// What the campaign asks of this team at this stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 60)]
    pub target: Option<i64>,
    /// `count` in percent of the target, to one decimal. More than 100 is normal, and ranked as 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 70.0)]
    pub rate_percent: Option<f64>,
    /// More people than the target: it is ranked as a full target, and the target is to be looked at.
    #[serde(default)]
    pub target_error: bool,
    /// The day on which the target was full, by who is in the team now. Not where it is told in tens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_on: Option<NaiveDate>,
    /// Told in whole tens, for those who do not lead it.
    pub merged: bool,
    /// The reader is one of its members.
    pub own: bool,
}

/// Before there were targets of teams, all were ranked.
fn is_ranked() -> bool {
    true
}

/// The volunteers of a commune or a village, for those who lead them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VolunteerBoard {
    pub unit_id: UnitId,
    #[schema(example = "level2_activated")]
    pub stage: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The window before, with which ranks are compared: of a week or a month that goes on, the same days of the one
    /// before; else as many days just before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_to: Option<NaiveDate>,
    pub rows: Vec<VolunteerRow>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One volunteer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VolunteerRow {
    /// Competition rank (1, 2, 2, 4).
    #[schema(value_type = i32, minimum = 1, example = 2)]
    pub rank: u32,
    /// Others share this rank. Of them whoever came to their count earlier stands first.
    pub tied: bool,
    /// Places gained since the window before; negative: lost.
    pub rank_change: i32,
    pub account_id: AccountId,
    pub unit_id: UnitId,
    /// youth, women or none.
    #[schema(example = "women")]
    pub mass_union: String,
    /// Citizens whose credit lies with a record of theirs.
    #[schema(example = 12)]
    pub count: i64,
    /// Citizens whom they helped after another union already had.
    pub assists: i64,
    /// People a day within the window, to one decimal.
    #[serde(default)]
    #[schema(example = 0.8)]
    pub pace_per_day: f64,
    /// Citizens of the window before.
    pub count_before: i64,
}

/// How one's own work stands in one's commune.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OwnStanding {
    #[schema(example = "level2_activated")]
    pub stage: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    #[schema(example = 12)]
    pub count: i64,
    pub assists: i64,
    /// The quarter of the commune's volunteers that one stands in, from 1; absent for whoever is no
    /// volunteer of a commune, and where fewer than five go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 4, example = 1)]
    pub band: Option<u32>,
    /// The three best of the commune, without a name; none where fewer than five go.
    pub top: Vec<TopVolunteer>,
    /// One's own last eight weeks, the oldest first.
    pub weeks: Vec<OwnWeek>,
}

/// One of the three best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopVolunteer {
    #[schema(value_type = i32, minimum = 1, example = 1)]
    pub rank: u32,
    /// Others share this rank.
    pub tied: bool,
    #[schema(example = 31)]
    pub count: i64,
    /// It is oneself.
    pub own: bool,
}

/// A week of one's own work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnWeek {
    /// Its Monday.
    pub from: NaiveDate,
    #[schema(example = 4)]
    pub count: i64,
}
