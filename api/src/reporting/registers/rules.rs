//! What an entry must be. No database, no clock.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting_register::{ChangeEntry, EntryKind, EntryState, WriteEntry};
use uuid::Uuid;

use super::store::{ChangeRow, EntryRow};
use crate::http::failure::FieldError;
use crate::privacy::free_text::masked;
use crate::reporting::problem::ReportingProblem::{self, DirectiveIssued, EntryWithdrawn};

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
    if entry.assigned_unit_id.is_some() && entry.kind != EntryKind::Task {
        fault(
            "/assigned_unit_id",
            "TASK",
            "Chỉ nhiệm vụ mới giao cho đơn vị.",
            "Only a task is given to a unit.",
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

/// All that is wrong with a change of this entry.
pub fn judge_change(row: &EntryRow, change: &ChangeEntry) -> Vec<FieldError> {
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
    let is_task = row.kind == EntryKind::Task.as_str();
    if year.is_some_and(|year| !is_task || !(2020..=2100).contains(&year)) {
        faults.push(FieldError::new(
            "/due_on",
            "TASK",
            "Chỉ nhiệm vụ mới có hạn, từ năm 2020 đến năm 2100.",
            "Only a task has a day until which it is done, within 2020 to 2100.",
        ));
    }
    if corrects(change)
        && let Some(kind) = EntryKind::parse(&row.kind)
    {
        let text = |new: &Option<String>, old: &str| new.as_deref().unwrap_or(old).to_owned();
        faults.extend(judge(&WriteEntry {
            unit_id: row.unit_id,
            kind,
            noted_on: change.noted_on.unwrap_or(row.noted_on),
            body: text(&change.body, &row.body),
            number: change.number.clone().or_else(|| row.number.clone()),
            subject: text(&change.subject, &row.subject),
            due_on: row.due_on,
            assigned_unit_id: row.assigned_unit_id,
        }));
    }
    faults
}

/// Whether it says other words than where the entry stands.
fn corrects(change: &ChangeEntry) -> bool {
    change.noted_on.is_some()
        || change.body.is_some()
        || change.number.is_some()
        || change.subject.is_some()
}

/// Whether this entry changes like that at all.
///
/// # Errors
/// [`DirectiveIssued`], [`EntryWithdrawn`].
pub fn admit(row: &EntryRow, change: &ChangeEntry) -> Result<(), ReportingProblem> {
    if row.withdrawn_at.is_some() && change.withdrawn != Some(false) {
        return Err(EntryWithdrawn);
    }
    let is_directive = row.kind == EntryKind::Directive.as_str();
    match is_directive && change.state.is_some() {
        true => Err(DirectiveIssued),
        false => Ok(()),
    }
}

/// Whether a change only says how far a task has come: whoever was given it says no more.
pub fn only_reports(change: &ChangeEntry) -> bool {
    !corrects(change) && change.due_on.is_none() && change.withdrawn.is_none()
}

/// What an entry is after a change.
pub fn changed(row: &EntryRow, change: &ChangeEntry, now: DateTime<Utc>) -> EntryRow {
    let text = |new: &Option<String>, old: &str| match new {
        Some(new) => masked(new),
        None => old.to_owned(),
    };
    let noted_on = change.noted_on.unwrap_or(row.noted_on);
    let asked = change.state.map(|state| state.as_str().to_owned());
    let state = asked.unwrap_or_else(|| row.state.clone());
    let settled_on = match row.kind == EntryKind::Directive.as_str() {
        // Issued on its own day, whichever that is.
        true => Some(noted_on),
        false if state == EntryState::Open.as_str() => None,
        // What was settled stays settled on its day.
        false => Some(row.settled_on.unwrap_or(local_day(now)).max(noted_on)),
    };
    EntryRow {
        noted_on,
        body: text(&change.body, &row.body),
        number: change
            .number
            .as_deref()
            .map(str::trim)
            .map(str::to_owned)
            .or_else(|| row.number.clone()),
        subject: text(&change.subject, &row.subject),
        due_on: change.due_on.or(row.due_on),
        settled_on,
        withdrawn_at: match change.withdrawn {
            Some(true) => row.withdrawn_at.or(Some(now)),
            Some(false) => None,
            None => row.withdrawn_at,
        },
        state,
        ..row.clone()
    }
}

/// The line of an entry's history that tells of a change.
pub fn history(
    row: &EntryRow,
    after: &EntryRow,
    change: &ChangeEntry,
    (change_id, by, at): (Uuid, AccountId, DateTime<Utc>),
) -> ChangeRow {
    let corrects = corrects(change);
    ChangeRow {
        change_id,
        entry_id: row.entry_id,
        state: after.state.clone(),
        due_on: after.due_on,
        note: masked(&change.note),
        changed_by: by,
        changed_at: at,
        withdrawn: after.withdrawn_at.is_some(),
        noted_before: corrects.then_some(row.noted_on),
        body_before: corrects.then(|| row.body.clone()),
        number_before: row.number.clone().filter(|_| corrects),
        subject_before: corrects.then(|| row.subject.clone()),
        state_before: row.state.clone(),
        due_before: row.due_on,
        settled_before: row.settled_on,
    }
}
