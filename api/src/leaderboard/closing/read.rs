//! A board of a window that may be closed.

use std::collections::HashMap;

use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardClosing, Leaderboard};

use super::rules::{KeptTarget, Span, Sum};
use super::store::{self, ClosingRow};
use crate::campaign::targets::{Targets, denominator_word};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::leaderboard::basis::Basis;
use crate::leaderboard::board::{self, Ingredients, Question};
use crate::leaderboard::cache::Edition;
use crate::leaderboard::frame::Frame;
use crate::leaderboard::problem::LeaderboardProblem::RevisionNotFound;
use crate::leaderboard::store::{VillageSum, sum_villages};

/// The board as it was kept; none where its window stands open.
///
/// # Errors
/// 404 for a revision that is not there.
pub async fn read(
    conn: &mut Conn,
    geography: &Geography,
    question: &Question,
    edition: Edition,
) -> Result<Option<Leaderboard>, Failure> {
    let Some(span) = Span::of(question.window).filter(|_| edition != Edition::Live) else {
        return absent(edition);
    };
    let rows = store::revisions(conn, span).await?;
    let Some(newest) = rows.first().map(|row| row.revision) else {
        return absent(edition);
    };
    let wanted = match edition {
        Edition::Revision(revision) => revision,
        _ => newest,
    };
    let row = rows.into_iter().find(|row| row.revision == wanted);
    let row = row.ok_or(RevisionNotFound)?;
    let kept = store::sums(conn, span, wanted, Some(question.stage)).await?;
    let targets = store::targets(conn, span, wanted).await?;
    let live = sum_villages(conn, question.stage, question.window).await?;
    let live = question.basis.counted(live);
    let now = question.basis.counted(villages(&kept, |sum| sum.n));
    let before = previous(&kept);
    let targets = targets_of(&targets, question.stage);
    let frame = Frame::new(question, geography);
    let ingredients = Ingredients {
        frame: &frame,
        targets: &targets,
        // What was kept makes the leagues, too: they stay as they are.
        league_targets: &targets,
        now: &now,
        before: &before,
        standing: &[],
        reached: &HashMap::new(),
        quality: None,
    };
    let mut board = board::build(question, ingredients, row.kept_at);
    for row in &mut board.rows {
        // Of what is over nothing is foretold; how late a record was is told by revisions.
        row.forecast_on = None;
        row.late_percent = None;
        if question.basis == Basis::Confirmed {
            // Who was confirmed in the window before was not kept.
            row.rank_change = None;
        }
    }
    // Only of the newest: of an older revision, what came late since is told by the next one.
    let late = (wanted == newest).then(|| late(geography, question, &now, &live));
    board.closing = tell(span, row, newest, late);
    Ok(Some(board))
}

fn absent(edition: Edition) -> Result<Option<Leaderboard>, Failure> {
    match edition {
        Edition::Revision(_) => Err(RevisionNotFound.into()),
        Edition::Newest | Edition::Live => Ok(None),
    }
}

/// What is told of a board whose numbers still move.
pub fn open(question: &Question) -> BoardClosing {
    let span = Span::of(question.window).filter(|span| span.kind() != "period");
    BoardClosing {
        closes_on: span.map(Span::closes_on),
        ..BoardClosing::default()
    }
}

fn tell(span: Span, row: ClosingRow, newest: i32, late: Option<i64>) -> BoardClosing {
    BoardClosing {
        closed: true,
        closes_on: Some(span.closes_on()),
        revision: Some(row.revision.unsigned_abs()),
        newest_revision: Some(newest.unsigned_abs()),
        reason: row.reason,
        late,
    }
}

fn villages(sums: &[Sum], n: impl Fn(&Sum) -> i64) -> Vec<VillageSum> {
    let turn = |sum: &Sum| VillageSum {
        village_id: sum.village_id,
        mass_union: sum.mass_union.clone(),
        n: n(sum),
        assists: sum.assists,
        confirmed: sum.confirmed,
        anonymous: sum.anonymous,
        late: 0,
        held: 0,
    };
    sums.iter().map(turn).collect()
}

/// The window before: ranks compare people alone.
fn previous(sums: &[Sum]) -> Vec<VillageSum> {
    villages(sums, |sum| sum.previous_n)
}

fn targets_of(targets: &[KeptTarget], stage: &str) -> Targets {
    let own = targets.iter().filter(|target| target.stage == stage);
    Targets::new(own.map(|target| {
        let people = i64::from(target.people);
        (
            target.unit_id,
            people,
            denominator_word(&target.denominator),
        )
    }))
}

/// People of this board who came or went after it was kept, each place and union by itself.
fn late(
    geography: &Geography,
    question: &Question,
    kept: &[VillageSum],
    live: &[VillageSum],
) -> i64 {
    let mut differences: HashMap<(UnitId, &str), i64> = HashMap::new();
    let signed = kept.iter().map(|sum| (sum, -sum.n));
    for (sum, n) in signed.chain(live.iter().map(|sum| (sum, sum.n))) {
        *differences
            .entry((sum.village_id, sum.mass_union.as_str()))
            .or_default() += n;
    }
    let day = question.units_as_of;
    let asked = question.mass_union;
    differences
        .into_iter()
        .filter(|((_, mass_union), n)| *n != 0 && asked.is_none_or(|own| own == *mass_union))
        .filter(|((village, _), _)| geography.covers(question.within, *village, day))
        .map(|(_, n)| n.abs())
        .sum()
}
