//! Reasons over HTTP.

use actix_web::{get, web};
use chrono::{Days, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::gap_reasons::GapReasons;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::read::{Question, read};
use super::rules::total;
use crate::app::App;
use crate::geography::{Geography, Level};
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;
use crate::leaderboard::asked::scope;
use crate::leaderboard::board::Rows;
use crate::leaderboard::frame::{belongs_to, nearest_day};
use crate::leaderboard::merged::GROUP;
use crate::leaderboard::problem::LeaderboardProblem;
use crate::leaderboard::words::{check_days, one_of};

/// What its cursors are of.
const LIST: &str = "gap-reasons";
/// Days that are told if nobody says which.
const DAYS: u64 = 28;
/// Most days.
const DAYS_MAX: i64 = 92;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_gap_reasons);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReasonsOf {
    /// What the rows are: commune or village, as on the board of that level. If left out, villages of a commune of
    /// one's own, and communes of anything else.
    #[param(example = "commune")]
    level: Option<String>,
    /// Any commune, district or province; a village only within one's own unit. If left out, one's own unit; with
    /// `level=commune` the whole province.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// First day counted, at most 92 days before the last one; four weeks up to it if left out.
    from: Option<NaiveDate>,
    /// Last day counted; today if left out.
    to: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Show why people were visited and not moved: outcomes of visits in some days, of a unit and of the communes in it, of
/// a commune of one's own of its villages.
///
/// It reaches as far as boards do: units beyond one's own in whole tens of visits, and no village of them. A visit counts
/// on the day on which it was made, whoever made it; one that was taken back does not. Numbers are a few seconds old at
/// most.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(ReasonsOf),
    responses((status = OK, description = "The reasons, and a page of units.", body = GapReasons), LeaderboardProblem))]
#[get("/leaderboards/reasons")]
async fn show_gap_reasons(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    asked: Query<ReasonsOf>,
) -> Result<web::Json<GapReasons>, Failure> {
    let paging = PageQuery::read(&app.keys, LIST, asked.cursor.as_deref(), asked.limit)?;
    let skip: usize = paging.after()?.unwrap_or(0);
    let today = local_day(app.clock.now());
    let geography = app.fresh_geography().await?;
    let question = question(&geography, &caller, &asked, today)?;
    let told = read(&app, &geography, &question, (caller.unit_id, today)).await?;
    let (visits, reasons) = total(&told);
    let rows = told.iter().cloned().zip(1..).skip(skip);
    let rows = rows.take(paging.limit() + 1).collect();
    let page = page(&app.keys, &paging, rows, |(_, position): &(_, usize)| {
        *position
    });
    Ok(web::Json(GapReasons {
        unit_id: question.within,
        from: question.from,
        to: question.to,
        visits,
        reasons,
        merged_to: question.merged.then_some(GROUP as u32),
        rows: page.items.into_iter().map(|(row, _)| row).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// What is asked for, as boards would have it.
///
/// # Errors
/// 404 for a unit that is not there or not within the caller's reach; 422 for words and days.
fn question(
    geography: &Geography,
    caller: &Caller<ReadBoards>,
    asked: &ReasonsOf,
    today: NaiveDate,
) -> Result<Question, Failure> {
    let mut faults = Vec::new();
    let word = asked.level.as_deref();
    let word = word.map(|word| one_of("?level", word, &["commune", "village"], &mut faults));
    let (from, to) = days(asked, today, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let level = word.and_then(Level::parse);
    let (rows, within) = match level {
        Some(level) => (Rows::Units(level), asked.within),
        None => {
            let own = asked.within.unwrap_or(caller.unit_id);
            (Rows::Units(Level::Commune), Some(own))
        }
    };
    let within = scope(geography, caller, rows, within, today)?;
    let day = nearest_day(geography, within, today);
    let is_own = belongs_to(geography, caller.unit_id, (within, day), today);
    let usual = match geography.unit(within).map(|unit| unit.level) {
        Some(Level::Commune | Level::Village) if is_own => Level::Village,
        _ => Level::Commune,
    };
    Ok(Question {
        within,
        level: level.unwrap_or(usual),
        from,
        to,
        merged: !is_own,
    })
}

/// The first and the last day; what is wrong with them: unknown to boards, in the wrong order, or too many.
fn days(
    asked: &ReasonsOf,
    today: NaiveDate,
    faults: &mut Vec<FieldError>,
) -> (NaiveDate, NaiveDate) {
    let known = faults.len();
    check_days(&[("?from", asked.from), ("?to", asked.to)], faults);
    let to = asked.to.unwrap_or(today);
    if faults.len() > known {
        return (to, to);
    }
    let from = asked.from.unwrap_or(to - Days::new(DAYS - 1));
    if !(1..=DAYS_MAX).contains(&((to - from).num_days() + 1)) {
        faults.push(FieldError::new(
            "?from",
            "RANGE",
            format!("Từ 1 đến {DAYS_MAX} ngày."),
            format!("1 to {DAYS_MAX} days."),
        ));
    }
    (from, to)
}
