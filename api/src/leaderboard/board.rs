//! A board from sums, targets and the tree of units. Pure.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{
    BoardClosing, BoardCoverage, BoardRow, BoardTotal, Leaderboard,
};

use uuid::Uuid;

use super::aims::{Aims, is_of_unions};
use super::basis::Basis;
use super::carried::Goal;
use super::closing::rules::Span;
use super::frame::{Frame, Key};
use super::leagues::{self, leagues, ranks_within};
use super::merged::GROUP;
use super::quality::Quality;
use super::row::{Facts, row};
use super::rules::{self, Measured, Metric, Window};
use super::sums::VillageSum;
use crate::geography::Level;

/// What the rows of a board are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rows {
    Units(Level),
    Unions,
}

impl Rows {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "village" => Some(Self::Units(Level::Village)),
            "commune" => Some(Self::Units(Level::Commune)),
            "district" => Some(Self::Units(Level::District)),
            "union" => Some(Self::Unions),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Units(level) => level.as_str(),
            Self::Unions => "union",
        }
    }
}

/// Which board is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    pub rows: Rows,
    pub stage: &'static str,
    pub metric: Metric,
    pub basis: Basis,
    pub window: Window,
    /// The week or month that goes on, where the days are those of it so far.
    pub goes_on: Option<Span>,
    /// With what ranks are compared.
    pub previous: Window,
    /// Whose days these are: its own targets are the measure.
    pub campaign: Option<Uuid>,
    /// Only villages within this unit.
    pub within: UnitId,
    /// Only this union's work.
    pub mass_union: Option<&'static str>,
    /// Only communes of this class.
    pub class: Option<String>,
    /// Only units of this kind.
    pub kind: Option<String>,
    /// Only units of this league.
    pub league: Option<u32>,
    pub units_as_of: NaiveDate,
    /// For those who work elsewhere: in whole tens.
    pub merged: bool,
}

/// All that a board is made of.
#[derive(Clone, Copy)]
pub struct Ingredients<'a> {
    pub frame: &'a Frame<'a>,
    pub aims: &'a Aims,
    /// What makes the leagues: targets of units, whatever rows are measured by.
    pub league_aims: &'a Aims,
    pub now: &'a [VillageSum],
    /// The window before; none where it is not known.
    pub before: Option<&'a [VillageSum]>,
    /// Since the start, at the end of the window.
    pub standing: &'a [VillageSum],
    /// Days on which full targets were reached.
    pub reached: &'a HashMap<Key, NaiveDate>,
    /// Not for those who work elsewhere.
    pub quality: Option<&'a Quality>,
}

/// What was counted in a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    pub count: i64,
    pub assists: i64,
    pub confirmed: i64,
    pub anonymous: i64,
    pub late: i64,
    pub held: i64,
}

/// Sums by row.
pub type RowSums = foldhash::HashMap<Key, Sum>;

/// What was counted in each row.
pub fn sum(question: &Question, frame: &Frame<'_>, sums: &[VillageSum]) -> RowSums {
    let mut summed = RowSums::default();
    let asked = |sum: &&VillageSum| question.mass_union.is_none_or(|it| it == sum.mass_union);
    for village in sums.iter().filter(asked) {
        let Some(key) = frame.key_of(village.village_id, village.mass_union) else {
            continue;
        };
        let sum = summed.entry(key).or_default();
        sum.count += village.n;
        sum.assists += village.assists;
        sum.confirmed += village.confirmed;
        sum.anonymous += village.anonymous;
        sum.late += village.late;
        sum.held += village.held;
    }
    summed
}

/// The rows of a board, and the league of each unit.
pub fn rows_of(
    question: &Question,
    frame: &Frame<'_>,
    league_aims: &Aims,
) -> (Vec<Key>, HashMap<UnitId, u32>) {
    let keys = frame.keys();
    let units: HashSet<UnitId> = keys.iter().filter_map(|key| unit_of(*key)).collect();
    let population: Vec<Key> = frame
        .population(&units)
        .into_iter()
        .map(Key::Unit)
        .collect();
    let day = leagues::day_of(question.window);
    let sizes = league_aims.goals(frame, day, &population);
    let sizes: Vec<(UnitId, i64)> = population
        .iter()
        .zip(sizes)
        .filter_map(|(key, goal)| Some((unit_of(*key)?, goal?.people)))
        .collect();
    let leagues = leagues(&sizes);
    let is_asked = |key: &Key| {
        let unit = unit_of(*key).and_then(|unit| frame.geography.unit(unit));
        let is = |asked: &Option<String>, word: Option<&String>| {
            asked.is_none() || asked.as_ref() == word
        };
        let league = unit.and_then(|unit| leagues.get(&unit.unit_id)).copied();
        is(&question.class, unit.and_then(|unit| unit.class.as_ref()))
            && is(&question.kind, unit.map(|unit| &unit.kind))
            && (question.league.is_none() || question.league == league)
    };
    (keys.into_iter().filter(is_asked).collect(), leagues)
}

