//! Boards over HTTP: with an ETag for those who poll.

use std::sync::Arc;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::board::{self, Ingredients, Question, Rows};
use super::cache::Read;
use super::problem::LeaderboardProblem;
use super::rules::{Metric, Window};
use super::store;
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::drives::store::CampaignRow;
use crate::campaign::targets;
use crate::geography::{Geography, Level};
use crate::http::etag;
use crate::http::extract::{Path, Query};
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_leaderboard);
}

/// Windows and filters of a board.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BoardQuery {
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
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Show who leads and who lags.
///
/// Communes, districts and unions of the whole province are open to everybody who is signed in;
/// villages only within one's own unit. Numbers are at most a second old; ask again with
/// `If-None-Match` and get 304 while nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])),
    params(("level" = String, Path, description = "What the rows are: village, commune, district or union.", example = "commune"), BoardQuery),
    responses((status = OK, description = "A page of the board.", body = Leaderboard),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match."), LeaderboardProblem))]
#[get("/leaderboards/{level}")]
async fn show_leaderboard(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    request: HttpRequest,
    path: Path<String>,
    query: Query<BoardQuery>,
) -> Result<HttpResponse, Failure> {
    let mut query = query.0;
    let rows = Rows::parse(&path.0).ok_or(LeaderboardProblem::BoardNotFound)?;
    let paging = PageQuery::read(
        &app.keys,
        "leaderboard",
        query.cursor.as_deref(),
        query.limit,
    )?;
    let skip: usize = paging.after()?.unwrap_or(0);
    let today = local_day(app.clock.now());
    let geography = app.fresh_geography().await?;
    if let Some(id) = query.campaign_id {
        let reach = Reach {
            caller: &caller,
            geography: &geography,
            today,
        };
        let drive = reach.find(&mut *app.pool.get().await?, id).await?;
        set_days(&mut query, &drive, today)?;
    }
    let within = scope(&geography, &caller, rows, query.within, today)?;
    let question = question(&query, rows, within, today)?;
    let read = read_board(&app, question).await?;
    let tag = format!("\"{}\"", read.tag);
    if let Some(known) = etag::known(&request, &tag) {
        return Ok(known);
    }
    let rows: Vec<_> = read
        .board
        .rows
        .iter()
        .enumerate()
        .skip(skip)
        .take(paging.rows() as usize)
        .collect();
    let rows = page(&app.keys, &paging, rows, |(position, _)| position + 1);
    let board = Leaderboard {
        rows: rows.items.into_iter().map(|(_, row)| row.clone()).collect(),
        next_cursor: rows.next_cursor,
        ..read.board.without_rows()
    };
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(board))
}

/// A board of a campaign counts the campaign's days until today.
fn set_days(query: &mut BoardQuery, drive: &CampaignRow, today: NaiveDate) -> Result<(), Failure> {
    if query.period.is_some() || query.from.is_some() || query.to.is_some() {
        return Err(Failure::invalid(vec![FieldError::new(
            "?campaign_id",
            "EITHER",
            "Chỉ dùng campaign_id, hoặc period, hoặc from và to.",
            "Use campaign_id, or period, or from and to.",
        )]));
    }
    query.from = Some(drive.starts_on);
    query.to = Some(drive.ends_on.min(today).max(drive.starts_on));
    Ok(())
}

/// Reads a board through the cache.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read_board(app: &App, question: Question) -> Result<Arc<Read>, Failure> {
    app.boards
        .get(&question, async || {
            let mut conn = app.pool.get().await?;
            let geography = app.geography(&mut conn).await?;
            let targets = targets::load(&mut conn, question.stage, question.window.to).await?;
            let now = store::sum_villages(&mut conn, question.stage, question.window).await?;
            let before =
                store::sum_villages(&mut conn, question.stage, question.window.previous()).await?;
            let ingredients = Ingredients {
                geography: &geography,
                targets: &targets,
                now: &now,
                before: &before,
            };
            Ok(board::build(&question, ingredients, app.clock.now()))
        })
        .await
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
