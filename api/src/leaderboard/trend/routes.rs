//! Trends over HTTP.

use std::collections::{HashMap, HashSet};

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::trend::{TREND_POINTS_MAX, Trend};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::{self, Piece, Question, Step};
use super::store::list_flows;
use crate::app::App;
use crate::campaign::targets::STAGES;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::etag;
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::ReadBoards;
use crate::leaderboard::asked::scope;
use crate::leaderboard::board::Rows;
use crate::leaderboard::cache::SecondCache;
use crate::leaderboard::frame::{belongs_to, nearest_day};
use crate::leaderboard::merged::GROUP;
use crate::leaderboard::problem::LeaderboardProblem;
use crate::leaderboard::rules::Window;
use crate::leaderboard::store::sum_villages;
use crate::leaderboard::words::{check_days, one_of};

/// Days that are told if nobody says which.
const DAYS: u64 = 28;

/// One process's trends, each with the tag of what it says.
pub type TrendCache = SecondCache<Question, (Trend, String)>;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_trend);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TrendQuery {
    /// installed, level1_activated, level2_collected, level2_approved or level2_activated (default).
    #[param(example = "level2_activated")]
    stage: Option<String>,
    /// youth or women: only this union's credits.
    #[param(example = "women")]
    mass_union: Option<String>,
    /// Only within this unit; the whole province if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// First day counted; four weeks up to the last one if left out.
    from: Option<NaiveDate>,
    /// Last day counted; today if left out.
    to: Option<NaiveDate>,
    /// day, week or month; if left out, days for up to three months, weeks for up to two years, months beyond.
    #[param(example = "day")]
    step: Option<String>,
}

/// Show how a count came, day by day, week by week or month by month: at most 400 points.
///
/// It reaches as far as boards do: any commune, district or the province, in whole groups of people where they
/// are not one's own, and villages only within one's own unit. It tells what stands now: a day whose board is
/// closed may have got late records since. At most a second old; ask again with `If-None-Match` and get 304
/// while nothing has changed.
#[utoipa::path(tag = "leaderboard", security(("session" = [])), params(TrendQuery),
    responses((status = OK, description = "Every step, from the first to the last.", body = Trend),
        (status = NOT_MODIFIED, description = "Nothing has changed since the tag in If-None-Match."), LeaderboardProblem))]
#[get("/leaderboards/trend")]
async fn show_trend(
    app: web::Data<App>,
    caller: Caller<ReadBoards>,
    request: HttpRequest,
    query: Query<TrendQuery>,
) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let geography = app.fresh_geography().await?;
    let within = scope(&geography, &caller, Rows::Unions, query.within, today)?;
    let day = nearest_day(&geography, within, today);
    let is_own = belongs_to(&geography, caller.unit_id, (within, day), today);
    let (question, starts) = question(&query, within, !is_own, today)?;
    let read = app
        .trends
        .get(&question, async || make(&app, &question, &starts).await)
        .await?;
    let (trend, tag) = &*read;
    if let Some(known) = etag::known(&request, tag) {
        return Ok(known);
    }
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .json(trend))
}

/// What is asked for, with the first days of its steps.
///
/// # Errors
/// 422 with every wrong word at once.
fn question(
    query: &TrendQuery,
    within: UnitId,
    merged: bool,
    today: NaiveDate,
) -> Result<(Question, Vec<NaiveDate>), Failure> {
    let mut faults = Vec::new();
    let stage = query.stage.as_deref().unwrap_or("level2_activated");
    let stage = one_of("?stage", stage, &STAGES, &mut faults);
    let mass_union = query.mass_union.as_deref();
    let mass_union =
        mass_union.map(|word| one_of("?mass_union", word, &["youth", "women"], &mut faults));
    let step = query.step.as_deref();
    let step = step.map(|word| one_of("?step", word, &Step::WORDS, &mut faults));
    let to = query.to.unwrap_or(today);
    check_days(&[("?from", query.from), ("?to", query.to)], &mut faults);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let from = query.from.unwrap_or(to - Days::new(DAYS - 1));
    if from > to {
        return Err(Failure::invalid(vec![FieldError::new(
            "?from",
            "ORDER",
            "Ngày đầu phải trước hoặc trùng ngày cuối.",
            "The first day comes after the last one.",
        )]));
    }
    let step = step.and_then(Step::parse);
    let step = step.unwrap_or_else(|| Step::suiting(from, to));
    let starts = step.starts(from, to).ok_or_else(too_many)?;
    let question = Question {
        within,
        stage,
        mass_union,
        step,
        from,
        to,
        merged,
    };
    Ok((question, starts))
}

fn too_many() -> Failure {
    Failure::invalid(vec![FieldError::new(
        "?step",
        "RANGE",
        format!("Tối đa {TREND_POINTS_MAX} điểm: hãy chọn step dài hơn hoặc ít ngày hơn."),
        format!("At most {TREND_POINTS_MAX} points: choose a longer step or fewer days."),
    )])
}

async fn make(
    app: &App,
    question: &Question,
    starts: &[NaiveDate],
) -> Result<(Trend, String), Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    // Who sees exact numbers needs no pieces: all is one.
    let piece_of = |village: UnitId| match question.merged {
        true => geography.piece_of(village),
        false => question.within,
    };
    let villages = villages(&geography, question);
    let pieces: HashMap<UnitId, UnitId> = villages
        .into_iter()
        .map(|village| (village, piece_of(village)))
        .collect();
    let pairs: Vec<(UnitId, UnitId)> = pieces.iter().map(|(village, of)| (*village, *of)).collect();
    let flows = list_flows(&mut conn, question, &pairs).await?;
    let sums = match question.merged {
        true => rules::in_tens(standing(&mut conn, question, &pieces).await?, flows),
        false => rules::exact(&flows),
    };
    let points = rules::points(question, starts, &sums);
    let tag = etag::of(&(question.from, question.to, &points));
    let trend = Trend {
        unit_id: question.within,
        name: geography.name_on(question.within, question.to),
        stage: question.stage.to_owned(),
        mass_union: question.mass_union.map(str::to_owned),
        step: question.step.as_str().to_owned(),
        from: question.from,
        to: question.to,
        basis: "recognised".to_owned(),
        merged_to: question.merged.then_some(GROUP as u32),
        as_of: app.clock.now(),
        count: points.iter().map(|point| point.count).sum(),
        confirmed: points.iter().map(|point| point.confirmed).sum(),
        points,
    };
    Ok((trend, tag))
}

/// The villages that a board of the same unit and last day counts.
fn villages(geography: &Geography, question: &Question) -> HashSet<UnitId> {
    let day = nearest_day(geography, question.within, question.to);
    let villages = geography.villages_counted_in(question.within, day);
    villages.into_iter().collect()
}

/// What each piece and union stood at on the day before the first one.
async fn standing(
    conn: &mut Conn,
    question: &Question,
    pieces: &HashMap<UnitId, UnitId>,
) -> Result<HashMap<Piece, (i64, i64)>, Failure> {
    let eve = question.from.pred_opt().unwrap_or(NaiveDate::MIN);
    let sums = sum_villages(conn, question.stage, Window::since_start(eve)).await?;
    let mut standing: HashMap<Piece, (i64, i64)> = HashMap::new();
    for sum in sums {
        if let Some(piece) = pieces.get(&sum.village_id) {
            let stands = standing.entry((*piece, sum.mass_union)).or_default();
            stands.0 += sum.n;
            stands.1 += sum.confirmed;
        }
    }
    Ok(standing)
}
