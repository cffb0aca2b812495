//! Asks every feature for sums of one unit: counts by place, never who it was.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;

use super::rules::{
    Approved, Doubts, Facts, LOOK_BACK, Passed, Phones, Places, Ranked, Worked, approvals,
};
use super::store;
use crate::app::App;
use crate::booking;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::leaderboard::basis::Basis;
use crate::leaderboard::board::{Question, Rows};
use crate::leaderboard::cache::Edition;
use crate::leaderboard::reading::read_board;
use crate::leaderboard::rules::{Metric, Window};
use crate::reporting::registers;
use crate::tracking;
use crate::verification;

/// A phone that said nothing for so long is silent.
const SILENT: TimeDelta = TimeDelta::days(3);
/// For so long a lot that stayed undecided is told.
const UNDECIDED_TOLD: TimeDelta = TimeDelta::days(28);

/// Of which unit and day.
#[derive(Debug, Clone)]
pub struct Asked {
    pub geography: Arc<Geography>,
    pub within: UnitId,
    pub on: NaiveDate,
    pub now: DateTime<Utc>,
}

impl Asked {
    /// What is compared: villages of a commune, else communes.
    pub fn level(&self) -> Level {
        let level = self.geography.unit(self.within).map(|unit| unit.level);
        match level {
            Some(Level::Commune | Level::Village) => Level::Village,
            _ => Level::Commune,
        }
    }

    /// The compared unit in which a place lies; what lies in none is the whole unit's.
    fn row(&self, place: UnitId) -> UnitId {
        let above = self.geography.counted_in(place, self.level(), self.on);
        above.unwrap_or(self.within)
    }
}

/// # Errors
/// When the database cannot.
pub async fn gather(app: &App, conn: &mut Conn, asked: &Asked) -> Result<Facts, Failure> {
    let (geography, on) = (&asked.geography, asked.on);
    // What is open in a unit that has ended is whose it is now.
    let units = geography.all_answered_for(asked.within, on);
    let villages = geography.villages_counted_in(asked.within, on);
    let tomorrow = on + Days::new(1);
    let (ranked, passed) = boards(app, asked).await?;
    Ok(Facts {
        on,
        units: geography.within(asked.within, asked.level(), on),
        worked: worked(conn, asked, &villages).await?,
        ranked,
        passed,
        phones: phones(conn, asked, &units).await?,
        doubts: doubts(conn, asked, &units).await?,
        approved: approved(conn, asked, &villages).await?,
        places: places(conn, asked, &units).await?,
        tasks: registers::store::count_due(conn, &units, tomorrow).await?,
    })
}

async fn worked(
    conn: &mut Conn,
    asked: &Asked,
    villages: &[UnitId],
) -> Result<Vec<Worked>, Failure> {
    let days = (asked.on - LOOK_BACK, asked.on);
    let mut sums: HashMap<(UnitId, NaiveDate), (i64, i64)> = HashMap::new();
    for day in tracking::totals::list_days(conn, villages, days).await? {
        let key = (asked.row(day.village_id), day.on_day);
        let sum = sums.entry(key).or_default();
        sum.0 += day.steps;
        sum.1 += day.activated;
    }
    let mut worked: Vec<Worked> = sums
        .into_iter()
        .map(|((unit, on), (steps, activated))| Worked {
            unit,
            on,
            steps,
            activated,
        })
        .collect();
    worked.sort_by_key(|worked| (worked.on, worked.unit));
    Ok(worked)
}

/// Ranks by the rate of activations since the start, the evening before and now; and the targets that are passed now.
async fn boards(app: &App, asked: &Asked) -> Result<(Vec<Ranked>, Vec<Passed>), Failure> {
    let board = async |to: NaiveDate| {
        let (window, previous) = Window::since_start(to).with_previous();
        let question = Question {
            rows: Rows::Units(asked.level()),
            stage: "level2_activated",
            metric: Metric::Rate,
            basis: Basis::Recognised,
            window,
            goes_on: None,
            previous,
            campaign: None,
            within: asked.within,
            mass_union: None,
            class: None,
            kind: None,
            league: None,
            units_as_of: asked.on,
            merged: false,
        };
        read_board(app, (question, Edition::Newest)).await
    };
    let before = board(asked.on - Days::new(1)).await?;
    let now = board(asked.on).await?;
    let before: HashMap<UnitId, u32> = before
        .board
        .rows
        .iter()
        .filter_map(|row| row.unit_id.zip(row.rank))
        .collect();
    let ranks = now.board.rows.iter();
    let ranks = ranks.filter_map(|row| {
        let (unit, now) = row.unit_id.zip(row.rank)?;
        let before = *before.get(&unit)?;
        Some(Ranked { unit, before, now })
    });
    let passed = now.board.rows.iter().filter(|row| row.target_error);
    let passed = passed.filter_map(|row| {
        let (unit, target) = row.unit_id.zip(row.target)?;
        Some(Passed {
            unit,
            count: row.count,
            target,
        })
    });
    Ok((ranks.collect(), passed.collect()))
}

async fn phones(
    conn: &mut Conn,
    asked: &Asked,
    units: &[UnitId],
) -> Result<BTreeMap<UnitId, Phones>, Failure> {
    let mut phones: BTreeMap<UnitId, Phones> = BTreeMap::new();
    let since = asked.now - SILENT;
    for row in tracking::devices::store::sum_unsent(conn, units, since).await? {
        let sum = phones.entry(asked.row(row.unit_id)).or_default();
        sum.all += row.phones;
        sum.silent += row.silent;
        sum.waiting += row.waiting;
        sum.unsent += row.unsent;
        let oldest = row.oldest_at.map(local_day);
        sum.oldest_on = [sum.oldest_on, oldest].into_iter().flatten().min();
    }
    Ok(phones)
}

async fn doubts(
    conn: &mut Conn,
    asked: &Asked,
    units: &[UnitId],
) -> Result<BTreeMap<UnitId, Doubts>, Failure> {
    let mut doubts: BTreeMap<UnitId, Doubts> = BTreeMap::new();
    for (place, n) in verification::signals::store::count_open(conn, units).await? {
        doubts.entry(asked.row(place)).or_default().signals += n;
    }
    for (place, n) in tracking::review::store::count_held(conn, units).await? {
        doubts.entry(asked.row(place)).or_default().held += n;
    }
    for (place, n) in verification::police_list::store::count_unsettled(conn, units).await? {
        doubts.entry(asked.row(place)).or_default().apart += n;
    }
    for lots in store::count_lots(conn, units, asked.now - UNDECIDED_TOLD).await? {
        let sum = doubts.entry(asked.row(lots.commune_id)).or_default();
        sum.failed += lots.failed;
        sum.undecided += lots.undecided;
    }
    Ok(doubts)
}

async fn approved(
    conn: &mut Conn,
    asked: &Asked,
    villages: &[UnitId],
) -> Result<Vec<Approved>, Failure> {
    let days = approvals(asked.on);
    let rows = tracking::worklists::store::count_approved(conn, villages, days).await?;
    let rows = rows.into_iter().map(|row| Approved {
        village: row.village_id,
        on: row.on_day,
        people: row.people,
    });
    Ok(rows.collect())
}

async fn places(conn: &mut Conn, asked: &Asked, units: &[UnitId]) -> Result<Places, Failure> {
    let day = booking::totals::count_places(conn, units, asked.on).await?;
    Ok(Places {
        freed: day.freed,
        refilled: day.refilled,
        missed: day.missed,
        tomorrow: day.booked_tomorrow,
    })
}
