//! On which days full targets were reached, of a window that closes.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::read::{targets_of, villages};
use super::rules::{KeptTarget, Reached, Span, Sum};
use crate::campaign::targets::STAGES;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::leaderboard::aims::Aims;
use crate::leaderboard::apart::apart;
use crate::leaderboard::basis::Basis;
use crate::leaderboard::board::{self, Question, Rows};
use crate::leaderboard::completion;
use crate::leaderboard::frame::Frame;
use crate::leaderboard::rules::Metric;
use crate::leaderboard::store::Counted;

const LEVELS: [Level; 3] = [Level::District, Level::Commune, Level::Village];
const BASES: [Basis; 2] = [Basis::Recognised, Basis::Confirmed];

/// Of every unit of the last day whose target is full, at every stage.
///
/// # Errors
/// When the database cannot.
pub async fn list(
    conn: &mut Conn,
    geography: &Geography,
    span: Span,
    (sums, targets): (&[Sum], &[KeptTarget]),
) -> QueryResult<Vec<Reached>> {
    let mut found = Vec::new();
    for stage in STAGES {
        let mine: Vec<Sum> = sums
            .iter()
            .filter(|sum| sum.stage == stage)
            .cloned()
            .collect();
        // Without a target nothing is reached.
        if mine.is_empty() || !targets.iter().any(|target| target.stage == stage) {
            continue;
        }
        let aims = Aims::of_units(targets_of(targets, stage));
        for (basis, level) in BASES
            .into_iter()
            .flat_map(|basis| LEVELS.map(|level| (basis, level)))
        {
            for within in geography.roots_on(span.ends_on) {
                let question = question(span, stage, basis, (level, within));
                let reached = reached(conn, geography, &question, (&aims, &mine)).await?;
                found.extend(reached.into_iter().map(|(unit_id, reached_on)| Reached {
                    stage: stage.to_owned(),
                    unit_id,
                    basis: basis.as_str().to_owned(),
                    reached_on,
                }));
            }
        }
    }
    Ok(found)
}

type Days = HashMap<UnitId, NaiveDate>;

async fn reached(
    conn: &mut Conn,
    geography: &Geography,
    question: &Question,
    (aims, sums): (&Aims, &[Sum]),
) -> QueryResult<Days> {
    let frame = Frame::new(question, geography);
    let keys = frame.keys();
    let goals = aims.goals(&frame, question.window.to, &keys);
    let counted = question.basis.counted(villages(sums, |sum| sum.n));
    let counts = board::sum(question, &frame, &counted);
    let full = completion::full(&keys, &goals, &counts);
    let mut days = Days::new();
    for (question, full) in apart(question, full) {
        let counted = Counted::of(&question);
        days.extend(completion::read(conn, &question, counted, &frame, &full).await?);
    }
    Ok(days)
}

fn question(
    span: Span,
    stage: &'static str,
    basis: Basis,
    (level, within): (Level, UnitId),
) -> Question {
    let (window, previous) = span.window().with_previous();
    Question {
        rows: Rows::Units(level),
        stage,
        metric: Metric::Rate,
        basis,
        window,
        goes_on: None,
        previous,
        campaign: None,
        within,
        mass_union: None,
        class: None,
        kind: None,
        league: None,
        units_as_of: span.ends_on,
        merged: false,
    }
}
