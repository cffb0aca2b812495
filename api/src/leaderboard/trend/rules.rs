//! Steps of a trend, and what each of them tells. Pure.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike as _, Days, Months, NaiveDate};
use mobile_contracts::ids::UnitId;
use mobile_contracts::trend::{TREND_POINTS_MAX, TrendPoint};

use crate::leaderboard::merged::completed;

/// Days that are told by day, and days that are told by week, if nobody says by what.
const BY_DAY_MAX: i64 = 92;
const BY_WEEK_MAX: i64 = 2 * 366;

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Day,
    /// From Monday.
    Week,
    Month,
}

impl Step {
    pub const WORDS: [&str; 3] = ["day", "week", "month"];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month]
            .into_iter()
            .find(|step| step.as_str() == word)
    }

    /// What is readable for so many days.
    pub fn suiting(from: NaiveDate, to: NaiveDate) -> Self {
        match (to - from).num_days() + 1 {
            days if days <= BY_DAY_MAX => Self::Day,
            days if days <= BY_WEEK_MAX => Self::Week,
            _ => Self::Month,
        }
    }

    /// The first day of the step that holds this one.
    fn start(self, day: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day - Days::new(u64::from(back))
    }

    fn next(self, start: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => start + Days::new(1),
            Self::Week => start + Days::new(7),
            Self::Month => start + Months::new(1),
        }
    }

    /// The first days of all steps from one day to another, the first step whole; none if they are more than
    /// a trend may have.
    pub fn starts(self, from: NaiveDate, to: NaiveDate) -> Option<Vec<NaiveDate>> {
        let steps = std::iter::successors(Some(self.start(from)), |start| Some(self.next(*start)));
        let starts: Vec<NaiveDate> = steps
            .take_while(|start| *start <= to)
            .take(TREND_POINTS_MAX + 1)
            .collect();
        (starts.len() <= TREND_POINTS_MAX).then_some(starts)
    }
}

/// Which trend is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    pub within: UnitId,
    pub stage: &'static str,
    /// Only this union's work.
    pub mass_union: Option<&'static str>,
    pub step: Step,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// For those who work elsewhere: in whole tens.
    pub merged: bool,
}

/// A piece, known by a village of it, and a union.
pub type Piece = (UnitId, &'static str);

/// What one union brought in one piece, in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    pub piece: Piece,
    /// First day of the step, whether it is asked for or not.
    pub starts_on: NaiveDate,
    pub n: i64,
    pub confirmed: i64,
}

/// Counts and confirmed counts by step.
type Sums = BTreeMap<NaiveDate, (i64, i64)>;

/// What came in each step, as it is.
pub fn exact(flows: &[Flow]) -> Sums {
    let mut sums = Sums::new();
    for flow in flows {
        let sum = sums.entry(flow.starts_on).or_default();
        sum.0 += flow.n;
        sum.1 += flow.confirmed;
    }
    sums
}

/// The tens that each step completed, from the standings of the pieces before the first of them: count and
/// confirmed. What a board of the same days tells others is the same.
pub fn in_tens(mut standing: HashMap<Piece, (i64, i64)>, mut flows: Vec<Flow>) -> Sums {
    flows.sort_by_key(|flow| flow.starts_on);
    let mut sums = Sums::new();
    for flow in flows {
        let stands = standing.entry(flow.piece).or_default();
        let (n, confirmed) = (stands.0 + flow.n, stands.1 + flow.confirmed);
        let told = completed(stands.0, n);
        let sum = sums.entry(flow.starts_on).or_default();
        sum.0 += told;
        // Nobody is confirmed who does not count.
        sum.1 += completed(stands.1, confirmed).min(told);
        *stands = (n, confirmed);
    }
    sums
}

/// Every step with what it tells, cut to the days that are asked for.
pub fn points(question: &Question, starts: &[NaiveDate], sums: &Sums) -> Vec<TrendPoint> {
    let point = |start: &NaiveDate| {
        let (count, confirmed) = sums.get(start).copied().unwrap_or_default();
        let last = question.step.next(*start) - Days::new(1);
        TrendPoint {
            from: (*start).max(question.from),
            to: last.min(question.to),
            count,
            confirmed,
        }
    };
    starts.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_and_months_are_whole_but_at_the_ends() {
        let question = Question {
            within: UnitId(1),
            stage: "installed",
            mass_union: None,
            step: Step::Week,
            from: day("2026-11-18"),
            to: day("2026-12-01"),
            merged: false,
        };
        let spans = |step: Step| {
            let question = Question {
                step,
                ..question.clone()
            };
            let starts = step.starts(question.from, question.to).unwrap();
            let points = points(&question, &starts, &Sums::new());
            let told = points
                .iter()
                .map(|point| format!("{} {}", point.from, point.to));
            told.collect::<Vec<_>>()
        };
        assert_eq!(
            spans(Step::Week),
            [
                "2026-11-18 2026-11-22",
                "2026-11-23 2026-11-29",
                "2026-11-30 2026-12-01"
            ]
        );
        assert_eq!(
            spans(Step::Month),
            ["2026-11-18 2026-11-30", "2026-12-01 2026-12-01"]
        );
        assert_eq!(spans(Step::Day).len(), 14);
    }

    #[test]
    fn a_trend_is_as_long_as_it_may_be_and_no_longer() {
        let from = day("2025-01-01");
        let last = from + Days::new(TREND_POINTS_MAX as u64 - 1);
        assert_eq!(
            Step::Day.starts(from, last).unwrap().len(),
            TREND_POINTS_MAX
        );
        assert_eq!(Step::Day.starts(from, last + Days::new(1)), None);
        assert_eq!(Step::suiting(from, from + Days::new(91)), Step::Day);
        assert_eq!(Step::suiting(from, from + Days::new(92)), Step::Week);
        assert_eq!(Step::suiting(from, from + Days::new(800)), Step::Month);
    }

    proptest! {
        /// However days are put together to steps, only tens are told, and all steps come to the same.
        #[test]
        fn steps_of_any_length_come_to_the_same_tens(
            days in proptest::collection::vec((0_i32..3, 0_u64..90, 0_i64..15), 1..60), before in 0_i64..40,
        ) {
            let from = day("2026-09-10");
            let flows = |step: Step| -> Vec<Flow> {
                let mut by_step: BTreeMap<(i32, NaiveDate), i64> = BTreeMap::new();
                for (piece, on, n) in &days {
                    *by_step.entry((*piece, step.start(from + Days::new(*on)))).or_default() += n;
                }
                by_step.into_iter()
                    .map(|((piece, starts_on), n)| Flow {
                        piece: (UnitId(piece), "youth"), starts_on, n, confirmed: n,
                    })
                    .collect()
            };
            let standing: HashMap<Piece, (i64, i64)> =
                (0..3).map(|piece| ((UnitId(piece), "youth"), (before, before))).collect();
            let told = |step: Step| in_tens(standing.clone(), flows(step));
            let whole = |sums: &Sums| sums.values().map(|sum| sum.0).sum::<i64>();
            for step in [Step::Day, Step::Week, Step::Month] {
                prop_assert!(told(step).values().all(|(n, confirmed)| n % 10 == 0 && confirmed == n));
                prop_assert_eq!(whole(&told(step)), whole(&told(Step::Day)));
            }
        }
    }
}
