//! What a campaign and its targets may say. Pure.

use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::drive::{CAMPAIGN_DAYS_MAX, CampaignTarget, TeamTarget};

use crate::campaign::targets::STAGES;
use crate::http::failure::FieldError;

/// Longest name of a campaign or a team, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// Longest name of a document, or reason, in characters.
pub const WORDS_CHARS_MAX: usize = 200;

/// How a campaign stands on a day.
pub fn state(
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    is_closed: bool,
    today: NaiveDate,
) -> &'static str {
    match (is_closed, today) {
        (true, _) => "closed",
        (_, day) if day < starts_on => "planned",
        (_, day) if day > ends_on => "over",
        _ => "running",
    }
}

/// Words that are there, short enough, and on one line.
pub fn check_words(pointer: &str, text: &str, max: usize) -> Option<FieldError> {
    let text = text.trim();
    let fits = (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    (!fits).then(|| {
        FieldError::new(
            pointer.to_owned(),
            "LENGTH",
            format!("Viết từ 1 đến {max} ký tự, trên một dòng."),
            format!("Write 1 to {max} characters, on one line."),
        )
    })
}

/// Days that can be those of a campaign.
pub fn check_days(starts_on: NaiveDate, ends_on: NaiveDate) -> Option<FieldError> {
    let years = 2020..=2100;
    let length = (ends_on - starts_on).num_days();
    let fits = years.contains(&starts_on.year()) && (0..=CAMPAIGN_DAYS_MAX).contains(&length);
    (!fits).then(|| {
        FieldError::new(
            "/ends_on",
            "RANGE",
            "Ngày cuối không trước ngày đầu và không quá một năm sau ngày đầu; năm từ 2020 đến 2100.",
            "The last day is not before the first and at most a year after it; years are 2020 to 2100.",
        )
    })
}

/// What is wrong with a target, apart from whose it is.
pub fn check_target(pointer: &str, target: &CampaignTarget) -> Vec<FieldError> {
    let mut faults = check_key(pointer, &target.mass_union, &target.stage);
    faults.extend(check_aim(
        pointer,
        target.people,
        (target.source.as_str(), target.made_on),
    ));
    faults
}

/// What is wrong with a target of a team, apart from whose it is.
pub fn check_team_target(pointer: &str, target: &TeamTarget) -> Vec<FieldError> {
    let stage = check_stage(pointer, &target.stage).into_iter();
    let source = (target.source.as_str(), target.made_on);
    stage
        .chain(check_aim(pointer, target.people, source))
        .collect()
}

/// What is wrong with the number of a target, and with the document that it comes from.
fn check_aim(pointer: &str, people: i32, (source, made_on): (&str, NaiveDate)) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !(1..=10_000_000).contains(&people) {
        faults.push(FieldError::new(
            format!("{pointer}/people"),
            "RANGE",
            "Chỉ tiêu từ 1 đến 10.000.000 người.",
            "A target is 1 to 10,000,000 people.",
        ));
    }
    if !(2000..=2100).contains(&made_on.year()) {
        faults.push(FieldError::new(
            format!("{pointer}/made_on"),
            "RANGE",
            "Ngày của văn bản phải từ năm 2000 đến năm 2100.",
            "The document's day is within 2000 to 2100.",
        ));
    }
    faults.extend(check_words(
        &format!("{pointer}/source"),
        source,
        WORDS_CHARS_MAX,
    ));
    faults
}

/// What is wrong with the words that name a target.
pub fn check_key(pointer: &str, mass_union: &str, stage: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !matches!(mass_union, "all" | "youth" | "women") {
        faults.push(FieldError::new(
            format!("{pointer}/mass_union"),
            "ONE_OF",
            "Ghi youth, women, hoặc all cho cả hai.",
            "youth, women, or all for both.",
        ));
    }
    faults.extend(check_stage(pointer, stage));
    faults
}

/// A stage is one of the five.
pub fn check_stage(pointer: &str, stage: &str) -> Option<FieldError> {
    (!STAGES.contains(&stage)).then(|| {
        FieldError::new(
            format!("{pointer}/stage"),
            "ONE_OF",
            "Bước phải là installed, level1_activated, level2_collected, level2_approved hoặc level2_activated.",
            "The stage is one of the five.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_campaign_runs_on_its_first_and_its_last_day_until_it_is_closed() {
        let days = (day("2026-12-01"), day("2026-12-30"));
        for (today, expected) in [
            ("2026-11-30", "planned"),
            ("2026-12-01", "running"),
            ("2026-12-30", "running"),
            ("2026-12-31", "over"),
        ] {
            assert_eq!(state(days, false, day(today)), expected);
            assert_eq!(state(days, true, day(today)), "closed");
        }
    }

    #[test]
    fn a_campaign_lasts_a_day_at_least_and_a_year_at_most() {
        let first = day("2026-12-01");
        assert!(check_days(first, first).is_none());
        assert!(check_days(first, day("2027-12-02")).is_none());
        assert!(check_days(first, day("2027-12-03")).is_some());
        assert!(check_days(first, day("2026-11-30")).is_some());
        assert!(check_days(day("1999-12-01"), day("1999-12-02")).is_some());
    }
}
