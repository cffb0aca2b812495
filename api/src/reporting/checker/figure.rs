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
