//! Which windows close and when, and the words of which a hash is taken. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use mobile_contracts::ids::{AccountId, UnitId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::leaderboard::rules::Window;

/// Whole local days that late facts of a day or a week are waited for.
pub const GRACE_DAYS: u64 = 3;
/// The day of the next month from whose beginning a month is closed.
const MONTH_CLOSES_ON_DAY: u32 = 5;
/// How far back a night looks for windows that nobody closed: a server that was off for a season.
pub const LOOK_BACK: Days = Days::new(100);

/// Windows that one night closes at most, the oldest first. A usual night has one to three; a season that nobody closed
/// (97 days, 14 weeks and 4 months at most) takes three nights, and nothing of it falls out of [`LOOK_BACK`] meanwhile.
pub const NIGHT_WINDOWS_MAX: usize = 40;

/// Local days from the first to the last, both counted: what a closing is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

impl Span {
    /// The days of a window; none of one that counts since the start, which never ends.
    pub fn of(window: Window) -> Option<Self> {
        window.from.map(|starts_on| Self {
            starts_on,
            ends_on: window.to,
        })
    }

    /// The week of a day, from Monday to Sunday.
    pub fn week_of(day: NaiveDate) -> Self {
        let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
        Self {
            starts_on: monday,
            ends_on: monday + Days::new(6),
        }
    }

    pub fn month_of(day: NaiveDate) -> Self {
        let first = day - Days::new(u64::from(day.day0()));
        Self {
            starts_on: first,
            ends_on: first + Months::new(1) - Days::new(1),
        }
    }

    pub fn window(self) -> Window {
        Window {
            from: Some(self.starts_on),
            to: self.ends_on,
        }
    }

    /// day, week, month, or period for days that a unit chose.
    pub fn kind(self) -> &'static str {
        let week = self.ends_on == self.starts_on + Days::new(6);
        match self {
            span if span.starts_on == span.ends_on => "day",
            span if span.starts_on.weekday() == chrono::Weekday::Mon && week => "week",
            span if span == Span::month_of(span.starts_on) => "month",
            _ => "period",
        }
    }

    /// The local day from whose beginning the window is due to be closed. Of chosen days, the earliest: they
    /// close only with their period.
    pub fn closes_on(self) -> NaiveDate {
        match self.kind() {
            "month" => self.ends_on + Days::new(u64::from(MONTH_CLOSES_ON_DAY)),
            _ => self.ends_on + Days::new(GRACE_DAYS + 1),
        }
    }
}

/// The days, weeks and months that end on `since` or later and are due on `today`, the oldest first.
pub fn due(since: NaiveDate, today: NaiveDate) -> BTreeSet<Span> {
    let days = since.iter_days().take_while(|day| *day <= today);
    let spans = days.flat_map(|day| {
        let own = Span {
            starts_on: day,
            ends_on: day,
        };
        [own, Span::week_of(day), Span::month_of(day)]
    });
    spans.filter(|span| span.closes_on() <= today).collect()
}

/// What one union has done in one village, at one stage, within a window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum {
    pub stage: String,
    pub village_id: UnitId,
    pub mass_union: String,
    pub n: i64,
    pub assists: i64,
    pub confirmed: i64,
    pub anonymous: i64,
    pub previous_n: i64,
    /// None where it was not kept.
    pub previous_confirmed: Option<i64>,
    /// Of `n`, those that came late; none where it was not kept.
    pub late: Option<i64>,
    /// The last day of the window on which somebody came; none where nobody did, or it was not kept.
    pub last_on: Option<NaiveDate>,
}

impl Sum {
    /// Whether there is anything to keep.
    pub fn is_any(&self) -> bool {
        let counts = [self.n, self.assists, self.confirmed, self.anonymous];
        self.previous_n > 0 || counts.iter().any(|count| *count > 0)
    }

