//! What is wrong with a value before anybody looks at the others. No database, no clock.

use chrono::NaiveDate;
use mobile_contracts::reporting::{EnteredValue, Span, VALUE_MAX};

use super::store::{IndicatorRow, OwnerRow};
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
