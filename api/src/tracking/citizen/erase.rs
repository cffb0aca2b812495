//! Erasing a citizen: every word goes, every count stays.

use diesel::result::Error;
use mobile_contracts::ids::OperationId;

use super::{Locked, kept, reasons, reported, store};
use crate::db::Conn;
use crate::privacy::free_text::Named;
use crate::privacy::keys::{Keys, Place};
use crate::sync::hints;
use crate::tracking::batch::store::lock_operations;
use crate::tracking::credit::rules::{Live, anonymous_effect, difference};
use crate::tracking::credit::store as credits;
use crate::tracking::held;

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
    let named = Named::new(words);
    let kept = kept::list_about(conn, keys, &of.blinds, persons, &named).await?;
    ops.extend(kept.theirs.into_keys());
    let ops: Vec<OperationId> = ops.into_iter().collect();
    lock_operations(conn, &ops).await?;
    let villages = store::list_villages(conn, persons).await?;
    let texts = store::list_texts(conn, &villages).await?;
    let texts: Vec<OperationId> = texts
        .iter()
        .filter(|row| named.is_in(&read(keys, row)))
        .map(|row| row.op_id)
        .collect();
    store::empty_words(conn, persons, &texts, &ops).await?;
    reasons::empty_naming(conn, &villages, &named).await?;
    reported::empty_naming(conn, keys, &villages, &named).await?;
    for (op_id, less) in kept.of_others {
        let raw = keys.encrypt(&kept::place(&op_id), &less);
        store::set_kept(conn, op_id, &raw).await?;
    }
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
