//! One row of a board. Pure.

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard::BoardRow;

use super::aims::is_of_unions;
use super::basis::Basis;
use super::board::{Question, Sum, tenths};
use super::carried::Goal;
use super::columns;
use super::frame::{Frame, Key};
use super::quality::{Checked, Freshness};
use super::rules::{Window, pace_tenths, percent_tenths};

/// What is known of a row.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub sum: Sum,
    /// People of the window before; none where that is not known.
    pub before: Option<i64>,
    /// The days of the window that have come.
    pub so_far: Window,
    /// How many more there are than then.
    pub growth: Option<i64>,
    /// People since the start, at the end of the window.
    pub standing: i64,
    pub goal: Option<Goal>,
    pub reached: Option<NaiveDate>,
    pub league: Option<u32>,
    pub grade: Option<&'a str>,
    /// What citizens answered; none where that is too little.
    pub checked: Option<Checked>,
    pub freshness: Option<Freshness>,
    /// Whether it is known which phones told how they fare.
    pub knows_phones: bool,
}

impl Facts<'_> {
    /// Whether anything was heard of the unit since the window began: somebody it counts, or a phone.
    fn is_heard(&self, window: Window) -> bool {
        let sum = self.sum;
        let told = self.freshness.and_then(|fresh| fresh.newest);
        let is_since = |at| window.from.is_none_or(|from| from <= local_day(at));
        sum.count + sum.assists + sum.anonymous + sum.held > 0 || told.is_some_and(is_since)
    }
}

/// The row, not ranked yet.
pub fn row(question: &Question, frame: &Frame<'_>, key: Key, facts: Facts<'_>) -> BoardRow {
    let (sum, target) = (facts.sum, facts.goal.map(|goal| goal.people));
    let (came, days) = columns::pace(facts.so_far, sum.count, facts.before.unwrap_or(0));
    let forecast =
        |target| columns::forecast(facts.so_far.to, facts.standing, target, (came, days));
    let is_recognised = question.basis == Basis::Recognised;
    let late_percent = || tenths(percent_tenths(sum.late, sum.count));
    // Of the confirmed everybody is, and what is held may come to nothing.
    let checked = facts.checked.filter(|_| is_recognised && !question.merged);
    BoardRow {
        count: sum.count,
        confirmed: sum.confirmed,
        assists: sum.assists,
        anonymous: sum.anonymous,
        target,
        denominator: facts.goal.map(|goal| goal.denominator.to_owned()),
        no_target: target.is_none().then(|| why_none(question).to_owned()),
        target_divided: facts.goal.is_some_and(|goal| goal.is_divided),
        target_error: target.is_some_and(|target| sum.count > target),
        rate_percent: target.map(|target| tenths(percent_tenths(sum.count, target))),
        growth: facts.growth,
        growth_points: target
            .zip(facts.growth)
            .map(|(target, growth)| tenths(percent_tenths(growth, target))),
        pace_per_day: Some(tenths(pace_tenths(came, days))),
        forecast_on: target.and_then(forecast),
        reached_on: facts.reached,
        league: facts.league,
        merged: question.merged,
        held: (!question.merged && question.basis == Basis::Provisional).then_some(sum.held),
        late_percent: (is_recognised && !question.merged && sum.count > 0).then(late_percent),
        last_sync_p50: facts.freshness.and_then(|fresh| fresh.last_sync),
        unsent_estimate: facts.freshness.map(|fresh| fresh.unsent),
        grade: facts.grade.map(str::to_owned),
        verified_estimate: checked.map(|checked| checked.estimate(sum.count)),
        reporting: facts.knows_phones.then(|| facts.is_heard(question.window)),
        ..named(frame, key)
    }
}

/// Why a row without a target has none.
fn why_none(question: &Question) -> &'static str {
    match is_of_unions(question) {
        true => "not_by_union",
        false => "not_set",
    }
}

/// What the row is, without a number.
fn named(frame: &Frame<'_>, key: Key) -> BoardRow {
    let (geography, day) = (frame.geography, frame.units_as_of);
    match key {
        Key::Unit(id) => {
            let above: Vec<&str> = geography
                .path_on(id, day)
                .iter()
                .skip(1)
                .filter_map(|id| geography.unit(*id))
                .map(|unit| unit.name.as_str())
                .collect();
            let unit = geography.unit(id);
            BoardRow {
                unit_id: Some(id),
                name: geography.name_on(id, day),
                within: Some(above.join(", ")),
                class: unit.and_then(|unit| unit.class.clone()),
                kind: unit.map(|unit| unit.kind.clone()),
                part: frame.has_parts() && frame.villages_of(id).1,
                ..BoardRow::default()
            }
        }
        Key::Union(word) => BoardRow {
            mass_union: Some(word.to_owned()),
            name: match word {
                "youth" => "Đoàn Thanh niên",
                "women" => "Hội Liên hiệp Phụ nữ",
                _ => "Khác",
            }
            .to_owned(),
            ..BoardRow::default()
        },
    }
}