/// By what rows can be ranked: where nobody has a target for the union that is asked for, by people.
fn metric_of(question: &Question, goals: &[Option<Goal>]) -> Metric {
    let is_measured = goals.iter().any(Option::is_some);
    match question.metric {
        Metric::Rate if is_of_unions(question) && !is_measured => Metric::Count,
        asked => asked,
    }
}

fn unit_of(key: Key) -> Option<UnitId> {
    match key {
        Key::Unit(unit) => Some(unit),
        Key::Union(_) => None,
    }
}

/// The sums of rows: of the window, of the one before, and since the start.
struct Summed<'a> {
    question: &'a Question,
    /// The days of the window that have come.
    so_far: Window,
    now: RowSums,
    /// None where it is not known.
    before: Option<RowSums>,
    standing: RowSums,
}

impl<'a> Summed<'a> {
    fn of(question: &'a Question, from: &Ingredients<'_>, today: NaiveDate) -> Self {
        let frame = from.frame;
        Self {
            question,
            so_far: question.window.so_far(today),
            now: sum(question, frame, from.now),
            before: from.before.map(|before| sum(question, frame, before)),
            standing: sum(question, frame, from.standing),
        }
    }

    fn now(&self, key: &Key) -> Sum {
        self.now.get(key).copied().unwrap_or_default()
    }

    fn before(&self, key: &Key) -> Option<i64> {
        let before = self.before.as_ref()?.get(key);
        Some(before.copied().unwrap_or_default().count)
    }

    fn growth(&self, key: &Key) -> Option<i64> {
        let (count, before) = (self.now(key).count, self.before(key)?);
        rules::growth(self.so_far, self.question.previous, count, before)
    }

    /// What counts on the way to the target: what a campaign asks for is to come in its own days.
    fn standing(&self, key: &Key) -> i64 {
        let sums = match self.question.campaign {
            Some(_) => &self.now,
            None => &self.standing,
        };
        sums.get(key).copied().unwrap_or_default().count
    }

    /// What rows are ranked by now, and were in the window before. Momentum is a change already: what it was before
    /// is not looked for.
    fn scores(&self, metric: Metric, keys: &[Key], goals: &[Option<Goal>]) -> (Scores, Scores) {
        let is_measured = goals.iter().any(Option::is_some);
        let score = |measured: Measured| rules::score(metric, is_measured, measured);
        let rows = keys.iter().zip(goals);
        let rows = rows.map(|(key, goal)| {
            let target = goal.map(|goal| goal.people);
            let now = score(Measured {
                count: self.now(key).count,
                growth: self.growth(key),
                target,
            });
            let before = self.before(key).map(|count| Measured {
                count,
                growth: None,
                target,
            });
            let before = before.filter(|_| metric != Metric::Momentum);
            (now, before.and_then(score))
        });
        rows.unzip()
    }
}

type Scores = Vec<Option<i64>>;

