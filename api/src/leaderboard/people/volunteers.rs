//! Boards of volunteers over HTTP: for who leads them, and for oneself.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard_people::{OwnStanding, VolunteerBoard, VolunteerRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::board::tenths;
use super::super::rules::{Window, pace_tenths, ranks};
use super::super::words::one_of;
use super::rules::{self, DAYS_MAX};
use super::store::{self, VolunteerSum};
use super::teams::stage;
use crate::app::App;
use crate::geography::{Geography, Level};
use crate::http::etag;
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{ReadVolunteers, RecordWork};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_volunteer_board)
        .service(show_own_standing);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VolunteerBoardQuery {
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// today, week (from Monday) or month (default). Not with `from`.
    #[param(example = "week")]
    period: Option<String>,
    /// First day counted, at most 366 days before the last one.
    from: Option<NaiveDate>,
    /// Last day counted; today if left out.
    to: Option<NaiveDate>,
    /// A commune or a village within one's own unit; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OwnStandingQuery {
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// today, week (from Monday) or month (default).
    #[param(example = "week")]
    period: Option<String>,
}

/// Show who leads among the volunteers of a commune or a village that one answers for.
///
/// People are named by their accounts only. Nobody else sees this list. Ask again with `If-None-Match` and get 304 while
/// nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(VolunteerBoardQuery),
    responses((status = OK, description = "A page of the board.", body = VolunteerBoard),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match.")))]
#[get("/leaderboards/volunteer")]
async fn show_volunteer_board(
    app: web::Data<App>,
    caller: Caller<ReadVolunteers>,
    request: HttpRequest,
    asked: Query<VolunteerBoardQuery>,
) -> Result<HttpResponse, Failure> {
    let list = "volunteer-board";
    let paging = PageQuery::read(&app.keys, list, asked.cursor.as_deref(), asked.limit)?;
    let skip: usize = paging.after()?.unwrap_or(0);
    let stage = stage(asked.stage.as_deref())?;
    let today = local_day(app.clock.now());
    let (days, before) = window(asked.period.as_deref(), (asked.from, asked.to), today)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let within = asked.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    require_small(&geography, within)?;
    let units = geography.all_answered_for(within, today);
    let sums = store::sum_volunteers(&mut conn, &units, stage, days, before).await?;
    let rows: Vec<(usize, VolunteerRow)> = ranked(days, sums)
        .into_iter()
        .enumerate()
        .skip(skip)
        .take(paging.rows() as usize)
        .collect();
    let page = page(&app.keys, &paging, rows, |(position, _)| position + 1);
    let board = VolunteerBoard {
        unit_id: within,
        stage: stage.to_owned(),
        from: days.0,
        to: days.1,
        previous_from: Some(before.0),
        previous_to: Some(before.1),
        rows: page.items.into_iter().map(|(_, row)| row).collect(),
        next_cursor: page.next_cursor,
    };
    Ok(etag::answer(&request, &board))
}

/// Show how one's own work stands in one's commune: the quarter, the weeks, and the three best without a
/// name.
///
/// Where fewer than five volunteers go, there is no quarter and no best: each would be somebody. Ask again with
/// `If-None-Match` and get 304 while nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(OwnStandingQuery),
    responses((status = OK, description = "One's own standing.", body = OwnStanding),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match.")))]
#[get("/leaderboards/volunteer/me")]
async fn show_own_standing(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    request: HttpRequest,
    asked: Query<OwnStandingQuery>,
) -> Result<HttpResponse, Failure> {
    let stage = stage(asked.stage.as_deref())?;
    let today = local_day(app.clock.now());
    let (days, before) = window(asked.period.as_deref(), (None, None), today)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let weeks = rules::weeks(today);
    let since = weeks.first().copied().unwrap_or(today).min(days.0);
    let own = caller.account_id;
    let own_days = store::list_own_days(&mut conn, own, stage, (since, today)).await?;
    let commune = geography.ancestor_on(caller.unit_id, Level::Commune, today);
    let all: Vec<rules::Brought> = match commune {
        Some(commune) => {
            let units = geography.all_answered_for(commune, today);
            let sums = store::sum_volunteers(&mut conn, &units, stage, days, before).await?;
            sums.iter().map(VolunteerSum::brought).collect()
        }
        None => Vec::new(),
    };
    let within = |day: &NaiveDate| (days.0..=days.1).contains(day);
    let counted = own_days.iter().filter(|(day, ..)| within(day));
    let (count, assists) = counted.fold((0, 0), |(n, assists), (_, more, helped)| {
        (n + i64::from(*more), assists + i64::from(*helped))
    });
    let by_day: Vec<(NaiveDate, i64)> = own_days
        .iter()
        .map(|(day, n, _)| (*day, i64::from(*n)))
        .collect();
    let standing = OwnStanding {
        stage: stage.to_owned(),
        from: days.0,
        to: days.1,
        count,
        assists,
        band: rules::band(&all, own),
        top: rules::top(&all, own),
        weeks: rules::by_week(&weeks, &by_day),
    };
    Ok(etag::answer(&request, &standing))
}

/// Days of a window that has a first one.
fn whole(window: Window, otherwise: NaiveDate) -> (NaiveDate, NaiveDate) {
    (window.from.unwrap_or(otherwise), window.to)
}

/// First and last day.
type Span = (NaiveDate, NaiveDate);

/// The days that are asked for, and those with which ranks are compared.
///
/// # Errors
/// 422 for a word that is no period, days in the wrong order, and too many of them.
fn window(
    period: Option<&str>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Result<(Span, Span), Failure> {
    let mut faults = Vec::new();
    let to = to.unwrap_or(today);
    let word = period.unwrap_or("month");
    let (window, previous) = match one_of("?period", word, &["today", "week", "month"], &mut faults)
    {
        _ if from.is_some() => Window { from, to }.with_previous(),
        "today" => Window::today(to).with_previous(),
        "week" => Window::week_to(to),
        _ => Window::month_to(to),
    };
    if from.is_some() && period.is_some() {
        faults.push(FieldError::new(
            "?period",
            "EITHER",
            "Chỉ dùng period hoặc from, không dùng cả hai.",
            "Use period or from, not both.",
        ));
    }
    let years = 2020..=2100;
    let is_day = |day: NaiveDate| years.contains(&chrono::Datelike::year(&day));
    let days = whole(window, to);
    if !is_day(days.0) || !is_day(days.1) || !(1..=DAYS_MAX).contains(&window.days().unwrap_or(0)) {
        faults.push(FieldError::new(
            "?from",
            "RANGE",
            format!("Từ 1 đến {DAYS_MAX} ngày, trong các năm 2020 đến 2100."),
            format!("1 to {DAYS_MAX} days, within the years 2020 to 2100."),
        ));
    }
    match faults.is_empty() {
        true => Ok((days, whole(previous, days.0))),
        false => Err(Failure::invalid(faults)),
    }
}

/// People are listed for one commune at a time.
fn require_small(geography: &Geography, unit: UnitId) -> Result<(), Failure> {
    match geography.unit(unit).map(|unit| unit.level) {
        Some(Level::Commune | Level::Village) => Ok(()),
        _ => Err(Failure::invalid(vec![FieldError::new(
            "?within",
            "LEVEL",
            "Chọn một xã, phường hoặc thôn, khu phố.",
            "Choose a commune or a village.",
        )])),
    }
}

/// Rows by rank, of equal ones whoever came to their count earlier first.
fn ranked((from, to): Span, sums: Vec<VolunteerSum>) -> Vec<VolunteerRow> {
    let days = (to - from).num_days() + 1;
    let now: Vec<Option<i64>> = sums.iter().map(|sum| Some(sum.n)).collect();
    let before: Vec<Option<i64>> = sums.iter().map(|sum| Some(sum.before)).collect();
    let mut rows: Vec<(VolunteerRow, NaiveDate)> = sums
        .into_iter()
        .zip(ranks(&now).into_iter().zip(ranks(&before)))
        .filter_map(|(sum, (now, before))| {
            let ((rank, tied), (was, _)) = now.zip(before)?;
            let last_on = sum.last_on.unwrap_or(NaiveDate::MAX);
            let row = VolunteerRow {
                rank,
                tied,
                rank_change: was as i32 - rank as i32,
                account_id: sum.account_id,
                unit_id: sum.unit_id,
                mass_union: sum.mass_union,
                count: sum.n,
                assists: sum.assists,
                pace_per_day: tenths(pace_tenths(sum.n, days)),
                count_before: sum.before,
            };
            Some((row, last_on))
        })
        .collect();
    rows.sort_by_key(|(row, last_on)| (row.rank, *last_on, row.account_id));
    rows.into_iter().map(|(row, _)| row).collect()
}
