//! What an entry must be. No database, no clock.

use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::reporting_register::{ChangeEntry, EntryKind, WriteEntry};

use crate::http::failure::FieldError;

/// All that is wrong with an entry.
pub fn judge(entry: &WriteEntry) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault =
        |field: &'static str, code: &'static str, vi: &'static str, en: &'static str| {
            faults.push(FieldError::new(field, code, vi, en));
        };
    let length = |text: &str| text.trim().chars().count();
    if !(1..=200).contains(&length(&entry.body)) {
        fault(
            "/body",
            "LENGTH",
            "Ghi cơ quan, từ 1 đến 200 ký tự.",
            "Name the body, in 1 to 200 characters.",
        );
    }
    if !(1..=1000).contains(&length(&entry.subject)) {
        fault(
            "/subject",
            "LENGTH",
            "Ghi nội dung, từ 1 đến 1.000 ký tự.",
            "Say what it is about, in 1 to 1,000 characters.",
        );
    }
    let is_directive = entry.kind == EntryKind::Directive;
    let numbered = entry.number.as_deref().map(length);
    if is_directive != numbered.is_some_and(|length| (1..=60).contains(&length)) {
        fault(
            "/number",
            "NUMBER",
            "Văn bản phải có số, ký hiệu (tối đa 60 ký tự); mục khác thì không.",
            "A directive has a number and symbol of at most 60 characters; nothing else has one.",
        );
    }
    if entry.due_on.is_some() && entry.kind != EntryKind::Task {
        fault(
            "/due_on",
            "TASK",
            "Chỉ nhiệm vụ mới có hạn.",
            "Only a task has a day until which it is done.",
        );
    }
    let years = |day: &NaiveDate| !(2020..=2100).contains(&day.year());
    if years(&entry.noted_on) || entry.due_on.as_ref().is_some_and(years) {
        fault(
            "/noted_on",
            "RANGE",
            "Ngày phải từ năm 2020 đến năm 2100.",
            "Days are within 2020 to 2100.",
        );
    }
    faults
}

/// All that is wrong with a change of an entry of this kind.
pub fn judge_change(kind: &str, change: &ChangeEntry) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !(1..=300).contains(&change.note.trim().chars().count()) {
        faults.push(FieldError::new(
            "/note",
            "LENGTH",
            "Ghi lý do, tối đa 300 ký tự.",
            "Say why, in at most 300 characters.",
        ));
    }
    let year = change.due_on.map(|day| day.year());
    let is_task = kind == EntryKind::Task.as_str();
    if year.is_some_and(|year| !is_task || !(2020..=2100).contains(&year)) {
        faults.push(FieldError::new(
            "/due_on",
            "TASK",
            "Chỉ nhiệm vụ mới có hạn, từ năm 2020 đến năm 2100.",
            "Only a task has a day until which it is done, within 2020 to 2100.",
        ));
    }
    faults
}
