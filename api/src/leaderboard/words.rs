//! What the words of a query mean.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::asked::BoardQuery;
use super::basis::Basis;
use super::board::{Question, Rows};
use super::closing::rules::Span;
use super::leagues::LEAGUES;
use super::period::Period;
use super::rules::{Metric, Window};
use crate::campaign::targets;
use crate::http::failure::{Failure, FieldError};

/// More than a window is ever revised.
const REVISION_MAX: u32 = 10_000;

/// The board that a query asks for.
///
/// # Errors
/// 422 with every wrong word at once.
pub fn question(
    query: &BoardQuery,
    rows: Rows,
    within: UnitId,
    today: NaiveDate,
    merged: bool,
) -> Result<Question, Failure> {
    let mut faults = Vec::new();
    let stage = one_of(
        "?stage",
        query.stage.as_deref().unwrap_or("level2_activated"),
        &targets::STAGES,
        &mut faults,
    );
    let metric = one_of(
        "?metric",
        query.metric.as_deref().unwrap_or("rate"),
        &["rate", "count", "momentum"],
        &mut faults,
    );
    let basis = query.basis.as_deref().unwrap_or("recognised");
    let basis = one_of("?basis", basis, &Basis::WORDS, &mut faults);
    if let Some(around) = query.around.as_deref() {
        one_of("?around", around, &["me"], &mut faults);
    }
    let mass_union = query
        .mass_union
        .as_deref()
        .map(|word| one_of("?mass_union", word, &["youth", "women"], &mut faults));
    if let Some(class) = query.class.as_deref() {
        one_of(
            "?class",
            class,
            &["urban", "lowland", "upland"],
            &mut faults,
        );
    }
    if let Some(kind) = query.kind.as_deref() {
        one_of("?kind", kind, &KINDS, &mut faults);
    }
    if query
        .league
        .is_some_and(|league| !(1..=LEAGUES).contains(&league))
    {
        faults.push(FieldError::new(
            "?league",
            "RANGE",
            format!("Nhóm thi đua từ 1 đến {LEAGUES}."),
            format!("A league is 1 to {LEAGUES}."),
        ));
    }
    if query
        .revision
        .is_some_and(|revision| revision > REVISION_MAX)
    {
        faults.push(FieldError::new(
            "?revision",
            "RANGE",
            "revision từ 0 đến 10000.",
            "revision is 0 to 10000.",
        ));
    }
    if basis == "provisional" && query.revision.is_some() {
        faults.push(FieldError::new(
            "?revision",
            "EITHER",
            "Bảng tạm tính luôn theo số hiện có, không có bản bổ sung.",
            "A provisional board is of what stands now, and has no revision.",
        ));
    }
    if query.campaign_id.is_some() && query.revision.is_some() {
        faults.push(FieldError::new(
            "?revision",
            "EITHER",
            "Bảng của đợt ra quân không chốt, không có bản bổ sung.",
            "The board of a campaign is never closed, and has no revision.",
        ));
    }
    let (window, previous, goes_on) = window(query, today, &mut faults);
    if metric == "momentum" && window.from.is_none() {
        faults.push(FieldError::new(
            "?metric",
            "WINDOW",
            "Đà tăng là so với kỳ trước: hãy chọn hôm nay, tuần, tháng, đợt ra quân hoặc những ngày nào đó.",
            "Momentum compares with the window before: choose a day, a week, a month, a campaign or some days.",
        ));
    }
    let units_as_of = units_as_of(query, window, today, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let metric = match metric {
        "count" => Metric::Count,
        "momentum" => Metric::Momentum,
        _ => Metric::Rate,
    };
    Ok(Question {
        rows,
        stage,
        metric,
        basis: Basis::parse(basis).unwrap_or(Basis::Recognised),
        window,
        goes_on,
        previous,
        campaign: query.campaign_id,
        within,
        mass_union,
        class: query.class.clone(),
        kind: query.kind.clone(),
        league: query.league,
        units_as_of,
        merged,
    })
}

/// Kinds of units that a board can be of.
const KINDS: [&str; 8] = [
    "phuong",
    "xa",
    "thi-tran",
    "thon",
    "khu-pho",
    "huyen",
    "thi-xa",
    "thanh-pho",
];

/// The day whose units are told: of then, which is the last day counted, of today, or as asked.
fn units_as_of(
    query: &BoardQuery,
    window: Window,
    today: NaiveDate,
    faults: &mut Vec<FieldError>,
) -> NaiveDate {
    let word = query.units.as_deref();
    if word.is_some() && query.units_as_of.is_some() {
        faults.push(FieldError::new(
            "?units",
            "EITHER",
            "Chỉ dùng units hoặc units_as_of, không dùng cả hai.",
            "Use units or units_as_of, not both.",
        ));
    }
    match word.map(|word| one_of("?units", word, &["then", "today"], faults)) {
        Some("today") => today,
        _ => query.units_as_of.unwrap_or(window.to),
    }
}

/// The days that are asked for, those with which ranks are compared, and the period that goes on with them.
fn window(
    query: &BoardQuery,
    today: NaiveDate,
    faults: &mut Vec<FieldError>,
) -> (Window, Window, Option<Span>) {
    let to = query.to.unwrap_or(today);
    let days = [
        ("?from", query.from),
        ("?to", query.to),
        ("?units_as_of", query.units_as_of),
    ];
    check_days(&days, faults);
    if let Some(from) = query.from {
        if from > to {
            faults.push(FieldError::new(
                "?from",
                "ORDER",
                "Ngày đầu phải trước hoặc trùng ngày cuối.",
                "The first day comes after the last one.",
            ));
        }
        if query.period.is_some() {
            faults.push(FieldError::new(
                "?period",
                "EITHER",
                "Chỉ dùng period hoặc from, không dùng cả hai.",
                "Use period or from, not both.",
            ));
        }
        let window = Window {
            from: Some(from),
            to,
        };
        return (window, window.previous(), None);
    }
    let word = query.period.as_deref().unwrap_or("start");
    let period = Period::parse(one_of("?period", word, &Period::WORDS, faults));
    let (window, previous) = period.windows(to);
    let goes_on = period.whole(to).filter(|_| to == today);
    (window, previous, goes_on)
}

/// Days that boards know.
pub fn check_days(days: &[(&'static str, Option<NaiveDate>)], faults: &mut Vec<FieldError>) {
    const YEARS: std::ops::RangeInclusive<i32> = 2020..=2100;
    for (pointer, day) in days {
        if day.is_some_and(|day| !YEARS.contains(&chrono::Datelike::year(&day))) {
            faults.push(FieldError::new(
                *pointer,
                "RANGE",
                "Ngày phải từ năm 2020 đến năm 2100.",
                "The day must be within 2020 to 2100.",
            ));
        }
    }
}

pub fn one_of(
    pointer: &'static str,
    word: &str,
    choices: &[&'static str],
    faults: &mut Vec<FieldError>,
) -> &'static str {
    choices
        .iter()
        .copied()
        .find(|choice| *choice == word)
        .unwrap_or_else(|| {
            let choices = choices.join(", ");
            faults.push(FieldError::new(
                pointer,
                "ONE_OF",
                format!("Chọn một trong: {choices}."),
                format!("One of: {choices}."),
            ));
            ""
        })
}
