//! A board of a window that may be closed.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardClosing, Leaderboard};

use super::contents;
use super::rules::{KeptTarget, Reached, Span, Sum};
use super::store::{self, ClosingRow};
use crate::campaign::targets::{Targets, denominator_word};
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::leaderboard::aims::{Aims, is_of_unions};
use crate::leaderboard::basis::Basis;
use crate::leaderboard::board::{self, Ingredients, Question};
use crate::leaderboard::cache::Edition;
use crate::leaderboard::frame::{Frame, Key};
use crate::leaderboard::problem::LeaderboardProblem::RevisionNotFound;
use crate::leaderboard::quality::Quality;
use crate::leaderboard::store::sum_villages;
use crate::leaderboard::sums::VillageSum;
use crate::leaderboard::ties;
use crate::leaderboard::union::word_of;

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
    let stage = Some(question.stage);
    let kept = match (question.merged, row.tens_kept) {
        (false, _) => contents::sums(conn, span, wanted, stage).await?,
        (true, true) => contents::tens(conn, span, wanted, stage).await?,
        // Before tens were kept: what is exact is not for them.
        (true, false) => return absent(edition),
    };
    let targets = contents::targets(conn, span, wanted).await?;
    let now = question.basis.counted(villages(&kept, |sum| sum.n));
    let before = previous(question.basis, &kept);
    let is_late_kept = kept.iter().all(|sum| sum.late.is_some());
    // Ranks are compared with what was kept beside them.
    let before_kept = row.previous().map(Span::window);
    let question = &Question {
        previous: before_kept.unwrap_or_else(|| question.window.as_long_before()),
        ..question.clone()
    };
    // What was kept makes the leagues, too: they stay as they are.
    let league_aims = Aims::of_units(targets_of(&targets, question.stage));
    let aims = match is_of_unions(question) {
        true => Aims::default(),
        false => Aims::of_units(targets_of(&targets, question.stage)),
    };
    let frame = Frame::new(question, geography);
    let columns = Columns::load(conn, question, &row, frame.has_parts()).await?;
    let ingredients = Ingredients {
        frame: &frame,
        aims: &aims,
        league_aims: &league_aims,
        now: &now,
        before: before.as_deref(),
        standing: &[],
        reached: &columns.reached,
        quality: columns.quality.as_ref(),
    };
    let mut board = board::build(question, ingredients, row.kept_at);
    let tied = ties::tied(&board.rows);
    ties::order(&mut board.rows, &last_days(question, &frame, &kept, &tied));
    for row in &mut board.rows {
        // Of what is over nothing is foretold.
        row.forecast_on = None;
        if !is_late_kept {
            row.late_percent = None;
        }
    }
    // Only of the newest: of an older revision, what came late since is told by the next one. It is exact.
    let late = match wanted == newest && !question.merged {
        true => Some(late(conn, question, &frame, (&league_aims, &now)).await?),
        false => None,
    };
    board.closing = tell(span, row, newest, late);
    Ok(Some(board))
}

/// What rows say beside their counts, as it was kept: nothing of it for those who are told tens.
#[derive(Default)]
struct Columns {
    reached: HashMap<Key, NaiveDate>,
    quality: Option<Quality>,
}

impl Columns {
    async fn load(
        conn: &mut Conn,
        question: &Question,
        row: &ClosingRow,
        has_parts: bool,
    ) -> Result<Self, Failure> {
        let (span, revision) = (row.span(), row.revision);
        if question.merged {
            return Ok(Self::default());
        }
        let grades: HashMap<UnitId, String> = contents::grades(conn, span, revision).await?;
        // The days are those of whole units of the last day, and of everybody's work.
        let is_of_units = question.units_as_of == span.ends_on && !has_parts;
        let reached = match is_of_units && !is_of_unions(question) {
            true => contents::reached(conn, span, revision).await?,
            false => Vec::new(),
        };
        let is_asked =
            |one: &Reached| one.stage == question.stage && one.basis == question.basis.as_str();
        let reached = reached.into_iter().filter(is_asked);
        Ok(Self {
            reached: reached
                .map(|one| (Key::Unit(one.unit_id), one.reached_on))
                .collect(),
            quality: (!grades.is_empty()).then(|| Quality::kept(span.ends_on, grades)),
        })
    }
}

fn absent(edition: Edition) -> Result<Option<Leaderboard>, Failure> {
    match edition {
        Edition::Revision(_) => Err(RevisionNotFound.into()),
        Edition::Newest | Edition::Live => Ok(None),
    }
}

