//! Targets of a campaign from a CSV file: judged line by line, written whole or not at all. Pure.

use chrono::NaiveDate;
use mobile_contracts::campaign::RefusedLine;
use mobile_contracts::drive::{CampaignTarget, TeamTarget};
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use super::rules::{check_target, check_team_target};
use crate::campaign::teams::targets::NamedTeam;
use crate::geography::Geography;
use crate::http::csv::{Line, read_lines};
use crate::http::failure::{Failure, FieldError, Language};

/// Most lines of a file.
const LINES_MAX: usize = 500;

const COLUMNS: [&str; 8] = [
    "stage",
    "people",
    "source",
    "made_on",
    "unit_id",
    "unit_code",
    "mass_union",
    "team",
];

/// A line of the file: a target of a unit, of one union in it, or of one of its teams.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    stage: String,
    people: i32,
    source: String,
    made_on: NaiveDate,
    #[serde(default)]
    unit_id: Option<i32>,
    #[serde(default)]
    unit_code: Option<String>,
    /// Whoever brings them, if left out.
    #[serde(default)]
    mass_union: Option<String>,
    /// The name of a team of this commune.
    #[serde(default)]
    team: Option<String>,
}

/// The lines of a file.
///
/// # Errors
/// 422 when the file as a whole cannot be read.
pub fn read(file: &[u8]) -> Result<Vec<Line<Row>>, Failure> {
    read_lines(file, &COLUMNS, &COLUMNS[..4], LINES_MAX)
}

/// The teams that lines name.
pub fn teams_named(lines: &[Line<Row>]) -> Vec<String> {
    let rows = lines.iter().filter_map(|(_, row)| row.as_ref().ok());
    rows.filter_map(Row::team).map(str::to_owned).collect()
}

/// What lines are judged by.
pub struct Judge<'a, F> {
    pub geography: &'a Geography,
    pub today: NaiveDate,
    /// Whether a unit lies within the campaign and within what the caller answers for.
    pub may_reach: F,
    /// The teams of the campaign that have the names that lines say.
    pub teams: &'a [NamedTeam],
}

/// What a file asks for, and the lines that are wrong.
#[derive(Debug, Default)]
pub struct Judged {
    pub targets: Vec<CampaignTarget>,
    pub teams: Vec<TeamTarget>,
    pub refused: Vec<RefusedLine>,
}

impl Judged {
    pub fn count(&self) -> usize {
        self.targets.len() + self.teams.len()
    }
}

enum Wanted {
    OfUnit(CampaignTarget),
    OfTeam(TeamTarget),
}

impl Row {
    fn team(&self) -> Option<&str> {
        self.team.as_deref().filter(|name| !name.is_empty())
    }
}

impl<F: Fn(UnitId) -> bool> Judge<'_, F> {
    pub fn judge(&self, lines: &[Line<Row>]) -> Judged {
        let mut judged = Judged::default();
        for (line, row) in lines {
            let line = *line;
            match row.clone().and_then(|row| self.wanted(row)) {
                Ok(Wanted::OfUnit(target)) => judged.targets.push(target),
                Ok(Wanted::OfTeam(target)) => judged.teams.push(target),
                Err(message) => judged.refused.push(RefusedLine { line, message }),
            }
        }
        judged
    }

    fn wanted(&self, row: Row) -> Result<Wanted, String> {
        let unit_id = self.unit(&row)?;
        let team = row.team().map(str::to_owned);
        let union = row.mass_union.filter(|word| !word.is_empty());
        let Some(name) = team else {
            let target = CampaignTarget {
                unit_id,
                mass_union: union.unwrap_or_else(|| "all".to_owned()),
                stage: row.stage,
                people: row.people,
                source: row.source,
                made_on: row.made_on,
            };
            let faults = check_target("", &target);
            return unless(&faults, Wanted::OfUnit(target));
        };
        if union.is_some() {
            return Err("Dòng của một đội thì để trống mass_union.".to_owned());
        }
        let mut teams = self.teams.iter();
        let team = teams.find(|team| team.unit_id == unit_id && team.name == name);
        let team = team.ok_or_else(|| format!("Xã này không có đội {name:?} trong đợt."))?;
        let target = TeamTarget {
            team_id: team.team_id,
            stage: row.stage,
            people: row.people,
            source: row.source,
            made_on: row.made_on,
        };
        let faults = check_team_target("", &target);
        unless(&faults, Wanted::OfTeam(target))
    }

    /// A unit by its number, or by its official code of today.
    fn unit(&self, row: &Row) -> Result<UnitId, String> {
        let code = row.unit_code.as_deref().filter(|code| !code.is_empty());
        let found = match (row.unit_id, code) {
            (Some(id), _) => Some(UnitId(id)),
            (None, Some(code)) => self.geography.by_code(code, self.today),
            (None, None) => None,
        };
        found.filter(|id| (self.may_reach)(*id)).ok_or_else(|| {
            let number = row.unit_id.map(|id| id.to_string());
            let named = code.map(str::to_owned).or(number).unwrap_or_default();
            format!("Không có đơn vị {named:?} trong đợt này, hoặc nằm ngoài phạm vi của bạn.")
        })
    }
}

fn unless(faults: &[FieldError], wanted: Wanted) -> Result<Wanted, String> {
    if faults.is_empty() {
        return Ok(wanted);
    }
    let words = faults
        .iter()
        .map(|fault| Language::Vietnamese.pick(&fault.text));
    Err(words.collect::<Vec<&str>>().join(" "))
}
