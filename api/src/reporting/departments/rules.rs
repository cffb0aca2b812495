//! What departments may be named, and whose a figure is. No database, no clock.

use chrono::NaiveDate;
use mobile_contracts::reporting::EnteredValue;
use mobile_contracts::reporting_department::DEPARTMENTS_MAX;

use crate::http::failure::FieldError;
use crate::reporting::indicators::rules::Catalogue;

/// All that is wrong with a list of departments.
pub fn judge(departments: &[String], catalogue: &Catalogue) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if departments.len() > DEPARTMENTS_MAX {
        faults.push(FieldError::new(
            "/departments",
            "COUNT",
            format!("Tối đa {DEPARTMENTS_MAX} cơ quan."),
            format!("At most {DEPARTMENTS_MAX} departments."),
        ));
    }
    let known = |name: &String| {
        let mut owners = catalogue.owners.iter();
        owners.any(|own| own.owner == name.trim())
    };
    let unknown = departments.iter().enumerate();
    let unknown = unknown.filter(|(_, name)| !known(name));
    faults.extend(unknown.take(DEPARTMENTS_MAX).map(|(index, _)| {
        FieldError::new(
            format!("/departments/{index}"),
            "UNKNOWN",
            "Không chỉ tiêu nào thuộc cơ quan này; tên cơ quan có ở GET /indicators.",
            "No indicator belongs to this department; see the owners of GET /indicators.",
        )
    }));
    faults
}

/// Those that somebody of these departments does not enter.
pub fn foreign<'a>(
    values: &[(&'a EnteredValue, i32)],
    departments: &[String],
    catalogue: &Catalogue,
    day: NaiveDate,
) -> Vec<&'a EnteredValue> {
    let is_own = |code: &str| {
        let owner = catalogue.owner_on(code, day);
        owner.is_some_and(|owner| departments.iter().any(|own| own == owner))
    };
    let values = values.iter().map(|(value, _)| *value);
    values.filter(|value| !is_own(&value.code)).collect()
}
