//! Targets from a CSV file: judged line by line, written whole or not at all.

use chrono::NaiveDate;
use mobile_contracts::campaign::{Denominator, RefusedLine, TARGETS_MAX, Target};
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::routes::judge;
use crate::geography::Geography;
use crate::http::csv::read_lines;
use crate::http::failure::{Failure, Language};

const COLUMNS: [&str; 8] = [
    "unit_id",
    "unit_code",
    "stage",
    "starts_on",
    "ends_on",
    "people",
    "denominator",
    "source",
];

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
    let (mut targets, mut refused) = (Vec::new(), Vec::new());
    for (line, row) in read_lines::<Row>(file, &COLUMNS, &COLUMNS[2..], TARGETS_MAX)? {
        match row.and_then(|row| target(row, geography, &may_reach)) {
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
