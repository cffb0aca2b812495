//! What the report says: the five parts, figures and comparisons in words. No database, no clock.

use std::collections::HashMap;

use chrono::NaiveDate;
use mobile_contracts::calendar::Month;
use mobile_contracts::ids::UnitId;
use mobile_contracts::reporting::Span;
use mobile_contracts::reporting_report::{
    Report, ReportBlock, ReportDifference, ReportEntry, ReportFigure, ReportStatedChange,
    TextSection,
};

use super::sections;
use crate::reporting::checker::figure::{Book, Figure};
use crate::reporting::indicators::rules::Catalogue;
use crate::reporting::indicators::store::IndicatorRow;
use crate::reporting::periods::store::PeriodRow;
use crate::reporting::registers::store::EntryRow;
use crate::reporting::rules::{
    count_vi, nothing_vi, percent_hundredths, percent_vi, points_vi, wire_percent,
};

/// From when on the card is called otherwise (Law 26/2023/QH15).
const CARD_RENAMED_ON: &str = "2024-07-01";

/// Everything that a report is made of.
#[derive(Debug, Clone)]
pub struct Material {
    pub period: PeriodRow,
    pub unit_name: String,
    pub month: Month,
    pub catalogue: Catalogue,
    pub figures: Vec<Figure>,
    /// The month before and its figures: of a unit made of others, their sums.
    pub before: Option<(Month, Vec<Figure>)>,
    /// Of a unit without a period before: of what it came.
    pub made_of: Vec<MadeOf>,
    pub entries: Vec<EntryRow>,
    /// What the units were called to which tasks are given.
    pub unit_names: HashMap<UnitId, String>,
    pub texts: HashMap<String, String>,
}

/// A unit that went into another one.
#[derive(Debug, Clone)]
pub struct MadeOf {
    pub name: String,
    pub is_whole: bool,
    pub on: NaiveDate,
}

impl Material {
    pub fn book(&self) -> Book<'_> {
        Book {
            catalogue: &self.catalogue,
            figures: &self.figures,
            before: self.before.as_ref().map_or(&[], |(_, own)| own),
            counted: &[],
            month: self.period.month,
        }
    }

    /// What somebody wrote there, paragraph by paragraph.
    pub fn text(&self, section: TextSection) -> Vec<&str> {
        let text = self.texts.get(section.as_str()).map_or("", String::as_str);
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// To whom a task is given: the unit that it names, or else whoever has to do it.
    pub fn assignee<'a>(&'a self, task: &'a EntryRow) -> &'a str {
        let unit = task.assigned_unit_id;
        let name = unit.and_then(|unit| self.unit_names.get(&unit));
        name.map_or(task.body.as_str(), String::as_str)
    }

    /// What an indicator was called in the period.
    pub fn name(&self, name: &str) -> String {
        let renamed: NaiveDate = CARD_RENAMED_ON.parse().unwrap_or(NaiveDate::MAX);
        match self.period.ends_on >= renamed {
            true => name.replace("CCCD", "Căn cước"),
            false => name.to_owned(),
        }
    }

    /// Who answered for an indicator on the last day.
    pub fn owner(&self, code: &str) -> Option<&str> {
        self.catalogue.owner_on(code, self.period.ends_on)
    }
}

/// The report, as a draft.
pub fn compose(material: &Material) -> Report {
    let or = |section, otherwise: &[&str]| -> Vec<String> {
        let written = material.text(section);
        let lines = if written.is_empty() {
            otherwise
        } else {
            &written
        };
        lines.iter().map(|line| (*line).to_owned()).collect()
    };
    Report {
        unit_name: material.unit_name.clone(),
        month: material.month,
        starts_on: material.period.starts_on,
        ends_on: material.period.ends_on,
        cumulative_from: material.period.cumulative_from,
        correction: 0,
        issued_on: None,
        issued_by: None,
        reason: None,
        blocks: sections::blocks(material),
        figures: figures(material),
        entries: entries(material),
        differences: differences(material),
        stated_changes: stated_changes(material),
        recipients: or(TextSection::Recipients, sections::RECIPIENTS),
        signer: or(TextSection::Signer, &["TỔ TRƯỞNG"]),
    }
}

/// A figure with what is computed of it.
pub fn percent(figure: &Figure) -> Option<i64> {
    percent_hundredths(figure.value, figure.denominator?)
}

/// By how many points a percentage changed since the period before.
pub fn change(material: &Material, figure: &Figure) -> Option<i64> {
    let before = material.book().before(&figure.code, figure.span)?;
    Some(percent(figure)? - percent(before)?)
}

fn figures(material: &Material) -> Vec<ReportFigure> {
    let mut told = Vec::new();
    for indicator in &material.catalogue.indicators {
        for span in Span::ALL {
            let Some(figure) = material.book().figure(&indicator.code, span) else {
                continue;
            };
            let before = material.book().before(&indicator.code, span);
            told.push(ReportFigure {
                code: indicator.code.clone(),
                name: material.name(&indicator.name),
                section: indicator.section.clone(),
                counted_in: indicator.counted_in.clone(),
                owner: material.owner(&indicator.code).map(str::to_owned),
                span: span.as_str().to_owned(),
                value: figure.value,
                at_least: figure.at_least,
                denominator: figure.denominator,
                percent: percent(figure).map(wire_percent),
                before: before.map(|own| own.value),
                before_denominator: before.and_then(|own| own.denominator),
                change_points: change(material, figure)
                    .map(|points| points_vi(points).replace(',', ".")),
            });
        }
    }
    told
}

