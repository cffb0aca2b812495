//! How fast, and how evenly: what no hand does. The hour of the day is never looked at, and much work at a
//! human pace raises nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, PersonId, UnitId};

use super::act::{Act, Finding, day_key, size};
use super::catalogue::{Rule, Thresholds};

/// Pauses longer than this are no gaps between two people.
const PAUSE: TimeDelta = TimeDelta::hours(1);

/// One volunteer's day: their acts whose time the phone knew, in order.
pub struct Day<'a> {
    pub author_id: AccountId,
    pub on: NaiveDate,
    pub acts: Vec<&'a Act>,
    /// The first act about each person, in order.
    pub moments: Vec<&'a Act>,
}

impl<'a> Day<'a> {
    /// The days of these acts.
    pub fn all(acts: &'a [Act]) -> Vec<Self> {
        let mut days: BTreeMap<(AccountId, NaiveDate), Vec<&Act>> = BTreeMap::new();
        for act in acts.iter().filter(|act| act.has_a_time()) {
            let day = days.entry((act.author_id, act.on_day())).or_default();
            day.push(act);
        }
        let days = days.into_iter();
        days.map(|((author_id, on), mut acts)| {
            acts.sort_by_key(|act| (act.effective_at, act.op_id));
            let mut met = BTreeSet::new();
            let moments = acts.iter().copied();
            let moments = moments
                .filter(|act| act.person_id.is_some_and(|person| met.insert(person)))
                .collect();
            Self {
                author_id,
                on,
                acts,
                moments,
            }
        })
        .collect()
    }

