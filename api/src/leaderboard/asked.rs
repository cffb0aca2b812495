//! Which page of which board a request asks for, and whether its sender may see it.

use std::sync::Arc;

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardRow, Leaderboard};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::board::{Question, Rows};
use super::cache::{Edition, Read};
use super::frame::{belongs_to, nearest_day};
use super::paged::{Place, around};
use super::previous;
use super::problem::LeaderboardProblem;
use super::reading::read_board;
use super::rules::Window;
use super::view::with_own;
use super::words::question;
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::drives::store::CampaignRow;
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, seal};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;
use crate::privacy::keys::Keys;

/// What its cursors are of.
const LIST: &str = "leaderboard";

/// Windows and filters of a board.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    pub stage: Option<String>,
    /// rate (default, against the target), count, or momentum: how many more people came than in the window before,
    /// which is brought to as many days, in percent of the target, or in people where no row has one; not since the
    /// start. A board of one union's work, or of unions, has a rate only in
    /// a campaign that gives unions targets of their own; without any it is ranked by count, and says so.
    #[param(example = "count")]
    pub metric: Option<String>,
    /// recognised (default); confirmed: only people whom an office, a police list or a call-back confirmed;
    /// provisional: with those whom only records tell of that are held for review. Rows are ranked on the basis
    /// that is asked for, and the answer names it.
    #[param(example = "recognised")]
    pub basis: Option<String>,
    /// today, week (from Monday), month or start (default: since the start). Not with `from`.
    #[param(example = "month")]
    pub period: Option<String>,
    /// The days of this campaign so far, instead of a period or days: one's own, or one of the units above. Rows are
    /// measured by its own targets, and what comes late still counts: such a board is never closed.
    #[param(value_type = Option<Uuid>)]
    pub campaign_id: Option<Uuid>,
    /// First day counted.
    pub from: Option<NaiveDate>,
    /// Last day counted; today if left out.
    pub to: Option<NaiveDate>,
    /// Only within this unit; the whole province if left out, the caller's own unit for villages.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// youth or women: only this union's credits.
    #[param(example = "women")]
    pub mass_union: Option<String>,
    /// urban, lowland or upland: only communes of this class.
    #[param(example = "upland")]
    pub class: Option<String>,
    /// phuong, xa, thi-tran, thon, khu-pho, huyen, thi-xa or thanh-pho: only units of this kind.
    #[param(example = "xa")]
    pub kind: Option<String>,
    /// Only units of this league: quarters of the province's units by size of target, 1 with the largest.
    /// They stay the same while a window goes on: the targets of its first day make them.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 4)]
    pub league: Option<u32>,
    /// then (default): units as they were on the last day counted; today: the same work in today's units,
    /// across every merger; both come to the same sum.
    #[param(example = "today")]
    pub units: Option<String>,
    /// Units as they were on this day, instead of `units`.
    pub units_as_of: Option<NaiveDate>,
    /// Of a closed window: 0 as it was closed, or the number of a late supplement; the newest if left out.
    #[param(minimum = 0, maximum = 10000)]
    pub revision: Option<u32>,
    /// me: the page on which the caller's own unit, or the one that it lies in, stands in the middle; the first
    /// page where it has no row.
    #[param(example = "me")]
    pub around: Option<String>,
    /// Where the page before ended, or the one after began; it goes before `around`.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// A page of a board that its asker may see, on whatever day the board is made.
#[derive(Debug, Clone)]
pub struct Asked {
    rows: Rows,
    within: UnitId,
    query: BoardQuery,
    /// The campaign whose days are counted.
    drive: Option<CampaignRow>,
    /// With what ranks are compared, where the days are those of a reporting period.
    previous: Option<Window>,
    /// The reader's unit, where it does not hold all that the board is about.
    elsewhere: Option<UnitId>,
    /// The reader's unit and those that it lies in, if the page is to be around it.
    around: Vec<UnitId>,
}

impl Asked {
    /// # Errors
    /// 404 for a board or unit that is not there, or not within the caller's reach; 422 with every
    /// wrong word of the query at once.
    pub async fn read(
        app: &App,
        level: &str,
        query: BoardQuery,
        caller: &Caller<ReadBoards>,
        today: NaiveDate,
    ) -> Result<Self, Failure> {
        let rows = Rows::parse(level).ok_or(LeaderboardProblem::BoardNotFound)?;
        let geography = app.fresh_geography().await?;
        let reach = Reach {
            caller,
            geography: &geography,
            today,
        };
        let drive = match query.campaign_id {
            Some(id) => Some(reach.find(&mut *app.pool.get().await?, id).await?),
            None => None,
        };
        let within = scope(&geography, caller, rows, query.within, today)?;
        let day = nearest_day(&geography, within, today);
        let is_own = belongs_to(&geography, caller.unit_id, (within, day), today);
        let mut asked = Self {
            rows,
            within,
            query,
            drive,
            previous: None,
            elsewhere: (!is_own).then_some(caller.unit_id),
            around: Vec::new(),
        };
        asked.paging(&app.keys)?;
        let question = asked.on(today)?;
        if asked.drive.is_none() && asked.query.from.is_some() {
            let conn = &mut *app.pool.get().await?;
            asked.previous = previous::of_period(conn, question.window).await?;
        }
        if asked.query.around.is_some() {
            asked.around = geography.path_on(caller.unit_id, question.units_as_of);
        }
        Ok(asked)
    }

