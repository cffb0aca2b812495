//! Who sees a campaign, and who may change something of it.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use uuid::Uuid;

use super::store::{self, CampaignRow};
use crate::campaign::problem::CampaignProblem;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::Caller;

/// Who asks, on which day, among which units.
pub struct Reach<'a, P> {
    pub caller: &'a Caller<P>,
    pub geography: &'a Geography,
    pub today: NaiveDate,
}

impl<P> Reach<'_, P> {
    /// A campaign of one's own unit, of one within it, or of one above it.
    ///
    /// # Errors
    /// 404 for any other, and for none.
    pub async fn find(&self, conn: &mut Conn, id: Uuid) -> Result<CampaignRow, Failure> {
        self.visible(store::find_campaign(conn, id).await?)
    }

    /// The same, locked and open: something of it is about to change.
    ///
    /// # Errors
    /// 404 like [`Self::find`]; [`CampaignProblem::CampaignClosed`].
    pub async fn lock_open(&self, conn: &mut Conn, id: Uuid) -> Result<CampaignRow, Failure> {
        let row = self.visible(store::lock_campaign(conn, id).await?)?;
        match row.close_reason {
            None => Ok(row),
            Some(_) => Err(CampaignProblem::CampaignClosed.into()),
        }
    }

    /// Whether the campaign itself is the caller's to change.
    ///
    /// # Errors
    /// 404.
    pub fn require_own(&self, row: &CampaignRow) -> Result<(), Failure> {
        self.caller
            .require_unit(self.geography, row.unit_id, self.today)
    }

    /// A unit that lies within the campaign and within what the caller answers for.
    ///
    /// # Errors
    /// 404.
    pub fn require_part(&self, row: &CampaignRow, unit_id: UnitId) -> Result<(), Failure> {
        self.caller
            .require_unit(self.geography, unit_id, self.today)?;
        match self.geography.covers(row.unit_id, unit_id, self.today) {
            true => Ok(()),
            false => Err(CommonProblem::NotFound.into()),
        }
    }

    fn visible(&self, row: Option<CampaignRow>) -> Result<CampaignRow, Failure> {
        let row = row.ok_or(CommonProblem::NotFound)?;
        let own = self.caller.unit_id;
        let covers = |scope, target| self.geography.covers(scope, target, self.today);
        match covers(own, row.unit_id) || covers(row.unit_id, own) {
            true => Ok(row),
            false => Err(CommonProblem::NotFound.into()),
        }
    }
}
