//! What is told of outreach: counts that are all but always round, crowds larger than their village, leaflets by the
//! bundle. Nobody can check them against persons, so that they are looked at by themselves.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};

use super::act::{Finding, Subject, day_key, numbers, size};
use super::catalogue::{Rule, Thresholds};

/// An outreach activity as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub op_id: OperationId,
    pub author_id: AccountId,
    pub commune_id: UnitId,
    pub effective_at: DateTime<Utc>,
    /// None: not counted.
    pub attended: Option<i64>,
    pub leaflets: Option<i64>,
    pub helped: Option<i64>,
    /// How many there are to reach in its village; None: no target says.
    pub people: Option<i64>,
}

impl Told {
    fn on_day(&self) -> NaiveDate {
        local_day(self.effective_at)
    }

    fn counts(&self) -> impl Iterator<Item = i64> {
        [self.attended, self.leaflets, self.helped]
            .into_iter()
            .flatten()
    }
}

/// What was found in activities of one author. None: in none.
fn finding(rule: Rule, key: Vec<u8>, told: &[&Told], evidence: &[(&str, i64)]) -> Option<Finding> {
    let first = told
        .iter()
        .min_by_key(|told| (told.effective_at, told.op_id))?;
    Some(Finding {
        rule,
        subject: Subject::Author(first.author_id),
        commune_id: first.commune_id,
        on_day: first.on_day(),
        key,
        started_at: Some(first.effective_at),
        ended_at: told.iter().map(|told| told.effective_at).max(),
        acts: told.iter().map(|told| told.op_id).collect::<BTreeSet<_>>(),
        evidence: numbers(evidence),
    })
}

/// Small numbers are often round, and large ones are estimated by everybody.
fn tells_something(count: i64, least: i64, most: i64) -> bool {
    (least..=most).contains(&count)
}

/// Counts of a month that nearly all end in 0 or 5, where one in five would by chance.
pub fn round_counts(told: &[Told], thresholds: &Thresholds) -> Vec<Finding> {
    let of = |name| thresholds.of(Rule::RoundCounts, name);
    let (percent, least, most) = (of("percent"), of("least"), of("most"));
    let enough = thresholds.count(Rule::RoundCounts, "counts");
    let mut months: BTreeMap<(AccountId, NaiveDate), Vec<&Told>> = BTreeMap::new();
    for one in told {
        let day = one.on_day();
        let month = day.with_day(1).unwrap_or(day);
        months.entry((one.author_id, month)).or_default().push(one);
    }
    let mut found = Vec::new();
    for ((_, month), told) in months {
        let all = told.iter().flat_map(|one| one.counts());
        let all: Vec<i64> = all
            .filter(|count| tells_something(*count, least, most))
            .collect();
        let round = all.iter().filter(|count| *count % 5 == 0).count();
        if all.len() < enough || size(round) * 100 <= size(all.len()) * percent {
            continue;
        }
        let evidence = [
            ("counts", size(all.len())),
            ("round", size(round)),
            ("percent", size(round) * 100 / size(all.len())),
            ("threshold", percent),
        ];
        found.extend(finding(Rule::RoundCounts, day_key(month), &told, &evidence));
    }
    found
}

/// Activities with more people than their village has, or with leaflets by the bundle: what a day of one author
/// tells.
pub fn crowd_high(told: &[Told], thresholds: &Thresholds) -> Vec<Finding> {
    let of = |name| thresholds.of(Rule::CrowdHigh, name);
    let (percent, each, bundle) = (of("percent"), of("leaflets_each"), of("leaflets"));
    let is_crowd = |one: &Told| {
        let people = one.attended.zip(one.people);
        people.is_some_and(|(attended, people)| attended * 100 > people.max(1) * percent)
    };
    let is_bundle = |one: &Told| {
        let given = one.leaflets.unwrap_or_default();
        given > bundle && given > one.attended.unwrap_or_default().max(1) * each
    };
    let mut days: BTreeMap<(AccountId, NaiveDate), Vec<&Told>> = BTreeMap::new();
    for one in told.iter().filter(|one| is_crowd(one) || is_bundle(one)) {
        days.entry((one.author_id, one.on_day()))
            .or_default()
            .push(one);
    }
    let found = days.into_iter().filter_map(|((_, on), told)| {
        let most = |count: fn(&Told) -> Option<i64>| {
            told.iter()
                .filter_map(|one| count(one))
                .max()
                .unwrap_or_default()
        };
        let evidence = [
            ("activities", size(told.len())),
            ("attended", most(|one| one.attended)),
            ("leaflets", most(|one| one.leaflets)),
            ("people", most(|one| one.people)),
            ("threshold", percent),
        ];
        finding(Rule::CrowdHigh, day_key(on), &told, &evidence)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn told(n: u128, attended: i64, leaflets: i64) -> Told {
        Told {
            op_id: OperationId(Uuid::from_u128(n)),
            author_id: AccountId(Uuid::from_u128(7)),
            commune_id: UnitId(1),
            effective_at: "2026-11-09T01:00:00Z".parse().unwrap(),
            attended: Some(attended),
            leaflets: Some(leaflets),
            helped: None,
            people: Some(100),
        }
    }

    fn raised(told: &[Told]) -> Vec<Rule> {
        let thresholds = Thresholds::default();
        let mut found = round_counts(told, &thresholds);
        found.extend(crowd_high(told, &thresholds));
        found.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn counts_that_are_nearly_all_round_are_asked_about_and_some_are_not() {
        let mut month: Vec<Told> = (0..6).map(|n| told(n, 40, 25)).collect();
        assert_eq!(raised(&month), [Rule::RoundCounts]);
        assert_eq!(raised(&month[..5]), [], "ten counts are too few");
        month[0].attended = Some(41);
        assert_eq!(raised(&month), [Rule::RoundCounts], "eleven of twelve");
        month[2].leaflets = Some(23);
        assert_eq!(raised(&month), [], "ten of twelve");
        // Small numbers are round by chance, large ones are estimated.
        let small: Vec<Told> = (0..9).map(|n| told(n, 5, 500)).collect();
        assert!(!raised(&small).contains(&Rule::RoundCounts));
    }

    #[test]
    fn a_crowd_beyond_its_village_and_leaflets_by_the_bundle_are_asked_about() {
        assert_eq!(raised(&[told(1, 150, 151)]), []);
        assert_eq!(raised(&[told(1, 151, 151)]), [Rule::CrowdHigh]);
        assert_eq!(raised(&[told(1, 41, 203)]), []);
        assert_eq!(raised(&[told(1, 40, 201)]), [Rule::CrowdHigh]);
        let mut nowhere = told(1, 900, 12);
        nowhere.people = None;
        assert_eq!(raised(&[nowhere]), []);
    }
}