    /// The board as its reader may see it on this day.
    ///
    /// # Errors
    /// 404 for a revision that is not there, or not for this reader; 422, which [`Self::read`] would have told.
    pub async fn look(&self, app: &App, today: NaiveDate) -> Result<Arc<Read>, Failure> {
        let question = self.on(today)?;
        let read = read_board(app, (question.clone(), self.edition())).await?;
        let Some(scope) = self.elsewhere else {
            return Ok(read);
        };
        let geography = app.fresh_geography().await?;
        let is_own = |row: &&BoardRow| {
            row.unit_id.is_some_and(|unit| {
                belongs_to(&geography, scope, (unit, question.units_as_of), today)
            })
        };
        let own: Vec<Option<UnitId>> = read
            .board
            .rows
            .iter()
            .filter(is_own)
            .map(|row| row.unit_id)
            .collect();
        if own.is_empty() {
            return Ok(read);
        }
        let exact = Question {
            merged: false,
            ..question
        };
        // One's own are of the same edition as those of the others.
        let edition = match read.board.closing.closed {
            true => self.edition(),
            false => Edition::Live,
        };
        let exact = read_board(app, (exact, edition)).await?;
        let rows = exact
            .board
            .rows
            .iter()
            .filter(|row| own.contains(&row.unit_id));
        let board = with_own(&read.board, rows.cloned().collect());
        Ok(Arc::new(Read::new(board)))
    }

    /// Which edition is asked for; its number was bounded when it was read.
    fn edition(&self) -> Edition {
        self.query
            .revision
            .map_or(Edition::Newest, |number| Edition::Revision(number as i32))
    }

    /// The board as it is on this day: the week that goes on is another question tomorrow.
    ///
    /// # Errors
    /// 422, which [`Self::read`] would have told.
    fn on(&self, today: NaiveDate) -> Result<Question, Failure> {
        let query = match &self.drive {
            Some(drive) => &within_days(&self.query, drive, today)?,
            None => &self.query,
        };
        let is_merged = self.elsewhere.is_some();
        let question = question(query, self.rows, self.within, today, is_merged)?;
        Ok(Question {
            previous: self.previous.unwrap_or(question.previous),
            ..question
        })
    }

    /// Its page of the board.
    ///
    /// # Errors
    /// 422, which [`Self::read`] would have told.
    pub fn page(&self, keys: &Keys, board: &Leaderboard) -> Result<Leaderboard, Failure> {
        let paging = self.paging(keys)?;
        let (all, limit) = (board.rows.len(), paging.limit());
        let is_own = |row: &BoardRow| row.unit_id.is_some_and(|unit| self.around.contains(&unit));
        let own = board.rows.iter().position(is_own);
        let rows = match (paging.after::<Place>()?, own) {
            (Some(place), _) => place.rows(limit, all),
            (None, Some(own)) => around(own, limit, all),
            (None, None) => Place::from(0).rows(limit, all),
        };
        let cursor = |place: Place| seal(keys, LIST, &place.to_string());
        Ok(Leaderboard {
            rows: board.rows[rows.clone()].to_vec(),
            around: own
                .filter(|own| rows.contains(own))
                .map(|own| (own - rows.start) as u32),
            next_cursor: (rows.end < all).then(|| cursor(Place::from(rows.end))),
            prev_cursor: (rows.start > 0).then(|| cursor(Place::before(rows.start, limit))),
            ..board.without_rows()
        })
    }

    fn paging(&self, keys: &Keys) -> Result<PageQuery, Failure> {
        PageQuery::read(keys, LIST, self.query.cursor.as_deref(), self.query.limit)
    }
}

/// A board of a campaign counts the campaign's days until today.
fn within_days(
    query: &BoardQuery,
    drive: &CampaignRow,
    today: NaiveDate,
) -> Result<BoardQuery, Failure> {
    if query.period.is_some() || query.from.is_some() || query.to.is_some() {
        return Err(Failure::invalid(vec![FieldError::new(
            "?campaign_id",
            "EITHER",
            "Chỉ dùng campaign_id, hoặc period, hoặc from và to.",
            "Use campaign_id, or period, or from and to.",
        )]));
    }
    Ok(BoardQuery {
        from: Some(drive.starts_on),
        to: Some(drive.ends_on.min(today).max(drive.starts_on)),
        ..query.clone()
    })
}

/// The unit that a board is about. Exact numbers of villages could point at a person: they are for
/// those who work there.
pub(super) fn scope(
    geography: &Geography,
    caller: &Caller<ReadBoards>,
    rows: Rows,
    within: Option<UnitId>,
    today: NaiveDate,
) -> Result<UnitId, Failure> {
    let is_village = |unit: UnitId| {
        let level = geography.unit(unit).map(|unit| unit.level);
        level == Some(Level::Village)
    };
    if rows == Rows::Units(Level::Village) || within.is_some_and(is_village) {
        let unit = within.unwrap_or(caller.unit_id);
        caller.require_answerable(geography, unit, today)?;
        return Ok(unit);
    }
    let province = geography
        .ancestor_on(caller.unit_id, Level::Province, today)
        .unwrap_or(caller.unit_id);
    let unit = within.unwrap_or(province);
    geography
        .unit(unit)
        .ok_or(LeaderboardProblem::BoardNotFound)?;
    Ok(unit)
}
