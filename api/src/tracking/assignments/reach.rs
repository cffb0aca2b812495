//! Whose work somebody may assign: of a lead the volunteers of their own union, of a commander all, within the unit.

use actix_web::http::StatusCode;
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};

use super::problem::AssignmentProblem;
use super::rules::may_take;
use crate::app::App;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::{CommonProblem, Failure};
use crate::identity::permission::AssignWork;
use crate::identity::store::AccountRow;
use crate::identity::{self, Caller};

/// Who asks, on which day, among which units.
pub struct Reach<'a> {
    pub caller: &'a Caller<AssignWork>,
    pub geography: &'a Geography,
    pub today: NaiveDate,
}

impl<'a> Reach<'a> {
    /// Today is the local day of this process's clock.
    pub fn new(app: &App, caller: &'a Caller<AssignWork>, geography: &'a Geography) -> Self {
        Self {
            caller,
            geography,
            today: local_day(app.clock.now()),
        }
    }

    /// The union whose work it must be; none: any.
    pub fn mass_union(&self) -> Option<MassUnion> {
        mass_union_of(self.caller)
    }

    /// Somebody of the caller's unit and union.
    ///
    /// # Errors
    /// 404 for anybody else.
    pub async fn find_account(
        &self,
        conn: &mut Conn,
        id: AccountId,
    ) -> Result<AccountRow, Failure> {
        let account = identity::find_account(conn, id).await?;
        let account = account.ok_or(CommonProblem::NotFound)?;
        self.caller
            .require_unit(self.geography, account.unit_id, self.today)?;
        match self.mass_union() {
            Some(mass_union) if mass_union != account.mass_union() => {
                Err(CommonProblem::NotFound.into())
            }
            _ => Ok(account),
        }
    }

    /// Whoever cares for a person now must be of those whose work the caller assigns.
    ///
    /// # Errors
    /// [`AssignmentProblem::CaredForElsewhere`].
    pub async fn require_caretaker(&self, conn: &mut Conn, id: AccountId) -> Result<(), Failure> {
        match self.find_account(conn, id).await {
            Err(failure) if failure.status() == StatusCode::NOT_FOUND => {
                Err(AssignmentProblem::CaredForElsewhere.into())
            }
            other => other.map(|_| ()),
        }
    }

    /// Villages of the caller's unit.
    ///
    /// # Errors
    /// 404 for one that is not, or is no village.
    pub fn require_villages(&self, villages: &[UnitId]) -> Result<(), Failure> {
        for village in villages {
            self.caller
                .require_unit(self.geography, *village, self.today)?;
            let level = self.geography.unit(*village).map(|unit| unit.level);
            if level != Some(Level::Village) {
                return Err(CommonProblem::NotFound.into());
            }
        }
        Ok(())
    }

    /// Whether somebody may be given villages.
    ///
    /// # Errors
    /// [`AssignmentProblem::VolunteerCannotTake`], [`AssignmentProblem::VillageOutsideVolunteer`].
    pub fn require_taker(
        &self,
        account: &AccountRow,
        villages: impl IntoIterator<Item = UnitId>,
    ) -> Result<(), AssignmentProblem> {
        if !may_take(account.role(), account.disabled_at.is_some()) {
            return Err(AssignmentProblem::VolunteerCannotTake);
        }
        let answers = |village| {
            self.geography
                .answers_for(account.unit_id, village, self.today)
        };
        match villages.into_iter().all(answers) {
            true => Ok(()),
            false => Err(AssignmentProblem::VillageOutsideVolunteer),
        }
    }
}

/// The union whose work a caller sees and assigns; none: any.
pub fn mass_union_of<P>(caller: &Caller<P>) -> Option<MassUnion> {
    (caller.role == Role::Lead).then_some(caller.mass_union)
}