    fn words(&self) -> String {
        let word = |n: i64| format!(" {n}");
        format!(
            "{} {} {} {} {} {} {} {}{}{}{}",
            self.stage,
            self.village_id,
            self.mass_union,
            self.n,
            self.assists,
            self.confirmed,
            self.anonymous,
            self.previous_n,
            self.previous_confirmed.map(word).unwrap_or_default(),
            self.late.map(word).unwrap_or_default(),
            self.last_on
                .map(|day| format!(" {day}"))
                .unwrap_or_default()
        )
    }
}

/// A target that held on the last day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptTarget {
    pub stage: String,
    pub unit_id: UnitId,
    pub people: i32,
    pub denominator: String,
}

/// On which day a unit of the last day reached its target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    pub stage: String,
    pub unit_id: UnitId,
    /// recognised or confirmed.
    pub basis: String,
    pub reached_on: NaiveDate,
}

/// What a reason is once it named somebody who was erased.
pub const EMPTIED: &str = "***";

/// Who issued a revision and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub by: AccountId,
    pub reason: String,
    /// None of a revision from before reasons had one: its hash is of the words.
    pub seal: Option<Seal>,
}

/// What stands for a reason in the hash of its board, so that the words can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Of the salt and the reason.
    pub hash: Vec<u8>,
    /// Gone with the words.
    pub salt: Option<Uuid>,
}

impl Issue {
    pub fn sealed(by: AccountId, reason: String, salt: Uuid) -> Self {
        let seal = Seal {
            hash: hash_of(salt, &reason),
            salt: Some(salt),
        };
        Self {
            by,
            reason,
            seal: Some(seal),
        }
    }

    /// Whether the reason is what was sealed, or emptied as a whole.
    pub fn is_whole(&self) -> bool {
        match &self.seal {
            None => true,
            Some(Seal { salt: None, .. }) => self.reason == EMPTIED,
            Some(Seal {
                hash,
                salt: Some(salt),
            }) => *hash == hash_of(*salt, &self.reason),
        }
    }

    /// The line by which the hash of a board knows the reason.
    fn words(&self) -> String {
        match &self.seal {
            None => format!("reason {}", self.reason),
            Some(seal) => {
                let digits = seal.hash.iter().map(|byte| format!("{byte:02x}"));
                format!("reason-hash {}", digits.collect::<String>())
            }
        }
    }
}

fn hash_of(salt: Uuid, reason: &str) -> Vec<u8> {
    let hash = Sha256::new()
        .chain_update(salt.as_bytes())
        .chain_update(reason);
    hash.finalize().to_vec()
}

/// All that is kept of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub span: Span,
    pub revision: i32,
    /// The days with which ranks are compared; none where that was not kept.
    pub previous: Option<Span>,
    pub issue: Option<Issue>,
    pub sums: Vec<Sum>,
    /// The same in whole tens; none where they were not kept.
    pub tens: Option<Vec<Sum>>,
    pub targets: Vec<KeptTarget>,
    pub reached: Vec<Reached>,
    /// How far the numbers of a unit could be trusted: its letter. None of any where that was not kept.
    pub grades: BTreeMap<UnitId, String>,
}

impl Kept {
    /// SHA-256 of everything kept, a line each: the window, who issued it, every count and target in order, and
    /// the reason.
    pub fn hash(&self) -> [u8; 32] {
        let (mut sums, mut targets) = (self.sums.clone(), self.targets.clone());
        let (mut tens, mut reached) = (self.tens.clone(), self.reached.clone());
        reached.sort();
        sums.sort();
        targets.sort();
        let by = self.issue.as_ref().map(|issue| issue.by.to_string());
        let mut words = format!(
            "board {} {} {} {}\n",
            self.span.starts_on,
            self.span.ends_on,
            self.revision,
            by.as_deref().unwrap_or("-")
        );
        // Writing into a text never fails. What was not kept once has no words: hashes stay as they were.
        if let Some(previous) = self.previous {
            let _ = writeln!(
                words,
                "previous {} {}",
                previous.starts_on, previous.ends_on
            );
        }
        for sum in &sums {
            let _ = writeln!(words, "sum {}", sum.words());
        }
        if let Some(tens) = &mut tens {
            tens.sort();
            let _ = writeln!(words, "tens");
            for sum in tens {
                let _ = writeln!(words, "tens {}", sum.words());
            }
        }
        for target in &targets {
            let _ = writeln!(
                words,
                "target {} {} {} {}",
                target.stage, target.unit_id, target.people, target.denominator
            );
        }
        for one in &reached {
            let (stage, unit, basis) = (&one.stage, one.unit_id, &one.basis);
            let _ = writeln!(words, "reached {stage} {unit} {basis} {}", one.reached_on);
        }
        for (unit, grade) in &self.grades {
            let _ = writeln!(words, "grade {unit} {grade}");
        }
        if let Some(issue) = &self.issue {
            let _ = writeln!(words, "{}", issue.words());
        }
        Sha256::digest(words).into()
    }
}

