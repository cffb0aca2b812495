//! What is pulled beside one's own operations. A new collection is a word here, what is told of its rows
//! in [`Told::load`] and [`Told::of`], its line in `mobile_contracts::sync`, and calls of
//! [`super::store::touch`] by the feature whose rows they are.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::campaign::Target;
use mobile_contracts::ids::UnitId;
use mobile_contracts::sync::{Change, PulledCampaign, VillageHint, row_id};

use super::hints;
use super::rules::{Scope, told_unit};
use super::store::PositionRow;
use crate::campaign::{drives, targets};
use crate::db::Conn;
use crate::geography::Geography;
use crate::privacy::keys::Keys;

/// The word for one's own operations, which the ledger tells.
pub const OPERATION: &str = "operation";

/// A collection whose positions stand in `pull_position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Collection {
    Unit,
    Target,
    Hint,
    Campaign,
}

impl Collection {
    pub const ALL: [Self; 4] = [Self::Unit, Self::Target, Self::Hint, Self::Campaign];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Target => "target",
            Self::Hint => "hint",
            Self::Campaign => "campaign",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|collection| collection.as_str() == word)
            .expect("pull_position_collection_known allows only known collections")
    }
}

/// What a page of positions tells. Read after the positions, so that it is never older than they are.
pub struct Told<'a> {
    geography: &'a Geography,
    scope: &'a Scope,
    today: NaiveDate,
    targets: HashMap<String, Target>,
    hints: HashMap<UnitId, VillageHint>,
    campaigns: HashMap<String, PulledCampaign>,
}

impl<'a> Told<'a> {
    /// # Errors
    /// When the database cannot.
    pub async fn load(
        conn: &mut Conn,
        keys: &Keys,
        geography: &'a Geography,
        scope: &'a Scope,
        today: NaiveDate,
        rows: &[PositionRow],
    ) -> QueryResult<Self> {
        let units = |wanted: Collection| -> Vec<UnitId> {
            let rows = rows.iter().filter(|row| row.collection == wanted.as_str());
            rows.map(|row| row.unit_id).collect()
        };
        let targets = match units(Collection::Target) {
            units if units.is_empty() => Vec::new(),
            units => targets::list_targets(conn, &units, None, None, 0, i64::MAX).await?,
        };
        let hints = match units(Collection::Hint) {
            units if units.is_empty() => HashMap::new(),
            units => hints::list(conn, keys, &units).await?,
        };
        let campaigns = match units(Collection::Campaign) {
            units if units.is_empty() => Vec::new(),
            units => drives::list_pulled(conn, &units).await?,
        };
        Ok(Self {
            geography,
            scope,
            today,
            targets: targets
                .into_iter()
                .map(|target| (targets::row_key(&target), target))
                .collect(),
            hints,
            campaigns: campaigns
                .into_iter()
                .map(|campaign| (campaign.campaign_id.to_string(), campaign))
                .collect(),
        })
    }

    /// What is told of one row. Whatever belongs to a unit that is not there goes with it.
    pub fn of(&mut self, row: &PositionRow) -> Change {
        let is_shown = !row.is_gone && self.scope.shows(self.geography, row.unit_id, self.today);
        let mut change = Change {
            collection: row.collection.clone(),
            id: row_id(&row.collection, &row.row_key),
            op: String::new(),
            data: None,
            unit: None,
            target: None,
            hint: None,
            campaign: None,
        };
        let is_there = match Collection::parse(&row.collection) {
            Collection::Unit => {
                change.unit = told_unit(self.geography, row.unit_id, self.today);
                is_shown
            }
            Collection::Target => {
                change.target = self.targets.remove(&row.row_key).filter(|_| is_shown);
                change.target.is_some()
            }
            Collection::Hint => {
                change.hint = self.hints.remove(&row.unit_id).filter(|_| is_shown);
                change.hint.is_some()
            }
            Collection::Campaign => {
                change.campaign = self.campaigns.remove(&row.row_key).filter(|_| is_shown);
                change.campaign.is_some()
            }
        };
        change.op = if is_there { "put" } else { "del" }.to_owned();
        change
    }
}
