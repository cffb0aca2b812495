//! What is wrong with a value before anybody looks at the others. No database, no clock.

use chrono::NaiveDate;
use mobile_contracts::reporting::{EnteredValue, Span, VALUE_MAX};

use super::store::{IndicatorRow, OwnerRow, ValueRow};
use crate::http::failure::FieldError;

/// What is counted, in the order of the report.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub indicators: Vec<IndicatorRow>,
    pub owners: Vec<OwnerRow>,
}

impl Catalogue {
    /// What a period has that begins on this day.
    pub fn on(mut self, day: NaiveDate) -> Self {
        let stands = |own: &IndicatorRow| own.retired_on.is_none_or(|retired| day < retired);
        self.indicators.retain(stands);
        self
    }

    pub fn get(&self, code: &str) -> Option<&IndicatorRow> {
        self.indicators.iter().find(|own| own.code == code)
    }

    /// Who answered for an indicator on a day.
    pub fn owner_on(&self, code: &str, day: NaiveDate) -> Option<&str> {
        let mut owners = self.owners.iter();
        let own = owners.find(|own| {
            own.code == code
                && own.valid_from <= day
                && own.valid_to.is_none_or(|valid_to| day < valid_to)
        });
        own.map(|own| own.owner.as_str())
    }

    /// What is added up in an indicator.
    pub fn parts<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a IndicatorRow> {
        self.indicators
            .iter()
            .filter(move |own| own.is_part && own.parent_code.as_deref() == Some(code))
    }
}

/// What is wrong with a value that somebody enters, with pointers below `pointer`.
pub fn judge(pointer: &str, value: &EnteredValue, catalogue: &Catalogue) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, code: &'static str, vi: String, en: &'static str| {
        faults.push(FieldError::new(format!("{pointer}/{field}"), code, vi, en));
    };
    match catalogue.get(&value.code) {
        Some(indicator) if indicator.measure != "heading" => {}
        _ => fault(
            "code",
            "UNKNOWN",
            format!(
                "Không có chỉ tiêu {:?}; danh mục ở GET /indicators.",
                value.code
            ),
            "There is no such indicator; see GET /indicators.",
        ),
    }
    let counts = [("value", value.value), ("denominator", value.denominator)];
    for (field, count) in counts {
        if count.is_some_and(|count| !(0..=VALUE_MAX).contains(&count)) {
            fault(
                field,
                "RANGE",
                "Số từ 0 đến 1.000.000.000.000.".to_owned(),
                "A number from 0 to 1,000,000,000,000.",
            );
        }
    }
    if value.seen_revision.is_some_and(i32::is_negative) {
        fault(
            "seen_revision",
            "RANGE",
            "Bản đã xem từ 0 trở lên.".to_owned(),
            "A revision is 0 or more.",
        );
    }
    if value.stated_change.is_some() != value.change_in.is_some() {
        fault(
            "change_in",
            "TOGETHER",
            "Mức tăng, giảm phải đi kèm đơn vị: percent (%) hoặc points (điểm %).".to_owned(),
            "A stated change goes with its unit: percent or points.",
        );
    }
    if !(1..=200).contains(&value.source.trim().chars().count()) {
        fault(
            "source",
            "LENGTH",
            "Ghi nguồn số liệu, từ 1 đến 200 ký tự.".to_owned(),
            "Say where the figure comes from, in 1 to 200 characters.",
        );
    }
    faults
}

/// Whether two of a list speak of the same indicator and span: then nobody knows which one is meant.
pub fn find_twin(values: &[EnteredValue]) -> Option<usize> {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    values.iter().position(|value| {
        let key = (value.code.as_str(), value.span);
        let twin = seen.contains(&key);
        seen.push(key);
        twin
    })
}

/// Those that the program counted and writes, and how many it leaves to who typed them.
///
/// Without `even_nothing`, what nobody ever recorded is not told: no line of zeros in a report from before.
pub fn fillable(
    counted: Vec<EnteredValue>,
    standing: &[ValueRow],
    even_nothing: bool,
) -> (Vec<EnteredValue>, u32) {
    let stands = |value: &EnteredValue| {
        standing.iter().find(|row| {
            row.code == value.code && row.span == value.span.as_str() && row.value.is_some()
        })
    };
    let (typed, own): (Vec<_>, Vec<_>) = counted
        .into_iter()
        .partition(|value| stands(value).is_some_and(|row| !row.fed));
    let is_known = |value: &EnteredValue| {
        let mut same = own.iter().filter(|other| other.code == value.code);
        same.any(|other| other.value.is_some_and(|count| count > 0))
    };
    let tells = |value: &&EnteredValue| even_nothing || stands(value).is_some() || is_known(value);
    let filled = own.iter().filter(tells).cloned().collect();
    (filled, typed.len() as u32)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use mobile_contracts::ids::AccountId;
    use uuid::Uuid;

    use super::*;

    fn counted(code: &str, span: Span, value: i64) -> EnteredValue {
        EnteredValue {
            code: code.to_owned(),
            span,
            value: Some(value),
            at_least: false,
            denominator: None,
            stated_percent: None,
            stated_change: None,
            change_in: None,
            compared_with: None,
            source: "Phần mềm".to_owned(),
            seen_revision: None,
        }
    }

    fn standing(code: &str, value: Option<i64>, fed: bool) -> ValueRow {
        ValueRow {
            code: code.to_owned(),
            span: "in_period".to_owned(),
            revision: 1,
            value,
            at_least: false,
            denominator: None,
            stated_percent: None,
            stated_change: None,
            change_in: None,
            compared_with: None,
            source: "Ai đó".to_owned(),
            correction: None,
            reason: None,
            entered_by: AccountId(Uuid::nil()),
            entered_at: DateTime::UNIX_EPOCH,
            fed,
        }
    }

    #[test]
    fn the_program_fills_what_it_knows_and_leaves_what_somebody_typed() {
        let standing = [
            standing("typed", Some(7), false),
            standing("fed", Some(3), true),
            standing("emptied", None, false),
        ];
        let counts = vec![
            counted("typed", Span::InPeriod, 5),
            counted("fed", Span::InPeriod, 0),
            counted("emptied", Span::InPeriod, 4),
            counted("never", Span::InPeriod, 0),
            counted("never", Span::Cumulative, 0),
            counted("before", Span::InPeriod, 0),
            counted("before", Span::Cumulative, 9),
        ];
        let told = |even_nothing| {
            let (filled, kept) = fillable(counts.clone(), &standing, even_nothing);
            let codes: Vec<String> = filled.into_iter().map(|own| own.code).collect();
            (codes.join(" "), kept)
        };
        assert_eq!(told(false), ("fed emptied before before".to_owned(), 1));
        assert_eq!(
            told(true),
            ("fed emptied never never before before".to_owned(), 1)
        );
    }
}