/// What the registers tell; a directive in one report only.
fn entries(material: &Material) -> Vec<ReportEntry> {
    let own = material.entries.iter().map(|entry| ReportEntry {
        kind: entry.kind.clone(),
        noted_on: entry.noted_on,
        body: entry.body.clone(),
        assigned_unit_name: entry
            .assigned_unit_id
            .and_then(|unit| material.unit_names.get(&unit).cloned()),
        number: entry.number.clone(),
        subject: entry.subject.clone(),
        due_on: entry.due_on,
        state: entry.state.clone(),
        settled_on: entry.settled_on,
    });
    own.collect()
}

fn differences(material: &Material) -> Vec<ReportDifference> {
    let mut told = Vec::new();
    for figure in &material.figures {
        let Some(stated) = figure.stated_percent else {
            continue;
        };
        // A rate that somebody states is told as it is.
        let measure = material
            .catalogue
            .get(&figure.code)
            .map(|own| own.measure.as_str());
        if measure != Some("count") {
            continue;
        }
        let computed = percent(figure);
        let scale = 10_i64.pow(u32::from(stated.decimals()));
        if computed.is_none_or(|hundredths| hundredths * scale != stated.digits() * 100) {
            told.push(ReportDifference {
                code: figure.code.clone(),
                span: figure.span.as_str().to_owned(),
                stated_percent: stated.to_string(),
                percent: computed.map(wire_percent),
            });
        }
    }
    told
}

/// Changes that are stated otherwise than the report tells them: in points, since the period before.
fn stated_changes(material: &Material) -> Vec<ReportStatedChange> {
    let before = material.before.as_ref().map(|(month, _)| month.first());
    let told = material.figures.iter().filter_map(|figure| {
        let stated = figure.stated_change?;
        let change_in = figure.change_in.clone()?;
        let points = change(material, figure);
        let scale = 10_i64.pow(u32::from(stated.decimals()));
        let is_told = points.is_some_and(|points| points * scale == stated.digits() * 100)
            && change_in == "points"
            && figure
                .compared_with
                .is_none_or(|month| Some(month) == before);
        (!is_told).then(|| ReportStatedChange {
            code: figure.code.clone(),
            span: figure.span.as_str().to_owned(),
            stated_change: stated.to_string(),
            change_in,
            compared_with: figure.compared_with.and_then(Month::of),
            change_points: points.map(|points| points_vi(points).replace(',', ".")),
        })
    });
    told.collect()
}

/// What is said instead of a zero; of many, none is a figure: 0/40.
pub fn nothing(value: i64, denominator: Option<i64>, counted_in: &str) -> Option<String> {
    let is_nothing = value == 0 && denominator.is_none_or(|own| own == 0);
    is_nothing.then(|| nothing_vi(counted_in)).flatten()
}

/// `319.914/548.950 hồ sơ (đạt 58,28%, tăng 1,80 điểm % so với tháng 01/2023)`.
pub fn say(material: &Material, indicator: &IndicatorRow, figure: &Figure) -> String {
    let unit = indicator.counted_in.as_str();
    if let Some(words) = nothing(figure.value, figure.denominator, unit) {
        return words;
    }
    let mut text = String::from(if figure.at_least { "hơn " } else { "" });
    text.push_str(&count_vi(figure.value));
    if unit == "%" {
        text.push('%');
        return text;
    }
    if let Some(denominator) = figure.denominator {
        text.push('/');
        text.push_str(&count_vi(denominator));
    }
    text.push(' ');
    text.push_str(unit);
    if let Some(hundredths) = percent(figure) {
        text.push_str(&format!(" (đạt {}", percent_vi(hundredths)));
        if let Some(change) = change(material, figure) {
            text.push_str(&format!(", {}", compared(material, change)));
        }
        text.push(')');
    }
    text
}

/// `tăng 1,80 điểm % so với tháng 01/2023`.
fn compared(material: &Material, points: i64) -> String {
    let month = material.before.as_ref().map(|(month, _)| month_vi(*month));
    let than = format!("so với tháng {}", month.unwrap_or_default());
    match points {
        0 => format!("không đổi {than}"),
        points if points > 0 => format!("tăng {} điểm % {than}", points_vi(points)),
        points => format!("giảm {} điểm % {than}", points_vi(-points)),
    }
}

/// What everybody who has a form of it in hand must know of it: that it is no report yet, or which correction it is.
pub fn standing(report: &Report) -> Option<String> {
    match (report.issued_on, report.correction) {
        (None, _) => Some("Bản dự thảo, chưa phát hành".to_owned()),
        (Some(_), 0) => None,
        (Some(_), number) => Some(format!("Bản đính chính lần {number}")),
    }
}

/// `02/2023`.
pub fn month_vi(month: Month) -> String {
    month.first().format("%m/%Y").to_string()
}

pub fn block(kind: &str, text: impl Into<String>) -> ReportBlock {
    ReportBlock {
        kind: kind.to_owned(),
        text: text.into(),
    }
}
