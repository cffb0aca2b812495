//! What the rules look at: figures with what the catalogue says of them.

use chrono::NaiveDate;
use mobile_contracts::reporting::{EnteredValue, Span};
use mobile_contracts::reporting_percent::StatedPercent;

use crate::reporting::indicators::rules::Catalogue;
use crate::reporting::indicators::store::ValueRow;

/// A figure that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub code: String,
    pub span: Span,
    pub value: i64,
    pub at_least: bool,
    pub denominator: Option<i64>,
    pub stated_percent: Option<StatedPercent>,
    pub stated_change: Option<StatedPercent>,
    /// percent or points.
    pub change_in: Option<String>,
    /// First day of the month with which the source compares.
    pub compared_with: Option<NaiveDate>,
    /// The program counted it.
    pub fed: bool,
}

impl Figure {
    /// None: what was entered was taken back, or cannot be read.
    pub fn of(row: &ValueRow) -> Option<Self> {
        let read = |text: &Option<String>| text.as_deref().and_then(|own| own.parse().ok());
        Some(Self {
            code: row.code.clone(),
            span: Span::parse(&row.span)?,
            value: row.value?,
            at_least: row.at_least,
            denominator: row.denominator,
            stated_percent: read(&row.stated_percent),
            stated_change: read(&row.stated_change),
            change_in: row.change_in.clone(),
            compared_with: row.compared_with,
            fed: row.fed,
        })
    }

    /// As the program counts it now.
    pub fn counted(value: &EnteredValue) -> Option<Self> {
        Some(Self {
            code: value.code.clone(),
            span: value.span,
            value: value.value?,
            at_least: false,
            denominator: value.denominator,
            stated_percent: None,
            stated_change: None,
            change_in: None,
            compared_with: None,
            fed: true,
        })
    }

    /// Both units' as that of one. What sources stated was of each alone.
    fn with(self, other: &Self) -> Self {
        let both = self.denominator.zip(other.denominator);
        Self {
            value: self.value + other.value,
            at_least: self.at_least || other.at_least,
            denominator: both.map(|(own, other)| own + other),
            stated_percent: None,
            stated_change: None,
            change_in: None,
            compared_with: None,
            fed: self.fed && other.fed,
            ..self
        }
    }
}

/// The figures of several units as those of one: of what all of them told, their sum. Where one told nothing, nothing is
/// guessed.
pub fn together(all: Vec<Vec<Figure>>) -> Vec<Figure> {
    let mut all = all.into_iter();
    let first = all.next().unwrap_or_default();
    let others: Vec<Vec<Figure>> = all.collect();
    let sums = first.into_iter().filter_map(|figure| {
        others.iter().try_fold(figure, |sum, other| {
            let other = find(other, &sum.code, sum.span)?;
            Some(sum.with(other))
        })
    });
    sums.collect()
}

/// Everything that a period is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    pub catalogue: &'a Catalogue,
    pub figures: &'a [Figure],
    /// Of the period before, if there is one.
    pub before: &'a [Figure],
    /// What the program counts now, of what it counts.
    pub counted: &'a [Figure],
    /// First day of the month that the report is named after.
    pub month: NaiveDate,
}

impl<'a> Book<'a> {
    pub fn figure(&self, code: &str, span: Span) -> Option<&'a Figure> {
        find(self.figures, code, span)
    }

    pub fn before(&self, code: &str, span: Span) -> Option<&'a Figure> {
        find(self.before, code, span)
    }

    pub fn counted(&self, code: &str, span: Span) -> Option<&'a Figure> {
        find(self.counted, code, span)
    }
}

fn find<'a>(figures: &'a [Figure], code: &str, span: Span) -> Option<&'a Figure> {
    figures
        .iter()
        .find(|figure| figure.code == code && figure.span == span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(code: &str, value: i64, denominator: Option<i64>) -> Figure {
        Figure {
            code: code.to_owned(),
            span: Span::InPeriod,
            value,
            at_least: false,
            denominator,
            stated_percent: None,
            stated_change: None,
            change_in: None,
            compared_with: None,
            fed: false,
        }
    }

    #[test]
    fn of_several_units_what_all_told_is_added_up_and_nothing_is_guessed() {
        let stated = Figure {
            stated_percent: "50".parse().ok(),
            ..figure("a", 5, Some(10))
        };
        let least = Figure {
            at_least: true,
            ..figure("a", 30, Some(50))
        };
        let first = vec![stated, figure("b", 1, Some(2)), figure("c", 1, None)];
        let second = vec![figure("b", 3, None), least];
        let sum = Figure {
            at_least: true,
            ..figure("a", 35, Some(60))
        };
        let told = together(vec![first.clone(), second]);
        assert_eq!(told, [sum, figure("b", 4, None)]);
        assert_eq!(together(vec![first.clone()]), first, "of one as it stands");
        assert_eq!(together(Vec::new()), []);
    }
}
