//! An outreach activity: its counts, and never a person. Whoever was helped there has a record of
//! their own.

use mobile_contracts::tracking::{ACTIVITY_COUNT_MAX, NOTE_CHARS_MAX, Operation};

use super::words;
use crate::tracking::code::Code;

/// What was done with many at once.
#[derive(Debug, Clone)]
pub struct Activity {
    /// A word that is not in the list yet is kept as it is: a newer app knows what it means.
    pub what: String,
    pub attended: Option<i32>,
    pub leaflets: Option<i32>,
    pub helped: Option<i32>,
    pub text: Option<String>,
}

impl Activity {
    pub(super) fn read(op: &Operation) -> Result<Self, Code> {
        let what = op.activity.clone().ok_or(Code::LegacySchema)?;
        let is_word = (1..=30).contains(&what.len())
            && what
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let mut counts = counts(op).into_iter().flatten();
        if !is_word || !counts.all(|count| (0..=ACTIVITY_COUNT_MAX).contains(&count)) {
            return Err(Code::LegacySchema);
        }
        let text = op.text.as_deref();
        Ok(Self {
            what,
            attended: op.attended,
            leaflets: op.leaflets,
            helped: op.helped,
            text: text
                .map(|text| words(Some(text), NOTE_CHARS_MAX))
                .transpose()?,
        })
    }
}

fn counts(op: &Operation) -> [Option<i32>; 3] {
    [op.attended, op.leaflets, op.helped]
}

/// Whether an operation holds what only an activity may.
pub(super) fn is_told_of(op: &Operation) -> bool {
    op.activity.is_some() || counts(op).iter().any(Option::is_some)
}

/// Whether an operation holds what no activity may.
pub(super) fn speaks_of_somebody(op: &Operation) -> bool {
    op.subject.is_some()
        || op.consent.is_some()
        || op.name.is_some()
        || op.phone.is_some()
        || op.birth_year.is_some()
        || op.sex.is_some()
}
