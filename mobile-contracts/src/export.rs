//! Tables to take away: everything that a lead may see, for a spreadsheet.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::UnitId;

/// Most rows of one table.
pub const EXPORT_ROWS_MAX: usize = 50_000;

/// What is taken away, and why. The reason is kept for two years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// people: with their stages; records, visits, activities: of some days; worklist; targets: with counts.
    ///
    /// campaigns; campaign_progress, teams: of one campaign; mobilisation, waiting_members: over some days. held;
    /// signals, draws: of some days; grades. tasks, rights: what is open, and what was settled on some days.
    ///
    /// board: of villages in a commune, of communes in a larger unit, each stage since the start; assignments, transfers;
    /// reconciliation, police_lists; devices, accounts; rosters: lists of people that were imported.
    #[schema(example = "people", max_length = 20)]
    pub table: String,
    /// csv or xlsx.
    #[schema(example = "csv", max_length = 10)]
    pub format: String,
    /// Whose; one's own unit if left out. People, worklists and waiting members are of a village or a commune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// Which worklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "approved", max_length = 30)]
    pub worklist: Option<String>,
    /// Which campaign, for its progress and its teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<Uuid>,
    /// First day of what is of some days; 30 days before the last if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_on: Option<NaiveDate>,
    /// Last day of it; today if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_on: Option<NaiveDate>,
    /// What it is for. No names.
    #[schema(
        example = "Phân công đi thăm tháng 12",
        min_length = 5,
        max_length = 200
    )]
    pub reason: String,
}
