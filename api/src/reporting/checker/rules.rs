//! The rules. Each looks at figures and at what the catalogue says of them, and knows no indicator by name.

use mobile_contracts::reporting::Span;
use mobile_contracts::reporting_percent::StatedPercent;
use sha2::{Digest as _, Sha256};

use super::figure::{Book, Figure};
use super::percent::{Rounding, rounding};
use crate::reporting::indicators::store::IndicatorRow;
use crate::reporting::rules::percent_hundredths;

/// What a rule found. Numbers are what its sentence tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    /// Parts add up to something else than their total.
    PartsTotal {
        total: i64,
        sum: i64,
        missing: usize,
    },
    /// More than the whole of which it is a part.
    PartAboveWhole {
        value: i64,
        whole: i64,
        whole_code: String,
    },
    /// More in the period than since the beginning.
    PeriodAboveCumulative { value: i64, cumulative: i64 },
    /// More than a hundred in a hundred of a free denominator: right for a target only.
    AboveDenominator {
        value: i64,
        denominator: i64,
        /// It tells a part of a whole, which no part exceeds.
        part: bool,
    },
    /// Measured by something else than what it is a part of.
    DenominatorWrong {
        value: i64,
        denominator: i64,
        whole: i64,
        whole_code: String,
        taken_from: Option<String>,
    },
    /// Nobody can tell of how many.
    DenominatorMissing {
        value: i64,
        stated: Option<StatedPercent>,
    },
    /// Resolved and pending are not all that is eligible.
    EligibleSplit {
        eligible: i64,
        resolved: i64,
        pending: i64,
    },
    /// No common rounding gives the stated percentage.
    PercentWrong {
        value: i64,
        denominator: i64,
        stated: StatedPercent,
    },
    /// The stated percentage is cut off where it should be rounded.
    PercentCutOff {
        value: i64,
        denominator: i64,
        stated: StatedPercent,
    },
    /// Cumulative, and less than in the period before.
    CumulativeFell { value: i64, before: i64 },
    /// Compared with the period itself, or a later one.
    SelfComparison { change: StatedPercent },
    /// Two sections tell two values of the same thing.
    TwoValues {
        value: i64,
        other: i64,
        other_code: String,
    },
    /// The program counts something else now than what stands.
    FedDiffers {
        value: i64,
        denominator: Option<i64>,
        counted: i64,
        counted_of: Option<i64>,
        /// What stands was counted too, earlier; else somebody typed it.
        fed: bool,
    },
    /// A percentage that changed by per cent, where points are meant.
    PercentForPoints {
        change: StatedPercent,
        points: Option<i64>,
    },
}

impl Case {
    /// As the contract calls it.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::PartsTotal { .. } => "parts_total",
            Self::PartAboveWhole { .. } => "part_above_whole",
            Self::PeriodAboveCumulative { .. } => "period_above_cumulative",
            Self::AboveDenominator { .. } => "above_denominator",
            Self::DenominatorWrong { .. } => "denominator_wrong",
            Self::DenominatorMissing { .. } => "denominator_missing",
            Self::EligibleSplit { .. } => "eligible_split",
            Self::PercentWrong { .. } => "percent_wrong",
            Self::PercentCutOff { .. } => "percent_cut_off",
            Self::CumulativeFell { .. } => "cumulative_fell",
            Self::SelfComparison { .. } => "self_comparison",
            Self::TwoValues { .. } => "two_values",
            Self::FedDiffers { .. } => "fed_differs",
            Self::PercentForPoints { .. } => "percent_for_points",
        }
    }

    /// Whether it may be right as it is. What is not must be mended or overruled before closing.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::AboveDenominator { part: false, .. }
                | Self::DenominatorMissing { .. }
                | Self::PercentCutOff { .. }
                | Self::FedDiffers { .. }
        )
    }
}

/// Something that does not hold together, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: String,
    pub span: Span,
    pub case: Case,
}

