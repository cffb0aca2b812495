//! Who was recorded: phones that belong to too many, numbers in a row, nobody at all.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::citizen_id::Sex;
use mobile_contracts::ids::{AccountId, PersonId};

use super::act::{Act, Finding, day_key, size};
use super::catalogue::{Rule, Thresholds};
use super::pace::Day;

/// One phone on more citizens than a family has, or in more villages. One finding for each of those who
/// recorded them.
pub fn shared_phones(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let citizens_max = thresholds.count(Rule::SharedPhone, "citizens");
    let villages_max = thresholds.count(Rule::SharedPhone, "villages");
    let mut phones: BTreeMap<[u8; 16], Vec<&Act>> = BTreeMap::new();
    for act in acts.iter().filter(|act| !act.is_voided()) {
        if let (Some(phone), Some(_)) = (act.phone, act.person_id) {
            phones.entry(phone).or_default().push(act);
        }
    }
    let mut found = Vec::new();
    for (phone, acts) in phones {
        let persons: BTreeSet<Option<PersonId>> = acts.iter().map(|act| act.person_id).collect();
        let villages: BTreeSet<_> = acts.iter().map(|act| act.village_id).collect();
        if persons.len() <= citizens_max && villages.len() <= villages_max {
            continue;
        }
        let evidence = [
            ("persons", size(persons.len())),
            ("villages", size(villages.len())),
            ("threshold", size(citizens_max)),
        ];
        let authors: BTreeSet<AccountId> = acts.iter().map(|act| act.author_id).collect();
        for author in authors {
            let own = acts.iter().copied().filter(|act| act.author_id == author);
            found.extend(Finding::of(
                Rule::SharedPhone,
                phone.to_vec(),
                own,
                &evidence,
            ));
        }
    }
    found
}

/// Numbers in a row: people of one birth year and sex, recorded by one volunteer on one day, whose last four
/// digits follow each other. The number itself is never kept; this much of it is.
pub fn sequential_numbers(day: &Day<'_>, thresholds: &Thresholds) -> Option<Finding> {
    let run_min = thresholds.count(Rule::SequentialNumbers, "run");
    let step = thresholds.of(Rule::SequentialNumbers, "step");
    let mut alike: BTreeMap<(i16, bool), Vec<(u16, &Act)>> = BTreeMap::new();
    for moment in &day.moments {
        if let Some(number) = moment.number {
            let key = (number.birth_year, number.sex == Sex::Female);
            alike.entry(key).or_default().push((number.tail, moment));
        }
    }
    let mut in_runs: BTreeSet<Option<PersonId>> = BTreeSet::new();
    let (mut runs, mut longest) = (0, 0);
    for numbers in alike.values_mut() {
        numbers.sort_by_key(|(tail, act)| (*tail, act.op_id));
        let far = |a: &(u16, &Act), b: &(u16, &Act)| i64::from(b.0) - i64::from(a.0) <= step;
        for run in numbers.chunk_by(far).filter(|run| run.len() >= run_min) {
            runs += 1;
            longest = longest.max(run.len());
            in_runs.extend(run.iter().map(|(_, act)| act.person_id));
        }
    }
    let evidence = [
        ("run", size(longest)),
        ("runs", runs),
        ("persons", size(in_runs.len())),
        ("threshold", size(run_min)),
    ];
    let acts = day.acts.iter().copied();
    let acts = acts.filter(|act| act.person_id.is_some() && in_runs.contains(&act.person_id));
    Finding::of(Rule::SequentialNumbers, day_key(day.on), acts, &evidence)
}

/// One volunteer's acts of a week, which begins on Monday.
fn weeks(acts: &[Act]) -> BTreeMap<(AccountId, NaiveDate), Vec<&Act>> {
    let mut weeks: BTreeMap<_, Vec<&Act>> = BTreeMap::new();
    for act in acts {
        let key = (act.author_id, monday_of(act.on_day()));
        weeks.entry(key).or_default().push(act);
    }
    weeks
}

pub fn monday_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

/// Too large a part of a week's acts is of one kind.
fn share(
    acts: &[Act],
    rule: Rule,
    thresholds: &Thresholds,
    is_of_it: impl Fn(&Act) -> bool,
) -> Vec<Finding> {
    let percent = thresholds.of(rule, "percent");
    let records = thresholds.count(rule, "records");
    let mut found = Vec::new();
    for ((_, monday), week) in weeks(acts) {
        let part: Vec<&Act> = week.iter().copied().filter(|act| is_of_it(act)).collect();
        if week.len() < records || size(part.len()) * 100 <= size(week.len()) * percent {
            continue;
        }
        let evidence = [
            ("records", size(week.len())),
            ("part", size(part.len())),
            ("percent", size(part.len()) * 100 / size(week.len())),
            ("threshold", percent),
        ];
        found.extend(Finding::of(rule, day_key(monday), part, &evidence));
    }
    found
}

/// Too many acts about nobody: nobody can check them.
pub fn anonymous_share(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    share(acts, Rule::AnonymousShare, thresholds, |act| {
        act.person_id.is_none()
    })
}

/// Too many acts about people without an ID number: a name costs nothing to invent.
pub fn unnumbered_share(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    share(acts, Rule::UnnumberedShare, thresholds, |act| {
        act.person_id.is_some() && !act.has_number
    })
}

/// Too many acts that were taken back.
pub fn void_rate(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    share(acts, Rule::VoidRate, thresholds, Act::is_voided)
}

/// Acts, each with when it was taken back.
type TakenBack<'a> = Vec<(&'a Act, DateTime<Utc>)>;

/// Acts of weeks that were closed, taken back: they made a rank, and it was printed. Told of the week in which they
/// were taken back.
pub fn late_voids(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let rule = Rule::LateVoids;
    let most = thresholds.count(rule, "acts");
    let days = Days::new(thresholds.of(rule, "days").unsigned_abs());
    let mut weeks: BTreeMap<(AccountId, NaiveDate), TakenBack<'_>> = BTreeMap::new();
    for act in acts {
        let closed_on = monday_of(act.on_day()) + Days::new(7) + days;
        if let Some(at) = act.voided_at.filter(|at| local_day(*at) >= closed_on) {
            let key = (act.author_id, monday_of(local_day(at)));
            weeks.entry(key).or_default().push((act, at));
        }
    }
    weeks.retain(|_, late| late.len() > most);
    let found = weeks.into_iter().filter_map(|((_, monday), late)| {
        let evidence = [("acts", size(late.len())), ("threshold", size(most))];
        let of = late.iter().map(|(act, _)| *act);
        let mut finding = Finding::of(rule, day_key(monday), of, &evidence)?;
        // It is about when they were taken back.
        finding.started_at = late.iter().map(|(_, at)| *at).min();
        finding.ended_at = late.iter().map(|(_, at)| *at).max();
        finding.on_day = finding.started_at.map_or(monday, local_day);
        Some(finding)
    });
    found.collect()
}
