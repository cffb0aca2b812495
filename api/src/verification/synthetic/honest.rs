//! Honest work, as the field knows it: villages visited house by house, evenings, markets, days of a mobile
//! team that never stop, school classes, families with one phone, days without a signal, and now and then a
//! paper list typed in afterwards.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use mobile_contracts::tracking::Stage;

use super::dice::Dice;
use super::{
    COMMUNES, Citizen, DAYS, Record, VILLAGES, VOLUNTEERS, citizen, commune_of, instant, number,
    op_id, phone,
};

const MORNING: i64 = 7 * 3_600;
const EVENING: i64 = 18 * 3_600 + 1_800;
const NOON: i64 = 11 * 3_600 + 1_800;

/// Somebody met, so many seconds after whom before.
struct Met {
    gap_s: i64,
    citizen: Citizen,
}

/// So many honest records.
pub fn work(dice: &mut Dice, records: usize) -> Vec<Record> {
    let mut month = Vec::with_capacity(records);
    let mut taken = BTreeSet::new();
    while month.len() < records {
        let (author, day) = (dice.below(COMMUNES * VOLUNTEERS), dice.below(DAYS));
        // A small province has fewer days of work than a large one has records.
        if !taken.insert((author, day)) && taken.len() < COMMUNES * VOLUNTEERS * DAYS {
            continue;
        }
        month.extend(one_day(dice, author, day));
    }
    month.truncate(records);
    month
}

fn one_day(dice: &mut Dice, author: usize, day: usize) -> Vec<Record> {
    let kind = dice.below(200);
    let (start, met) = match kind {
        0..=99 => (MORNING + dice.between(0, 6 * 3_600), houses(dice, 4, 16)),
        100..=134 => (EVENING + dice.between(0, 3_600), houses(dice, 3, 12)),
        135..=164 => (MORNING - dice.between(0, 5_400), market(dice)),
        165..=187 => (MORNING - dice.between(0, 1_800), mobile_team(dice)),
        188..=198 => (MORNING + dice.between(0, 7_200), school(dice)),
        _ => (EVENING, paper(dice)),
    };
    let village = commune_of(author) * VILLAGES + dice.below(VILLAGES);
    // Whoever is activated needs a signal: only those who go from house to house work where there is none.
    let without_signal = kind < 135 && dice.percent(10);
    let clock_known = !without_signal || !dice.percent(20);
    let waits = match without_signal {
        true => TimeDelta::seconds(dice.between(86_400, 4 * 86_400)),
        false => TimeDelta::seconds(dice.between(60, 3 * 3_600)),
    };
    let mut second = start;
    let mut records: Vec<Record> = Vec::new();
    for Met { gap_s, citizen } in met {
        let before = second;
        second += gap_s;
        if before < NOON && second >= NOON {
            second += dice.between(2_400, 6_000);
        }
        let at = instant(day, second) + TimeDelta::milliseconds(dice.between(0, 999));
        let is_known = !dice.percent(4);
        let mut record = Record {
            op_id: op_id(dice, at),
            author,
            village,
            stage: Stage::Level1Activated,
            at,
            received_at: at,
            clock_known,
            citizen: is_known.then_some(citizen),
            by_helper: dice.percent(1),
            taken_back: dice.percent(2),
            fabricated: None,
        };
        if dice.percent(40) {
            let earlier = at - TimeDelta::seconds(dice.between(15, 60));
            let mut first = record.clone();
            (first.op_id, first.at) = (op_id(dice, earlier), earlier);
            first.stage = Stage::Installed;
            records.push(first);
        } else if dice.percent(50) {
            record.stage = Stage::Level2Activated;
        }
        records.push(record);
    }
    let last = records.iter().map(|record| record.at).max();
    for record in &mut records {
        record.received_at = last.unwrap_or(record.at) + waits;
    }
    records
}

/// House by house: some of a family at home, often with one phone among them.
fn houses(dice: &mut Dice, least: i64, most: i64) -> Vec<Met> {
    let wanted = dice.between(least, most) as usize;
    let mut met = Vec::new();
    while met.len() < wanted {
        let shared = dice.percent(45).then(|| phone(dice));
        let at_home = dice.around(1, 6);
        for member in 0..at_home {
            let gap_s = match member {
                0 => dice.between(240, 1_800),
                _ => dice.around(90, 420),
            };
            let own = match dice.below(10) {
                0..=1 => None,
                2..=5 => shared.clone().or_else(|| Some(phone(dice))),
                _ => Some(shared.clone().unwrap_or_else(|| phone(dice))),
            };
            let mut citizen = citizen(dice, 1940..2010, own);
            // Twins have numbers side by side.
            if dice.below(300) == 0
                && let Some(Met { citizen: twin, .. }) = met.last()
            {
                let digits: usize = twin.number[6..].parse().unwrap_or(0);
                (citizen.birth_year, citizen.sex) = (twin.birth_year, twin.sex);
                citizen.number = number(twin.birth_year, twin.sex, digits + 1);
            }
            met.push(Met { gap_s, citizen });
        }
    }
    met
}

fn one_by_one(
    dice: &mut Dice,
    persons: i64,
    gap: (i64, i64),
    born: std::ops::Range<usize>,
) -> Vec<Met> {
    (0..persons)
        .map(|_| {
            let own = dice.percent(85).then(|| phone(dice));
            Met {
                gap_s: dice.around(gap.0, gap.1),
                citizen: citizen(dice, born.clone(), own),
            }
        })
        .collect()
}

fn market(dice: &mut Dice) -> Vec<Met> {
    let persons = dice.around(12, 36);
    one_by_one(dice, persons, (90, 900), 1945..2009)
}

/// All day, one after another, as many as there are hours for: a working day, at most half an hour more.
fn mobile_team(dice: &mut Dice) -> Vec<Met> {
    let working_s = dice.between(19_800, 30_600);
    let mut left_s = working_s;
    let mut met = one_by_one(dice, 100, (280, 780), 1935..2011);
    met.retain(|met| {
        left_s -= met.gap_s;
        left_s >= 0
    });
    met
}

fn school(dice: &mut Dice) -> Vec<Met> {
    let (persons, year) = (dice.between(18, 42), 2006 + dice.below(3));
    one_by_one(dice, persons, (120, 480), year..year + 1)
}

/// Written down on paper all day, and typed in at home as fast as one can.
fn paper(dice: &mut Dice) -> Vec<Met> {
    let persons = dice.between(6, 20);
    one_by_one(dice, persons, (30, 110), 1945..2009)
}
