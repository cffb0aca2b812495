//! A board from sums, targets and the tree of units. Pure.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::{BoardClosing, BoardRow, BoardTotal, Leaderboard};

use super::rules::{self, Metric, Window};
use super::store::VillageSum;
use crate::campaign::targets::Targets;
use crate::geography::{Geography, Level};

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
    pub window: Window,
    /// Only villages within this unit.
    pub within: UnitId,
    /// Only this union's work.
    pub mass_union: Option<&'static str>,
    /// Only communes of this class.
    pub class: Option<String>,
    pub units_as_of: NaiveDate,
}

/// All that a board is made of.
#[derive(Debug, Clone, Copy)]
pub struct Ingredients<'a> {
    pub geography: &'a Geography,
    pub targets: &'a Targets,
    pub now: &'a [VillageSum],
    pub before: &'a [VillageSum],
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: i64,
    assists: i64,
    confirmed: i64,
    anonymous: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Unit(UnitId),
    Union(&'static str),
}

/// Counts, compares and ranks.
pub fn build(question: &Question, from: Ingredients<'_>, as_of: DateTime<Utc>) -> Leaderboard {
    let keys = keys(question, from.geography);
    let now = sum(question, from.geography, from.now);
    let before = sum(question, from.geography, from.before);
    let sum_of = |sums: &HashMap<Key, Sum>, key: &Key| sums.get(key).copied().unwrap_or_default();
    let targets: Vec<Option<(i64, &'static str)>> = keys
        .iter()
        .map(|key| match key {
            Key::Unit(id) => from.targets.of(from.geography, *id, question.units_as_of),
            Key::Union(_) => None,
        })
        .collect();
    let scores = |sums: &HashMap<Key, Sum>| -> Vec<Option<i64>> {
        let score = |(key, target): (&Key, &Option<(i64, _)>)| {
            rules::score(
                question.metric,
                sum_of(sums, key).count,
                target.map(|target| target.0),
            )
        };
        keys.iter().zip(&targets).map(score).collect()
    };
    let scores_now = scores(&now);
    let ranks_now = rules::ranks(&scores_now);
    let ranks_before = rules::ranks(&scores(&before));
    let class_ranks = class_ranks(&keys, &scores_now, from.geography);

    let mut rows: Vec<(BoardRow, usize)> = Vec::with_capacity(keys.len());
    for (position, key) in keys.iter().enumerate() {
        let sum = sum_of(&now, key);
        let rank = ranks_now[position];
        let mut row = row(question, from.geography, *key, sum, targets[position]);
        row.rank = rank.map(|rank| rank.0);
        row.tied = rank.is_some_and(|rank| rank.1);
        row.class_rank = class_ranks[position];
        row.rank_change = rank
            .zip(ranks_before[position])
            .map(|(now, before)| before.0 as i32 - now.0 as i32);
        rows.push((row, position));
    }
    // Unranked rows last; within a tie, by name, as the keys came.
    rows.sort_by_key(|(row, position)| (row.rank.unwrap_or(u32::MAX), *position));
    let rows: Vec<BoardRow> = rows.into_iter().map(|(row, _)| row).collect();
    Leaderboard {
        level: question.rows.as_str().to_owned(),
        stage: question.stage.to_owned(),
        metric: question.metric.as_str().to_owned(),
        from: question.window.from,
        to: question.window.to,
        previous_to: question.window.previous().to,
        units_as_of: question.units_as_of,
        basis: "recognised".to_owned(),
        as_of,
        closing: BoardClosing::default(),
        total: total(&rows),
        rows,
        next_cursor: None,
    }
}

/// Every row of the board, those without any work too, by name.
fn keys(question: &Question, geography: &Geography) -> Vec<Key> {
    match question.rows {
        Rows::Unions => ["youth", "women", "none"]
            .into_iter()
            .map(Key::Union)
            .collect(),
        Rows::Units(level) => geography
            .within(question.within, level, question.units_as_of)
            .into_iter()
            .filter(|id| {
                let class = geography.unit(*id).and_then(|unit| unit.class.as_ref());
                question.class.is_none() || question.class.as_ref() == class
            })
            .map(Key::Unit)
            .collect(),
    }
}

fn sum(question: &Question, geography: &Geography, sums: &[VillageSum]) -> HashMap<Key, Sum> {
    let mut keys: HashMap<UnitId, Option<UnitId>> = HashMap::new();
    let mut summed: HashMap<Key, Sum> = HashMap::new();
    for village in sums {
        if question
            .mass_union
            .is_some_and(|mass_union| mass_union != village.mass_union)
        {
            continue;
        }
        // Each village is looked up once, however many unions worked in it.
        let unit = *keys.entry(village.village_id).or_insert_with(|| {
            let day = question.units_as_of;
            let covered = geography.covers(question.within, village.village_id, day);
            let level = match question.rows {
                Rows::Units(level) => level,
                Rows::Unions => Level::Village,
            };
            covered
                .then(|| geography.ancestor_on(village.village_id, level, day))
                .flatten()
        });
        let Some(unit) = unit else { continue };
        let key = match question.rows {
            Rows::Units(_) => Key::Unit(unit),
            Rows::Unions => Key::Union(union_word(&village.mass_union)),
        };
        let sum = summed.entry(key).or_default();
        sum.count += village.n;
        sum.assists += village.assists;
        sum.confirmed += village.confirmed;
        sum.anonymous += village.anonymous;
    }
    summed
}

fn union_word(word: &str) -> &'static str {
    match word {
        "youth" => "youth",
        "women" => "women",
        _ => "none",
    }
}

