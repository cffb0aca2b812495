//! What the report says: the five parts, figures and comparisons in words. No database, no clock.

use std::collections::HashMap;

use chrono::NaiveDate;
use mobile_contracts::calendar::Month;
use mobile_contracts::reporting::Span;
use mobile_contracts::reporting_report::{
    Report, ReportBlock, ReportDifference, ReportFigure, TextSection,
};

use super::sections;
use crate::reporting::checker::figure::{Book, Figure};
use crate::reporting::indicators::rules::Catalogue;
use crate::reporting::indicators::store::IndicatorRow;
use crate::reporting::periods::store::PeriodRow;
use crate::reporting::registers::store::EntryRow;
use crate::reporting::rules::{count_vi, percent_hundredths, percent_vi, points_vi, wire_percent};

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
    /// The period before and its figures.
    pub before: Option<(Month, Vec<Figure>)>,
    pub entries: Vec<EntryRow>,
    pub texts: HashMap<String, String>,
}

impl Material {
    pub fn book(&self) -> Book<'_> {
        Book {
            catalogue: &self.catalogue,
            figures: &self.figures,
            before: self.before.as_ref().map_or(&[], |(_, own)| own),
            month: self.period.month,
        }
    }

    /// What somebody wrote there, paragraph by paragraph.
    pub fn text(&self, section: TextSection) -> Vec<&str> {
        let text = self.texts.get(section.as_str()).map_or("", String::as_str);
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).collect()
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
        let day = self.period.ends_on;
        self.catalogue
            .owners
            .iter()
            .find(|own| {
                own.code == code
                    && own.valid_from <= day
                    && own.valid_to.is_none_or(|valid_to| day < valid_to)
            })
            .map(|own| own.owner.as_str())
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
        blocks: sections::blocks(material),
        figures: figures(material),
        differences: differences(material),
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
                change_points: change(material, figure)
                    .map(|points| points_vi(points).replace(',', ".")),
            });
        }
    }
    told
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

/// `319.914/548.950 hồ sơ (đạt 58,28%, tăng 1,80 điểm % so với tháng 01/2023)`.
pub fn say(material: &Material, indicator: &IndicatorRow, figure: &Figure) -> String {
    let unit = indicator.counted_in.as_str();
    if figure.value == 0 && figure.denominator.is_none_or(|own| own == 0) && unit == "hồ sơ" {
        return "chưa phát sinh hồ sơ".to_owned();
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
