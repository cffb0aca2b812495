//! The board of a campaign's teams over HTTP.

use actix_web::{get, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard_people::{TeamBoard, TeamRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::board::tenths;
use super::super::rules::{pace_tenths, ranks};
use super::super::words::one_of;
use super::rules::told_to_others;
use super::store::{self, TeamSum};
use crate::app::App;
use crate::campaign::drives::reach::Reach;
use crate::campaign::targets::STAGES;
use crate::geography::Geography;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::{Permission as _, ReadBoards, ReadVolunteers};

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
/// see exact numbers and every team; everybody else whole tens of people, and no team of fewer than three.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(TeamBoardQuery),
    responses((status = OK, description = "A page of the board.", body = TeamBoard)))]
#[get("/leaderboards/team")]
async fn show_team_board(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    asked: Query<TeamBoardQuery>,
) -> Result<web::Json<TeamBoard>, Failure> {
    let paging = PageQuery::read(
        &app.keys,
        "team-board",
        asked.cursor.as_deref(),
        asked.limit,
    )?;
    let skip: usize = paging.after()?.unwrap_or(0);
    let stage = stage(asked.stage.as_deref())?;
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
    let sums = store::sum_teams(&mut conn, asked.campaign_id, stage, days, reader).await?;
    let teams = sums.len();
    let told = told(&caller, &geography, today, sums);
    let small_teams = (teams - told.len()) as u32;
    let rows = ranked(&geography, days, told);
    let rows: Vec<(usize, TeamRow)> = rows
        .into_iter()
        .enumerate()
        .skip(skip)
        .take(paging.rows() as usize)
        .collect();
    let page = page(&app.keys, &paging, rows, |(position, _)| position + 1);
    Ok(web::Json(TeamBoard {
        campaign_id: asked.campaign_id,
        stage: stage.to_owned(),
        from: days.0,
        to: days.1.max(days.0),
        small_teams,
        rows: page.items.into_iter().map(|(_, row)| row).collect(),
        next_cursor: page.next_cursor,
    }))
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
        Some((TeamSum { n, assists, ..sum }, true))
    });
    told.collect()
}

/// Rows by rank, equal ones by name.
fn ranked(
    geography: &Geography,
    (from, to): (NaiveDate, NaiveDate),
    teams: Vec<(TeamSum, bool)>,
) -> Vec<TeamRow> {
    let days = ((to - from).num_days() + 1).max(1);
    let counts: Vec<Option<i64>> = teams.iter().map(|(team, _)| Some(team.n)).collect();
    let ranks = ranks(&counts);
    let mut rows: Vec<TeamRow> = teams
        .into_iter()
        .zip(ranks)
        .filter_map(|((team, merged), rank)| {
            let (rank, tied) = rank?;
            Some(TeamRow {
                rank,
                tied,
                team_id: team.team_id,
                name: team.name,
                unit_id: team.unit_id,
                within: geography.name_on(team.unit_id, from.max(to)),
                mass_union: team.mass_union,
                members: team.members,
                count: team.n,
                assists: team.assists,
                pace_per_day: tenths(pace_tenths(team.n, days)),
                merged,
                own: team.own,
            })
        })
        .collect();
    // As they came, which is by name.
    rows.sort_by_key(|row| row.rank);
    rows
}