fn row(
    question: &Question,
    geography: &Geography,
    key: Key,
    sum: Sum,
    target: Option<(i64, &'static str)>,
) -> BoardRow {
    let day = question.units_as_of;
    let (unit_id, mass_union, name, within, class) = match key {
        Key::Unit(id) => {
            let above: Vec<&str> = geography
                .path_on(id, day)
                .iter()
                .skip(1)
                .filter_map(|id| geography.unit(*id))
                .map(|unit| unit.name.as_str())
                .collect();
            let class = geography.unit(id).and_then(|unit| unit.class.clone());
            (
                Some(id),
                None,
                geography.name_on(id, day),
                Some(above.join(", ")),
                class,
            )
        }
        Key::Union(word) => {
            let name = match word {
                "youth" => "Đoàn Thanh niên",
                "women" => "Hội Liên hiệp Phụ nữ",
                _ => "Khác",
            };
            (None, Some(word.to_owned()), name.to_owned(), None, None)
        }
    };
    BoardRow {
        rank: None,
        tied: false,
        class_rank: None,
        rank_change: None,
        unit_id,
        mass_union,
        name,
        within,
        class,
        count: sum.count,
        confirmed: sum.confirmed,
        assists: sum.assists,
        anonymous: sum.anonymous,
        target: target.map(|target| target.0),
        denominator: target.map(|target| target.1.to_owned()),
        rate_percent: target.map(|target| tenths(rules::percent_tenths(sum.count, target.0))),
        pace_per_day: question
            .window
            .days()
            .map(|days| tenths(rules::pace_tenths(sum.count, days))),
    }
}

fn class_ranks(keys: &[Key], scores: &[Option<i64>], geography: &Geography) -> Vec<Option<u32>> {
    let class_of = |key: &Key| match key {
        Key::Unit(id) => geography.unit(*id).and_then(|unit| unit.class.as_deref()),
        Key::Union(_) => None,
    };
    let mut by_class: HashMap<&str, Vec<i64>> = HashMap::new();
    for (key, score) in keys.iter().zip(scores) {
        if let (Some(class), Some(score)) = (class_of(key), score) {
            by_class.entry(class).or_default().push(*score);
        }
    }
    keys.iter()
        .zip(scores)
        .map(|(key, score)| {
            let others = by_class.get(class_of(key)?)?;
            let score = (*score)?;
            Some(others.iter().filter(|other| **other > score).count() as u32 + 1)
        })
        .collect()
}

/// All rows together. What is against a target is told apart, so that nobody takes the rate of a few
/// communes for that of the province.
fn total(rows: &[BoardRow]) -> BoardTotal {
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
fn tenths(tenths: i64) -> f64 {
    tenths as f64 / 10.0
}
