//! Reads what a board is made of, and makes it: through the cache, from rollups only.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard::Leaderboard;

use super::aims::Aims;
use super::apart::{apart, row_of};
use super::basis::{Basis, with_held};
use super::board::{self, Ingredients, Question};
use super::cache::{Read, Wanted};
use super::frame::{Frame, Key};
use super::merged::{self, Standing};
use super::rules::Window;
use super::store::Counted;
use super::sums::VillageSum;
use super::{aims, closing, completion, leagues, store, ties};
use crate::app::App;
use crate::campaign::targets;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;

/// Reads a board through the cache.
///
/// # Errors
/// When the database cannot be asked; 404 for a revision that is not there.
pub async fn read_board(app: &App, wanted: Wanted) -> Result<Arc<Read>, Failure> {
    app.boards
        .get(&wanted, async || Ok(Read::new(make(app, &wanted).await?)))
        .await
}

/// Sums of a window, of the one before, and since the start until its end.
struct Sums {
    now: Vec<VillageSum>,
    before: Vec<VillageSum>,
    standing: Vec<VillageSum>,
}

impl Sums {
    fn counted(self, basis: Basis) -> Self {
        Self {
            now: basis.counted(self.now),
            before: basis.counted(self.before),
            standing: basis.counted(self.standing),
        }
    }
}

async fn make(app: &App, (question, edition): &Wanted) -> Result<Leaderboard, Failure> {
    let mut conn = app.pool.get().await?;
    let conn = &mut *conn;
    let geography = app.geography(conn).await?;
    // What waits now was not kept then.
    if question.basis != Basis::Provisional
        && question.campaign.is_none()
        && let Some(kept) = closing::read::read(conn, &geography, question, *edition).await?
    {
        return Ok(kept);
    }
    let frame = Frame::new(question, &geography);
    let aims = aims::load(conn, question).await?;
    let league_day = leagues::day_of(question.window);
    let league_targets = targets::load(conn, question.stage, league_day).await?;
    let league_aims = Aims::of_units(league_targets);
    let sums = match question.merged {
        true => sum_merged(conn, question, &geography).await?,
        false => sum_exact(conn, question).await?,
    }
    .counted(question.basis);
    // The day of a full target, and what phones say, point closer than tens do.
    let (reached, quality) = match question.merged {
        true => (HashMap::new(), None),
        false => {
            let full = full_targets(question, &frame, (&aims, &league_aims), &sums);
            let reached = days_reached(app, conn, question, &frame, full).await?;
            let today = local_day(app.clock.now());
            let quality = app.quality.get(conn, &geography, today).await?;
            (reached, Some(quality))
        }
    };
    let ingredients = Ingredients {
        frame: &frame,
        aims: &aims,
        league_aims: &league_aims,
        now: &sums.now,
        before: Some(&sums.before),
        standing: &sums.standing,
        reached: &reached,
        quality: quality.as_deref(),
    };
    let mut board = board::build(question, ingredients, app.clock.now());
    if !question.merged {
        let tied = ties::tied(&board.rows).into_iter();
        let tied = tied.map(|row| (row, ())).collect();
        let last = last_days(conn, question, &frame, tied).await?;
        ties::order(&mut board.rows, &last);
    }
    Ok(Leaderboard {
        closing: closing::read::open(conn, question).await?,
        ..board
    })
}

/// The days on which these rows' counts reached their targets.
async fn days_reached(
    app: &App,
    conn: &mut Conn,
    question: &Question,
    frame: &Frame<'_>,
    full: HashMap<Key, i64>,
) -> QueryResult<HashMap<Key, NaiveDate>> {
    let mut reached = HashMap::new();
    for (question, full) in apart(question, full) {
        let days = app.completions.days(conn, &question, frame, &full).await?;
        let days = days.into_iter();
        reached.extend(days.map(|(unit, on)| (row_of(&question, unit), on)));
    }
    Ok(reached)
}

/// The last day on which somebody came to what each of these rows counts.
async fn last_days(
    conn: &mut Conn,
    question: &Question,
    frame: &Frame<'_>,
    rows: HashMap<Key, ()>,
) -> QueryResult<HashMap<Key, NaiveDate>> {
    let mut last = HashMap::new();
    for (question, units) in apart(question, rows) {
        let villages = completion::villages_of(frame, units.keys());
        let counted = Counted::of(&question);
        let days = store::list_last_days(conn, counted, question.window, &villages).await?;
        let days = days.into_iter();
        last.extend(days.map(|(unit, on)| (row_of(&question, unit), on)));
    }
    Ok(last)
}

/// The sums of windows, with those who are held where the board counts them; confirmed people are told apart by
/// [`Basis::counted`].
async fn sum_windows<const N: usize>(
    conn: &mut Conn,
    question: &Question,
    windows: [Window; N],
) -> Result<[Vec<VillageSum>; N], Failure> {
    let mut sums = store::sum_windows(conn, question.stage, windows).await?;
    if question.basis == Basis::Provisional {
        let held = store::list_held(conn, question.stage).await?;
        for (sums, window) in sums.iter_mut().zip(windows) {
            *sums = with_held(std::mem::take(sums), &held, window);
        }
    }
    Ok(sums)
}

async fn sum_exact(conn: &mut Conn, question: &Question) -> Result<Sums, Failure> {
    let window = question.window;
    let windows = [window, question.previous, Window::since_start(window.to)];
    let [now, before, standing] = sum_windows(conn, question, windows).await?;
    Ok(Sums {
        now,
        before,
        standing,
    })
}

/// The same in whole tens, from standings since the start.
async fn sum_merged(
    conn: &mut Conn,
    question: &Question,
    geography: &Geography,
) -> Result<Sums, Failure> {
    let (window, previous) = (question.window, question.previous);
    let nobody = Standing::default();
    let standing = |sums: Vec<VillageSum>| Standing::of(geography, &sums);
    let ends = [window.to, previous.to].map(Window::since_start);
    let (Some(from), Some(previous_from)) = (window.from, previous.from) else {
        let sums = sum_windows(conn, question, ends).await?;
        let [now, before] = sums.map(|sums| merged::between(&nobody, &standing(sums)));
        return Ok(Sums {
            standing: now.clone(),
            now,
            before,
        });
    };
    let eve_of = |day: NaiveDate| Window::since_start(day.pred_opt().unwrap_or(NaiveDate::MIN));
    let [at_end, at_previous_end] = ends;
    let windows = [eve_of(previous_from), at_previous_end, eve_of(from), at_end];
    let sums = sum_windows(conn, question, windows).await?;
    let [previous_eve, previous_end, eve, end] = sums.map(standing);
    Ok(Sums {
        now: merged::between(&eve, &end),
        before: merged::between(&previous_eve, &previous_end),
        standing: merged::between(&nobody, &end),
    })
}

/// Targets of the rows whose count is full.
fn full_targets(
    question: &Question,
    frame: &Frame<'_>,
    (aims, league_aims): (&Aims, &Aims),
    sums: &Sums,
) -> HashMap<Key, i64> {
    let (keys, _) = board::rows_of(question, frame, league_aims);
    let goals = aims.goals(frame, question.window.to, &keys);
    let counts = board::sum(question, frame, &sums.now);
    completion::full(&keys, &goals, &counts)
}
