//! One citizen as all that is kept of them here: found, copied, corrected, erased.
//!
//! Other features call the named functions below in a transaction of their own. The persons are locked first
//! ([`lock`]), in the order in which batches lock them, so that a push of the same person comes before all of
//! it or after all of it.

mod copy;
mod correct;
mod erase;
mod kept;
pub mod long_ago;
mod number;
mod reasons;
mod reported;
mod store;

use std::collections::BTreeSet;

use diesel::result::Error;
use mobile_contracts::ids::{AppointmentId, PersonId, UnitId};

pub use copy::copy_of;
pub use correct::{Correction, correct};
pub use erase::{Leaves, erase_person};
pub use kept::copy_of as copy_of_kept;
pub use number::{forget_numbers, free_number, restrict_made, restrict_number};
pub use reasons::forget_reasons;
pub use store::{Found, find};

use crate::db::Conn;
use crate::privacy::keys::Keys;
use crate::tracking::batch::raced;
use crate::tracking::persons::merging::store::lock_groups;
use crate::tracking::persons::store::list_members;
use crate::tracking::rosters::listed;

/// By what a citizen is known.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Keyed hash of the ID number.
    Number(&'a [u8]),
    Person(PersonId),
}

/// A citizen under lock: all persons who are one.
#[derive(Debug)]
pub struct Locked {
    /// Who stands for all of them.
    head: PersonId,
    pub persons: Vec<PersonId>,
    /// Where they were first met.
    villages: BTreeSet<UnitId>,
    /// Keyed hashes of their ID numbers: one, or none.
    pub blinds: Vec<Vec<u8>>,
}

/// Locks a citizen, so that nobody records about them until the transaction ends. Run it again when it
/// raced.
///
/// # Errors
/// When the database cannot, or they were merged meanwhile.
pub async fn lock(conn: &mut Conn, person: PersonId) -> Result<Option<Locked>, Error> {
    let members = lock_groups(conn, &[person]).await?;
    let persons: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
    let Some(head) = members.first().map(|member| member.canonical()) else {
        return Ok(None);
    };
    let now = list_members(conn, &[head]).await?;
    if now.keys().any(|id| !persons.contains(id)) {
        return Err(raced());
    }
    Ok(Some(Locked {
        head,
        villages: members.iter().map(|member| member.village_id).collect(),
        blinds: store::list_blinds(conn, &persons).await?,
        persons,
    }))
}

/// Ends what they asked for in the field and nobody has answered yet, and gives the appointments of what was
/// answered.
///
/// # Errors
/// When the database cannot.
pub async fn end_requests(conn: &mut Conn, of: &Locked) -> Result<Vec<AppointmentId>, Error> {
    store::end_requests(conn, &of.persons).await
}

/// Keeps them from every list, call and table, or lets them in again.
///
/// # Errors
/// When the database cannot.
pub async fn set_restricted(conn: &mut Conn, of: &Locked, is_so: bool) -> Result<bool, Error> {
    Ok(store::set_restricted(conn, &of.persons, is_so).await? > 0)
}

/// Names and phones that were ever said of them, by themselves or by a list, in plain: to be looked for where
/// people write freely.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn words_of(conn: &mut Conn, keys: &Keys, of: &Locked) -> Result<Vec<String>, Error> {
    let said = store::list_said(conn, &of.persons).await?;
    let said: Result<Vec<String>, _> = said
        .iter()
        .filter(|word| matches!(word.field.as_str(), "name" | "phone"))
        .map(|word| word.read(keys))
        .collect();
    let mut words = said.map_err(|why| Error::DeserializationError(Box::new(why)))?;
    words.extend(listed::words_of(conn, keys, &of.persons).await?);
    Ok(words)
}
