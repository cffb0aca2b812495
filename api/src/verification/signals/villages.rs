//! Villages that have done more than there is to do, or far more than those like them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::act::{Finding, Subject, day_key, numbers, size};
use super::catalogue::{Rule, Thresholds};
use super::pace::Usual;

/// A village's standing at one stage against its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub village_id: UnitId,
    pub commune_id: UnitId,
    /// The kind of its commune: ward, lowland, upland.
    pub class: String,
    pub stage: String,
    /// The first day of the target.
    pub since: NaiveDate,
    pub people: i64,
    pub counted: i64,
}

impl Standing {
    fn percent(&self) -> i64 {
        self.counted * 100 / self.people.max(1)
    }
}

/// Smallest spread between villages that means anything, in points.
const SPREAD_MIN: i64 = 5;

/// More than the target allows for, or far above villages of the same kind. As of a day.
pub fn coverage_high(
    standings: &[Standing],
    on: NaiveDate,
    thresholds: &Thresholds,
) -> Vec<Finding> {
    let of = |name| thresholds.of(Rule::CoverageHigh, name);
    let (percent_max, mad_tenths) = (of("percent"), of("mad_tenths"));
    let similar = thresholds.count(Rule::CoverageHigh, "similar");
    let mut alike: BTreeMap<(&str, &str), Vec<&Standing>> = BTreeMap::new();
    for standing in standings {
        let key = (standing.stage.as_str(), standing.class.as_str());
        alike.entry(key).or_default().push(standing);
    }
    let mut found = Vec::new();
    for group in alike.values() {
        let percents: Vec<i64> = group.iter().map(|standing| standing.percent()).collect();
        let usual = Usual::of(&percents).filter(|_| group.len() >= similar);
        for standing in group {
            let percent = standing.percent();
            let far = |usual: Usual| {
                (percent - usual.median) * 10 > mad_tenths * usual.mad.max(SPREAD_MIN)
            };
            if percent <= percent_max && !usual.is_some_and(far) {
                continue;
            }
            let key = [standing.stage.as_bytes(), &day_key(standing.since)].concat();
            found.push(Finding {
                rule: Rule::CoverageHigh,
                subject: Subject::Village(standing.village_id),
                commune_id: standing.commune_id,
                on_day: on,
                key,
                started_at: None,
                ended_at: None,
                acts: BTreeSet::new(),
                evidence: numbers(&[
                    ("percent", percent),
                    ("counted", standing.counted),
                    ("people", standing.people),
                    ("median", usual.map_or(0, |usual| usual.median)),
                    ("similar", size(group.len())),
                    ("threshold", percent_max),
                ]),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(village: i32, counted: i64) -> Standing {
        Standing {
            village_id: UnitId(village),
            commune_id: UnitId(1),
            class: "lowland".to_owned(),
            stage: "level2_activated".to_owned(),
            since: "2026-01-01".parse().unwrap(),
            people: 100,
            counted,
        }
    }

    fn flagged(standings: &[Standing]) -> Vec<Subject> {
        let on = "2026-11-28".parse().unwrap();
        let found = coverage_high(standings, on, &Thresholds::default());
        found.into_iter().map(|finding| finding.subject).collect()
    }

    #[test]
    fn more_than_the_target_allows_for_is_asked_about_and_a_little_more_is_not() {
        assert_eq!(
            flagged(&[standing(1, 105), standing(2, 106)]),
            [Subject::Village(UnitId(2))]
        );
    }

    #[test]
    fn a_village_far_above_those_like_it_is_asked_about_once_there_are_enough_of_them() {
        let mut villages: Vec<Standing> = (1..=8).map(|n| standing(n, 40 + i64::from(n))).collect();
        assert!(flagged(&villages).is_empty());
        villages.push(standing(9, 90));
        assert_eq!(flagged(&villages), [Subject::Village(UnitId(9))]);
        assert!(flagged(&villages[5..]).is_empty(), "four are too few");
    }
}