/// What is told of a board whose numbers still move: why, where its window is closed.
///
/// # Errors
/// When the database cannot.
pub async fn open(conn: &mut Conn, question: &Question) -> Result<BoardClosing, Failure> {
    let Some(span) = Span::of(question.window).filter(|_| question.campaign.is_none()) else {
        return Ok(BoardClosing::default());
    };
    if store::is_closed(conn, span).await? {
        let why = match question.basis {
            Basis::Provisional => "provisional",
            Basis::Recognised | Basis::Confirmed => "not_kept_in_groups",
        };
        return Ok(BoardClosing {
            still_moves: Some(why.to_owned()),
            ..BoardClosing::default()
        });
    }
    let whole = question.goes_on.unwrap_or(span);
    Ok(BoardClosing {
        closes_on: (whole.kind() != "period").then(|| whole.closes_on()),
        ..BoardClosing::default()
    })
}

fn tell(span: Span, row: ClosingRow, newest: i32, late: Option<i64>) -> BoardClosing {
    BoardClosing {
        closed: true,
        closes_on: Some(span.closes_on()),
        revision: Some(row.revision.unsigned_abs()),
        newest_revision: Some(newest.unsigned_abs()),
        reason: row.reason,
        late,
        still_moves: None,
    }
}

pub(super) fn villages(sums: &[Sum], n: impl Fn(&Sum) -> i64) -> Vec<VillageSum> {
    let turn = |sum: &Sum| VillageSum {
        village_id: sum.village_id,
        mass_union: word_of(&sum.mass_union),
        n: n(sum),
        assists: sum.assists,
        confirmed: sum.confirmed,
        anonymous: sum.anonymous,
        late: sum.late.unwrap_or(0),
        held: 0,
    };
    sums.iter().map(turn).collect()
}

/// The last day on which somebody came to what each of these rows counts: of the confirmed it was not kept.
fn last_days(
    question: &Question,
    frame: &Frame<'_>,
    kept: &[Sum],
    rows: &HashSet<Key>,
) -> HashMap<Key, NaiveDate> {
    let mut last: HashMap<Key, NaiveDate> = HashMap::new();
    if question.basis == Basis::Confirmed || rows.is_empty() {
        return last;
    }
    let is_asked = |sum: &&Sum| question.mass_union.is_none_or(|own| own == sum.mass_union);
    for sum in kept.iter().filter(is_asked) {
        let row = frame.key_of(sum.village_id, &sum.mass_union);
        if let Some((row, on)) = row.filter(|row| rows.contains(row)).zip(sum.last_on) {
            let known = last.entry(row).or_insert(on);
            *known = on.max(*known);
        }
    }
    last
}

/// The window before: ranks compare people alone. None where it was not kept on this basis.
fn previous(basis: Basis, sums: &[Sum]) -> Option<Vec<VillageSum>> {
    match basis {
        Basis::Confirmed => {
            let is_kept = sums.iter().all(|sum| sum.previous_confirmed.is_some());
            is_kept.then(|| villages(sums, |sum| sum.previous_confirmed.unwrap_or(0)))
        }
        Basis::Recognised | Basis::Provisional => Some(villages(sums, |sum| sum.previous_n)),
    }
}

pub(super) fn targets_of(targets: &[KeptTarget], stage: &str) -> Targets {
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

/// People of the rows of this board who came or went after it was kept, each place and union by itself.
async fn late(
    conn: &mut Conn,
    question: &Question,
    frame: &Frame<'_>,
    (league_aims, kept): (&Aims, &[VillageSum]),
) -> Result<i64, Failure> {
    let (rows, _) = board::rows_of(question, frame, league_aims);
    let rows: HashSet<Key> = rows.into_iter().collect();
    let is_here = |village: UnitId, mass_union: &str| {
        let row = frame.key_of(village, mass_union);
        row.is_some_and(|row| rows.contains(&row))
    };
    let live = sum_villages(conn, question.stage, question.window).await?;
    let live = question.basis.counted(live);
    let mut differences: HashMap<(UnitId, &str), i64> = HashMap::new();
    let signed = kept.iter().map(|sum| (sum, -sum.n));
    for (sum, n) in signed.chain(live.iter().map(|sum| (sum, sum.n))) {
        *differences
            .entry((sum.village_id, sum.mass_union))
            .or_default() += n;
    }
    let asked = question.mass_union;
    let late = differences
        .into_iter()
        .filter(|((_, mass_union), n)| *n != 0 && asked.is_none_or(|own| own == *mass_union))
        .filter(|((village, mass_union), _)| is_here(*village, mass_union))
        .map(|(_, n)| n.abs());
    Ok(late.sum())
}
