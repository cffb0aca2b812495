//! What lists say of somebody who has told no name of their own: a list's word stands with the list, and is read
//! there.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;
use uuid::Uuid;

use super::import::row_of;
use crate::db::Conn;
use crate::db::schema::{person, roster, roster_entry};
use crate::http::failure::Failure;
use crate::privacy::keys::{DecryptError, Keys, Place};

/// A line of a list, whose words are encrypted for it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = roster_entry)]
pub(super) struct Line {
    roster_id: Uuid,
    line: i32,
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    pub birth_year: i16,
    pub sex: Option<String>,
}

impl Line {
    fn open(
        &self,
        keys: &Keys,
        column: &'static str,
        stored: &[u8],
    ) -> Result<String, DecryptError> {
        let row = &row_of(self.roster_id, self.line);
        keys.decrypt(&Place { column, row }, stored)
    }

    pub fn name(&self, keys: &Keys) -> Result<String, DecryptError> {
        self.open(keys, "roster_entry.name", &self.name)
    }

    pub fn phone(&self, keys: &Keys) -> Result<Option<String>, DecryptError> {
        let stored = self.phone.as_deref();
        stored
            .map(|stored| self.open(keys, "roster_entry.phone", stored))
            .transpose()
    }
}

/// How a list calls somebody. Its phone is not told: whoever was met says themselves whether they may be called.
#[derive(Debug, Clone)]
pub struct Listed {
    pub name: String,
    pub birth_year: i16,
}

/// What the newest list says that names this person or anybody for whom they stand.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn newest_of(
    conn: &mut Conn,
    keys: &Keys,
    head: PersonId,
) -> Result<Option<Listed>, Failure> {
    let members = person::table
        .filter(person::person_id.eq(head).or(person::canonical_id.eq(head)))
        .select(person::person_id);
    let line: Option<Line> = roster_entry::table
        .inner_join(roster::table)
        .filter(roster_entry::person_id.eq_any(members))
        .order((
            roster::imported_at.desc(),
            roster_entry::roster_id.desc(),
            roster_entry::line,
        ))
        .select(Line::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(line) = line else {
        return Ok(None);
    };
    Ok(Some(Listed {
        name: line.name(keys).map_err(Failure::internal)?,
        birth_year: line.birth_year,
    }))
}

/// Names and phones of these persons on any list, in plain.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn words_of(
    conn: &mut Conn,
    keys: &Keys,
    persons: &[PersonId],
) -> QueryResult<Vec<String>> {
    let lines: Vec<Line> = roster_entry::table
        .filter(roster_entry::person_id.eq_any(persons))
        .select(Line::as_select())
        .load(conn)
        .await?;
    let mut words = Vec::new();
    for line in lines {
        let unreadable = |why| diesel::result::Error::DeserializationError(Box::new(why));
        words.push(line.name(keys).map_err(unreadable)?);
        words.extend(line.phone(keys).map_err(unreadable)?);
    }
    Ok(words)
}
