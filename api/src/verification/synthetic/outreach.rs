//! An invented month of outreach: meetings, visits from door to door and markets, counted by some and estimated by
//! others; and, in one volunteer of twenty, numbers that nobody counted.

use chrono::Days;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};

use super::dice::Dice;
use super::score::{Score, id};
use super::{COMMUNES, DAYS, FIRST_DAY, VOLUNTEERS, commune_of, instant, op_id};
use crate::verification::signals::catalogue::Thresholds;
use crate::verification::signals::outreach::Told;
use crate::verification::signals::rules::judge_outreach;

/// How somebody comes to their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// Counts heads.
    Counts,
    /// Rounds what they see, more often than not.
    Estimates,
    /// Writes down a round number of nobody.
    Rounds,
    /// Writes down whatever looks like a success.
    Boasts,
}

impl Hand {
    fn of(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..=64 => Self::Counts,
            65..=94 => Self::Estimates,
            95..=97 => Self::Rounds,
            _ => Self::Boasts,
        }
    }

    fn writes(self, dice: &mut Dice, seen: i64) -> i64 {
        let round = (seen + 2) / 5 * 5;
        match self {
            Self::Counts => seen,
            Self::Estimates if dice.percent(55) => round,
            Self::Estimates => seen,
            Self::Rounds if dice.percent(98) => round,
            Self::Rounds | Self::Boasts => seen,
        }
    }
}

/// A month of outreach with whether somebody made it up.
fn month(seed: u64) -> Vec<(Told, bool)> {
    let mut dice = Dice::of(seed);
    let mut month = Vec::new();
    for author in 0..COMMUNES * VOLUNTEERS {
        let hand = Hand::of(&mut dice);
        let made_up = matches!(hand, Hand::Rounds | Hand::Boasts);
        let activities = dice.around(if made_up { 6 } else { 1 }, 10);
        for _ in 0..activities {
            month.push((activity(&mut dice, author, hand), made_up));
        }
    }
    month
}

fn activity(dice: &mut Dice, author: usize, hand: Hand) -> Told {
    let (day, second) = (dice.below(DAYS), dice.between(7 * 3_600, 20 * 3_600));
    let at = instant(day, second);
    let people = dice.between(80, 600);
    let mut attended = dice.around(8, people.min(140));
    let mut leaflets = dice.around(5, attended * 2 + 10);
    if hand == Hand::Boasts {
        attended = people * dice.between(16, 30) / 10;
        leaflets = attended * dice.between(1, 8);
    }
    let helped = dice.around(0, 40).min(attended);
    let counted = dice.percent(80);
    Told {
        op_id: op_id(dice, at),
        author_id: AccountId(id("author", &author.to_string())),
        commune_id: UnitId(1 + commune_of(author) as i32),
        effective_at: at,
        attended: Some(hand.writes(dice, attended)),
        leaflets: counted.then(|| hand.writes(dice, leaflets)),
        helped: counted.then(|| hand.writes(dice, helped)),
        people: Some(people),
    }
}

/// How much of what was made up the rules see, and how much honest outreach they trouble.
pub fn score(seed: u64, thresholds: &Thresholds) -> Score {
    let month = month(seed);
    let told: Vec<Told> = month.iter().map(|(told, _)| told.clone()).collect();
    let days = FIRST_DAY..=FIRST_DAY + Days::new(DAYS as u64);
    let mut score = Score::default();
    let found = judge_outreach(&told, &days, thresholds);
    let rules_of = |op: OperationId| found.iter().filter(move |it| it.acts.contains(&op));
    for (told, made_up) in &month {
        let mut rules: Vec<&str> = rules_of(told.op_id).map(|it| it.rule.entry().id).collect();
        rules.dedup();
        match made_up {
            true => {
                score.fabricated += 1;
                score.seen += usize::from(!rules.is_empty());
            }
            false => {
                score.honest += 1;
                score.troubled += usize::from(!rules.is_empty());
                for rule in rules {
                    *score.troubled_by.entry(rule).or_default() += 1;
                }
            }
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outreach_that_nobody_counted_is_told_from_what_was_seen_and_what_was_estimated() {
        for seed in 1..=5 {
            let score = score(seed, &Thresholds::default());
            assert!(score.honest > 800 && score.fabricated > 20, "{score}");
            assert!(score.is_good(), "seed {seed}: {score}");
        }
    }
}
