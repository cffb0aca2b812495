//! Which page of which board a request asks for, and whether its sender may see it.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::board::{Question, Rows};
use super::problem::LeaderboardProblem;
use super::rules::{Metric, Window};
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::drives::store::CampaignRow;
use crate::campaign::targets;
use crate::geography::{Geography, Level};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;
use crate::privacy::keys::Keys;

/// More than a window is ever revised.
const REVISION_MAX: u32 = 10_000;

/// Windows and filters of a board.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// rate (default, against the target) or count.
    #[param(example = "count")]
    metric: Option<String>,
    /// today, week (from Monday), month or start (default: since the start). Not with `from`.
    #[param(example = "month")]
    period: Option<String>,
    /// The days of this campaign so far, instead of a period or days: one's own, or one of the units above.
    #[param(value_type = Option<Uuid>)]
    campaign_id: Option<Uuid>,
    /// First day counted.
    from: Option<NaiveDate>,
    /// Last day counted; today if left out.
    to: Option<NaiveDate>,
    /// Only within this unit; the whole province if left out, the caller's own unit for villages.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// youth or women: only this union's credits.
    #[param(example = "women")]
    mass_union: Option<String>,
    /// urban, lowland or upland: only communes of this class.
    #[param(example = "upland")]
    class: Option<String>,
    /// Units as they were on this day; the last day counted if left out.
    units_as_of: Option<NaiveDate>,
    /// Of a closed window: 0 as it was closed, or the number of a late supplement; the newest if left out.
    #[param(minimum = 0, maximum = 10000)]
    revision: Option<u32>,
    /// Where the page before ended.
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
        let asked = Self {
            rows,
            within,
            query,
            drive,
        };
        asked.paging(&app.keys)?;
        asked.on(today)?;
        Ok(asked)
    }

    /// The board as it is on this day: the week that goes on is another question tomorrow.
    ///
    /// # Errors
    /// 422, which [`Self::read`] would have told.
    pub fn on(&self, today: NaiveDate) -> Result<Question, Failure> {
        let query = match &self.drive {
            Some(drive) => &within_days(&self.query, drive, today)?,
            None => &self.query,
        };
        question(query, self.rows, self.within, today)
    }

    /// That board, and which revision of it.
    ///
    /// # Errors
    /// As [`Self::on`].
    pub fn wanted(&self, today: NaiveDate) -> Result<(Question, Option<i32>), Failure> {
        // Bounded when it was read.
        let revision = self.query.revision.map(|revision| revision as i32);
        Ok((self.on(today)?, revision))
    }

    /// Its page of the board.
    ///
    /// # Errors
    /// 422, which [`Self::read`] would have told.
    pub fn page(&self, keys: &Keys, board: &Leaderboard) -> Result<Leaderboard, Failure> {
        let paging = self.paging(keys)?;
        let skip = paging.after()?.unwrap_or(0);
        let rows: Vec<_> = board
            .rows
            .iter()
            .enumerate()
            .skip(skip)
            .take(paging.rows() as usize)
            .collect();
        let rows = page(keys, &paging, rows, |(position, _)| position + 1);
        Ok(Leaderboard {
            rows: rows.items.into_iter().map(|(_, row)| row.clone()).collect(),
            next_cursor: rows.next_cursor,
            ..board.without_rows()
        })
    }

    fn paging(&self, keys: &Keys) -> Result<PageQuery, Failure> {
        PageQuery::read(
            keys,
            "leaderboard",
            self.query.cursor.as_deref(),
            self.query.limit,
        )
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
fn scope(
    geography: &Geography,
    caller: &Caller<ReadBoards>,
    rows: Rows,
    within: Option<UnitId>,
    today: NaiveDate,
) -> Result<UnitId, Failure> {
    if rows == Rows::Units(Level::Village) {
        let unit = within.unwrap_or(caller.unit_id);
        caller.require_unit(geography, unit, today)?;
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

fn question(
    query: &BoardQuery,
    rows: Rows,
    within: UnitId,
    today: NaiveDate,
) -> Result<Question, Failure> {
    let mut faults = Vec::new();
    let stage = one_of(
        "?stage",
        query.stage.as_deref().unwrap_or("level2_activated"),
        &targets::STAGES,
        &mut faults,
    );
    let metric = one_of(
        "?metric",
        query.metric.as_deref().unwrap_or("rate"),
        &["rate", "count"],
        &mut faults,
    );
    let mass_union = query
        .mass_union
        .as_deref()
        .map(|word| one_of("?mass_union", word, &["youth", "women"], &mut faults));
    if let Some(class) = query.class.as_deref() {
        one_of(
            "?class",
            class,
            &["urban", "lowland", "upland"],
            &mut faults,
        );
    }
    let window = window(query, today, &mut faults);
    if query
        .revision
        .is_some_and(|revision| revision > REVISION_MAX)
    {
        faults.push(FieldError::new(
            "?revision",
            "RANGE",
            "revision từ 0 đến 10000.",
            "revision is 0 to 10000.",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let metric = if metric == "count" || rows == Rows::Unions {
        Metric::Count
    } else {
        Metric::Rate
    };
    Ok(Question {
        rows,
        stage,
        metric,
        window,
        within,
        mass_union,
        class: query.class.clone(),
        units_as_of: query.units_as_of.unwrap_or(window.to),
    })
}

fn window(query: &BoardQuery, today: NaiveDate, faults: &mut Vec<FieldError>) -> Window {
    const PERIODS: [&str; 4] = ["start", "today", "week", "month"];
    const YEARS: std::ops::RangeInclusive<i32> = 2020..=2100;
    let to = query.to.unwrap_or(today);
    for (pointer, day) in [
        ("?from", query.from),
        ("?to", query.to),
        ("?units_as_of", query.units_as_of),
    ] {
        if day.is_some_and(|day| !YEARS.contains(&chrono::Datelike::year(&day))) {
            faults.push(FieldError::new(
                pointer,
                "RANGE",
                "Ngày phải từ năm 2020 đến năm 2100.",
                "The day must be within 2020 to 2100.",
            ));
        }
    }
    if let Some(from) = query.from {
        if from > to {
            faults.push(FieldError::new(
                "?from",
                "ORDER",
                "Ngày đầu phải trước hoặc trùng ngày cuối.",
                "The first day comes after the last one.",
            ));
        }
        if query.period.is_some() {
            faults.push(FieldError::new(
                "?period",
                "EITHER",
                "Chỉ dùng period hoặc from, không dùng cả hai.",
                "Use period or from, not both.",
            ));
        }
        return Window {
            from: Some(from),
            to,
        };
    }
    match one_of(
        "?period",
        query.period.as_deref().unwrap_or("start"),
        &PERIODS,
        faults,
    ) {
        "today" => Window::today(to),
        "week" => Window::week(to),
        "month" => Window::month(to),
        _ => Window::since_start(to),
    }
}

fn one_of(
    pointer: &'static str,
    word: &str,
    choices: &[&'static str],
    faults: &mut Vec<FieldError>,
) -> &'static str {
    choices
        .iter()
        .copied()
        .find(|choice| *choice == word)
        .unwrap_or_else(|| {
            let choices = choices.join(", ");
            faults.push(FieldError::new(
                pointer,
                "ONE_OF",
                format!("Chọn một trong: {choices}."),
                format!("One of: {choices}."),
            ));
            ""
        })
}
