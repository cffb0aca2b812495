//! Targets from a CSV file: judged line by line, written whole or not at all.

use chrono::NaiveDate;
use mobile_contracts::campaign::{Denominator, RefusedLine, TARGETS_MAX, Target};
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::routes::judge;
use crate::geography::Geography;
use crate::http::failure::{Failure, FieldError, Language};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    unit_id: Option<i32>,
    #[serde(default)]
    unit_code: Option<String>,
    stage: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    people: u32,
    denominator: Denominator,
    source: String,
}

/// Reads a file. A unit is named by its number, or by its official code as of the first day.
///
/// # Errors
/// 422 when the file as a whole cannot be read.
pub fn read(
    file: &[u8],
    geography: &Geography,
    may_reach: impl Fn(UnitId) -> bool,
) -> Result<(Vec<Target>, Vec<RefusedLine>), Failure> {
    let text = std::str::from_utf8(file).map_err(|_| {
        unreadable(
            "Tệp không phải UTF-8. Hãy lưu lại dạng CSV UTF-8.",
            "The file is not UTF-8. Save it as CSV UTF-8.",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let (mut targets, mut refused) = (Vec::new(), Vec::new());
    for (index, record) in reader.deserialize::<Row>().enumerate() {
        if index == TARGETS_MAX {
            return Err(unreadable(
                format!("Tệp có hơn {TARGETS_MAX} dòng; hãy chia nhỏ."),
                format!("The file has more than {TARGETS_MAX} lines; split it."),
            ));
        }
        let line = index as u32 + 2;
        match record
            .map_err(|why| format!("Dòng không đọc được: {why}."))
            .and_then(|row| target(row, geography, &may_reach))
        {
            Ok(target) => targets.push(target),
            Err(message) => refused.push(RefusedLine { line, message }),
        }
    }
    Ok((targets, refused))
}

fn target(
    row: Row,
    geography: &Geography,
    may_reach: &impl Fn(UnitId) -> bool,
) -> Result<Target, String> {
    let code = row.unit_code.filter(|code| !code.is_empty());
    let unit_id = match (row.unit_id, &code) {
        (Some(id), _) => Some(UnitId(id)),
        (None, Some(code)) => geography.by_code(code, row.starts_on),
        (None, None) => None,
    };
    let unit_id = unit_id.filter(|id| may_reach(*id)).ok_or_else(|| {
        let named = code
            .or(row.unit_id.map(|id| id.to_string()))
            .unwrap_or_default();
        format!(
            "Không có đơn vị {named:?} vào ngày {}, hoặc nằm ngoài phạm vi của bạn.",
            row.starts_on
        )
    })?;
    let target = Target {
        unit_id,
        stage: row.stage,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        people: row.people,
        denominator: row.denominator,
        source: row.source,
    };
    let faults = judge("", &target);
    if faults.is_empty() {
        return Ok(target);
    }
    let words: Vec<&str> = faults
        .iter()
        .map(|fault| Language::Vietnamese.pick(&fault.text))
        .collect();
    Err(words.join(" "))
}

fn unreadable(
    vi: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> Failure {
    Failure::invalid(vec![FieldError::new("", "FILE", vi, en)])
}
