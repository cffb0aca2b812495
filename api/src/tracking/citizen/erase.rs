//! Erasing a citizen: every word goes, every count stays.

use std::collections::BTreeSet;

use diesel::result::Error;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::{OperationId, PersonId};

use super::{Locked, store};
use crate::db::Conn;
use crate::privacy::keys::{Keys, Place};
use crate::sync::hints;
use crate::tracking::batch::store::lock_operations;
use crate::tracking::credit::rules::{Live, anonymous_effect, difference};
use crate::tracking::credit::store as credits;
use crate::tracking::held;
use crate::tracking::reading::hex;

/// Operations that are read at once.
const KEPT_AT_ONCE: i64 = 500;

/// What is left of a citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// Every count as it was: the records are somebody's of whom nothing is known.
    Counted,
    /// Records without consent: counted in a column of their own, and never ranked.
    Anonymous,
}

/// Erases a locked citizen, in the caller's transaction. `words` are names and phones, which are looked for
/// in what people wrote freely in the same villages. Gives how many operations were emptied.
///
/// # Errors
/// When the database cannot.
pub async fn erase_person(
    conn: &mut Conn,
    keys: &Keys,
    of: &Locked,
    words: &[String],
    leaves: Leaves,
) -> Result<usize, Error> {
    let persons = of.persons.as_slice();
    let mut ops = store::list_operations_about(conn, persons).await?;
    ops.extend(list_kept_about(conn, keys, of).await?);
    let ops: Vec<OperationId> = ops.into_iter().collect();
    lock_operations(conn, &ops).await?;
    let villages = store::list_villages(conn, persons).await?;
    let texts = store::list_texts(conn, &villages).await?;
    let wanted = Wanted::new(words);
    let texts: Vec<OperationId> = texts
        .iter()
        .filter(|row| wanted.is_in(&read(keys, row)))
        .map(|row| row.op_id)
        .collect();
    store::empty_words(conn, persons, &texts, &ops).await?;
    let emptied = store::empty_operations(conn, &ops).await?;
    held::store::forget(conn, &of.blinds, persons).await?;
    store::empty_persons(conn, persons).await?;
    for village in &of.villages {
        hints::gather_again(conn, keys, *village).await?;
    }
    if leaves == Leaves::Anonymous {
        make_anonymous(conn, of).await?;
    }
    Ok(emptied)
}

/// Held and refused operations about a citizen: the only table in which whom something is about is
/// encrypted with it.
async fn list_kept_about(
    conn: &mut Conn,
    keys: &Keys,
    of: &Locked,
) -> Result<BTreeSet<OperationId>, Error> {
    let mut names: Vec<String> = of.blinds.iter().map(|blind| hex(blind)).collect();
    names.extend(of.persons.iter().map(PersonId::to_string));
    let mut about = BTreeSet::new();
    let mut after = None;
    loop {
        let rows = store::list_kept(conn, after, KEPT_AT_ONCE).await?;
        let is_last = (rows.len() as i64) < KEPT_AT_ONCE;
        after = rows.last().map(|(op_id, _)| *op_id);
        for (op_id, raw) in rows {
            let place = Place {
                column: "operation.raw",
                row: op_id.0.as_bytes(),
            };
            let kept = keys.decrypt(&place, &raw).unwrap_or_default();
            if names.iter().any(|name| kept.contains(name.as_str())) {
                about.insert(op_id);
            }
        }
        if is_last {
            return Ok(about);
        }
    }
}

fn read(keys: &Keys, row: &store::TextRow) -> String {
    let column = match row.is_note {
        true => "note.text",
        false => "activity.text",
    };
    let row_id = row.op_id.0.as_bytes();
    let place = Place {
        column,
        row: row_id,
    };
    keys.decrypt(&place, &row.text).unwrap_or_default()
}

/// Names and phones as people write them: with or without marks, digits in any groups.
struct Wanted {
    names: Vec<String>,
    phones: Vec<String>,
}

/// The last digits of a phone, without +84 or 0.
const PHONE_DIGITS: usize = 9;

impl Wanted {
    fn new(words: &[String]) -> Self {
        let phones = words.iter().filter(|word| word.starts_with('+'));
        let names = words.iter().filter(|word| !word.starts_with('+'));
        Self {
            // A name of one word is every other sentence.
            names: names
                .map(|name| fold(name))
                .filter(|name| name.contains(' '))
                .collect(),
            phones: phones
                .map(|phone| digits(phone))
                .map(|digits| digits[digits.len().saturating_sub(PHONE_DIGITS)..].to_owned())
                .filter(|digits| digits.len() == PHONE_DIGITS)
                .collect(),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let (folded, digits) = (fold(text), digits(text));
        self.names.iter().any(|name| folded.contains(name.as_str()))
            || self
                .phones
                .iter()
                .any(|phone| digits.contains(phone.as_str()))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Takes their counts, and gives one without a person for each record.
async fn make_anonymous(conn: &mut Conn, of: &Locked) -> Result<(), Error> {
    let mut live = Live::new();
    let mut anonymous = Vec::new();
    for (_, stage, fact) in credits::list_own_facts(conn, &of.persons).await? {
        anonymous.push(anonymous_effect(stage, &fact));
        live.entry((of.head, stage)).or_default().push(fact);
    }
    let mut change = difference(&live, &Live::new());
    for tally in &anonymous {
        change.tally.add_all(tally, 1);
    }
    credits::set_credits(conn, &change.credits).await?;
    store::unlink(conn, &of.persons).await?;
    let tally = std::mem::take(&mut change.tally).without_zeros();
    credits::add_to_rollups(conn, &tally).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_phone_are_found_however_they_are_written() {
        let words = ["Katơr Thị Thử".to_owned(), "+84912345678".to_owned()];
        let wanted = Wanted::new(&words);
        for text in [
            "gặp KATOR THI THU ở chợ",
            "chị Katơr Thị Thử vắng nhà",
            "gọi 0912.345.678",
            "số +84 912 345 678",
        ] {
            assert!(wanted.is_in(text), "{text}");
        }
        for text in ["gặp chị Thử", "phát 912 tờ rơi", ""] {
            assert!(!wanted.is_in(text), "{text}");
        }
    }
}