impl Finding {
    /// The same for the same rule, place and figures; another for any other.
    pub fn fingerprint(&self) -> String {
        let words = format!("{}/{}/{:?}", self.code, self.span.as_str(), self.case);
        let hash = Sha256::digest(words.as_bytes());
        hash[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Everything that does not hold together, in the order of the report.
pub fn judge(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for indicator in &book.catalogue.indicators {
        for span in Span::ALL {
            let mut cases = Vec::new();
            split_of_eligible(book, indicator, span, &mut cases);
            if let Some(figure) = book.figure(&indicator.code, span) {
                parts(book, indicator, figure, &mut cases);
                whole(book, indicator, figure, &mut cases);
                denominator(book, indicator, figure, &mut cases);
                percentage(figure, &mut cases);
                change(book, indicator, figure, &mut cases);
                elsewhere(book, indicator, figure, &mut cases);
                counted(book, figure, &mut cases);
            }
            found.extend(cases.into_iter().map(|case| Finding {
                code: indicator.code.clone(),
                span,
                case,
            }));
        }
    }
    found
}

/// Parts add up to their total. "More than" is a least; what is missing may only fill the rest.
fn parts(book: &Book<'_>, indicator: &IndicatorRow, figure: &Figure, cases: &mut Vec<Case>) {
    let parts: Vec<_> = book
        .catalogue
        .parts(&indicator.code)
        .map(|part| book.figure(&part.code, figure.span))
        .collect();
    let known: Vec<&Figure> = parts.iter().flatten().copied().collect();
    if known.is_empty() {
        return;
    }
    let sum: i64 = known.iter().map(|part| part.value).sum();
    let missing = parts.len() - known.len();
    let open_above = missing > 0 || known.iter().any(|part| part.at_least);
    let is_wrong = if figure.value > sum {
        !open_above
    } else {
        figure.value < sum && !figure.at_least
    };
    if is_wrong {
        let total = figure.value;
        cases.push(Case::PartsTotal {
            total,
            sum,
            missing,
        });
    }
}

/// Nothing is more than what it is a part of, or more in the period than since the beginning.
fn whole(book: &Book<'_>, indicator: &IndicatorRow, figure: &Figure, cases: &mut Vec<Case>) {
    let value = figure.value;
    let parent = indicator
        .parent_code
        .as_deref()
        .filter(|_| indicator.is_part);
    for code in [parent, indicator.denominator_code.as_deref()]
        .into_iter()
        .flatten()
    {
        if let Some(whole) = book.figure(code, figure.span)
            && value > whole.value
            && !whole.at_least
        {
            cases.push(Case::PartAboveWhole {
                value,
                whole: whole.value,
                whole_code: code.to_owned(),
            });
        }
    }
    if figure.span == Span::InPeriod
        && let Some(cumulative) = book.figure(&indicator.code, Span::Cumulative)
        && value > cumulative.value
        && !cumulative.at_least
    {
        let cumulative = cumulative.value;
        cases.push(Case::PeriodAboveCumulative { value, cumulative });
    }
    if figure.span == Span::Cumulative
        && let Some(before) = book.before(&indicator.code, Span::Cumulative)
        && value < before.value
        && !figure.at_least
    {
        let before = before.value;
        cases.push(Case::CumulativeFell { value, before });
    }
}

/// The denominator is there, and is what the figure is a part of.
fn denominator(book: &Book<'_>, indicator: &IndicatorRow, figure: &Figure, cases: &mut Vec<Case>) {
    let value = figure.value;
    let Some(denominator) = figure.denominator else {
        let is_rate = indicator.measure == "rate";
        let is_told = indicator.needs_denominator || figure.stated_percent.is_some();
        if is_rate || is_told && indicator.measure == "count" {
            // Of a percentage alone no denominator can be guessed.
            let stated = figure.stated_percent.filter(|_| !is_rate);
            cases.push(Case::DenominatorMissing { value, stated });
        }
        return;
    };
    let whole_code = indicator.denominator_code.as_deref();
    let whole = whole_code.and_then(|code| book.figure(code, figure.span));
    match (whole_code, whole) {
        (Some(whole_code), Some(whole)) if is_other_whole(whole, denominator) => {
            // Which neighbour was taken instead.
            let siblings = book.catalogue.indicators.iter();
            let taken_from = siblings
                .filter(|own| {
                    own.parent_code == indicator.parent_code && own.code != indicator.code
                })
                .find(|own| {
                    let sibling = book.figure(&own.code, figure.span);
                    indicator.parent_code.is_some()
                        && sibling.is_some_and(|sibling| sibling.value == denominator)
                })
                .map(|own| own.code.clone());
            cases.push(Case::DenominatorWrong {
                value,
                denominator,
                whole: whole.value,
                whole_code: whole_code.to_owned(),
                taken_from,
            });
        }
        // Told against the whole already.
        (Some(_), Some(whole)) if whole.value == denominator => {}
        _ if value > denominator && !figure.at_least => {
            let tells_share = indicator.needs_denominator || whole_code.is_some();
            cases.push(Case::AboveDenominator {
                value,
                denominator,
                // Of nothing nobody can aim at more.
                part: denominator == 0 || indicator.measure == "count" && tells_share,
            });
        }
        _ => {}
    }
}

/// Whether a denominator cannot be this whole. Of more than a thousand it may be any that is not less.
fn is_other_whole(whole: &Figure, denominator: i64) -> bool {
    let may_be_more = whole.at_least && denominator > whole.value;
    whole.value != denominator && !may_be_more
}

/// A stated percentage is one that a common rounding gives.
fn percentage(figure: &Figure, cases: &mut Vec<Case>) {
    let (value, Some(denominator), Some(stated)) =
        (figure.value, figure.denominator, figure.stated_percent)
    else {
        return;
    };
    // "More than" says nothing exact.
    if denominator == 0 || figure.at_least {
        return;
    }
    match rounding(stated, value, denominator) {
        Rounding::Nearest => {}
        Rounding::CutOff => cases.push(Case::PercentCutOff {
            value,
            denominator,
            stated,
        }),
        Rounding::None => cases.push(Case::PercentWrong {
            value,
            denominator,
            stated,
        }),
    }
}

/// A change is one since an earlier period, and that of a percentage is told in points.
fn change(book: &Book<'_>, indicator: &IndicatorRow, figure: &Figure, cases: &mut Vec<Case>) {
    let Some(change) = figure.stated_change else {
        return;
    };
    if figure
        .compared_with
        .is_some_and(|month| month >= book.month)
    {
        cases.push(Case::SelfComparison { change });
    }
    let is_rate = figure.denominator.is_some() || figure.stated_percent.is_some();
    if is_rate && figure.change_in.as_deref() == Some("percent") {
        let percent = |own: &Figure| percent_hundredths(own.value, own.denominator?);
        let before = book.before(&indicator.code, figure.span).and_then(percent);
        let points = percent(figure)
            .zip(before)
            .map(|(now, before)| now - before);
        cases.push(Case::PercentForPoints { change, points });
    }
}

/// Two sections tell one value of the same thing.
fn elsewhere(book: &Book<'_>, indicator: &IndicatorRow, figure: &Figure, cases: &mut Vec<Case>) {
    let Some(other_code) = indicator.same_as_code.as_deref() else {
        return;
    };
    let Some(other) = book.figure(other_code, figure.span) else {
        return;
    };
    if other.value != figure.value && !other.at_least && !figure.at_least {
        cases.push(Case::TwoValues {
            value: figure.value,
            other: other.value,
            other_code: other_code.to_owned(),
        });
    }
}

/// What the program counts stands as it counts it now. "More than" is a least: as much or more is no other figure.
fn counted(book: &Book<'_>, figure: &Figure, cases: &mut Vec<Case>) {
    let Some(counted) = book.counted(&figure.code, figure.span) else {
        return;
    };
    let is_other_whole = counted.denominator.is_some() && counted.denominator != figure.denominator;
    let is_at_least = figure.at_least && counted.value >= figure.value;
    let is_other_value = counted.value != figure.value && !is_at_least;
    if is_other_value || is_other_whole {
        cases.push(Case::FedDiffers {
            value: figure.value,
            denominator: figure.denominator,
            counted: counted.value,
            counted_of: counted.denominator,
            fed: figure.fed,
        });
    }
}

/// Of dossiers: resolved and pending are all that is eligible. Told where the eligible ones stand.
fn split_of_eligible(book: &Book<'_>, indicator: &IndicatorRow, span: Span, cases: &mut Vec<Case>) {
    if indicator.role.as_deref() != Some("eligible") {
        return;
    }
    let of_role = |role: &str| {
        let mut siblings = book.catalogue.indicators.iter();
        siblings
            .find(|own| {
                own.parent_code == indicator.parent_code && own.role.as_deref() == Some(role)
            })
            .and_then(|own| book.figure(&own.code, span))
    };
    let eligible = book.figure(&indicator.code, span);
    let (Some(eligible), Some(resolved), Some(pending)) =
        (eligible, of_role("resolved"), of_role("pending"))
    else {
        return;
    };
    let any_least = [eligible, resolved, pending].iter().any(|own| own.at_least);
    if resolved.value + pending.value != eligible.value && !any_least {
        cases.push(Case::EligibleSplit {
            eligible: eligible.value,
            resolved: resolved.value,
            pending: pending.value,
        });
    }
}

#[cfg(test)]
mod tests;
