//! Reads what a board is made of, and makes it: through the cache, from rollups only.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::Leaderboard;

use super::aims::Aims;
use super::basis::{Basis, HeldSum, with_held};
use super::board::{self, Ingredients, Question};
use super::cache::{Read, Wanted};
use super::frame::Frame;
use super::rules::Window;
use super::store::{Counted, VillageSum};
use super::{aims, closing, completion, leagues, merged, store, ties};
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
            let reached = app.completions.days(conn, question, &frame, &full).await?;
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
    let tied = match question.merged {
        true => HashSet::new(),
        false => ties::tied(&board.rows),
    };
    if !tied.is_empty() {
        let villages = completion::villages_of(&frame, tied.iter());
        let counted = Counted::of(question);
        let last = store::list_last_days(conn, counted, question.window, &villages).await?;
        ties::order(&mut board.rows, &last);
    }
    Ok(Leaderboard {
        closing: closing::read::open(conn, question).await?,
        ..board
    })
}

/// Reads the sums of a window on the basis of a board.
struct Summing<'a> {
    conn: &'a mut Conn,
    question: &'a Question,
    /// Only on a provisional board.
    held: Vec<HeldSum>,
}

impl<'a> Summing<'a> {
    async fn begin(conn: &'a mut Conn, question: &'a Question) -> Result<Self, Failure> {
        let held = match question.basis {
            Basis::Provisional => store::list_held(conn, question.stage).await?,
            Basis::Recognised | Basis::Confirmed => Vec::new(),
        };
        Ok(Self {
            conn,
            question,
            held,
        })
    }

    /// With those who are held; confirmed people are told apart by [`Basis::counted`].
    async fn of(&mut self, window: Window) -> Result<Vec<VillageSum>, Failure> {
        let sums = store::sum_villages(self.conn, self.question.stage, window).await?;
        Ok(with_held(sums, &self.held, window))
    }

    async fn until(&mut self, day: NaiveDate) -> Result<Vec<VillageSum>, Failure> {
        self.of(Window::since_start(day)).await
    }
}

async fn sum_exact(conn: &mut Conn, question: &Question) -> Result<Sums, Failure> {
    let window = question.window;
    let mut summing = Summing::begin(conn, question).await?;
    let now = summing.of(window).await?;
    let before = summing.of(question.previous).await?;
    let standing = match window.from {
        None => now.clone(),
        Some(_) => summing.until(window.to).await?,
    };
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
    let day_before = |day: NaiveDate| day.pred_opt().unwrap_or(NaiveDate::MIN);
    let mut summing = Summing::begin(conn, question).await?;
    let at_end = summing.until(window.to).await?;
    let at_previous_end = summing.until(previous.to).await?;
    let standing = merged::between(geography, None, &at_end);
    let (Some(from), Some(previous_from)) = (window.from, previous.from) else {
        return Ok(Sums {
            now: standing.clone(),
            before: merged::between(geography, None, &at_previous_end),
            standing,
        });
    };
    let at_previous_start = summing.until(day_before(previous_from)).await?;
    let at_start = match day_before(from) {
        eve if eve == previous.to => at_previous_end.clone(),
        eve => summing.until(eve).await?,
    };
    Ok(Sums {
        now: merged::between(geography, Some(&at_start), &at_end),
        before: merged::between(geography, Some(&at_previous_start), &at_previous_end),
        standing,
    })
}

/// Targets of the rows whose count is full, by unit.
fn full_targets(
    question: &Question,
    frame: &Frame<'_>,
    (aims, league_aims): (&Aims, &Aims),
    sums: &Sums,
) -> HashMap<UnitId, i64> {
    let (keys, _) = board::rows_of(question, frame, league_aims);
    let goals = aims.goals(frame, question.window.to, &keys);
    let counts = board::sum(question, frame, &sums.now);
    completion::full(&keys, &goals, &counts)
}
