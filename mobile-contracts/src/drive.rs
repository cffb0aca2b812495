//! Campaigns (ra quân): a drive with dates, with targets of units and unions, and with teams.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::MassUnion;
use crate::ids::{AccountId, UnitId};

/// Most targets of one request.
pub const CAMPAIGN_TARGETS_MAX: usize = 200;
/// Most members of a team.
pub const TEAM_MEMBERS_MAX: usize = 100;
/// Longest campaign, in days after the first.
pub const CAMPAIGN_DAYS_MAX: i64 = 366;

/// A drive of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Campaign {
    pub campaign_id: Uuid,
    /// Where: this unit and everything within it.
    pub unit_id: UnitId,
    #[schema(example = "Ra quân 30 ngày đêm kích hoạt mức 2")]
    pub name: String,
    /// The plan that it comes from.
    #[schema(example = "Kế hoạch 73/KH-ĐTN")]
    pub source: String,
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// planned, running or over, by its days; closed: nothing of it is changed any more.
    #[schema(example = "running")]
    pub state: String,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_reason: Option<String>,
    pub created_by: AccountId,
    pub created_at: DateTime<Utc>,
}

/// Open a campaign.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    pub unit_id: UnitId,
    #[schema(
        min_length = 1,
        max_length = 120,
        example = "Ra quân 30 ngày đêm kích hoạt mức 2"
    )]
    pub name: String,
    #[schema(min_length = 1, max_length = 200, example = "Kế hoạch 73/KH-ĐTN")]
    pub source: String,
    #[schema(example = "2026-12-01")]
    pub starts_on: NaiveDate,
    /// Last day, at most a year after the first.
    #[schema(example = "2026-12-30")]
    pub ends_on: NaiveDate,
}

/// Change a campaign. What is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCampaign {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-01")]
    pub starts_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-30")]
    pub ends_on: Option<NaiveDate>,
}

/// Close a campaign.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseCampaign {
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "Đã tổng kết ngày 05/01/2027"
    )]
    pub reason: String,
}

/// What a unit, or one union in it, is to bring in during a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignTarget {
    /// Within the campaign's unit.
    pub unit_id: UnitId,
    /// youth or women; all: whoever brings them.
    #[schema(example = "youth", max_length = 10)]
    pub mass_union: String,
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated.
    #[schema(example = "level2_activated", max_length = 30)]
    pub stage: String,
    /// How many citizens.
    #[schema(example = 300, minimum = 1, maximum = 10_000_000)]
    pub people: i32,
    /// The document that it comes from.
    #[schema(min_length = 1, max_length = 200, example = "Công văn 15-CV/ĐTN")]
    pub source: String,
    /// The date of that document.
    #[schema(example = "2026-11-20")]
    pub made_on: NaiveDate,
}

/// What a team is to bring in during its campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamTarget {
    /// A team of the campaign that still goes.
    pub team_id: Uuid,
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated.
    #[schema(example = "level2_activated", max_length = 30)]
    pub stage: String,
    /// How many citizens.
    #[schema(example = 60, minimum = 1, maximum = 10_000_000)]
    pub people: i32,
    /// The document that it comes from.
    #[schema(min_length = 1, max_length = 200, example = "Phân công của Đoàn xã")]
    pub source: String,
    /// The date of that document.
    #[schema(example = "2026-11-25")]
    pub made_on: NaiveDate,
}

/// Set targets of a campaign, all or none. One of the same unit, union and stage is replaced, and so is one of the same
/// team and stage.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCampaignTargets {
    /// Of units and of unions in them; none where only teams are given some.
    #[schema(max_items = 200)]
    pub targets: Vec<CampaignTarget>,
    /// Of teams; with those of units 1 to 200 at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub teams: Vec<TeamTarget>,
}

/// Which target of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignTargetKey {
    pub unit_id: UnitId,
    #[schema(example = "youth", max_length = 10)]
    pub mass_union: String,
    #[schema(example = "level2_activated", max_length = 30)]
    pub stage: String,
}

/// Which target of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamTargetKey {
    pub team_id: Uuid,
    #[schema(example = "level2_activated", max_length = 30)]
    pub stage: String,
}

/// Remove targets of a campaign, all or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveCampaignTargets {
    /// Of units and of unions in them; none where only teams lose theirs.
    #[schema(max_items = 200)]
    pub targets: Vec<CampaignTargetKey>,
    /// Of teams; with those of units 1 to 200 at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub teams: Vec<TeamTargetKey>,
}

/// How far a target is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CampaignProgress {
    pub target: CampaignTarget,
    /// Citizens counted there for this union on the campaign's days so far.
    #[schema(example = 174)]
    pub count: i64,
    /// Of them, confirmed by somebody else.
    pub confirmed: i64,
    /// `count` in percent of the target, to one decimal. More than 100 is normal.
    #[schema(example = 58.0)]
    pub rate_percent: f64,
}

/// How far a target of a team is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TeamProgress {
    pub target: TeamTarget,
    #[schema(example = "Tổ 1 Chi đoàn thôn Tà Lú")]
    pub name: String,
    /// Its commune.
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    /// Citizens whose credit lies with a record of a member, on the campaign's days so far.
    #[schema(example = 42)]
    pub count: i64,
    /// `count` in percent of the target, to one decimal. More than 100 is normal.
    #[schema(example = 70.0)]
    pub rate_percent: f64,
}

/// Volunteers of one union and one commune who go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    pub team_id: Uuid,
    pub campaign_id: Uuid,
    /// The commune.
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: String,
    #[schema(example = "Tổ 1 Chi đoàn thôn Tà Lú")]
    pub name: String,
    pub account_ids: Vec<AccountId>,
}

/// Put a team together.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// The commune.
    pub unit_id: UnitId,
    /// youth or women.
    #[schema(example = "youth")]
    pub mass_union: MassUnion,
    #[schema(min_length = 1, max_length = 120, example = "Tổ 1 Chi đoàn thôn Tà Lú")]
    pub name: String,
    /// Volunteers and leads of that union and commune.
    #[schema(max_items = 100)]
    pub account_ids: Vec<AccountId>,
}

/// Change a team. What is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeTeam {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// Everybody who is in it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub account_ids: Option<Vec<AccountId>>,
}
