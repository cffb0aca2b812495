//! Work that nobody did, in five ways. One group in ten is made with care: it stays just below what is looked
//! for, as somebody who knows the thresholds would.

use chrono::TimeDelta;
use mobile_contracts::tracking::Stage;

use super::dice::Dice;
use super::{
    COMMUNES, Citizen, DAYS, Fabrication, Record, VILLAGES, VOLUNTEERS, citizen, commune_of,
    instant, number, op_id, phone,
};

/// So many fabricated records, as many of each kind.
pub fn work(dice: &mut Dice, records: usize) -> Vec<Record> {
    let mut month = Vec::with_capacity(records);
    for (at, kind) in Fabrication::ALL.into_iter().enumerate() {
        let share = records * (at + 1) / Fabrication::ALL.len();
        while month.len() < share {
            let left = share - month.len();
            month.extend(one_group(dice, kind, left));
        }
    }
    month
}

fn one_group(dice: &mut Dice, kind: Fabrication, left: usize) -> Vec<Record> {
    let careful = dice.percent(10);
    let (author, mut day) = (dice.below(COMMUNES * VOLUNTEERS), dice.below(DAYS));
    let village = commune_of(author) * VILLAGES + dice.below(VILLAGES);
    let mut second = dice.between(8 * 3_600, 20 * 3_600);
    let people = people(dice, kind, careful, left);
    let pace = Pace::of(dice, kind, careful);
    let mut records = Vec::new();
    for (nth, person) in people.into_iter().enumerate() {
        second += pace.gap_s(dice, nth);
        // A long list is spread over several days, if its pace is not what it is made of.
        if second >= 23 * 3_600 {
            (day, second) = ((day + 1) % DAYS, dice.between(8 * 3_600, 12 * 3_600));
        }
        let at = instant(day, second) + TimeDelta::milliseconds(dice.between(0, 999));
        records.push(Record {
            op_id: op_id(dice, at),
            author,
            village,
            stage: Stage::Level1Activated,
            at,
            received_at: at + TimeDelta::seconds(dice.between(60, 7_200)),
            clock_known: true,
            citizen: Some(person),
            by_helper: false,
            taken_back: false,
            fabricated: Some(kind),
        });
    }
    records
}

/// How the saves follow each other.
enum Pace {
    /// Several in one second, then a pause.
    Together(usize),
    Fast(i64, i64),
    Even(i64, i64),
    Natural,
}

impl Pace {
    fn of(dice: &mut Dice, kind: Fabrication, careful: bool) -> Self {
        match (kind, careful) {
            (Fabrication::IdenticalSeconds, true) => Self::Together(2),
            (Fabrication::IdenticalSeconds, false) => Self::Together(dice.between(3, 8) as usize),
            (Fabrication::ImpossibleRate, true) => Self::Fast(92, 150),
            (Fabrication::ImpossibleRate, false) => Self::Fast(8, 60),
            (Fabrication::RegularGaps, true) => Self::Even(dice.between(120, 600), 60),
            (Fabrication::RegularGaps, false) => Self::Even(dice.between(95, 600), 2),
            (Fabrication::OnePhone | Fabrication::SequentialNumbers, _) => Self::Natural,
        }
    }

    fn gap_s(&self, dice: &mut Dice, nth: usize) -> i64 {
        match self {
            Self::Together(many) if nth.is_multiple_of(*many) => dice.between(120, 900),
            Self::Together(_) => 0,
            Self::Fast(least, most) => dice.between(*least, *most),
            Self::Even(gap_s, jitter_s) => gap_s + dice.between(-jitter_s, *jitter_s),
            Self::Natural => dice.between(150, 1_200),
        }
    }
}

/// A rest too small for a group of its own goes with the last one.
const REST: usize = 12;

fn people(dice: &mut Dice, kind: Fabrication, careful: bool, left: usize) -> Vec<Citizen> {
    let drawn = match (kind, careful) {
        (Fabrication::IdenticalSeconds, _) => dice.between(9, 24),
        (Fabrication::OnePhone, true) => 5,
        (Fabrication::OnePhone, false) => dice.between(8, 25),
        (Fabrication::SequentialNumbers, true) => 3,
        (Fabrication::SequentialNumbers, false) => dice.between(5, 20),
        (Fabrication::ImpossibleRate, _) => dice.between(16, 40),
        (Fabrication::RegularGaps, _) => dice.between(13, 30),
    };
    let drawn = drawn as usize;
    let persons = match careful {
        false if left < drawn + REST => left,
        _ => drawn.min(left),
    };
    let mut everybody: Vec<Citizen> = (0..persons)
        .map(|_| {
            let own = dice.percent(70).then(|| phone(dice));
            citizen(dice, 1945..2009, own)
        })
        .collect();
    let first = everybody.first().cloned();
    match (kind, first) {
        (Fabrication::OnePhone, _) => {
            let shared = phone(dice);
            for person in &mut everybody {
                person.phone = Some(shared.clone());
            }
        }
        (Fabrication::SequentialNumbers, Some(first)) => {
            let mut digits: usize = first.number[6..].parse().unwrap_or(0);
            for person in &mut everybody {
                (person.birth_year, person.sex) = (first.birth_year, first.sex);
                person.number = number(first.birth_year, first.sex, digits);
                digits += 1 + dice.below(2);
            }
        }
        _ => {}
    }
    everybody
}