/// Citizens of one place and stage before and after, and how many of them somebody else confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    pub before: i64,
    pub after: i64,
    pub confirmed_before: i64,
    pub confirmed_after: i64,
}

impl Change {
    fn is_none(self) -> bool {
        self.before == self.after && self.confirmed_before == self.confirmed_after
    }
}

/// What is other than before, by stage and place.
pub fn changes(
    before: &[Sum],
    after: &[Sum],
    place: impl Fn(UnitId) -> UnitId,
) -> BTreeMap<(String, UnitId), Change> {
    let mut found: BTreeMap<(String, UnitId), Change> = BTreeMap::new();
    for sum in before {
        let key = (sum.stage.clone(), place(sum.village_id));
        let change = found.entry(key).or_default();
        change.before += sum.n;
        change.confirmed_before += sum.confirmed;
    }
    for sum in after {
        let key = (sum.stage.clone(), place(sum.village_id));
        let change = found.entry(key).or_default();
        change.after += sum.n;
        change.confirmed_after += sum.confirmed;
    }
    found.retain(|_, change| !change.is_none());
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(starts_on: &str, ends_on: &str) -> Span {
        Span {
            starts_on: starts_on.parse().unwrap(),
            ends_on: ends_on.parse().unwrap(),
        }
    }

    #[test]
    fn a_day_and_a_week_wait_three_days_and_a_month_until_the_fifth() {
        for (starts_on, ends_on, kind, closes_on) in [
            ("2026-11-20", "2026-11-20", "day", "2026-11-24"),
            ("2026-11-16", "2026-11-22", "week", "2026-11-26"),
            ("2026-11-01", "2026-11-30", "month", "2026-12-05"),
            ("2027-02-01", "2027-02-28", "month", "2027-03-05"),
            ("2026-12-28", "2027-01-03", "week", "2027-01-07"),
            ("2023-01-17", "2023-02-19", "period", "2023-02-23"),
            ("2026-11-17", "2026-11-23", "period", "2026-11-27"),
        ] {
            let span = span(starts_on, ends_on);
            assert_eq!(span.kind(), kind);
            assert_eq!(span.closes_on().to_string(), closes_on, "{span:?}");
        }
    }

    #[test]
    fn windows_are_due_from_the_day_on_which_they_close() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due_on = |today: &str| due(day("2026-11-01"), day(today));
        assert!(!due_on("2026-11-23").contains(&span("2026-11-20", "2026-11-20")));
        assert!(due_on("2026-11-24").contains(&span("2026-11-20", "2026-11-20")));
        assert!(!due_on("2026-12-04").contains(&span("2026-11-01", "2026-11-30")));
        assert!(due_on("2026-12-05").contains(&span("2026-11-01", "2026-11-30")));
        assert!(
            due_on("2026-11-24").contains(&span("2026-10-26", "2026-11-01")),
            "the week of which the first day looked at is the last"
        );
    }

    #[test]
    fn three_nights_close_a_season_before_any_of_it_is_out_of_sight() {
        let first = "2026-03-01".parse::<NaiveDate>().unwrap();
        for start in first.iter_days().take(400) {
            let mut closed = BTreeSet::new();
            for night in start.iter_days().take(3) {
                let open: Vec<Span> = due(night - LOOK_BACK, night)
                    .difference(&closed)
                    .copied()
                    .collect();
                closed.extend(open.into_iter().take(NIGHT_WINDOWS_MAX));
            }
            assert!(due(start - LOOK_BACK, start).is_subset(&closed), "{start}");
        }
    }

    fn sum(village: i32, n: i64) -> Sum {
        Sum {
            stage: "installed".to_owned(),
            village_id: UnitId(village),
            mass_union: "youth".to_owned(),
            n,
            assists: 0,
            confirmed: 0,
            anonymous: 0,
            previous_n: 0,
            previous_confirmed: None,
            late: None,
            last_on: None,
        }
    }

    #[test]
    fn a_hash_is_of_everything_and_of_no_order() {
        let kept = Kept {
            span: span("2026-11-20", "2026-11-20"),
            revision: 0,
            previous: None,
            issue: None,
            tens: None,
            sums: vec![sum(1, 2), sum(2, 3)],
            targets: Vec::new(),
            reached: Vec::new(),
            grades: BTreeMap::new(),
        };
        let mut other = kept.clone();
        other.sums.reverse();
        assert_eq!(other.hash(), kept.hash());
        other.sums[0].previous_n = 1;
        assert_ne!(other.hash(), kept.hash());
        let other = Kept {
            revision: 1,
            ..kept.clone()
        };
        assert_ne!(other.hash(), kept.hash());
        let other = Kept {
            previous: Some(span("2026-11-19", "2026-11-19")),
            ..kept.clone()
        };
        assert_ne!(other.hash(), kept.hash());
        let other = Kept {
            tens: Some(Vec::new()),
            ..kept.clone()
        };
        assert_ne!(other.hash(), kept.hash());
        let other = Kept {
            grades: BTreeMap::from([(UnitId(1), "A".to_owned())]),
            ..kept.clone()
        };
        assert_ne!(other.hash(), kept.hash());
        let mut other = kept.clone();
        other.sums[0].previous_confirmed = Some(0);
        assert_ne!(other.hash(), kept.hash());
        let because = |reason: &str, salt| {
            let by = AccountId(Uuid::nil());
            let issue = Issue::sealed(by, reason.to_owned(), Uuid::from_u128(salt));
            Kept {
                issue: Some(issue),
                ..kept.clone()
            }
        };
        assert_eq!(because("mất sóng", 1).hash(), because("mất sóng", 1).hash());
        assert_ne!(because("mất sóng", 1).hash(), because("mất điện", 1).hash());
    }

    #[test]
    fn a_reason_goes_as_a_whole_or_is_what_it_was() {
        let issue = Issue::sealed(AccountId(Uuid::nil()), "mất sóng".to_owned(), Uuid::nil());
        assert!(issue.is_whole());
        let emptied = Issue {
            reason: EMPTIED.to_owned(),
            seal: issue.seal.clone().map(|seal| Seal { salt: None, ..seal }),
            ..issue.clone()
        };
        assert!(emptied.is_whole());
        assert_eq!(emptied.words(), issue.words(), "the hash stays");
        let reason = "mất điện".to_owned();
        for other in [issue, emptied] {
            let other = Issue {
                reason: reason.clone(),
                ..other
            };
            assert!(!other.is_whole(), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn changes_add_up_to_the_difference(
            before in proptest::collection::vec((0i32..5, 0i64..9), 0..12),
            after in proptest::collection::vec((0i32..5, 0i64..9), 0..12),
        ) {
            let sums = |all: &[(i32, i64)]| all.iter().map(|(village, n)| sum(*village, *n)).collect::<Vec<_>>();
            let (before, after) = (sums(&before), sums(&after));
            let found = changes(&before, &after, |village| village);
            let difference: i64 = found.values().map(|change| change.after - change.before).sum();
            let all = |sums: &[Sum]| sums.iter().map(|sum| sum.n).sum::<i64>();
            prop_assert_eq!(difference, all(&after) - all(&before));
            prop_assert!(found.values().all(|change| change.before != change.after));
        }
    }
}