/// Counts, compares and ranks.
pub fn build(question: &Question, from: Ingredients<'_>, as_of: DateTime<Utc>) -> Leaderboard {
    let frame = from.frame;
    let (keys, leagues) = rows_of(question, frame, from.league_aims);
    let goals = from.aims.goals(frame, question.window.to, &keys);
    let metric = metric_of(question, &goals);
    let summed = Summed::of(question, &from, local_day(as_of));
    let (scores_now, scores_before) = summed.scores(metric, &keys, &goals);
    let (ranks_now, ranks_before) = (rules::ranks(&scores_now), rules::ranks(&scores_before));
    let league_of = |key: &Key| unit_of(*key).and_then(|unit| leagues.get(&unit).copied());
    let class_of = |key: &Key| frame.geography.unit(unit_of(*key)?)?.class.clone();
    let class_ranks = ranks_within(&keys.iter().map(class_of).collect::<Vec<_>>(), &scores_now);
    let league_ranks = ranks_within(&keys.iter().map(league_of).collect::<Vec<_>>(), &scores_now);
    let mut rows: Vec<(BoardRow, usize)> = Vec::with_capacity(keys.len());
    for (position, key) in keys.iter().enumerate() {
        let unit = unit_of(*key);
        let facts = Facts {
            sum: summed.now(key),
            before: summed.before(key),
            so_far: summed.so_far,
            growth: summed.growth(key),
            standing: summed.standing(key),
            goal: goals[position],
            reached: from.reached.get(key).copied(),
            league: league_of(key),
            grade: unit
                .zip(from.quality)
                .map(|(unit, quality)| quality.grade(unit).unwrap_or("–")),
            checked: unit
                .zip(from.quality)
                .and_then(|(unit, quality)| quality.checked(unit)),
            freshness: unit
                .zip(from.quality)
                .and_then(|(unit, quality)| quality.freshness(unit)),
            knows_phones: unit
                .zip(from.quality)
                .is_some_and(|(_, quality)| quality.knows_phones()),
        };
        let mut row = row(question, frame, *key, facts);
        let rank = ranks_now[position];
        row.rank = rank.map(|rank| rank.0);
        row.tied = rank.is_some_and(|rank| rank.1);
        row.class_rank = class_ranks[position];
        row.league_rank = league_ranks[position];
        row.rank_change = rank
            .zip(ranks_before[position])
            .map(|(now, before)| before.0 as i32 - now.0 as i32);
        rows.push((row, position));
    }
    // Unranked rows last; within a tie whoever reached a full target earlier, then by name, as the keys came.
    rows.sort_by_key(|(row, position)| {
        let reached = row.reached_on.unwrap_or(NaiveDate::MAX);
        (row.rank.unwrap_or(u32::MAX), reached, *position)
    });
    let rows: Vec<BoardRow> = rows.into_iter().map(|(row, _)| row).collect();
    Leaderboard {
        level: question.rows.as_str().to_owned(),
        stage: question.stage.to_owned(),
        metric: metric.as_str().to_owned(),
        campaign_id: question.campaign,
        from: question.window.from,
        to: question.window.to,
        previous_from: question.previous.from,
        previous_to: question.previous.to,
        units_as_of: question.units_as_of,
        basis: question.basis.as_str().to_owned(),
        merged_to: question.merged.then_some(GROUP as u32),
        as_of,
        closing: BoardClosing::default(),
        coverage: coverage(&rows),
        total: total(&rows),
        rows,
        around: None,
        next_cursor: None,
        prev_cursor: None,
    }
}

/// Of how many rows anything was heard; none where that is not told.
pub fn coverage(rows: &[BoardRow]) -> Option<BoardCoverage> {
    let heard: Vec<bool> = rows.iter().filter_map(|row| row.reporting).collect();
    (!heard.is_empty() && heard.len() == rows.len()).then(|| BoardCoverage {
        units_reporting: heard.iter().filter(|heard| **heard).count() as u32,
        units_total: heard.len() as u32,
    })
}

/// All rows together. What is against a target is told apart, so that nobody takes the rate of a few
/// communes for that of the province.
pub fn total(rows: &[BoardRow]) -> BoardTotal {
    let with_target: Vec<&BoardRow> = rows.iter().filter(|row| row.target.is_some()).collect();
    let denominator = with_target
        .first()
        .map(|row| &row.denominator)
        .filter(|first| with_target.iter().all(|row| row.denominator == **first));
    let target = denominator.map(|_| with_target.iter().filter_map(|row| row.target).sum());
    let count_with_target = with_target.iter().map(|row| row.count).sum();
    BoardTotal {
        count: rows.iter().map(|row| row.count).sum(),
        confirmed: rows.iter().map(|row| row.confirmed).sum(),
        anonymous: rows.iter().map(|row| row.anonymous).sum(),
        target,
        denominator: denominator.cloned().flatten(),
        count_with_target,
        rate_percent: target.map(|target| tenths(rules::percent_tenths(count_with_target, target))),
        rows: rows.len() as u32,
        rows_with_target: with_target.len() as u32,
    }
}

/// Tenths as the number that JSON shows: 583 becomes 58.3.
pub fn tenths(tenths: i64) -> f64 {
    tenths as f64 / 10.0
}
