//! The periods that a board is asked for by a word.

use chrono::NaiveDate;

use super::closing::rules::Span;
use super::rules::Window;

/// A period that goes on until the last day that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Start,
    Today,
    Week,
    Month,
}

impl Period {
    pub const WORDS: [&str; 4] = ["start", "today", "week", "month"];

    pub fn parse(word: &str) -> Self {
        match word {
            "today" => Self::Today,
            "week" => Self::Week,
            "month" => Self::Month,
            _ => Self::Start,
        }
    }

    /// Its days until this one, and those with which ranks are compared.
    pub fn windows(self, to: NaiveDate) -> (Window, Window) {
        match self {
            Self::Start => Window::since_start(to).with_previous(),
            Self::Today => Window::today(to).with_previous(),
            Self::Week => Window::week_to(to),
            Self::Month => Window::month_to(to),
        }
    }

    /// All of the days that it will have: those until today say neither that it is a week nor that it is a month. None
    /// of what never ends.
    pub fn whole(self, today: NaiveDate) -> Option<Span> {
        match self {
            Self::Start => None,
            Self::Today => Span::of(Window::today(today)),
            Self::Week => Some(Span::week_of(today)),
            Self::Month => Some(Span::month_of(today)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_that_goes_on_closes_as_what_it_will_be() {
        let closes_on = |period: Period, today: &str| {
            let whole = period.whole(today.parse().unwrap());
            whole.map(|span| (span.kind(), span.closes_on().to_string()))
        };
        let told = |kind, day: &str| Some((kind, day.to_owned()));
        // A Tuesday and the first of its month, and a Monday.
        for (period, today, closes) in [
            (Period::Start, "2026-12-01", None),
            (Period::Today, "2026-12-01", told("day", "2026-12-05")),
            (Period::Week, "2026-12-01", told("week", "2026-12-10")),
            (Period::Week, "2026-11-30", told("week", "2026-12-10")),
            (Period::Month, "2026-12-01", told("month", "2027-01-05")),
            (Period::Month, "2026-11-30", told("month", "2026-12-05")),
        ] {
            assert_eq!(closes_on(period, today), closes, "{period:?} on {today}");
        }
    }
}