    /// All acts about these people.
    fn acts_about(&self, moments: &[&'a Act]) -> Vec<&'a Act> {
        let persons: BTreeSet<Option<PersonId>> =
            moments.iter().map(|moment| moment.person_id).collect();
        let acts = self.acts.iter().copied();
        acts.filter(|act| act.person_id.is_some() && persons.contains(&act.person_id))
            .collect()
    }

    fn gaps(&self) -> Vec<TimeDelta> {
        let pairs = self.moments.windows(2);
        pairs
            .map(|pair| pair[1].effective_at - pair[0].effective_at)
            .collect()
    }

    /// Seconds between two people, pauses aside.
    fn mean_gap_s(&self) -> Option<i64> {
        let gaps: Vec<i64> = self
            .gaps()
            .into_iter()
            .filter(|gap| *gap <= PAUSE)
            .map(|gap| gap.num_seconds())
            .collect();
        gaps.iter().sum::<i64>().checked_div(size(gaps.len()))
    }
}

/// Several people saved in the same second, or two of them again and again.
pub fn identical_seconds(day: &Day<'_>, thresholds: &Thresholds) -> Option<Finding> {
    let least = thresholds.count(Rule::IdenticalSeconds, "persons");
    let pairs = thresholds.count(Rule::IdenticalSeconds, "pairs");
    let mut seconds: BTreeMap<i64, Vec<&Act>> = BTreeMap::new();
    for moment in &day.moments {
        let second = seconds.entry(moment.effective_at.timestamp()).or_default();
        second.push(moment);
    }
    seconds.retain(|_, moments| moments.len() >= 2);
    if seconds.len() < pairs {
        seconds.retain(|_, moments| moments.len() >= least);
    }
    let most = seconds.values().map(Vec::len).max()?;
    let crowded: Vec<&Act> = seconds.values().flatten().copied().collect();
    let evidence = [
        ("persons", size(most)),
        ("seconds", size(seconds.len())),
        ("threshold", size(least)),
    ];
    let acts = day.acts_about(&crowded);
    Finding::of(Rule::IdenticalSeconds, day_key(day.on), acts, &evidence)
}

/// More people within some minutes than anybody can help, or within a day more than can be helped steadily.
pub fn impossible_rate(day: &Day<'_>, thresholds: &Thresholds) -> Option<Finding> {
    let of = |name| thresholds.of(Rule::ImpossibleRate, name);
    let persons = size(day.moments.len());
    // A mobile team that never stops is high but steady.
    let is_hasty = day.mean_gap_s().is_some_and(|gap| gap < of("steady_gap_s"));
    let is_too_long = persons > of("day_most") || (persons > of("day_max") && is_hasty);
    let mut is_fast = vec![is_too_long; day.moments.len()];
    let short = Haste::of(day, of("window_min"), of("gap_s"));
    let long = Haste::of(day, 60, of("hour_gap_s"));
    for span in short.spans.iter().chain(&long.spans) {
        is_fast[span.clone()].fill(true);
    }
    let moments = day.moments.iter().zip(&is_fast);
    let fast: Vec<&Act> = moments
        .filter(|(_, is_fast)| **is_fast)
        .map(|(moment, _)| *moment)
        .collect();
    let told = match short.spans.is_empty() && !long.spans.is_empty() {
        true => &long,
        false => &short,
    };
    let evidence = [
        ("persons", persons),
        ("most", told.most),
        ("window_min", told.window_min),
        ("gap_s", told.gap_s),
        ("day_max", of("day_max")),
    ];
    let acts = day.acts_about(&fast);
    Finding::of(Rule::ImpossibleRate, day_key(day.on), acts, &evidence)
}

/// Where in a day a window of so many minutes has less than so many seconds for each person.
struct Haste {
    window_min: i64,
    gap_s: i64,
    /// The most people in any window.
    most: i64,
    /// Which moments of the day are in such a window.
    spans: Vec<std::ops::RangeInclusive<usize>>,
}

impl Haste {
    fn of(day: &Day<'_>, window_min: i64, gap_s: i64) -> Self {
        let window = TimeDelta::minutes(window_min);
        let (mut first, mut most, mut spans) = (0, 0, Vec::new());
        for (last, moment) in day.moments.iter().enumerate() {
            while moment.effective_at - day.moments[first].effective_at >= window {
                first += 1;
            }
            let persons = size(last - first + 1);
            most = most.max(persons);
            if persons * gap_s > window.num_seconds() {
                spans.push(first..=last);
            }
        }
        Self {
            window_min,
            gap_s,
            most,
            spans,
        }
    }
}

/// Gaps that are all but equal, many in a row.
pub fn regular_gaps(day: &Day<'_>, thresholds: &Thresholds) -> Option<Finding> {
    let of = |name| thresholds.of(Rule::RegularGaps, name);
    let in_a_row = thresholds.count(Rule::RegularGaps, "gaps");
    let (spread_s, spread_percent) = (of("spread_s"), of("spread_percent"));
    let gaps: Vec<i64> = day.gaps().iter().map(TimeDelta::num_seconds).collect();
    let mut is_regular = vec![false; day.moments.len()];
    let mut usual = None;
    for (first, row) in gaps.windows(in_a_row).enumerate() {
        let mut sorted = row.to_vec();
        sorted.sort_unstable();
        let (least, middle, most) = (sorted[0], sorted[in_a_row / 2], sorted[in_a_row - 1]);
        let spread = spread_s.max(middle * spread_percent / 100);
        // Saved in one second is another signal; hours apart is another day's work.
        if least >= 1 && most <= PAUSE.num_seconds() && most - least <= spread {
            is_regular[first..=first + in_a_row].fill(true);
            usual = usual.or(Some(middle));
        }
    }
    let moments = day.moments.iter().zip(&is_regular);
    let regular: Vec<&Act> = moments
        .filter(|(_, is_regular)| **is_regular)
        .map(|(moment, _)| *moment)
        .collect();
    let evidence = [
        ("persons", size(regular.len())),
        ("gap_s", usual?),
        ("gaps", size(in_a_row)),
    ];
    let acts = day.acts_about(&regular);
    Finding::of(Rule::RegularGaps, day_key(day.on), acts, &evidence)
}

/// Days far beyond those of one's own team, and hasty: by median and MAD, which a few bad days do not move.
pub fn unlike_team(days: &[Day<'_>], thresholds: &Thresholds) -> Vec<Finding> {
    let of = |name| thresholds.of(Rule::UnlikeTeam, name);
    let (z_tenths, steady_gap_s) = (of("z_tenths"), of("steady_gap_s"));
    let team_days = thresholds.count(Rule::UnlikeTeam, "team_days");
    let mut teams: BTreeMap<(MassUnion, UnitId), Vec<&Day<'_>>> = BTreeMap::new();
    for day in days {
        if let Some(first) = day.moments.first() {
            let team = teams
                .entry((first.mass_union, first.commune_id))
                .or_default();
            team.push(day);
        }
    }
    let mut found = Vec::new();
    for team in teams.values().filter(|team| team.len() >= team_days) {
        let persons: Vec<i64> = team.iter().map(|day| size(day.moments.len())).collect();
        let Some(usual) = Usual::of(&persons) else {
            continue;
        };
        for day in team {
            let n = size(day.moments.len());
            let hasty = day.mean_gap_s().is_some_and(|gap| gap < steady_gap_s);
            let z = usual.z_tenths(n);
            if z <= z_tenths || !hasty {
                continue;
            }
            let evidence = [
                ("persons", n),
                ("median", usual.median),
                ("z_tenths", z),
                ("team_days", size(team.len())),
                ("gap_s", day.mean_gap_s().unwrap_or_default()),
            ];
            let acts = day.acts_about(&day.moments);
            found.extend(Finding::of(
                Rule::UnlikeTeam,
                day_key(day.on),
                acts,
                &evidence,
            ));
        }
    }
    found
}

/// What is usual, and how far from it something lies: by median and median absolute deviation.
#[derive(Debug, Clone, Copy)]
pub struct Usual {
    pub median: i64,
    pub mad: i64,
}

impl Usual {
    pub fn of(values: &[i64]) -> Option<Self> {
        let median = median(values)?;
        let deviations: Vec<i64> = values.iter().map(|value| (value - median).abs()).collect();
        Some(Self {
            median,
            mad: self::median(&deviations)?,
        })
    }

    /// The modified z-score (0.6745 deviations from the median, by the MAD), in tenths. Where most are
    /// equal, one is the smallest deviation that means anything.
    pub fn z_tenths(self, value: i64) -> i64 {
        6_745 * (value - self.median) / (1_000 * self.mad.max(1))
    }
}

fn median(values: &[i64]) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
