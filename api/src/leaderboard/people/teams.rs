//! The board of a campaign's teams over HTTP.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard_people::{TeamBoard, TeamRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::board::tenths;
use super::super::columns::forecast;
use super::super::rules::{Metric, STANDING_COMPARED_DAYS, pace_tenths, percent_tenths, ranks};
use super::super::words::one_of;
use super::rules::{TeamMeasure, team_metric, team_scores, told_to_others};
use super::store::{self, TeamSum};
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::targets::STAGES;
use crate::geography::Geography;
use crate::http::etag;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{Permission as _, ReadBoards, ReadVolunteers};

/// How far back the standing of a campaign's teams is compared.
const COMPARED: Days = Days::new(STANDING_COMPARED_DAYS);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_team_board);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TeamBoardQuery {
    /// Whose teams: one's own campaign, or one of the units above.
    campaign_id: Uuid,
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// count (default), or rate: against the targets that the campaign gives its teams. Without any it is ranked by
    /// count, and says so.
    #[param(example = "rate")]
    metric: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Show which teams of a campaign lead, from what their members brought in its days so far.
///
/// A team is who is in it now: who changes teams takes their work along. Those who lead the team's commune
/// see exact numbers and every team; everybody else whole tens of people, and no team of fewer than three. Where any
/// team is told in tens, all are ranked by tens, those with exact numbers too. By rate, more than a full target is a
/// full one, the earliest first, and targets of fewer than 30 people are listed and not ranked. Ask again with
/// `If-None-Match` and get 304 while nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(TeamBoardQuery),
    responses((status = OK, description = "A page of the board.", body = TeamBoard),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match.")))]
#[get("/leaderboards/team")]
async fn show_team_board(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    request: HttpRequest,
    asked: Query<TeamBoardQuery>,
) -> Result<HttpResponse, Failure> {
    let paging = PageQuery::read(
        &app.keys,
        "team-board",
        asked.cursor.as_deref(),
        asked.limit,
    )?;
    let skip: usize = paging.after()?.unwrap_or(0);
    let (stage, metric) = words(&asked)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let reach = Reach {
        caller: &caller,
        geography: &geography,
        today,
    };
    let drive = reach.find(&mut conn, asked.campaign_id).await?;
    let days = (drive.starts_on, drive.ends_on.min(today));
    let reader = caller.account_id;
    let compared = days.1 - COMPARED;
    let sums =
        store::sum_teams(&mut conn, asked.campaign_id, stage, days, compared, reader).await?;
    let teams = sums.len();
    let reached = store::list_reached(&mut conn, asked.campaign_id, stage, days).await?;
    let told = told(&caller, &geography, today, sums);
    let small_teams = (teams - told.len()) as u32;
    let metric = team_metric(metric, &measures(&told, |team| team.n));
    let rows = ranked(&geography, (days, today), metric, &reached, told);
    let rows: Vec<(usize, TeamRow)> = rows
        .into_iter()
        .enumerate()
        .skip(skip)
        .take(paging.rows() as usize)
        .collect();
    let page = page(&app.keys, &paging, rows, |(position, _)| position + 1);
    let board = TeamBoard {
        campaign_id: asked.campaign_id,
        stage: stage.to_owned(),
        from: days.0,
        to: days.1.max(days.0),
        metric: metric.as_str().to_owned(),
        small_teams,
        rows: page.items.into_iter().map(|(_, row)| row).collect(),
        next_cursor: page.next_cursor,
    };
    Ok(etag::answer(&request, &board))
}

/// The stage, and by what teams are to be ranked.
///
/// # Errors
/// 422 with every wrong word at once.
fn words(asked: &TeamBoardQuery) -> Result<(&'static str, Metric), Failure> {
    let mut faults = Vec::new();
    let stage = asked.stage.as_deref().unwrap_or("level2_activated");
    let stage = one_of("?stage", stage, &STAGES, &mut faults);
    let metric = asked.metric.as_deref().unwrap_or("count");
    let metric = match one_of("?metric", metric, &["count", "rate"], &mut faults) {
        "rate" => Metric::Rate,
        _ => Metric::Count,
    };
    match faults.is_empty() {
        true => Ok((stage, metric)),
        false => Err(Failure::invalid(faults)),
    }
}

/// # Errors
/// 422 for a word that is no stage.
pub(super) fn stage(word: Option<&str>) -> Result<&'static str, Failure> {
    let mut faults = Vec::new();
    let word = word.unwrap_or("level2_activated");
    let stage = one_of("?stage", word, &STAGES, &mut faults);
    match faults.is_empty() {
        true => Ok(stage),
        false => Err(Failure::invalid(faults)),
    }
}

/// The teams that this reader may see, each with whether its numbers are in whole tens.
fn told(
    caller: &Caller<ReadBoards>,
    geography: &Geography,
    today: NaiveDate,
    sums: Vec<TeamSum>,
) -> Vec<(TeamSum, bool)> {
    let leads = ReadVolunteers::ROLES.contains(&caller.role);
    let told = sums.into_iter().filter_map(|sum| {
        if leads && geography.covers(caller.unit_id, sum.unit_id, today) {
            return Some((sum, false));
        }
        let n = told_to_others(sum.members, sum.n)?;
        let assists = told_to_others(sum.members, sum.assists)?;
        let before = told_to_others(sum.members, sum.before)?;
        let told = TeamSum {
            n,
            assists,
            before,
            ..sum
        };
        Some((told, true))
    });
    told.collect()
}

/// By what teams are compared: by this count of theirs.
fn measures(teams: &[(TeamSum, bool)], count: fn(&TeamSum) -> i64) -> Vec<TeamMeasure> {
    let measures = teams.iter().map(|(team, _)| TeamMeasure {
        count: count(team),
        target: team.target.map(i64::from),
    });
    measures.collect()
}

/// Rows by rank, those that are not ranked last. Equal ones by the day on which a target was full or they came to their
/// count, where all are told exactly; then by name.
fn ranked(
    geography: &Geography,
    ((from, to), today): ((NaiveDate, NaiveDate), NaiveDate),
    metric: Metric,
    reached: &HashMap<Uuid, NaiveDate>,
    teams: Vec<(TeamSum, bool)>,
) -> Vec<TeamRow> {
    let days = ((to - from).num_days() + 1).max(1);
    let is_any_merged = teams.iter().any(|(_, merged)| *merged);
    let ranks_of = |count| {
        ranks(&team_scores(
            metric,
            &measures(&teams, count),
            is_any_merged,
        ))
    };
    let (now, before) = (ranks_of(|team| team.n), ranks_of(|team| team.before));
    let count_ranked = now.iter().flatten().count();
    let after_last = (count_ranked as u32 + 1, teams.len() - count_ranked > 1);
    // In its first week the campaign had no standing to compare with.
    let is_compared = from <= to - COMPARED;
    let mut rows: Vec<(TeamRow, Option<NaiveDate>)> = teams
        .into_iter()
        .zip(now.into_iter().zip(before))
        .map(|((team, merged), (now, before))| {
            let (rank, tied) = now.unwrap_or(after_last);
            let before = before.filter(|_| is_compared);
            let target = team.target.map(i64::from);
            // Of what is over nothing is foretold.
            let aimed = target.filter(|_| to == today);
            let rate = |target| tenths(percent_tenths(team.n, target));
            let row = TeamRow {
                rank,
                ranked: now.is_some(),
                tied,
                rank_change: before.map(|(before, _)| before as i32 - rank as i32),
                team_id: team.team_id,
                within: geography.name_on(team.unit_id, from.max(to)),
                name: team.name,
                unit_id: team.unit_id,
                mass_union: team.mass_union,
                members: team.members,
                count: team.n,
                assists: team.assists,
                pace_per_day: tenths(pace_tenths(team.n, days)),
                forecast_on: aimed.and_then(|aim| forecast(to, team.n, aim, (team.n, days))),
                target,
                rate_percent: target.map(rate),
                target_error: target.is_some_and(|target| team.n > target),
                reached_on: reached.get(&team.team_id).copied().filter(|_| !merged),
                merged,
                own: team.own,
            };
            (row, team.last_on)
        })
        .collect();
    // Else as they came, which is by name: by what else would tell who of two with equal tens has more.
    rows.sort_by_key(|(row, last_on)| {
        let is_told = row.ranked && !is_any_merged;
        let reached = row.reached_on.filter(|_| is_told && metric == Metric::Rate);
        let last = last_on.filter(|_| is_told);
        (
            row.rank,
            reached.unwrap_or(NaiveDate::MAX),
            last.unwrap_or(NaiveDate::MAX),
        )
    });
    rows.into_iter().map(|(row, _)| row).collect()
}
